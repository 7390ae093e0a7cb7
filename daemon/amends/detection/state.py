"""What the detector remembers of a brand: a few kilobytes, copied at each fold, with one serialised form."""

from __future__ import annotations

import math
import struct
from array import array
from copy import copy
from itertools import accumulate
from typing import TYPE_CHECKING

from amends.detection import season

if TYPE_CHECKING:
    from amends.detection.settings import Settings

VERSION = 1
DAY_SECONDS = 86_400
VOICES = 40  # distinct voices (and stories) of the last day that are remembered
BLOCKS = 120  # six-hour maxima of the evidence: a month
HOURS_KEPT = 8  # hours that wait until it is known whether they were quiet
NEVER = -(10**9)

_SCALARS = (
    "level_sum", "level_weight", "odds_negative", "odds_other", "psi_sum", "psi_weight", "mood_sum", "mood_weight",
    "phi_sum", "phi_weight", "mean", "spread", "hour_n", "hour_o", "hour_e", "hour_s", "hour_top", "hour_cover",
    "block_top", "top", "learned", "threshold", "sharp_sum", "sharp_weight", "soft_sum", "soft_many",
    "carry",
)  # fmt: skip
_INTEGERS = ("bin_seconds", "first", "next", "count", "reset", "quiet", "alarm", "opened", "hour_bins")
_HEAD = struct.Struct(f"<B{len(_INTEGERS)}q{len(_SCALARS)}d6H")


class DetectorState:
    """A brand's baseline, its last day of counts and where its alarm stands; changed by `fold` alone, on a copy.

    Times are Unix seconds, rates are per hour, `count` counts the bins since the first. Rings hold one entry a bin of
    the last day, the newest at `count % size`: counts of negatives (`n`), of others (`o`), expected others (`e`), their
    running sums, and the mood filter after the bin (`m` its mean, `v` its relative variance).
    """

    __slots__ = (
        *_SCALARS, *_INTEGERS, "size", "n", "o", "e", "sum_n", "sum_o", "sum_e", "m", "v", "late", "cell_o", "cell_e",
        "beta", "factors", "blocks", "hours", "voices", "stories", "cell_hour", "cell_factor",
    )  # fmt: skip

    bin_seconds: int
    first: int
    next: int
    count: int
    reset: int
    quiet: int
    alarm: int
    opened: int
    hour_bins: int
    level_sum: float
    level_weight: float
    odds_negative: float
    odds_other: float
    psi_sum: float
    psi_weight: float
    mood_sum: float
    mood_weight: float
    phi_sum: float
    phi_weight: float
    mean: float
    spread: float
    hour_n: float
    hour_o: float
    hour_e: float
    hour_s: float
    hour_top: float
    hour_cover: float
    block_top: float
    top: float
    learned: float
    threshold: float
    sharp_sum: float
    sharp_weight: float
    soft_sum: float
    soft_many: float
    carry: float

    def __init__(self, bin_seconds: int) -> None:
        for name in _SCALARS:
            setattr(self, name, 0.0)
        for name in _INTEGERS:
            setattr(self, name, 0)
        self.bin_seconds = bin_seconds
        self.first = NEVER
        self.next = NEVER
        self.reset = 0
        self.mean = 1.0
        self.spread = 0.1
        self.threshold = math.inf
        self.size = ring_size(bin_seconds)
        zeros = [0.0] * self.size
        self.n, self.o, self.e = zeros[:], zeros[:], zeros[:]
        self.sum_n, self.sum_o, self.sum_e = zeros[:], zeros[:], zeros[:]
        self.m, self.v = [1.0] * self.size, [0.1] * self.size
        self.late = bytearray(self.size)
        self.cell_o, self.cell_e = [0.0] * season.HOURS, [0.0] * season.HOURS
        self.beta = [0.0] * season.TERMS
        self.factors = [1.0] * season.HOURS
        self.blocks: list[float] = []
        self.hours: list[tuple[float, float, float, float]] = []
        self.voices: dict[int, int] = {}
        self.stories: dict[int, int] = {}
        self.cell_hour = NEVER
        self.cell_factor = 1.0

    def copy(self) -> DetectorState:
        """Return a copy whose change leaves this one as it is."""
        other = copy(self)
        for name in ("n", "o", "e", "sum_n", "sum_o", "sum_e", "m", "v"):
            setattr(other, name, getattr(self, name)[:])
        other.late = self.late[:]
        other.hours = self.hours[:]
        other.blocks = self.blocks[:]
        other.cell_o, other.cell_e = self.cell_o[:], self.cell_e[:]
        other.voices, other.stories = self.voices.copy(), self.stories.copy()
        return other


