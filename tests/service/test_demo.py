"""The demo: what stops it is told in a sentence."""

from __future__ import annotations

import importlib

import pytest

from amends.model import AmendsError

demo = importlib.import_module("amends.demo.run")


def test_a_port_in_use_is_one_sentence_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    async def taken(*_args: object) -> None:
        raise ExceptionGroup("unhandled errors in a TaskGroup", [AmendsError("web.listen: it is in use")])

    monkeypatch.setattr(demo, "_run", taken)
    monkeypatch.setattr(demo.observe, "configure", lambda **_how: None)

    with pytest.raises(AmendsError, match="in use"):
        demo.run(port=8484)
