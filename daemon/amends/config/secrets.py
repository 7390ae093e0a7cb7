"""Secrets: `${NAME}` from the environment, `file:NAME` from systemd's credentials or from beside the configuration."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = re.compile(r"\$(?:(\$)|\{([^}]*)\}|(\{))")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FILE = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")
_MAX_FILE = 65_536
SHORTEST = 6  # a shorter value is no secret, and blotting it out of a log would blot out words


def names_file(text: str) -> bool:
    """Tell whether a text of the configuration stands for what a secret's file holds; an address does not."""
    return text.startswith("file:") and not text.startswith("file://")


class Expander:
    """Replaces references by what they stand for, and remembers it, so that logs can be kept clean of it."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self._folder = folder
        self._env = env
        self.found: dict[str, str] = {}  # value -> how the file writes it
        self.open_files: list[tuple[str, Path]] = []  # secret files that everybody on the machine may read

    def __call__(self, text: str) -> str:
        """Return the text with its references replaced; `ValueError` names what is missing and the way out."""
        if names_file(text):
            return self._file(text.removeprefix("file:"))
        if "$" not in text:
            return text
        value = _VARIABLE.sub(self._variable, text)
        if not value.strip():
            raise ValueError(f"{text} is empty; give the variable a value")
        return value

    def _variable(self, found: re.Match[str]) -> str:
        if found[1]:
            return "$"
        name = found[2]
        if name is None or not _NAME.fullmatch(name):
            raise ValueError(f"{found[0]!r} is no variable; write ${{NAME}}, or $$ for a dollar sign")
        value = self._env.get(name)
        if value is None:
            raise ValueError(f"the environment variable {name} is not set; set it, or write file:NAME")
        self._remember(value, found[0])
        return value

    def _file(self, name: str) -> str:
        if not _FILE.fullmatch(name) or ".." in name.split("/"):
            raise ValueError(f"file:{name} names no file; write file:NAME with a plain name beside the configuration")
        credentials = self._env.get("CREDENTIALS_DIRECTORY")
        places = [Path(credentials) / name] if credentials else []
        places.append(self._folder / name)
        for place in places:
            try:
                value = _read(place)
            except FileNotFoundError:
                continue
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no UTF-8 text"
                raise ValueError(
                    f"file:{name} cannot be read at {place}: {reason}; mend its rights or content"
                ) from None
            if not value:
                raise ValueError(f"file:{name} is empty at {place}; write the secret into it")
            if place.parent == self._folder and place.stat().st_mode & stat.S_IROTH:
                self.open_files.append((name, place))
            self._remember(value, f"file:{name}")
            return value
        where = " or ".join(str(place) for place in places)
        raise ValueError(f"file:{name} is not there (looked at {where}); make it, or write ${{NAME}}")

    def _remember(self, value: str, written: str) -> None:
        if len(value) >= SHORTEST:
            self.found[value] = written


def _read(path: Path) -> str:
    with path.open("rb") as stream:
        data = stream.read(_MAX_FILE + 1)
    if len(data) > _MAX_FILE:
        raise OSError(27, f"it is larger than {_MAX_FILE} bytes")
    return data.decode("utf-8").rstrip("\r\n")


def scrub(text: str, found: Mapping[str, str]) -> str:
    """Return a text in which each known secret is replaced by the way the file writes it."""
    for value in sorted(found, key=len, reverse=True):
        if value in text:
            text = text.replace(value, found[value])
    return text
