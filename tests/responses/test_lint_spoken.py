"""What the English grammar reads in short, spoken and indirect wording: no sentence here is in the labelled batches."""

from __future__ import annotations

import pytest

from support.lint import parts, rules

OWNED = "It was our fault and we are sorry. "


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Apologies if Sunday's noise ruined your picnic.", "conditional"),
        ("Our guards behaved impeccably. We apologise for the fuss.", "denial"),
        ("The accusations made by the union are false. Even so, we apologise.", "denial"),
        ("Sorry about the bill. Our old bookkeeper is responsible for the error.", "scapegoat"),
        (
            "We've just begun asking around and feel for you. Rest assured it was not our soup. More at 6 pm.",
            "unconfirmed-promise",
        ),
    ],
)
def test_doubt_denial_and_blame_are_found_whoever_stands_as_subject(text: str, rule: str) -> None:
    assert rule in rules(text)


def test_a_fault_of_nobody_else_is_owned_and_a_desk_that_includes_the_speaker_takes_the_blame() -> None:
    text = "We did not salt the steps. No one else is to blame. The school is sorry."
    assert "responsibility" in parts(text)
    assert "denial" not in rules(text)
    assert "scapegoat" not in rules(OWNED + "A reporter guessed and the whole desk, me included, let it pass.")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("It's regrettable that our poster mocked nurses. That was our fault.", "regret"),
        (OWNED + "The backup's now tested every Monday.", "repentance"),
        (OWNED + "Reminders are now automatic.", "repentance"),
        (OWNED + "An extra sailing will leave at noon.", "repair"),
        (OWNED + "Everyone has been given a new slot.", "repair"),
        (OWNED + "We lost the keys cos we kept them on one hook.", "explanation"),
    ],
)
def test_parts_in_short_and_spoken_forms(text: str, part: str) -> None:
    assert part in parts(text)


def test_a_person_who_was_removed_is_not_the_harm_removed() -> None:
    assert "repair" not in parts("We apologise to the guest who was removed from the hall.")
    assert "repair" in parts(OWNED + "The sign was removed on Monday.")


def test_an_emoji_ends_what_stands_before_sorry() -> None:
    assert "regret" in parts("wrong cake, our mistake \U0001f926 sorry")


def test_coaching_begun_is_a_change_and_what_we_go_through_is_self_pity() -> None:
    assert "repentance" in parts(OWNED + "I begin weekly counselling in May.")
    assert "self-pity" in rules(OWNED + "You have no idea how this month has been for my family.")
    assert "self-pity" not in rules(OWNED + "We had no idea what the delay meant for you.")
