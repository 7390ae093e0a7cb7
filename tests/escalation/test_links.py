"""Signed links: good ones are read, everything else is refused by name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.escalation import LinkAltered, LinkExpired, Signed, sign, sign_calendar, verify, verify_calendar

KEY, OTHER = b"k" * 32, b"o" * 32
NOW = 1_767_571_200.0
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
IDS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_characters="\x1f"), min_size=1, max_size=40)


@given(incident=IDS, person=IDS, left=st.integers(1, 10**6))
def test_what_was_signed_is_read_back_until_it_expires(incident: str, person: str, left: int) -> None:
    token = sign(KEY, incident, person, NOW + left)
    assert re.fullmatch(r"[-_A-Za-z0-9]+", token)
    assert verify(KEY, token, NOW) == verify(KEY, token, NOW + left - 1) == Signed(incident, person)
    with pytest.raises(LinkExpired, match="newer page"):
        verify(KEY, token, NOW + left)


def test_a_calendars_link_reads_its_rota_alone_for_as_long_as_its_key_is_ours() -> None:
    token = sign_calendar(KEY, "week")
    assert verify_calendar((OTHER, KEY), token) == "week"
    for keys, other in ((OTHER, token), (KEY, sign(KEY, "week", "lea", NOW)), (KEY, token[:-1])):
        with pytest.raises(LinkAltered):
            verify_calendar(keys, other)
    with pytest.raises(LinkAltered):
        verify(KEY, token, NOW)


def test_every_other_spelling_of_a_token_is_refused() -> None:
    token = sign(KEY, "inc_1", "lea", NOW + 60)
    for at, was in enumerate(token):
        for other in ALPHABET:
            if other != was:
                with pytest.raises(LinkAltered):
                    verify(KEY, token[:at] + other + token[at + 1 :], NOW)
    for altered in ("", "A", token + "A", token + "=", token[:-1], token.swapcase(), f" {token}", token + "\n"):
        with pytest.raises(LinkAltered):
            verify(KEY, altered, NOW)


@given(st.text(max_size=200))
def test_garbage_is_refused_and_breaks_nothing(token: str) -> None:
    with pytest.raises(LinkAltered):
        verify(KEY, token, NOW)


def test_an_altered_link_is_altered_even_when_it_has_expired() -> None:
    with pytest.raises(LinkAltered):
        verify(OTHER, sign(KEY, "inc_1", "lea", NOW - 60), NOW)


def test_an_old_key_may_be_accepted_beside_the_new_one() -> None:
    token = sign(KEY, "inc_1", "lea", NOW + 60)
    assert verify([OTHER, KEY], token, NOW) == Signed("inc_1", "lea")
    with pytest.raises(LinkAltered):
        verify([OTHER], token, NOW)


def test_a_token_is_good_for_its_own_action_alone() -> None:
    token = sign(KEY, "inc_1", "lea", NOW + 60, action="resolve")
    assert verify(KEY, token, NOW, action="resolve") == Signed("inc_1", "lea")
    with pytest.raises(LinkAltered):
        verify(KEY, token, NOW)


def test_an_id_with_the_separator_in_it_cannot_pose_as_another() -> None:
    for incident, person in (("inc\x1f1", "lea"), ("inc", "1\x1flea")):
        with pytest.raises(LinkAltered):
            verify(KEY, sign(KEY, incident, person, NOW + 60), NOW)
