"""Who is told what, when and how often: quiet hours, caps, channels that fail, silences, restarts."""

from __future__ import annotations

import asyncio
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from support.daemon import rfc3339, running
from support.receivers import answer, receiver
from support.strangers import SECRET, act, calls, hit, newest, told, until, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

TAKEN_BACK = "{b} recall: the company takes back forty thousand toasters sold since spring in France and in Belgium"


def watched(policy: str, severity: int = 2, **more: Any) -> dict[str, Any]:
    return {"name": policy.title(), "escalation": policy, "watch": {"terms": ["recall"], "severity": severity}} | more


def ladder(first: str, second: str = "sam", after: str = "2s", **more: Any) -> dict[str, Any]:
    return {"steps": [{"page": [first]}, {"page": [second], "after": after}]} | more


async def test_quiet_hours_caps_and_those_who_are_only_informed(tmp_path: Path, state: Path) -> None:
    now = datetime.now(UTC)
    quiet = f"{now - timedelta(minutes=30):%H:%M}-{now + timedelta(minutes=40):%H:%M}"
    async with receiver() as phone:
        people = {
            "lea": {"name": "Léa", "channels": ["hook"]},
            "sam": {"name": "Sam", "channels": ["hook"]},
            "ina": {"name": "Ina", "channels": ["hook"]},
            "nite": {"name": "Nite", "timezone": "UTC", "quiet_hours": quiet, "channels": ["hook"]},
            "capd": {"name": "Capd", "cap": "1 per 1h", "channels": ["hook"]},
        }
        path = write(
            tmp_path, phone.url, people=people,
            brands={
                "major": watched("night", name="Major"), "worst": watched("night", 1, name="Worst"),
                "minor": watched("only", 3, name="Minor"), "told": watched("told"), "held": watched("held"),
            },
            escalation={
                "night": ladder("nite"), "only": {"steps": [{"page": ["nite"]}], "alone": True},
                "told": ladder("lea", inform=["ina"]), "held": ladder("capd"),
            },
        )  # fmt: skip
        async with running(path, state) as daemon:
            await daemon.mentions([hit(name) for name in ("Major", "Worst", "Minor", "Told", "Held")])
            await until(lambda: len(calls(phone, "told")) == 3)
            await act(daemon, "told", "acknowledge")
            await until(lambda: ("sam", "notice", "acknowledged") in calls(phone, "told"))  # an end would overtake it
            await until(lambda: len(calls(phone, "major")) == 1)
            await act(daemon, "told", "resolve")
            await act(daemon, "held", "resolve", by="capd")
            await daemon.mentions([hit("Held")])
            await until(lambda: ("sam", "page", "unacknowledged") in calls(phone, "held")[2:])

            assert calls(phone, "major") == [("sam", "page", "unacknowledged")]
            assert calls(phone, "worst") == [("nite", "page", "first"), ("sam", "page", "unacknowledged")]
            assert calls(phone, "minor") == []
            states = {one["person"]: one["state"] for one in (await newest(daemon, "major"))["pages"]}
            assert states == {"nite": "deferred", "sam": "sent"}
            assert [one for one in calls(phone, "held") if one[0] == "capd"] == [("capd", "page", "first")]
            said = await until(lambda: {*calls(phone, "told")} if len(calls(phone, "told")) >= 6 else None)
            assert said == {
                ("lea", "page", "first"), ("ina", "notice", "first"), ("sam", "page", "unacknowledged"),
                ("sam", "notice", "acknowledged"), ("ina", "notice", "resolved"), ("sam", "notice", "resolved"),
            }  # fmt: skip
            await act(daemon, "major", "acknowledge", by="sam")
            states = {one["person"]: one["state"] for one in (await newest(daemon, "major"))["pages"]}
            assert states["nite"] == "cancelled"


