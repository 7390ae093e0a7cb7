"""The commit: load a brand's state, decide, and write all that was decided, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import bindparam, select, update

from amends import detection
from amends.model import Batch, Event, Seconds, UnknownError
from amends.pipeline.bins import add
from amends.pipeline.decision import Decision
from amends.pipeline.rules import Rules
from amends.pipeline.state import BrandState, dump_live, load_state, new_state
from amends.storage import rows, schema
from amends.storage.dialect import insert
from amends.storage.errors import StorageError
from amends.storage.messages import write_page_changes, write_pages
from amends.storage.record import write_events, write_heard, write_incidents
from amends.storage.stored import read_stored, strip, write_mentions
from amends.storage.writer import Held, MovedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from amends.model import Bin, Silence
    from amends.storage.writer import Unit


class Decide(Protocol):
    """The core's function: pure, synchronous, short."""

    def __call__(self, state: BrandState, event: Event, now: Seconds, rules: Rules) -> Decision:
        """Return what follows from `event`; raise UnknownError or StaleError and nothing is written."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One call of `apply`."""

    brand: str
    event: Event
    now: Seconds
    rules: Rules
    decide: Decide
    salt: Callable[[], str]


async def apply(unit: Unit, change: Change) -> Decision:
    """Decide and write one event inside the unit's savepoint; MovedError if the state was not the one read."""
    connection, brand = unit.connection, change.brand
    held = await load(connection, unit.held.get(brand), brand, change.rules)
    state, event, duplicates = held.state, change.event, 0
    if isinstance(event, Batch):
        stored = await read_stored(connection, brand, event.mentions)
        mentions, duplicates = strip(event.mentions, stored)
        if not mentions:
            return _unchanged(held, duplicates)
        event = replace(event, mentions=mentions)
    decision = change.decide(state, event, change.now, change.rules)
    if _is_nothing(decision, held):
        return replace(decision, duplicates=duplicates)
    new = replace(decision.state, version=state.version + 1, epoch=state.epoch)
    # first of all the version: on PostgreSQL the row's lock then holds other processes off the brand's bins and chain
    await _write_state(connection, state, new, decision, change.now)
    await _write_rows(connection, decision, change)
    unit.learned[brand] = Held(new, decision.wake, decision.tempo)
    unit.pages = bool(decision.pages or decision.page_changes)
    return replace(decision, state=new, duplicates=duplicates)


def _unchanged(held: Held, duplicates: int) -> Decision:
    return Decision(
        state=held.state, reading=held.state.live.reading, wake=held.wake, tempo=held.tempo, duplicates=duplicates
    )


def _is_nothing(decision: Decision, held: Held) -> bool:
    """Tell a decision that would write what is there already; a Tick in quiet times is one."""
    rows_to_write = (
        decision.mentions, decision.bins, decision.incidents, decision.events, decision.pages, decision.page_changes,
        decision.silences,
    )  # fmt: skip
    return (
        not any(rows_to_write)
        and held.state.version > 0
        and decision.state.live is held.state.live
        and decision.state.detector is held.state.detector
        and (decision.wake, decision.tempo) == (held.wake, held.tempo)
    )


# --- the brand's state ------------------------------------------------------------------------------------------------

_STATE: Final = schema.brand_state
_WHOLE: Final = select(_STATE).where(_STATE.c.brand == bindparam("b"))
# PostgreSQL: who is going to write waits here for another process's commit instead of losing to it at the end
_VERSION: Final = select(_STATE.c.version, _STATE.c.epoch).where(_STATE.c.brand == bindparam("b")).with_for_update()


async def load(connection: AsyncConnection, held: Held | None, brand: str, rules: Rules) -> Held:
    """Return the brand's state: the one held if it is still the stored one, else the stored one, else a new one."""
    row = (await connection.execute(_VERSION, {"b": brand})).one_or_none()
    if held is not None and row is not None and (row.version, row.epoch) == (held.state.version, held.state.epoch):
        return held
    stored = await read_state(connection, brand)
    if stored is not None:
        return stored
    if brand not in rules.brands:
        raise UnknownError(f"no brand {brand!r}; configured are: {', '.join(sorted(rules.brands)) or 'none'}")
    return Held(new_state(rules.brands[brand]))


async def read_state(connection: AsyncConnection, brand: str) -> Held | None:
    """Return the stored state of a brand, if there is one."""
    row = (await connection.execute(_WHOLE, {"b": brand})).one_or_none()
    if row is None:
        return None
    try:
        state = load_state(brand, bytes(row.live), bytes(row.detector))
    except ValueError as error:
        raise StorageError(
            f"the stored state of {brand!r} cannot be read: {error}; run the release that wrote it, or restore a backup"
        ) from error
    return Held(replace(state, version=row.version, epoch=row.epoch), row.wake, row.tempo)


async def _write_state(
    connection: AsyncConnection, old: BrandState, new: BrandState, decision: Decision, now: Seconds
) -> None:
    values: dict[str, Any] = {
        "version": new.version,
        "wake": decision.wake,
        "tempo": decision.tempo,
        "updated_at": now,
    }
    if old.version == 0 or new.live is not old.live:
        values["live"] = dump_live(new.live)
    if old.version == 0 or new.detector is not old.detector:
        values["detector"] = detection.dump(new.detector)
    if old.version == 0:
        statement: Any = insert(connection, _STATE).values(brand=new.brand, epoch=new.epoch, **values)
        statement = statement.on_conflict_do_nothing()
    else:
        mine = (_STATE.c.brand == new.brand, _STATE.c.version == old.version, _STATE.c.epoch == old.epoch)
        statement = update(_STATE).where(*mine).values(**values)
    if (await connection.execute(statement)).rowcount != 1:
        raise MovedError(new.brand)


# --- what was decided -------------------------------------------------------------------------------------------------


async def _write_rows(connection: AsyncConnection, decision: Decision, change: Change) -> None:
    brand = change.brand
    await write_mentions(connection, brand, decision.mentions)
    await _write_bins(connection, brand, decision.bins)
    await write_incidents(connection, decision.incidents, change.salt)
    await write_heard(connection, decision, change.salt)
    await write_events(connection, brand, decision.events, decision.incidents, change.salt)
    await write_pages(connection, decision.pages, change.salt)
    await write_page_changes(connection, brand, decision.page_changes, change.now, change.salt)
    await _write_silences(connection, decision.silences)


_BINS: Final = schema.bins


async def _write_bins(connection: AsyncConnection, brand: str, increments: Sequence[Bin]) -> None:
    sums: dict[int, Bin] = {}
    for value in increments:
        sums[value.start] = add(sums[value.start], value) if value.start in sums else value
    if not sums:
        return
    there = await connection.execute(select(_BINS).where(_BINS.c.brand == brand, _BINS.c.start.in_(list(sums))))
    for row in there.all():
        sums[row.start] = add(rows.bin_of(row), sums[row.start])
    statement = insert(connection, _BINS)
    fresh = {column.name: statement.excluded[column.name] for column in _BINS.c if not column.primary_key}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["brand", "start"], set_=fresh),
        [rows.bin_row(brand, value) for value in sums.values()],
    )


_SILENCES: Final = schema.silences


async def _write_silences(connection: AsyncConnection, silences: Sequence[Silence]) -> None:
    if not silences:
        return
    statement = insert(connection, _SILENCES)
    fresh = {column.name: statement.excluded[column.name] for column in _SILENCES.c if not column.primary_key}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["brand", "id"], set_=fresh),
        [rows.silence_row(silence) for silence in silences],
    )
