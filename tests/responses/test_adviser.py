from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.model import HOUR, Answers, Incident, Kind, Record, Stage
from amends.responses import CRISES, advise, contradicts, place

if TYPE_CHECKING:
    from amends.responses import Advice

T0 = 1_767_571_200.0
MAYBE = st.sampled_from([None, True, False])


def incident(**facts: object) -> Incident:
    plain = {
        "id": "inc_1", "brand": "acme", "kind": Kind.TONE, "state": Stage.OPEN, "severity": 1, "title": "Acme",
        "opened_at": T0, "since": T0, "updated_at": T0,
    }  # fmt: skip
    return Incident(**plain | facts)  # type: ignore[arg-type] - fields by name


def answers(told: str, **more: object) -> Answers:
    """Read `yny` as: a victim, not unintended, preventable; `?` is not known."""
    read = [{"y": True, "n": False, "?": None}[one] for one in told]
    return Answers(victim=read[0], unintended=read[1], preventable=read[2], **more)  # type: ignore[arg-type] - by name


@pytest.mark.parametrize(
    ("told", "cluster"),
    [
        ("yyn", "victim"), ("y?n", "victim"), ("ynn", "victim"),
        ("nyn", "accidental"),
        ("nnn", "preventable"), ("nyy", "preventable"), ("yyy", "preventable"), ("??y", "preventable"),
        ("yy?", None), ("?yn", None), ("n?n", None), ("???", None),
    ],
)  # fmt: skip
def test_three_answers_place_the_crisis_and_what_is_open_stays_open(told: str, cluster: str | None) -> None:
    assert place(answers(told)) == cluster


@pytest.mark.parametrize(
    ("told", "before", "strategy", "responsibility"),
    [
        ("yyn", False, "inform", "minimal"), ("yyn", True, "diminish", "low"),
        ("nyn", False, "diminish", "low"), ("nyn", True, "rebuild", "strong"),
        ("nyy", False, "rebuild", "strong"), ("nyy", True, "rebuild", "strong"),
    ],
)  # fmt: skip
def test_a_history_raises_it_a_step(told: str, before: bool, strategy: str, responsibility: str) -> None:  # noqa: FBT001 - a table
    advice = advise(incident(), answers(told, before=before))
    assert (advice.strategy, advice.responsibility, advice.history) == (strategy, responsibility, before)


def test_without_an_answer_the_record_of_judged_incidents_tells_the_history() -> None:
    assert not advise(incident(), answers("nyn")).history
    assert advise(incident(record=Record(real=1, judged=3)), answers("nyn")).history
    # the incident's own verdict is no history
    assert not advise(incident(record=Record(real=1, judged=1), feedback="real"), answers("nyn")).history
    assert not advise(incident(record=Record(real=5, judged=5)), answers("nyn", before=False)).history


def test_a_rumour_and_a_suppliers_outage_get_another_text_than_an_apology() -> None:
    rumour = advise(incident(), answers("yyn", about="rumour"))
    assert (rumour.strategy, rumour.crisis) == ("deny", "rumour")
    assert any("Do not apologise" in line for line in rumour.say)
    supplier = advise(incident(), answers("nyn", about="supplier-fault"))
    assert supplier.crisis == "supplier-fault"
    assert any("name no culprit" in line for line in supplier.say)
    assert advise(incident(), answers("nyy", about="rumour")).strategy == "rebuild"  # true after all


def test_until_it_is_known_it_informs_and_shows_concern() -> None:
    advice = advise(incident(), None)
    assert (advice.cluster, advice.responsibility, advice.strategy) == (None, None, "inform")
    assert advice.say[0].startswith("First information and concern")


def test_what_it_is_about_is_seen_where_nobody_has_said() -> None:
    assert advise(incident(kind=Kind.DELETED), None).crisis == "deleted-post"
    assert advise(incident(authenticity="coordinated"), None).crisis == "coordinated-attack"
    assert advise(incident(authenticity="coordinated"), Answers(about="outage")).crisis == "outage"
    assert advise(incident(), Answers(about="no such crisis")).crisis == "unknown"


def steps(advice: Advice) -> str:
    return "\n".join(step.text for step in advice.checklist)


def test_the_checklist_pauses_posts_and_tells_the_switchboard_first() -> None:
    assert "scheduled posts" in advise(incident(), None).checklist[0].text
    assert "switchboard" in advise(incident(), None).checklist[1].text
    assert "counsel" not in steps(advise(incident(), None))


@pytest.mark.parametrize("given_", [Answers(about="data-breach"), Answers(about="product-harm"), Answers(hurt=True)])
def test_breach_injury_and_product_harm_call_counsel_first_with_the_72_hours(given_: Answers) -> None:
    first, notice, *_ = advise(incident(), given_).checklist
    assert "counsel" in first.text
    assert "data-protection officer" in first.text
    assert "72 hours" in notice.text
    assert notice.by == T0 + 72 * HOUR


def test_coordinated_says_to_verify_before_answering() -> None:
    assert any("Verify" in line for line in advise(incident(authenticity="coordinated"), None).warnings)
    assert advise(incident(authenticity="organic"), None).warnings == ()


APOLOGY = "We charged you twice. That was our mistake and we are sorry."
DENIAL = "We did nothing wrong and no customer was harmed."


def test_a_denial_after_an_apology_is_warned_about() -> None:
    said = advise(incident(), None, (APOLOGY, DENIAL)).warnings
    assert any("denies after one that apologised" in line and "nothing wrong" in line for line in said)
    assert advise(incident(), None, (DENIAL, APOLOGY)).warnings == ()
    assert advise(incident(), None, (APOLOGY, "Every cent is back on your card.")).warnings == ()


def test_advice_to_deny_after_an_apology_is_taken_back() -> None:
    warned = advise(incident(), answers("yyn", about="rumour"), (APOLOGY,)).warnings
    assert any("Do not deny now" in line for line in warned)


def test_a_draft_that_denies_contradicts_an_apology_in_either_language() -> None:
    assert contradicts((APOLOGY,), DENIAL)
    assert contradicts(("Nous vous présentons nos excuses.",), "Nous n'avons commis aucune faute.")
    assert contradicts((), DENIAL) is None
    assert contradicts((APOLOGY,), "We are sorry, once more.") is None


@given(
    st.builds(
        Answers, victim=MAYBE, unintended=MAYBE, preventable=MAYBE, hurt=MAYBE, before=MAYBE,
        about=st.sampled_from([None, *CRISES]),
    ),
    st.sampled_from(["organic", "coordinated", "unknown"]),
)  # fmt: skip
def test_every_answer_gets_advice_and_denying_never_goes_with_rebuilding(told: Answers, authenticity: str) -> None:
    advice = advise(incident(authenticity=authenticity), told)
    assert advice.crisis in CRISES
    assert advice.checklist
    assert (advice.strategy == "deny") <= (advice.cluster == "victim")
    assert (advice.cluster == "preventable") <= (advice.strategy == "rebuild")
    assert {field.name for field in fields(told)} == {
        "victim", "unintended", "preventable", "hurt", "before", "about",
    }  # fmt: skip
