"""One source's place in the schedule: the little that stays in memory between two polls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from yarl import URL

from amends.sources import policy
from amends.sources.queries import holes
from amends.sources.status import SourceStatus
from amends.sources.urls import host_key, redact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from amends.model import Seconds
    from amends.sources.errors import Outcome
    from amends.sources.source import PollResult, Source
    from amends.sources.status import SourceSpec

_FORM = 1  # of the stored state
_HOLES = re.compile(r"\{[a-z_]+\}")
_NONE: dict[str, int] = {}


class Slot:
    """Times are Unix time: `due` for the next poll, `floor` as the server asks; `expected` is from poll to poll."""

    __slots__ = (
        "answer_by", "busy", "conditional", "due", "error", "expected", "failing_since", "failures", "floor", "gaps",
        "gone", "host", "keys", "known", "lags", "last_attempt", "last_success", "outcome", "outcomes", "paused",
        "phase", "port", "rate", "restored_failing", "search", "source", "spec", "stated", "turn",
    )  # fmt: skip

    def __init__(self, spec: SourceSpec, source: Source) -> None:
        self.spec = spec
        self.source = source
        self.known = False  # whether the stored state has been read
        self.busy = False
        self.turn = -1
        self.due = self.floor = self.expected = self.rate = 0.0
        self.answer_by: Seconds | None = None  # until then it has not had the time to answer since our start
        self.restored_failing = False  # it failed before our start, too: that went on meanwhile
        self.last_success: Seconds | None = None
        self.last_attempt: Seconds | None = None
        self.failing_since: Seconds | None = None
        self.failures = 0
        self.phase = 0  # of its own sequence of jitter
        self.paused = self.gone = self.stated = False
        self.conditional = True
        self.error: str | None = None
        self.outcome: Outcome | None = None
        self.outcomes: dict[str, int] = _NONE
        self.lags: tuple[Seconds, ...] = ()
        self.gaps: tuple[tuple[Seconds, Seconds, str], ...] = ()
        url = URL(_HOLES.sub("x", source.url))
        self.host, self.port = url.host or "", url.port or 0
        self.keys = (host_key(self.host, self.port, local=False), host_key(self.host, self.port, local=True))
        self.search = source.kind != "feed" or bool(holes(source.url))

    @property
    def id(self) -> str:
        """The configured word."""
        return self.spec.id

    @property
    def brands(self) -> tuple[str, ...]:
        """Ids of the brands that it listens for."""
        return tuple(names.brand for names in self.spec.names)

    def key(self, *, local: bool) -> str:
        """The host as the gate knows it."""
        return self.keys[local]

    def habits(self, *, local: bool, tempo: float) -> policy.Habits:
        """What its interval depends on."""
        return policy.Habits(
            every=self.spec.settings.every,
            local=local,
            search=self.search,
            stated=self.stated,
            conditional=self.conditional,
            rate=self.rate,
            tempo=tempo,
        )

    def on_time(self, now: Seconds) -> bool | None:
        """Whether it answered within its own interval; None while it has not had the time to."""
        if self.gone:
            return False
        if self.last_success is not None and now <= self.last_success + self.expected + policy.tolerance(self.expected):
            return True
        # A program that was down for a day is not blind: its sources get the time to answer first.
        waiting = self.answer_by is None or now <= self.answer_by
        return None if waiting else False

    def late_since(self) -> Seconds:
        """Since when it has not been on time, if it is not: by its last answer, or by when it was first asked."""
        asked = self.answer_by or 0.0
        if self.gone:
            return self.failing_since or asked
        if self.last_success is not None:
            late = self.last_success + self.expected + policy.tolerance(self.expected)
        else:
            late = asked if self.failing_since is None else self.failing_since + policy.tolerance(0.0)
        return late if self.restored_failing else max(late, asked)  # our own absence is not its silence

    def admit(self, first: Seconds, spread: Seconds) -> None:
        """Take its first time since our start: `first`, or `spread` if it had not been put off before our start.

        A source that failed before is not given until its retry, hours away, to be called silent.
        """
        self.restored_failing = self.failures > 0
        self.answer_by = (min(first, spread) if self.failures else first) + policy.tolerance(0.0)

    def succeed(self, result: PollResult, now: Seconds) -> None:
        """Everything was answered."""
        if self.last_success is not None:
            self.rate = policy.rate(self.rate, len(result.items), now - self.last_success)
            given = [item.published_at for item in result.items if item.date == "given" and item.op == "create"]
            if given:
                self.lags = tuple(policy.lag_samples(self.lags, given, self.last_success))
        self.last_success = self.last_attempt = now
        self.failures, self.failing_since, self.error = 0, None, None
        self.outcome = result.outcome
        self.stated, self.conditional = result.stated, result.conditional

    def fail(self, outcome: Outcome, name: str, detail: str, now: Seconds) -> None:
        """Something was not."""
        self.last_attempt = now
        self.failures += 1
        self.failing_since = now if self.failing_since is None else self.failing_since
        self.outcome = outcome
        self.error = f"{name}: {detail}"[:500]
        self.gone = outcome == "gone"

    def count(self, outcome: Outcome) -> None:
        """Count one poll."""
        if self.outcomes is _NONE:
            self.outcomes = {}
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def dump(self, cursor: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the store keeps: the cursor, and the times that a restart must not forget."""
        kept = {
            "due": self.due, "floor": self.floor, "expected": self.expected, "rate": self.rate,
            "last_success": self.last_success, "last_attempt": self.last_attempt, "failures": self.failures,
            "failing_since": self.failing_since, "paused": self.paused, "gone": self.gone, "stated": self.stated,
            "conditional": self.conditional, "error": self.error, "outcome": self.outcome, "lags": list(self.lags),
            "gaps": [list(gap) for gap in self.gaps],
        }  # fmt: skip
        return {"form": _FORM, "url": self.source.url, "schedule": kept, "cursor": dict(cursor)}

    def cursor_of(self, stored: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """The source's own part of what was stored, if it was stored for the address that it has now."""
        if not stored or stored.get("form") != _FORM or stored.get("url") != self.source.url:
            return None
        return dict(stored.get("cursor") or {})

    def restore(self, stored: Mapping[str, Any] | None) -> None:
        """Take up what was stored; another address starts anew, but stays paused if it was."""
        self.known = True
        kept = (stored or {}).get("schedule") or {}
        self.paused = bool(kept.get("paused", False))
        if self.cursor_of(stored) is None:
            return
        for name in ("due", "floor", "expected", "rate", "last_success", "last_attempt", "failures", "failing_since",
                     "gone", "stated", "conditional", "error", "outcome"):  # fmt: skip
            if name in kept:
                setattr(self, name, kept[name])
        self.lags = tuple(kept.get("lags", ()))
        self.gaps = tuple((gap[0], gap[1], gap[2]) for gap in kept.get("gaps", ()))

    def status(self, now: Seconds, *, gaps_since: Seconds, held: Seconds) -> SourceStatus:
        """Return how the source is doing, with the gaps that ended since then; `held`: until when its host is."""
        return SourceStatus(
            id=self.id,
            kind=self.source.kind,
            url=redact(self.source.url),
            brands=tuple(self.brands),
            last_success=self.last_success,
            last_attempt=self.last_attempt,
            next_poll=None if self.paused or self.gone or not self.known else max(self.due, self.floor),
            interval=self.expected or None,
            lag=policy.usual_lag(self.lags),
            outcome=self.outcome,
            last_error=self.error,
            gaps=tuple(gap for gap in self.gaps if gap[1] >= gaps_since),
            paused=self.paused,
            gone=self.gone,
            held_until=held if held > now else None,
            on_time=self.on_time(now),
            outcomes=dict(self.outcomes),
        )


def below_half(late: Sequence[Seconds], on_time: int) -> Seconds | None:
    """Since when fewer than half have been on time, from when each of the others has not been; None: half are."""
    needed = (len(late) + on_time) // 2 + 1
    return sorted(late)[needed - 1] if len(late) >= needed else None