async def test_a_channel_that_refuses_hands_over_to_the_next_one(tmp_path: Path, state: Path) -> None:
    async with receiver() as phone, receiver("/bad") as bad:
        path = write(
            tmp_path, phone.url,
            brands={"acme": watched("desk", name="Acme")}, escalation={"desk": ladder("two", after="10s")},
            people={"two": {"name": "Two", "channels": ["bad", "hook"]}, "sam": {"name": "Sam", "channels": ["hook"]}},
            channels={
                "bad": {"kind": "webhook", "url": bad.url, "secret": SECRET},
                "hook": {"kind": "webhook", "url": phone.url, "secret": SECRET},
            },
        )  # fmt: skip
        async with running(path, state) as daemon:
            for status in (400, 404, 500):
                bad.usual, asked, before = answer(status), len(bad.received), len(told(phone, "acme"))
                await daemon.mentions([hit("Acme")])
                page = (await until(lambda before=before: told(phone, "acme")[before:], 12))[0]
                assert (page["person"], page["kind"]) == ("two", "page")
                tries = [one.headers["webhook-id"] for one in bad.received[asked:]]
                assert len(set(tries)) == 1
                assert (len(tries) > 1) == (status == 500)
                await act(daemon, "acme", "acknowledge", by="two")
                await act(daemon, "acme", "resolve", by="two")


async def test_a_silence_of_a_brand_or_a_story_holds_pages_and_ends_in_one_call(tmp_path: Path, state: Path) -> None:
    async with receiver() as phone:
        watch = {"terms": ["recall"], "authors": ["paper"], "severity": 2}
        path = write(tmp_path, phone.url, brands={"acme": watched("desk", name="Acme", watch=watch)},
                     escalation={"desk": {"steps": [{"page": ["lea", "sam"]}]}})  # fmt: skip
        async with running(path, state) as daemon:
            silence = {"brand": "acme", "until": rfc3339(time.time() + 2), "reason": "we know", "by": "lea"}
            assert (await daemon.post("/api/v1/silences", silence))[0] == 201
            await daemon.mentions([hit("Acme", TAKEN_BACK.format(b="Acme"))])
            assert (await newest(daemon, "acme"))["state"] == "open"
            assert calls(phone, "acme") == []
            await until(lambda: len(calls(phone, "acme")) == 2, 6)
            assert {*calls(phone, "acme")} == {("lea", "page", "first"), ("sam", "page", "first")}

            await act(daemon, "acme", "resolve")
            another = "Acme {word}: the firm takes nine thousand kettles home that were sold since autumn in Spain"
            await daemon.mentions([hit("Acme", another.format(word="notice"))])  # nobody who is watched yet
            _, heard = await daemon.get("/api/v1/mentions?brand=acme&q=kettles")
            silence |= {"until": rfc3339(time.time() + 600), "story": heard["mentions"][0]["story"]}
            assert (await daemon.post("/api/v1/silences", silence))[0] == 201
            await daemon.mentions([hit("Acme", another.format(word="bulletin"), author="paper")])
            await asyncio.sleep(1)
            assert (await newest(daemon, "acme"))["state"] == "open"
            assert len([one for one in calls(phone, "acme") if one[1] == "page"]) == 2


async def test_a_restart_in_the_middle_goes_on_with_the_next_step_and_repeats_nothing(
    tmp_path: Path, state: Path
) -> None:
    async with receiver() as phone:
        path = write(
            tmp_path, phone.url, brands={"aaa": watched("desk", name="Alpha"), "bbb": watched("desk", name="Bravo")},
            escalation={"desk": ladder("lea", after="4s")},
        )  # fmt: skip
        for brand, name, number in (("aaa", "Alpha", signal.SIGTERM), ("bbb", "Bravo", signal.SIGKILL)):
            async with running(path, state) as daemon:
                await daemon.mentions([hit(name)])
                await until(lambda brand=brand: told(phone, brand))
                await asyncio.sleep(0.5)  # the confirmation is recorded
                assert await daemon.end(number) == (0 if number == signal.SIGTERM else -number)
            async with running(path, state) as daemon:
                await until(lambda brand=brand: len(told(phone, brand)) == 2, 12)
                assert [one[:2] for one in calls(phone, brand)] == [("lea", "page"), ("sam", "page")]
                await act(daemon, brand, "resolve")
