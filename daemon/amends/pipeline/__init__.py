"""The core's two functions: `prepare` makes mentions of items, `decide` makes decisions of events."""

from amends.pipeline.arrival import after_push, judge
from amends.pipeline.decide import decide
from amends.pipeline.decision import Decision
from amends.pipeline.learn import learn
from amends.pipeline.ports import Engine, Ingested, Progress
from amends.pipeline.prepare import prepare, wanted_brands
from amends.pipeline.replay import event_rows, replay
from amends.pipeline.rules import BrandRules, Rules
from amends.pipeline.second import reconsidered, wanting
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
    "after_push",
    "decide",
    "dump_live",
    "event_rows",
    "judge",
    "learn",
    "load_state",
    "new_state",
    "prepare",
    "reconsidered",
    "replay",
    "wanted_brands",
    "wanting",
]
