"""The webhook: its body, its signature, its settings."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from amends.model import Quote
from amends.paging import KINDS, Refused, Sent, build, compose
from amends.paging.channels.webhook import body, key_of, signature
from support import receivers
from support.outbox import LINKS, incident, page

if TYPE_CHECKING:
    import aiohttp

NOW = 1_767_571_200.0
SECRET = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="
VECTOR = "v1,itsUQbP1v7Df+dY6QCOuRJl+XfYC59Ic/2aptfmrMwI="


def test_the_signature_is_the_published_vector() -> None:
    assert signature(key_of(SECRET), "pg_1", "1767571200", b'{"type":"incident.opened"}') == VECTOR


async def test_a_receiver_can_verify_what_it_got(session: aiohttp.ClientSession) -> None:
    settings = KINDS["webhook"].model_validate({"kind": "webhook", "url": "http://h/", "secret": SECRET})
    async with receivers.receiver("/hook") as end:
        channel = build("hook", settings.model_copy(update={"url": end.url}), session)
        assert await channel.send(compose([page(now=NOW)], LINKS, language="en", now=NOW + 3)) == Sent()
        (got,) = end.received
    assert got.path == "/hook"
    assert got.headers["webhook-timestamp"] == "1767571203"
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    expected = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"
    assert got.headers["webhook-id"] == got.json["data"]["page"]["id"]


def test_the_body_is_the_one_of_the_doors() -> None:
    one = page(now=NOW, incident=incident(1, drill=True), event="raised", reason="raised")
    document = json.loads(body(compose([one], LINKS, language="en", now=NOW + 60)))
    assert set(document) == {"type", "timestamp", "data"}
    assert document["type"] == "incident.raised"
    assert document["timestamp"] == "2026-01-05T00:00:00Z"
    told = document["data"]["page"]
    assert told == {
        "id": one.id,
        "kind": "page",
        "reason": "raised",
        "person": "sam",
        "step": "1-1.1-first",
        "drill": True,
        "title": one.title,
        "text": one.text,
        "acknowledge_url": LINKS.acknowledge(one),
        "checklist": [],
    }
    assert document["data"]["incident"]["id"] == "inc_acme"
    assert document["data"]["incident"]["url"] == "https://amends.example/incidents/inc_acme"
    assert document["data"]["incident"]["severity"] == 1


def test_a_brief_body_ends_with_the_link_and_quotes_nobody() -> None:
    said = Quote(role="earliest", id="1", source="forum", published_at=NOW, text="they stole it", author="@jo")
    one = page(now=NOW, incident=replace(incident(1), quotes=(said,)))
    message = compose([one], LINKS, language="en", now=NOW)
    document = json.loads(body(message, brief=True))["data"]
    assert document["incident"]["quotes"] == []
    assert document["page"]["text"] == f"{one.text}\nhttps://amends.example/incidents/inc_acme"
    assert "@jo" not in json.dumps(document)
    assert json.loads(body(message))["data"]["incident"]["quotes"][0]["author"] == "@jo"


async def test_a_webhook_sends_quotes_unless_its_detail_is_brief(session: aiohttp.ClientSession) -> None:
    said = Quote(role="earliest", id="1", source="forum", published_at=NOW, text="they stole it", author="@jo")
    message = compose([page(now=NOW, incident=replace(incident(1), quotes=(said,)))], LINKS, language="en", now=NOW)
    for detail, quoted in ((None, True), ("brief", False)):
        given = {"kind": "webhook", "url": "http://h/", "secret": SECRET, "detail": detail}
        async with receivers.receiver("/hook") as end:
            settings = KINDS["webhook"].model_validate(given).model_copy(update={"url": end.url})
            assert await build("hook", settings, session).send(message) == Sent()
        assert bool(end.received[0].json["data"]["incident"]["quotes"]) is quoted


def test_a_sign_of_life_has_no_incident() -> None:
    document = json.loads(body(compose([page(now=NOW, reason="alive")], LINKS, language="en", now=NOW)))
    assert document["type"] == "incident.alive"
    assert document["data"]["incident"] is None


def test_what_no_encoding_holds_does_not_break_the_body() -> None:
    one = compose([page(now=NOW, incident=incident(reasons=("\ud800",)))], LINKS, language="en", now=NOW)
    assert b'"?"' in body(replace(one, text="\udfff"))


@pytest.mark.parametrize(
    ("secret", "says"),
    [("hunter2", "must begin with whsec_"), ("whsec_***", "not base64"), ("whsec_YWJj", "holds 3 bytes")],
)
def test_a_bad_secret_is_refused_without_being_shown(secret: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says) as caught:
        KINDS["webhook"].model_validate({"kind": "webhook", "url": "http://h/", "secret": secret})
    assert secret.removeprefix("whsec_") not in str(caught.value)


@pytest.mark.parametrize("url", ["", "h/hook", "ftp://h/", "http:///x", "http://h:0/"])
def test_an_address_must_be_one(url: str) -> None:
    with pytest.raises(ValidationError, match="must"):
        KINDS["webhook"].model_validate({"kind": "webhook", "url": url, "secret": SECRET})


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        KINDS["webhook"].model_validate({"kind": "webhook", "url": "http://h/", "secret": SECRET, "sceret": "x"})


async def test_an_address_that_turns_out_to_be_none_is_refused_without_being_shown(
    session: aiohttp.ClientSession,
) -> None:
    settings = KINDS["webhook"].model_validate({"kind": "webhook", "url": "http://h/", "secret": SECRET})
    hook = build("hook", settings.model_copy(update={"url": "http://:5ecret"}), session)
    result = await hook.send(compose([page(now=NOW)], LINKS, language="en", now=NOW))
    assert result == Refused("hook: its address is not one")
