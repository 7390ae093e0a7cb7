"""A new source joins: the baseline is raised by what it usually brings, as if it had always been heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.detection.engine import ODDS_PRIOR, level
from amends.detection.tones import sharpness

if TYPE_CHECKING:
    from amends.detection.state import DetectorState


def join(state: DetectorState, many: float, soft: float, hours: float) -> DetectorState:
    """Return a baseline that expects what a source brought in `hours` besides: `many` mentions, `soft` negatives.

    `soft` is a sum of probabilities, taken apart like the bins' own (`tones.unmix`). The week's rhythm is taken to be
    the brand's; the rings of the last day grow with the level, so that the mood goes on as it was.
    """
    after = state.copy()
    negatives = soft
    if state.soft_many:
        sharp = sharpness(state)
        negatives = min(max((soft - many * (1.0 - sharp) / 3.0) / sharp, 0.0), many)
    usual = max(level(state), 1e-3)
    odds = (state.odds_negative + ODDS_PRIOR[0]) / (state.odds_other + ODDS_PRIOR[1])
    more_o = 1.0 + (many - negatives) / hours / usual
    more_n = 1.0 + negatives / hours / max(usual * odds, 1e-3)
    after.level_sum *= more_o
    after.odds_negative = (state.odds_negative + ODDS_PRIOR[0]) * more_n / more_o - ODDS_PRIOR[0]
    after.cell_o = [one * more_o for one in after.cell_o]
    after.cell_e = [one * more_o for one in after.cell_e] if any(state.beta) else after.cell_e
    for name, factor in (("n", more_n), ("o", more_o), ("e", more_o)):
        setattr(after, name, [one * factor for one in getattr(after, name)])
        setattr(after, f"sum_{name}", [one * factor for one in getattr(after, f"sum_{name}")])
    after.hours = [(n * more_n, o * more_o, e * more_o, top) for n, o, e, top in after.hours]
    return after
