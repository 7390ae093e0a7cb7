"""What a decision is: everything that one commit writes, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from amends.model import Bin, Incident, IncidentEvent, Mention, Page, PageChange, Reading, Seconds, Silence
from amends.pipeline.state import BrandState


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The brand's new state and the rows that go with it, committed together or not at all.

    `mentions` are inserted (their `op` tells an edit or a deletion of a stored one); `bins` are increments that add
    to the stored rows of the same start; `incidents` replace their rows; `events` are appended; `pages` are new outbox
    rows and `page_changes` alter those that are not sent; `silences` replace their rows. `wake` is when the brand next
    wants a Tick (None: never by itself), `tempo` how fast to listen (1 usual, 0.25 in a crisis: a factor on poll
    intervals), `learn` asks for a baseline learned anew from the stored bins (answered by `Learned`).
    """

    state: BrandState
    mentions: tuple[Mention, ...] = ()
    bins: tuple[Bin, ...] = ()
    incidents: tuple[Incident, ...] = ()
    events: tuple[IncidentEvent, ...] = ()
    pages: tuple[Page, ...] = ()
    page_changes: tuple[PageChange, ...] = ()
    silences: tuple[Silence, ...] = ()
    reading: Reading | None = None
    wake: Seconds | None = None
    tempo: float = 1.0
    learn: bool = False
    duplicates: int = 0  # filled in by the store: mentions of a Batch that it already had
