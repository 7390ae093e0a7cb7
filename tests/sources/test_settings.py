"""Keys of sources: what is taken, what is refused and how it says so; the words that go into an address."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from amends.sources import KINDS, Names, SourceSettings, expand
from amends.sources.kinds import make
from amends.sources.presets import about, presets
from amends.sources.queries import asks
from amends.sources.settings import parse_duration
from support.feeds import START, settings

ACME = Names(brand="acme", names=("Acme", "Acme Corp"), handles=("acme",), hashtags=("acme", "ACME"))
BETA = Names(brand="beta", names=("Beta & Söhne",))
JSON: dict[str, Any] = {
    "kind": "json", "url": "https://a.example/s?q={query}", "items": "hits[]",
    "fields": {"id": "objectID", "published_at": "created_at", "text": "body"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("2h", 7200), ("30d", 2_592_000), ("1h30m", 5400), ("500ms", 0.5), ("1w", 604_800)],
)
def test_durations_are_those_of_prometheus(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds
    assert settings(url="https://a.example/", every=text).every == seconds


@pytest.mark.parametrize("bad", ["5", 5, "", "5 m", "m5", "-5m", "1m1h", None, "5min", True])
def test_what_is_no_duration_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="write 30s, 5m, 2h or 30d"):
        parse_duration(bad)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"url": "https://a.example/", "evry": "5m"}, "evry"),
        ({"url": "ftp://a.example/"}, "http:// or https://"),
        ({"url": "a.example/feed"}, "http:// or https://"),
        ({"url": "http://[::1"}, "http:// or https://"),
        ({"url": "https://a.example/{brand}"}, r"unknown placeholder \{brand\}"),
        ({"url": "https://a.example/", "join": " OR "}, "no {query} to join"),
        ({"url": "https://a.example/", "every": "0s"}, "longer than nothing"),
        ({"url": "https://a.example/", "headers": {"Cookie": "x"}}, "set by Amends itself"),
        ({"url": "https://a.example/", "headers": {"X-A": "a\r\nB: c"}}, "no header may carry"),
        ({"url": "https://a.example/", "headers": {"X A": "a"}}, "no name of a header"),
        ({**JSON, "items": "hits"}, "path to a list"),
        ({**JSON, "items": "hits[]..x"}, "path to a list"),
        ({**JSON, "fields": {"id": "i", "text": "t"}}, "'published_at' is missing"),
        ({**JSON, "fields": {"id": "i", "published_at": "t"}}, "`text` and `title`"),
        ({**JSON, "fields": {**JSON["fields"], "body": "b"}}, "unknown field 'body'"),
    ],
)
def test_a_wrong_key_is_refused_with_the_way_out(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        settings(**keys)


def test_secrets_show_in_no_text() -> None:
    made = settings(url="https://a.example/", headers={"Authorization": "Bearer s3cret"})
    assert "s3cret" not in repr(made)
    assert made.secrets() == {"Authorization": "Bearer s3cret"}
    with pytest.raises(ValidationError) as caught:
        settings(url="https://a.example/", headers={"X": "s3cret\n"})
    assert "s3cret" not in str(caught.value)


def test_kinds_are_found_and_make_their_sources() -> None:
    assert list(KINDS) == ["feed", "json"]
    source = make("forum", settings(**JSON))
    assert (source.id, source.kind, source.url) == ("forum", "json", JSON["url"])
    with pytest.raises(TypeError, match="make no source"):
        make("x", SourceSettings(kind="x"))


def urls(url: str, *brands: Names, join: str | None = None) -> list[str]:
    return [ask.url for ask in asks(url, brands, join=join, since=START)]


def test_each_name_alias_and_handle_is_asked_for_once() -> None:
    assert urls("https://a.example/s?q={query}", ACME) == [
        "https://a.example/s?q=Acme",
        "https://a.example/s?q=Acme+Corp",
    ]


def test_words_are_quoted_for_where_they_stand() -> None:
    assert urls("https://a.example/{query}?q={query}", BETA) == [
        "https://a.example/Beta%20%26%20S%C3%B6hne?q=Beta+%26+S%C3%B6hne"
    ]


def test_join_makes_one_request_and_parts_of_what_is_too_long() -> None:
    assert urls("https://a.example/s?q={query}", ACME, BETA, join=" OR ") == [
        "https://a.example/s?q=Acme+OR+Acme+Corp+OR+Beta+%26+S%C3%B6hne"
    ]
    many = Names(brand="m", names=tuple(f"name number {number}" for number in range(100)))
    parts = urls("https://a.example/s?q={query}", many, join=" OR ")
    assert 2 <= len(parts) <= 4
    assert max(map(len, parts)) < 1_500


def test_hashtags_are_asked_for_and_a_name_stands_in_for_them() -> None:
    assert urls("https://a.example/tag/{hashtag}", ACME, BETA) == [
        "https://a.example/tag/acme",
        "https://a.example/tag/BetaS%C3%B6hne",
    ]


def test_since_is_filled_in_and_an_address_without_words_is_asked_once() -> None:
    assert urls("https://a.example/?after={since}&iso={since_iso}", ACME) == [
        "https://a.example/?after=1767600000&iso=2026-01-05T08%3A00%3A00Z"
    ]
    assert urls("https://a.example/feed", ACME, BETA) == ["https://a.example/feed"]
    assert urls("https://a.example/s?q={query}") == []


def test_every_preset_is_valid_and_says_what_it_is() -> None:
    assert {"hackernews", "mastodon", "reddit", "google-news"} <= set(presets())
    for name in presets():
        made = settings(**expand({"preset": name}))
        assert made.every is not None
        assert len(about(name)) > 20
        assert asks(made.url, [ACME], join=made.join, since=START)
        assert "instance" not in made.url


def test_keys_beside_a_preset_win_and_options_go_into_its_address() -> None:
    keys = expand({"preset": "mastodon", "instance": "social.example", "every": "1m", "brands": ["acme"]})
    assert keys["url"] == "https://social.example/api/v1/timelines/tag/{hashtag}?limit=40"
    assert (keys["every"], keys["brands"]) == ("1m", ["acme"])
    assert expand({"kind": "feed", "url": "x"}) == {"kind": "feed", "url": "x"}
    own = expand({"preset": "hackernews", "url": "http://127.0.0.1:1/{query}"})
    assert own["url"] == "http://127.0.0.1:1/{query}"


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"preset": "hackrnews"}, "did you mean hackernews"),
        ({"preset": "zzz"}, "there are .*mastodon"),
        ({"preset": 5}, "one word"),
        ({"preset": "mastodon", "instance": "evil.example/x?"}, "plain word or host name"),
        ({"preset": "mastodon", "instance": 5}, "plain word or host name"),
    ],
)
def test_a_wrong_preset_is_refused_with_the_way_out(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        expand(keys)
