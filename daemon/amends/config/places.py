"""Where the configuration and the state folder are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def find(option: str | Path | None, env: Mapping[str, str]) -> Path | None:
    """Return the configuration to use: the option, `$AMENDS_CONFIG`, `./amends.yaml`, `/etc/amends/amends.yaml`."""
    named = option or env.get("AMENDS_CONFIG")
    if named:
        return Path(named)
    return next((path for path in (Path("amends.yaml"), Path("/etc/amends/amends.yaml")) if path.is_file()), None)


def state_folder(config_path: Path | None, env: Mapping[str, str]) -> Path:
    """Return the state folder, absolute; it need not be there."""
    given = env.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given).absolute()
    if config_path is not None and config_path.absolute() == Path("/etc/amends/amends.yaml"):
        return Path("/var/lib/amends")
    base = Path(env.get("XDG_STATE_HOME", ""))
    if not base.is_absolute():  # as the XDG specification has it, a relative one is ignored
        base = Path(env["HOME"]) / ".local" / "state" if env.get("HOME") else Path.home() / ".local" / "state"
    return (base / "amends").absolute()
