"""No secret of a channel leaves it: not in a log, a reason, the outbox, or what `amends check` prints."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from amends.config import load
from amends.config.summary import summary
from amends.observe import logging as records
from amends.paging import KINDS, Follower, Limits, Listener, Told, build
from support import receivers
from support.desk import desk
from support.outbox import RunningClock, page
from support.wires import PATH, ROUTING, SECRET, TOKEN, TOPIC, WIRES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import aiohttp

SECRETS = (TOPIC, TOKEN, PATH, SECRET, ROUTING)
PASSWORD = "m4il-passw0rd"
TROUBLES = {
    "not taken": receivers.answer(401, text=f'{{"description": "no {TOKEN}", "message": "{TOKEN}"}}'),
    "refused": receivers.answer(404, headers={"Location": f"/{PATH}"}),
    "broken": receivers.answer(500, text=TOKEN),
    "lost": receivers.reply_lost(),
    "odd": receivers.answer(200, text="[" * 5_000),
}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that is logged at the lowest level, through a scrubber that knows no secret: channels must not tell."""
    stream, root = io.StringIO(), logging.getLogger()
    before = (root.handlers[:], root.level)
    records.configure(form="json", level="debug", env={}, stream=stream)
    yield stream
    root.handlers[:], _ = before[0], root.setLevel(before[1])
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()  # else every later test of this process logs to nobody


def assert_clean(*texts: str) -> None:
    for text in texts:
        for secret in (*SECRETS, PASSWORD):
            assert secret not in text


@pytest.mark.parametrize("trouble", sorted(TROUBLES))
@pytest.mark.parametrize("kind", sorted(set(WIRES) - {"apprise"}))
async def test_trouble_of_any_kind_is_told_without_a_secret(
    kind: str, trouble: str, written: io.StringIO, session: aiohttp.ClientSession
) -> None:
    async with receivers.receiver("") as end:
        end.usual = TROUBLES[trouble]
        keys = WIRES[kind].keys(end.url) | ({"reply_topic": TOPIC} if kind == "ntfy" else {})
        made = build("phone", KINDS[kind].model_validate({"kind": kind, **keys}), session)
        channel = await WIRES[kind].prepare(made, end.url)
        said: list[Any] = []
        one = page()
        if isinstance(channel, Follower):
            wishes = list(channel.wishes([Told(page=one, incident=one.incident)]))
            said += [await channel.follow(wish, one.due) for wish in wishes]
        if isinstance(channel, Listener) and channel.listens:
            task = asyncio.create_task(channel.listen(lambda *_: asyncio.sleep(0)))
            await asyncio.wait([task], timeout=0.2)
            task.cancel()
            said += await asyncio.gather(task, return_exceptions=True)
    assert_clean(written.getvalue(), repr(said))


async def test_what_the_outbox_keeps_and_the_worker_logs_holds_no_secret(tmp_path: Path, written: io.StringIO) -> None:
    async with receivers.receiver("") as end:
        end.usual = TROUBLES["refused"]
        configuration = f"""
brands: {{acme: {{name: Acme}}}}
people: {{lea: {{channels: [hook, phone, duty, tg]}}, sam: {{}}}}
channels:
  hook: {{kind: webhook, url: "{end.url}/{PATH}", secret: {SECRET}}}
  phone: {{kind: ntfy, server: "{end.url}", topic: {TOPIC}, token: {TOKEN}}}
  duty: {{kind: pagerduty, server: "{end.url}", routing_key: {ROUTING}}}
  tg: {{kind: telegram, server: "{end.url}", token: "4711:{TOKEN}", chat: 42}}
"""
        async with desk(tmp_path, configuration, RunningClock(), Limits(first_retry=0.05)) as it:
            incident = await it.drill("acme")
            await it.until(incident, {"failed": 4})
            rows = await it.pages(incident)
            events = await it.store.events(incident)
    assert_clean(written.getvalue(), repr([(row.error, row.page.why) for row in rows]), repr(events))


def test_check_prints_no_secret(tmp_path: Path) -> None:
    channels: dict[str, Any] = {
        kind: {"kind": kind, **wire.keys(f"https://{kind}.example")} for kind, wire in WIRES.items()
    }
    letters = {"server": "smtps://m.example", "from": "a@b.example", "to": "a@b.example", "user": "amends"}
    channels["mail"] = {"kind": "email", "password": PASSWORD, **letters}
    people = {"lea": {"channels": list(channels)}, "sam": {}}
    file = tmp_path / "amends.yaml"
    file.write_text(json.dumps({"brands": {"acme": {"name": "Acme"}}, "people": people, "channels": channels}), "utf-8")
    config = load(file, {})
    told = "\n".join(summary(config))
    assert_clean(told, repr(config), str(config.warnings))
    for line in (
        "telegram by telegram.example: quotes and handles stay behind the link; acknowledged by its button",
        "voice by voice.example: quotes and handles stay behind the link; acknowledged by key 1",
        "email by m.example:465: quotes and handles stay behind the link; acknowledged by its link",
    ):
        assert line in told
