"""The detector: what is usual for a brand, how strongly the present departs from it, and how bad that is."""

from amends.detection.authenticity import Authenticity, authenticity
from amends.detection.explain import explain, terms
from amends.detection.forecast import forecast
from amends.detection.halflife import HalfLife, half_life
from amends.detection.join import join
from amends.detection.planned import Planned, planned_at
from amends.detection.reading import Stream, fold, read
from amends.detection.settings import Settings
from amends.detection.severity import assess
from amends.detection.state import VOICES, DetectorState, dump, load, new
from amends.detection.unseen import Wave, unseen
from amends.detection.volume import Volume

__all__ = [
    "VOICES",
    "Authenticity",
    "DetectorState",
    "HalfLife",
    "Planned",
    "Settings",
    "Stream",
    "Volume",
    "Wave",
    "assess",
    "authenticity",
    "dump",
    "explain",
    "fold",
    "forecast",
    "half_life",
    "join",
    "load",
    "new",
    "planned_at",
    "read",
    "terms",
    "unseen",
]
