"""A state survives being written down."""

from __future__ import annotations

from random import Random

import pytest

from amends import detection
from amends.model import MINUTE, Tick
from amends.pipeline import dump_live, load_state
from support.core import NOON, Life, talk


def test_a_state_in_the_middle_of_a_crisis_comes_back_equal() -> None:
    life = Life()
    life.teach(days=3)
    life.hear(talk(Random(1), NOON, NOON + 30 * MINUTE, an_hour=200.0, share=0.9))
    assert life.state is not None
    assert life.state.live.cases

    again = load_state("acme", dump_live(life.state.live), detection.dump(life.state.detector))

    assert again.live == life.state.live
    assert detection.dump(again.detector) == detection.dump(life.state.detector)


def test_a_form_from_the_future_is_refused() -> None:
    life = Life()
    life.tell(Tick())
    assert life.state is not None
    live = dump_live(life.state.live).replace(b'"version":1', b'"version":999')

    with pytest.raises(ValueError, match="999"):
        load_state("acme", live, detection.dump(life.state.detector))
