"""An event loop whose time passes only when nothing is ready: weeks in seconds, one seed one run.

It leans on private names of asyncio (`_run_once`, `_ready`); `test_loop.py` pins them. What the operating system does
is not simulated: there are no sockets and no threads in it, executors run inline.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


class DeadlockError(RuntimeError):
    """Nothing is ready and nothing ever will be."""


class _VirtualSelector(selectors.SelectSelector):
    """Instead of waiting for its timeout, moves the loop's time on by it."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if not events:
            if timeout is None:
                raise DeadlockError
            self.loop.now += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """What is ready runs in an order drawn from `rng`; `now` is its time in seconds."""

    def __init__(self, rng: Random, start: float = 0.0) -> None:
        self.now, self.rng = start, rng
        selector = _VirtualSelector()
        selector.loop = self
        super().__init__(selector)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined]  # asyncio's own queue of what runs next
        if len(ready) > 1:
            shuffled = list(ready)
            self.rng.shuffle(shuffled)
            ready.clear()
            ready.extend(shuffled)
        super()._run_once()  # type: ignore[misc]  # private, and the only place where a turn can be seen

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]  # noqa: ARG002 - inline
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - an executor hands on whatever its function raised
            future.set_exception(error)
        return future