def ring_size(bin_seconds: int) -> int:
    """Bins of a day and one more, so that the sum of a whole day is a difference of two running sums."""
    return max(DAY_SECONDS // bin_seconds, 6) + 1


def new(settings: Settings) -> DetectorState:
    """Return the state of a brand that nothing is known of."""
    return DetectorState(settings.bin_seconds)


def _floats(values: list[float]) -> bytes:
    return array("f", values).tobytes()


def _pairs(seen: dict[int, int], count: int) -> bytes:
    """Hashes with the age, in bins, of their last appearance."""
    flat = []
    for key, last in seen.items():
        flat += [key & 0xFFFFFFFF, min(count - last, 0xFFFFFFFF)]
    return struct.pack(f"<{len(flat)}I", *flat)


def dump(state: DetectorState) -> bytes:
    """Serialise a state; at five-minute bins it is below 8 KB."""
    order = [(state.count + 1 + i) % state.size for i in range(state.size)]
    ring = [[values[i] for i in order] for values in (state.n, state.o, state.e)]
    halves = [min(values[i], 65_000.0) for values in (state.m, state.v) for i in order]
    hours = [x for hour in state.hours for x in hour]
    return b"".join((
        _HEAD.pack(
            VERSION,
            *(int(getattr(state, name)) for name in _INTEGERS),
            *(float(getattr(state, name)) for name in _SCALARS),
            len(state.blocks), len(state.hours), len(state.voices), len(state.stories), state.size, 0,
        ),
        *(_floats(values) for values in (*ring, state.cell_o, state.cell_e, state.beta, state.blocks, hours)),
        struct.pack(f"<{2 * state.size}e", *halves),
        bytes(state.late[i] for i in order),
        _pairs(state.voices, state.count),
        _pairs(state.stories, state.count),
    ))  # fmt: skip


class _Reader:
    """Takes arrays off a serialised state, one after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, code: str, many: int) -> list[float]:
        form = f"<{many}{code}"
        size = struct.calcsize(form)
        values = struct.unpack_from(form, self.data, self.at)
        self.at += size
        return list(values)

    def seen(self, many: int, count: int) -> dict[int, int]:
        flat = self.take("I", 2 * many)
        return {int(flat[2 * i]): count - int(flat[2 * i + 1]) for i in range(many)}


def load(data: bytes) -> DetectorState:
    """Read a state that `dump` wrote; ValueError where the form is unknown or damaged."""
    if not data or data[0] != VERSION:
        found = data[0] if data else "nothing"
        raise ValueError(f"a detector's state has version {found}, this program reads {VERSION}: learn it anew")
    try:
        head = _HEAD.unpack_from(data)
        integers = head[1 : 1 + len(_INTEGERS)]
        scalars = head[1 + len(_INTEGERS) : 1 + len(_INTEGERS) + len(_SCALARS)]
        blocks, hours, voices, stories, size, _ = head[-6:]
        state = DetectorState(integers[0])
        if state.size != size:
            raise ValueError(f"a detector's state holds {size} bins a day where its bins make {state.size}")
        for name, value in zip(_INTEGERS, integers, strict=True):
            setattr(state, name, value)
        for name, value in zip(_SCALARS, scalars, strict=True):
            setattr(state, name, value)
        reader = _Reader(data, _HEAD.size)
        order = [(state.count + 1 + i) % size for i in range(size)]
        for name in ("n", "o", "e"):
            values = reader.take("f", size)
            sums = list(accumulate(values))
            setattr(state, name, _placed(values, order))
            setattr(state, f"sum_{name}", _placed(sums, order))
        state.cell_o, state.cell_e = reader.take("f", season.HOURS), reader.take("f", season.HOURS)
        state.beta = reader.take("f", season.TERMS)
        state.factors = season.factors(state.beta)
        state.blocks = reader.take("f", blocks)
        flat = reader.take("f", 4 * hours)
        state.hours = [(flat[i], flat[i + 1], flat[i + 2], flat[i + 3]) for i in range(0, 4 * hours, 4)]
        state.m, state.v = _placed(reader.take("e", size), order), _placed(reader.take("e", size), order)
        late = reader.take("B", size)
        state.late = bytearray(int(x) for x in _placed(late, order))
        state.voices = reader.seen(voices, state.count)
        state.stories = reader.seen(stories, state.count)
    except struct.error as error:
        raise ValueError(f"a detector's state of {len(data)} bytes is cut short or damaged: learn it anew") from error
    return state


def _placed(values: list[float], order: list[int]) -> list[float]:
    out = [0.0] * len(values)
    for value, index in zip(values, order, strict=True):
        out[index] = value
    return out
