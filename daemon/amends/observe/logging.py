"""Logs: JSON for machines, lines for a terminal; no secret, no link's token and no terminal's command in either."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote

import structlog

from amends.model import InputError
from amends.observe.printable import CONTROL, printable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, MutableMapping

LEVELS = ("debug", "info", "warning", "error")
_LINK = re.compile(r"(/a/)[A-Za-z0-9_.~%=-]{8,}")
_BEARER = re.compile(r"(?i)\b(bearer|basic) +[A-Za-z0-9+/_.~=-]{6,}")
_USERINFO = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
_TRACES = frozenset({"exception", "stack"})
_NOISY = ("sqlalchemy.engine", "aiosqlite", "asyncio", "apprise", "alembic", "urllib3", "charset_normalizer")


class Scrubber:
    """Takes secrets out of whatever is about to be written."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        known = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""), quote(secret))}
        longest_first = sorted(known, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """Return the text without the configured secrets, link tokens, bearer tokens and passwords in addresses."""
        if self._known is not None:
            text = self._known.sub("***", text)
        return _USERINFO.sub("***", _BEARER.sub(r"\1 ***", _LINK.sub(r"\1-", text)))

    def value(self, value: Any) -> Any:  # noqa: ANN401 - whatever is logged
        """Return any value cleaned; what is no plain value is written as text first."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(part) for key, part in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(part) for part in value]
        return self.text(value if isinstance(value, str) else str(value))

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's shape
        """Clean one record: structlog's processor."""
        return {key: part if key.startswith("_") else self.value(part) for key, part in event.items()}


def _escape(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's shape
    """Write control characters out, for a terminal; a traceback keeps its lines."""
    for key, part in event.items():
        if isinstance(part, str):
            event[key] = printable(part, lines=key in _TRACES)
        elif isinstance(part, list | dict):
            event[key] = printable(json.dumps(part, ensure_ascii=False, default=str))
    return event


def _json(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:  # noqa: ANN401 - structlog's shape
    """Write one record as one line of JSON; what a terminal might obey stays escaped even there."""
    text = json.dumps(event, ensure_ascii=False, default=str)
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def level_of(configured: str, env: Mapping[str, str]) -> str:
    """Return the level in force: `AMENDS_LOG` wins over the configuration."""
    level = env.get("AMENDS_LOG", "").strip().lower() or configured
    if level not in LEVELS:
        raise InputError(f"AMENDS_LOG is {level!r}; take one of {', '.join(LEVELS)}")
    return level


def configure(
    *,
    form: str = "auto",
    level: str = "info",
    env: Mapping[str, str],
    secrets: Collection[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log record of the program and its libraries to `stream` (standard error); may be called again.

    `form` is auto (console at a terminal, else json), console or json. `secrets` never appear in what is written.
    """
    stream = stream or sys.stderr
    terminal = stream.isatty()
    console = form == "console" or (form == "auto" and terminal)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        Scrubber(secrets),
    ]
    if console:
        colors = terminal and not env.get("NO_COLOR")
        last += [
            _escape,
            structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback),
        ]
    else:
        last += [structlog.processors.EventRenamer("message"), _json]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=last, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level_of(level, env).upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
