"""The core's two functions: `prepare` makes mentions of items, `decide` makes decisions of events."""

from amends.pipeline.decision import Decision
from amends.pipeline.ports import Engine, Ingested, Progress
from amends.pipeline.rules import BrandRules, Rules
from amends.pipeline.state import BrandState, Case, Live, dump_live, load_state, new_state

__all__ = [
    "BrandRules",
    "BrandState",
    "Case",
    "Decision",
    "Engine",
    "Ingested",
    "Live",
    "Progress",
    "Rules",
    "dump_live",
    "load_state",
    "new_state",
]
