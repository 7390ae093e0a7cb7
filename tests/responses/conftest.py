from __future__ import annotations

import pytest

from amends.model import Coverage, Incident, Kind, Quote, Record, Response, Stage
from amends.responses import Library, builtin, parse

NOW = 1_780_000_000.0  # Thursday 28 May 2026, 20:26:40 UTC


@pytest.fixture(scope="session")
def library() -> Library:
    return Library([parse(name, source) for name, source in builtin().items()])


@pytest.fixture
def incident() -> Incident:
    return Incident(
        id="inc_1",
        brand="acme",
        kind=Kind.TONE,
        state=Stage.OPEN,
        severity=1,
        title="",
        opened_at=NOW,
        since=NOW - 1_800,
        updated_at=NOW + 60,
        observed=46.4,
        expected=5.8,
        why=("refund", "outage", "8 times the usual negatives", "on 5 sources"),
        coverage=Coverage(on_time=9, of=11, silent=("forum", "hn")),
        quotes=(
            Quote(
                role="earliest",
                id="1",
                source="forum",
                published_at=NOW - 1_700,
                text="Acme stole my money, see http://evil.example/x and 10.0.0.1",
                url="https://forum.example/t/1",
                author="@jo",
                lang="en",
            ),
            Quote(role="loudest", id="2", source="news", published_at=NOW - 600, text="Acme is down", lang="en"),
            Quote(role="typical", id="3", source="news", published_at=NOW - 300, text="no refund", lang="en"),
        ),
        response=Response("unknown-holding-short", "en", "We have seen it."),
        record=Record(real=7, judged=9),
    )
