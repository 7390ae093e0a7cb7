"""The real program as a process of its own, driven through its doors alone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

TOKEN = "a-token-for-the-tests-only"
START = 60.0  # seconds that a start may take on a busy machine


def rfc3339(at: float) -> str:
    """A moment as the doors write it."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


@dataclass
class Running:
    """A started `amends run`."""

    process: asyncio.subprocess.Process
    address: str
    session: aiohttp.ClientSession
    stderr: Path
    stdout: list[str] = field(default_factory=list)

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        """GET a door; its status and its JSON (or text)."""
        async with self.session.get(f"{self.address}{path}", headers=headers) as answer:
            return answer.status, await _body(answer)

    async def post(self, path: str, body: Any = None, *, token: str | None = TOKEN) -> tuple[int, Any]:
        """POST JSON to a door with the test's token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.post(f"{self.address}{path}", json=body, headers=headers) as answer:
            return answer.status, await _body(answer)

    async def mentions(self, records: Iterable[dict[str, Any]]) -> dict[str, int]:
        """POST Mention records, a thousand at a time; what became of them, added up."""
        total = {"accepted": 0, "duplicates": 0, "rejected": 0}
        waiting = list(records)
        for start in range(0, len(waiting), 1000):
            body = "\n".join(json.dumps(record) for record in waiting[start : start + 1000])
            headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/x-ndjson"}
            async with self.session.post(f"{self.address}/api/v1/mentions", data=body, headers=headers) as answer:
                assert answer.status == 202, await answer.text()
                said = await answer.json()
            total = {key: total[key] + said[key] for key in total}
        return total

    async def metric(self, line: str) -> float | None:
        """The value of one series, written as in the text format; None where there is none."""
        _, text = await self.get("/metrics")
        found = [one.rpartition(" ")[2] for one in text.splitlines() if one.rpartition(" ")[0] == line]
        return float(found[0]) if found else None

    async def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 30)

    @property
    def log(self) -> str:
        """What it wrote on standard error."""
        return self.stderr.read_text("utf-8")


async def _body(answer: aiohttp.ClientResponse) -> Any:
    text = await answer.text()
    return json.loads(text) if "json" in answer.content_type else text


def environment(state: Path, **more: str) -> dict[str, str]:
    """A clean environment whose state lies in a folder of the test's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AMENDS_", "XDG_", "STATE_"))}
    return kept | {"STATE_DIRECTORY": str(state), "HOME": str(state.parent), "AMENDS_LOG": "info"} | more


async def start(
    config: Path, state: Path, *, command: str = "run", log: Path | None = None, **env: str
) -> asyncio.subprocess.Process:
    """Start the program; its standard error goes to a file, beside the state unless given."""
    arguments = ["-c", str(config)] if command == "run" else []
    with (log or state.parent / "stderr.log").open("ab") as errors:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "amends", command, *arguments,
            stdout=asyncio.subprocess.PIPE, stderr=errors, env=environment(state, **env),
        )  # fmt: skip


async def ready(process: asyncio.subprocess.Process, within: float = START) -> str:
    """Wait for the ready line and return the address that it names."""
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), within)).decode()
    assert line.startswith("Amends is ready: http://127.0.0.1:"), f"not the ready line: {line!r}"
    return line.removeprefix("Amends is ready: ").strip().rstrip("/")


@asynccontextmanager
async def running(config: Path, state: Path, *, log: Path | None = None, **env: str) -> AsyncIterator[Running]:
    """Run the daemon until the block ends; SIGKILL is the last resort."""
    process = await start(config, state, log=log, **env)
    try:
        address = await ready(process)
        async with aiohttp.ClientSession() as session:
            yield Running(process, address, session, log or state.parent / "stderr.log")
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()
