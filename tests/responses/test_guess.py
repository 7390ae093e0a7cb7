"""The type of crisis, guessed: two independent hits, or nobody knows."""

from __future__ import annotations

import pytest

from amends.model import Answers, Incident, Kind, Quote, Stage
from amends.responses import CRISES, advise, guess


def quotes(*texts: str, same: bool = False) -> tuple[Quote, ...]:
    return tuple(
        Quote(role="typical", id=str(at), source="forum", published_at=at, text=text, author="jo" if same else f"a{at}")
        for at, text in enumerate(texts)
    )


@pytest.mark.parametrize(
    ("crisis", "why", "texts"),
    [
        ("product-harm", ["watched: recall"], ["My Acme kettle caught fire, my hand is burned"]),
        ("product-harm", [], ["Mon grille-pain Acme a pris feu", "Brûlée par la bouilloire Acme"]),
        ("product-harm", ["fire", "kettle", "8 times the usual negatives"], ["my son was injured by it"]),
        ("outage", [], ["Acme is down again", "I can\u2019t log in to Acme since this morning"]),
        ("outage", ["watched: panne"], ["Impossible de me connecter à Acme"]),
        ("data-breach", ["passwords"], ["so Acme was hacked"]),
        (
            "data-breach",
            [],
            ["Acme : fuite de données", "mon mot de passe... vos mots de passe sont en ligne, piratage"],
        ),
        ("service-failure", ["delayed"], ["they lost my luggage"]),
        ("service-failure", [], ["toujours rien reçu", "votre service est impoli, il raccroche"]),
        ("offensive-post", [], ["this tweet is racist", "delete your ad, it is tasteless"]),
        ("employee-conduct", [], ["an employee slapped a boy", "your guards insulted us"]),
        ("rumour", ["rumour"], ["is this true?"]),
        ("supplier-fault", [], ["they blame a supplier", "the contractor did it"]),
    ],
)
def test_two_independent_hits_name_the_type(crisis: str, why: list[str], texts: list[str]) -> None:
    assert crisis in CRISES
    assert guess(Kind.WATCH, why, quotes(*texts)) == crisis


@pytest.mark.parametrize(
    ("why", "texts", "same"),
    [
        ([], [], False),
        (["watched: recall"], ["A recall of the Acme kettle"], False),  # the word comes from that very voice
        (["fire"], ["it caught fire"], False),
        ([], ["it caught fire", "and my hand is burned"], True),  # one voice, however often
        ([], ["Acme is down", "it caught fire"], False),
        ([], ["Acme is down", "Acme is down", "it caught fire", "it exploded"], False),  # as many for either
        ([], ["racist, all of you", "how tasteless"], False),  # no post is spoken of
        (["refund", "outage 3", "on 5 sources"], ["Acme let us down", "I was late for work, fire the CEO"], False),
    ],
)
def test_less_than_that_is_unknown(why: list[str], texts: list[str], *, same: bool) -> None:
    assert guess(Kind.TONE, why, quotes(*texts, same=same)) is None


def test_nothing_is_guessed_of_a_drill_a_lost_post_or_lost_sources() -> None:
    for kind in (Kind.DRILL, Kind.DELETED, Kind.BLIND):
        assert guess(kind, ["watched: recall"], quotes("it caught fire", "it exploded")) is None


def test_peoples_own_answer_wins_and_a_guess_says_that_it_is_one() -> None:
    one = Incident(
        id="inc_1", brand="acme", kind=Kind.TONE, state=Stage.OPEN, severity=1, title="", opened_at=0, since=0,
        updated_at=0, quotes=quotes("it caught fire", "it exploded"),
    )  # fmt: skip
    looks, told = advise(one, None), advise(one, Answers(about="rumour"))
    assert (looks.crisis, looks.guessed) == ("product-harm", True)
    assert (told.crisis, told.guessed) == ("rumour", False)
    assert advise(one, Answers(about="unknown")).crisis == "unknown"
