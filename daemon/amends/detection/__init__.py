"""The detector: what is usual for a brand, how strongly the present departs from it, and how bad that is."""

from amends.detection.explain import explain, terms
from amends.detection.reading import Stream, fold, read
from amends.detection.settings import Settings
from amends.detection.severity import assess
from amends.detection.state import DetectorState, dump, load, new
from amends.detection.volume import Volume

__all__ = [
    "DetectorState",
    "Settings",
    "Stream",
    "Volume",
    "assess",
    "dump",
    "explain",
    "fold",
    "load",
    "new",
    "read",
    "terms",
]
