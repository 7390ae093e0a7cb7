"""An incident's clocks from what the store has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends import incidents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.incidents import StageClock
    from amends.model import Incident, IncidentEvent, Seconds
    from amends.storage import StoredPage


def clocks(
    incident: Incident, events: Sequence[IncidentEvent], pages: Sequence[StoredPage], now: Seconds
) -> tuple[StageClock, ...]:
    """Return how long each stage took, against its target."""
    sent = [row.sent_at for row in pages if row.page.kind == "page" and row.sent_at is not None]
    return incidents.clocks(incident, events, min(sent, default=None), now)
