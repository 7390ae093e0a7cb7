"""A running daemon through a stranger's eyes: what is counted, who may pass, what a reload takes and leaves."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from support.daemon import TOKEN, rfc3339, running
from support.receivers import answer, ntfy_server, receiver
from support.strangers import act, calls, hit, newest, told, until, write

if TYPE_CHECKING:
    from pathlib import Path

    from support.daemon import Running

pytestmark = pytest.mark.slow

BEARER = {"Authorization": f"Bearer {TOKEN}"}
ALONE = {"desk": {"steps": [{"page": ["lea"]}], "alone": True}}


def brand(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "watch": {"terms": ["recall"]}} | more


async def asked(daemon: Running, path: str, host: str | None = None, **headers: str) -> int:
    headers |= {"Host": host} if host else {}
    async with daemon.session.get(f"{daemon.address}{path}", headers=headers, allow_redirects=False) as answered:
        return answered.status


async def test_the_same_record_is_a_duplicate_whether_or_not_it_names_a_brand(tmp_path: Path, state: Path) -> None:
    path = write(tmp_path, "http://127.0.0.1:9/", brands={"acme": brand("Acme"), "zeta": brand("Zeta")})
    async with running(path, state) as daemon:
        now = rfc3339(time.time())
        batch = [
            {"id": str(number), "source": "crm", "published_at": now, "text": text}
            for number, text in enumerate(("Acme is here", "Acme and Zeta are here", "nobody is here"))
        ]
        batch.append(batch[2])
        counts = []
        for _ in range(2):
            _, said = await daemon.post("/api/v1/mentions", batch)
            counts.append([said[key] for key in ("accepted", "duplicates", "rejected", "unmatched")])
        assert counts == [[3, 1, 0, 1], [0, 4, 0, 0]]
        _, heard = await daemon.get("/api/v1/mentions")
        assert sorted((one["id"], one["brand"]) for one in heard["mentions"]) == [
            ("0", "acme"), ("1", "acme"), ("1", "zeta"),
        ]  # fmt: skip


async def test_a_verdict_stands_on_the_incident_and_on_the_next_page(tmp_path: Path, state: Path) -> None:
    async with receiver() as phone:
        path = write(tmp_path, phone.url, brands={"acme": brand("Acme")}, escalation=ALONE)
        async with running(path, state) as daemon:
            await daemon.mentions([hit("Acme")])
            await until(lambda: told(phone, "acme"))
            after = await act(daemon, "acme", "feedback", verdict="real")
            assert after["record"] == {"real": 1, "judged": 1}
            await act(daemon, "acme", "resolve")
            await daemon.mentions([hit("Acme")])
            page = (await until(lambda: told(phone, "acme")[1:]))[-1]
            assert page["incident"]["record"] == {"real": 1, "judged": 1}
            assert "1 of the last 1 were real" in page["text"]


async def test_a_reload_takes_a_brand_away_and_brings_it_back(tmp_path: Path, state: Path) -> None:
    async with receiver() as phone:
        desk = {"desk": {"steps": [{"page": ["lea"]}, {"page": ["sam"], "after": "4s"}]}}
        both = {"acme": brand("Acme"), "zeta": brand("Zeta")}
        path = write(tmp_path, phone.url, brands=both, escalation=desk)
        async with running(path, state) as daemon:

            async def reload(expected: int) -> None:
                daemon.process.send_signal(signal.SIGHUP)
                name = "amends_config_last_reload_successful"

                async def counted() -> bool:
                    return await daemon.metric(name) == expected

                await until(counted)
                await asyncio.sleep(0.3)

            await daemon.mentions([hit("Acme")])
            await until(lambda: told(phone, "acme"))
            path.write_text(path.read_text("utf-8").replace('"brands"', '"brand"'), encoding="utf-8")
            await reload(0)
            assert "brand" in daemon.log
            assert await asked(daemon, "/readyz") == 200

            write(tmp_path, phone.url, brands={"zeta": brand("Zeta"), "nova": brand("Nova")}, escalation=desk)
            await reload(1)
            await daemon.mentions([hit("Nova"), hit("Acme")])
            await until(lambda: len(told(phone, "nova")) == 2)
            assert calls(phone, "acme") == [("lea", "page", "first")]  # not even the next step
            incident = await newest(daemon, "acme")
            status, problem = await daemon.post(f"/api/v1/incidents/{incident['id']}/acknowledge", {"by": "lea"})
            assert (status, problem["code"]) == (409, "brand-gone")
            for view in ("/", "/incidents", f"/incidents/{incident['id']}", "/mentions", "/sources", "/silences"):
                assert await asked(daemon, view) == 200

            write(tmp_path, phone.url, brands=both, escalation=desk)
            await reload(1)
            await until(lambda: len(told(phone, "acme")) == 2)
            assert (await act(daemon, "acme", "acknowledge"))["acknowledged_by"] == "lea"


async def test_behind_a_proxy_everything_needs_a_token_and_a_host_of_ours(tmp_path: Path, state: Path) -> None:
    web = {"listen": "127.0.0.1:0", "external_url": "https://amends.example", "hosts": ["other.example"],
           "tokens": {"ci": TOKEN}}  # fmt: skip
    path = write(tmp_path, "http://127.0.0.1:9/", brands={"acme": brand("Acme")}, web=web)
    async with running(path, state) as daemon:
        for door in ("/", "/metrics", "/api/v1/incidents", "/api/v1/mentions", "/api/v1/sources", "/api/v1/silences"):
            assert await asked(daemon, door) == 401
            assert await asked(daemon, door, **BEARER) == 200
        for host, status in (("amends.example", 200), ("other.example:443", 200), ("foreign.example", 403)):
            assert await asked(daemon, "/api/v1/incidents", host, **BEARER) == status
        for probe in ("/healthz", "/readyz"):
            assert await asked(daemon, probe, "foreign.example") == 200
        assert await asked(daemon, "/metrics", "foreign.example", **BEARER) == 200


async def test_a_phone_far_away_acknowledges_by_the_reply_topic_and_is_told_briefly(
    tmp_path: Path, state: Path
) -> None:
    async with ntfy_server() as server, receiver("/feed") as feed:
        feed.usual = answer(200, text='<rss version="2.0"><channel><title>t</title></channel></rss>')
        phone = {"kind": "ntfy", "server": server.url, "topic": "t1", "reply_topic": "r1", "detail": "brief"}
        path = write(
            tmp_path, "", brands={"acme": brand("Acme")}, escalation=ALONE, channels={"phone": phone},
            people={"lea": {"name": "Léa", "language": "fr", "channels": ["phone"]}},
            sources={"news": {"kind": "feed", "url": feed.url, "every": "1m"}},
        )  # fmt: skip
        async with running(path, state) as daemon:

            async def up() -> bool:
                return await daemon.metric('amends_source_up{source="news"}') == 1

            await until(up)
            await daemon.mentions([hit("Acme", "Acme recall, a secret quote", author="angry_joe")])
            message = (await server.until("t1", 1, 10))[0]
            assert all(word not in json.dumps(message) for word in ("secret quote", "angry_joe"))
            assert (await newest(daemon, "acme"))["coverage"] == {"on_time": 1, "of": 1}
            action = next(one for one in message["actions"] if one["action"] == "http")
            async with daemon.session.post(action["url"], data=action["body"]) as published:
                assert published.status == 200

            async def acknowledged() -> Any:
                return (await newest(daemon, "acme"))["acknowledged_by"]

            assert await until(acknowledged) == "lea"
