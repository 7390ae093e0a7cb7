"""The encoder behind its wall: the real one, in its child process."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest

from amends.accurate import Encoder, EncoderError, installed
from amends.accurate import encoder as room
from amends.sentiment import given

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(
    not installed() and os.environ.get("AMENDS_REQUIRE_REAL") != "1", reason="the extra amends[accurate] is not here"
)
HOSTILE = [
    "",
    "\x00\x01",
    "\ud800",
    "\u202e\u200f abc",
    "😡" * 500,
    "http://a.example @b",
    "a" * 1_000_000,
    "日本 é\u0301",
]


@pytest.fixture(scope="module")
def encoder() -> Iterator[Encoder]:
    one = Encoder()
    yield one
    one.close()


def test_texts_become_unit_vectors_in_order_and_none_become_none(encoder: Encoder) -> None:
    texts = [f"Le train numéro {k} est en retard" for k in range(11)]
    vectors = encoder.encode(texts, 60)
    assert vectors.shape == (11, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert np.allclose(encoder.encode(texts[9:10], 60)[0], vectors[9], atol=1e-2)
    assert encoder.encode([], 1).shape == (0, 384)


def test_any_string_is_read_or_left(encoder: Encoder) -> None:
    texts = [given(text) for text in HOSTILE]
    assert [bool(text) for text in texts] == [False, False, False, True, True, False, True, True]
    assert max(map(len, texts)) <= 400
    vectors = encoder.encode([text for text in texts if text], 60)
    assert np.isfinite(vectors).all()


def test_it_stops_after_the_time_it_was_given_with_what_it_has(encoder: Encoder) -> None:
    encoder.start()
    begun = time.monotonic()
    vectors = encoder.encode(["Quelle honte, encore du retard ce matin sur la ligne"] * 5_000, 0.3)
    assert 0 < len(vectors) < 5_000
    assert len(vectors) % room.PIECE == 0
    assert time.monotonic() - begun < 10
    assert encoder.encode(["too late"], -1.0).shape == (0, 384)


def test_another_takes_the_place_of_one_that_died(encoder: Encoder) -> None:
    encoder.start()
    assert encoder._process is not None
    os.kill(encoder._process.pid, signal.SIGKILL)
    with suppress(EncoderError):  # its end is noticed in the call, or before it, and then another is started
        encoder.encode(["a"], 60)
    assert encoder.encode(["a"], 60).shape == (1, 384)


def test_one_that_hangs_is_ended(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.start()
    monkeypatch.setattr(room, "STUCK", 0.3)
    assert encoder._process is not None
    os.kill(encoder._process.pid, signal.SIGSTOP)
    with pytest.raises(EncoderError):
        encoder.encode(["a"], 60)
    assert encoder._process is None


def test_closing_does_not_wait_for_one_that_hangs() -> None:
    one = Encoder()
    one.start()
    assert one._process is not None
    os.kill(one._process.pid, signal.SIGSTOP)
    failed: list[Exception] = []

    def ask() -> None:
        try:
            one.encode(["a"], 60)
        except EncoderError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.2)
    begun = time.monotonic()
    one.close()
    asking.join(20)
    assert time.monotonic() - begun < 10
    assert len(failed) == 1


def test_one_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.sys, "executable", "/nowhere/python")
    with pytest.raises(EncoderError, match="does not start"):
        Encoder().start()
