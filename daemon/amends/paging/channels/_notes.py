"""A channel's notes on what it sent: the last few hundred, one small JSON map that outlives a restart."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from amends.paging.ports import Memory

_LOG: Final = structlog.get_logger("amends.paging")
KEPT: Final = 200


@dataclass
class Notes:
    """Notes by key, the oldest forgotten first. Without a memory they live as long as the channel."""

    key: str
    memory: Memory | None = None
    kept: int = KEPT
    _held: dict[str, dict[str, Any]] | None = field(default=None, repr=False)

    async def all(self) -> dict[str, dict[str, Any]]:
        """Return all of them."""
        if self._held is None:
            text = await self.memory.meta(self.key) if self.memory is not None else None
            found = json.loads(text) if text else {}
            self._held = found if isinstance(found, dict) else {}
        return self._held

    async def of(self, key: str) -> dict[str, Any] | None:
        """Return one."""
        return (await self.all()).get(key)

    async def keep(self, key: str, note: dict[str, Any]) -> None:
        """Keep one. A memory that fails costs a later change of the message, not the message."""
        try:
            held = await self.all()
            held.pop(key, None)
            held[key] = note
            while len(held) > self.kept:
                del held[next(iter(held))]
            await self._save(held)
        except Exception as error:  # noqa: BLE001 - the store may fail in any way, and the message was sent
            _LOG.warning("note not kept", notes=self.key, error=type(error).__name__)

    async def drop(self, key: str) -> None:
        """Forget one."""
        held = await self.all()
        if held.pop(key, None) is not None:
            await self._save(held)

    async def _save(self, held: dict[str, dict[str, Any]]) -> None:
        if self.memory is not None:
            await self.memory.save_meta(self.key, json.dumps(held, separators=(",", ":")))
