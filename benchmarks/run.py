"""`make bench`: every benchmark that needs no data beside the repository, one after the other, with the machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ALL = (("whole.py",), ("polls.py",), ("ingest.py",), ("paging.py",))


def main() -> int:
    """Run them; the exit code is the worst of theirs."""
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    )
    worst = 0
    for command in ALL:
        print(f"\n== {' '.join(command)}", flush=True)
        done = subprocess.run([sys.executable, str(HERE / command[0]), *command[1:]], check=False)
        worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
