"""The outbox worker: nothing lost, nothing told twice without need, nobody held up by another's trouble."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from amends.escalation import Cap, QuietHours
from amends.model import Deferred, Delivered, Failed, UnknownError
from amends.paging import KINDS, Limits, Message, Refused, Retry, Sent, Traits, Worker, build
from amends.paging.breaker import Breaker
from support import receivers
from support.outbox import LINKS, SAM, Outbox, RunningClock, page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import aiohttp

    from amends.model import Event
    from amends.paging import Result

FAST = Limits(first_retry=0.02, longest_retry=0.1, pause=0.02, lease=5.0)
Answer = Any  # a Result, an exception to raise, or a coroutine function


@dataclass
class Line:
    """A channel that answers as scripted, then `usual`."""

    script: list[Answer] = field(default_factory=list)
    usual: Answer = field(default_factory=Sent)
    id: str = "hook"
    kind: str = "test"
    traits: Traits = field(default_factory=lambda: Traits(groups=True, attempt=0.3))
    sent: list[Message] = field(default_factory=list)
    now: int = 0
    most: int = 0

    async def send(self, message: Message) -> Result:
        self.sent.append(message)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            answer = self.script.pop(0) if self.script else self.usual
            if isinstance(answer, BaseException):
                raise answer
            result: Result = await answer(message) if callable(answer) else answer
            return result
        finally:
            self.now -= 1


def slow(seconds: float) -> Callable[[Message], Any]:
    async def answer(_message: Message) -> Result:
        await asyncio.sleep(seconds)
        return Sent()

    return answer


@asynccontextmanager
async def working(outbox: Outbox, *lines: Line, limits: Limits = FAST) -> AsyncIterator[Worker[Any]]:
    worker: Worker[Any] = Worker(
        outbox, outbox, {line.id: line for line in lines}, outbox.clock, LINKS, observer=outbox, limits=limits
    )
    outbox.worker = worker
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the worker is another task
            await asyncio.sleep(0.005)


def settled(outbox: Outbox) -> bool:
    return not outbox.states()["queued"]


async def test_a_due_page_is_sent_and_confirmed() -> None:
    outbox, hook = Outbox(), Line()
    one = page()
    outbox.put(one)
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert outbox.commands == [Delivered(page=one.id, incident=one.incident.id)]
    assert [message.key for message in hook.sent] == [one.id]
    assert outbox.counted == Counter({("hook", "sent"): 1})
    assert 0 <= outbox.seconds[0] < 5


async def test_it_sleeps_until_the_next_is_due_and_wakes_for_a_commit() -> None:
    outbox, hook = Outbox(), Line()
    outbox.put(page(1, due=time.time() + 1.5))
    async with working(outbox, hook):
        await asyncio.sleep(0.15)
        assert not hook.sent
        claims = outbox.claims
        outbox.put(page(2))
        await until(lambda: len(hook.sent) == 1)
        await until(lambda: settled(outbox))
    assert claims == 0
    assert outbox.claims == 2


async def test_a_busy_far_end_is_tried_again_until_it_takes_the_page() -> None:
    outbox, hook = Outbox(), Line([Retry(None, "503"), Retry(0.05, "429")])
    outbox.put(page())
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert outbox.states() == Counter(sent=1)
    assert len({message.key for message in hook.sent}) == 1
    assert len(hook.sent) == 3


async def test_a_refusal_is_told_to_the_core_at_once() -> None:
    outbox, hook = Outbox(), Line(usual=Refused("hook answered 404"))
    one = page()
    outbox.put(one)
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert outbox.commands == [Failed(page=one.id, incident=one.incident.id, error="hook answered 404")]
    assert outbox.counted == Counter({("hook", "failed"): 1})


async def test_a_channel_that_is_gone_fails_its_pages() -> None:
    outbox = Outbox()
    outbox.put(page(channel="gone"))
    async with working(outbox):
        await until(lambda: settled(outbox))
    (command,) = outbox.commands
    assert isinstance(command, Failed)
    assert "'gone' is not configured" in command.error


async def test_an_attempt_that_hangs_ends_at_its_deadline_and_holds_nobody_up() -> None:
    outbox = Outbox()
    hung, good = Line(usual=slow(60), id="phone", traits=Traits(attempt=1.5)), Line()
    outbox.put(page(1, channel="phone"), page(2))
    async with working(outbox, hung, good):
        await until(lambda: outbox.states()["sent"] == 1)
        assert len(hung.sent) == 1
        await until(lambda: len(hung.sent) >= 2)
    assert "no answer within 1.5 s" in next(row.page.why for row in outbox.rows.values() if row.page.why)


async def test_at_its_deadline_a_page_is_given_up_for_the_next_channel() -> None:
    outbox, hook = Outbox(), Line(usual=Retry(None, "500"))
    outbox.put(page(deadline=time.time() + 0.15))
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    (command,) = outbox.commands
    assert isinstance(command, Failed)
    assert len(hook.sent) >= 2


async def test_being_asked_to_wait_longer_than_there_is_time_fails_at_once() -> None:
    outbox, hook = Outbox(), Line(usual=Retry(600.0, "429"))
    outbox.put(page(deadline=time.time() + 30))
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert len(hook.sent) == 1
    assert "more time than there is" in outbox.commands[0].error  # type: ignore[union-attr]  # a Failed


async def test_a_page_found_after_its_deadline_is_still_tried_once() -> None:
    outbox, hook = Outbox(), Line()
    outbox.put(page(due=time.time() - 900, deadline=time.time() - 600))
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert outbox.states() == Counter(sent=1)


# --- bounds ---


async def test_sends_are_bounded_per_channel_and_a_slow_one_leaves_room_for_others() -> None:
    outbox, phone, hook = Outbox(), Line(usual=slow(0.25), id="phone"), Line()
    outbox.put(*(page(n, channel="phone") for n in range(20)), *(page(n) for n in range(50, 60)))
    async with working(outbox, phone, hook, limits=replace(FAST, per_channel=3, total=6)):
        await until(lambda: len(hook.sent) == 10)
        assert len(phone.sent) < 20
        await until(lambda: settled(outbox), 15)
    assert phone.most == 3
    assert outbox.states() == Counter(sent=30)


async def test_sends_are_bounded_in_total() -> None:
    outbox = Outbox()
    lines = [Line(usual=slow(0.02), id=f"c{n}") for n in range(6)]
    outbox.put(*(page(n, channel=f"c{n % 6}") for n in range(30)))
    at_once = []
    async with working(outbox, *lines, limits=replace(FAST, total=4)) as worker:
        while not settled(outbox):
            at_once.append(worker.in_flight)
            await asyncio.sleep(0.002)
    assert max(at_once) == 4


# --- caps ---


async def test_beyond_the_cap_pages_are_held_but_never_at_severity_one() -> None:
    outbox, hook = Outbox(people={"sam": replace(SAM, cap=Cap(2, 3600.0))}), Line()
    outbox.put(*(page(n) for n in range(4)))
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
        assert outbox.states() == Counter(sent=2, deferred=2)
        outbox.put(page(9, severity=1))
        await until(lambda: settled(outbox))
    assert outbox.states() == Counter(sent=3, deferred=2)
    held = [command for command in outbox.commands if isinstance(command, Deferred)]
    assert {round(command.until - time.time(), -1) for command in held} == {1800}
    assert "2 messages within 3600 s" in held[0].why


async def test_what_comes_late_is_held_when_quiet_hours_have_begun_but_never_at_severity_one() -> None:
    minute = int(time.time() // 60) % 1440
    asleep = replace(SAM, quiet=QuietHours((minute - 60) % 1440, (minute + 60) % 1440))
    outbox, hook = Outbox(people={"sam": asleep}), Line()
    async with working(outbox, hook):
        outbox.put(page(1), page(2, severity=1))
        await until(lambda: outbox.states() == {"deferred": 1, "sent": 1})
    (held,) = (one for one in outbox.commands if isinstance(one, Deferred))
    assert held.page == page(1).id
    assert time.time() < held.until <= time.time() + 3660
    assert "quiet hours" in held.why
    assert [message.page.id for message in hook.sent] == [page(2, severity=1).id]


async def test_a_person_without_a_cap_or_unknown_is_not_held() -> None:
    outbox, hook = Outbox(people={}), Line()
    outbox.put(*(page(n) for n in range(5)))
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert outbox.states() == Counter(sent=5)


# --- trouble ---


async def test_a_page_that_cannot_be_rendered_goes_out_bare_with_the_reason() -> None:
    outbox, hook = Outbox(), Line([UnicodeError("\ud800")])
    outbox.put(page(title="<hostile>"))
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    whole, least = hook.sent
    assert (whole.title, least.title) == ("<hostile>", "acme: severity 2, first")
    assert "UnicodeError" in least.text
    assert least.acknowledge_url == whole.acknowledge_url
    assert outbox.states() == Counter(sent=1)


async def test_a_channel_that_breaks_on_everything_is_tried_again_later() -> None:
    outbox, hook = Outbox(), Line([ValueError("x"), ValueError("y")])
    outbox.put(page())
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert outbox.states() == Counter(sent=1)


async def test_a_store_that_fails_is_asked_again() -> None:
    outbox, hook = Outbox(errors={"claim": [OSError("disk")] * 3}), Line()
    outbox.put(page())
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert outbox.states() == Counter(sent=1)


async def test_a_confirmation_that_fails_is_tried_again_and_nothing_is_sent_twice() -> None:
    outbox, hook = Outbox(errors={"apply": [OSError("busy")]}), Line()
    outbox.put(page())
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert len(hook.sent) == 1


async def test_a_page_that_cannot_be_settled_stays_claimed_until_its_lease_ends() -> None:
    outbox, hook = Outbox(errors={"apply": [OSError("gone")] * 2}), Line()
    outbox.put(page(1))
    async with working(outbox, hook, limits=replace(FAST, confirmations=1, lease=2.0)):
        await until(lambda: len(hook.sent) == 1)
        await asyncio.sleep(0.4)
        assert len(hook.sent) == 1
        outbox.put(page(2))
        await until(lambda: outbox.states()["sent"] == 1)
        await until(lambda: settled(outbox))
    assert len(hook.sent) == 3
    assert hook.sent[0].key == hook.sent[2].key


async def test_a_page_whose_receipt_could_not_be_kept_is_not_sent() -> None:
    outbox, hook = Outbox(gone=frozenset({"acme"})), Line()
    outbox.put(page(1), page(2, brand="other"))
    async with working(outbox, hook):
        await until(lambda: any(row.page.due > time.time() + 80_000 for row in outbox.rows.values()))
        await until(lambda: outbox.states()["sent"] == 1)
    assert len(hook.sent) == 1
    assert outbox.states() == Counter(sent=1, queued=1)


async def test_pages_of_a_brand_that_is_gone_are_put_out_of_the_way() -> None:
    outbox, hook = Outbox(errors={"apply": [UnknownError("no brand")]}), Line()
    outbox.put(page(1))
    async with working(outbox, hook):
        await until(lambda: hook.sent)
        await until(lambda: any(row.page.due > time.time() + 80_000 for row in outbox.rows.values()))
    assert len(hook.sent) == 1


async def test_a_row_whose_lease_ends_while_it_is_under_way_here_is_left_to_its_task() -> None:
    outbox, hook = Outbox(), Line(usual=slow(0.25))
    outbox.put(page())
    async with working(outbox, hook, limits=replace(FAST, lease=0.05)):
        await until(lambda: settled(outbox))
    assert len(hook.sent) == 1
    assert outbox.claims > 1


async def test_an_acknowledged_page_that_fails_meanwhile_is_not_brought_back() -> None:
    outbox = Outbox()

    async def cancel_then_busy(_message: Message) -> Result:
        for row in outbox.rows.values():
            row.page = replace(row.page, state="cancelled")
        return Retry(None, "503")

    hook = Line([cancel_then_busy])
    outbox.put(page())
    async with working(outbox, hook):
        await until(lambda: outbox.states()["cancelled"])
        await asyncio.sleep(0.1)
    assert len(hook.sent) == 1


# --- a channel that is down ---


async def test_an_open_breaker_lets_others_first_and_drops_nothing() -> None:
    outbox, phone, hook = Outbox(clock=RunningClock(30.0)), Line([Retry(None, "down")] * 5, id="phone"), Line()
    now = outbox.clock.wall()
    outbox.put(*(page(n, now=now, channel="phone") for n in range(8)), *(page(n, now=now) for n in range(20, 24)))
    async with working(outbox, phone, hook):
        await until(lambda: len(hook.sent) == 4)
        await until(lambda: settled(outbox), 10)
    assert outbox.states() == Counter(sent=12)
    assert len(phone.sent) <= 8 + 5


async def test_while_a_channel_is_down_its_pages_fail_over_at_their_deadline() -> None:
    outbox, phone = Outbox(), Line(usual=Retry(None, "down"), id="phone")

    def fail_over(event: Event) -> None:
        if isinstance(event, Failed):
            outbox.put(replace(page(n := len(outbox.rows) + 100), channel="hook", id=f"pg_{n}"))

    outbox.then = fail_over
    hook = Line()
    outbox.put(*(page(n, channel="phone", deadline=time.time() + 0.4) for n in range(6)))
    async with working(outbox, phone, hook):
        await until(lambda: len(hook.sent) == 6)
    assert outbox.states()["failed"] == 6


async def test_a_page_found_late_while_its_channel_is_down_goes_to_the_next_one_at_once() -> None:
    outbox, phone = Outbox(), Line(usual=Retry(None, "down"), id="phone")
    outbox.put(*(page(n, channel="phone") for n in range(4)))
    async with working(outbox, phone):
        await until(lambda: len(phone.sent) >= 3)
        outbox.put(page(9, channel="phone", due=time.time() - 90, deadline=time.time() - 60))
        await until(lambda: outbox.states()["failed"] == 1)
    (command,) = outbox.commands
    assert command.error == "phone is down"  # type: ignore[union-attr]  # a Failed


async def test_what_another_worker_has_just_claimed_is_not_run_after() -> None:
    class Shared(Outbox):
        async def claim(self, *_args: Any, **_keys: Any) -> None:  # type: ignore[override]  # always too late
            self.claims += 1

    outbox = Shared()
    outbox.put(page())
    async with working(outbox, Line()):
        await asyncio.sleep(0.2)
    assert 2 <= outbox.claims <= 15


def test_a_breaker_opens_probes_and_closes() -> None:
    breaker = Breaker(after=2, first=10.0, longest=30.0)
    breaker.bad(0.0)
    assert breaker.waits(0.0) is None
    breaker.bad(0.0)
    assert breaker.waits(5.0) == 10.0
    assert breaker.waits(10.0) is None
    assert breaker.waits(10.0) == 20.0
    breaker.bad(11.0)
    assert breaker.waits(12.0) == 31.0
    breaker.bad(31.0)
    breaker.bad(61.0)
    assert breaker.waits(62.0) == 91.0
    assert breaker.waits(91.0) is None
    assert breaker.look_at(91.0) == float("inf")
    breaker.bad(92.0)
    breaker.took_up(92.0)
    assert breaker.look_at(92.1) == 92.2
    assert breaker.look_at(92.2) is None
    breaker.good()
    breaker.took_up(92.0)
    assert breaker.look_at(92.0) is None
    assert breaker.waits(91.0) is None


# --- groups ---


async def test_one_message_tells_of_every_brand_that_one_cause_blinds() -> None:
    outbox, hook = Outbox(), Line()
    outbox.put(*(page(1, brand=f"b{n}", group="blind", severity=3) for n in range(5)), page(2))
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert sorted(len(message.pages) for message in hook.sent) == [1, 5]
    assert outbox.states() == Counter(sent=6)
    assert len(outbox.commands) == 6


async def test_a_group_is_told_in_messages_of_eight() -> None:
    outbox, hook = Outbox(), Line()
    outbox.put(*(page(1, brand=f"b{n}", group="blind", severity=3) for n in range(20)))
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert sorted(len(message.pages) for message in hook.sent) == [4, 8, 8]


async def test_a_channel_that_tells_one_thing_at_a_time_gets_each_alone() -> None:
    outbox, hook = Outbox(), Line(traits=Traits(attempt=0.3))
    outbox.put(*(page(1, brand=f"b{n}", group="blind", severity=3) for n in range(3)))
    async with working(outbox, hook):
        await until(lambda: settled(outbox))
    assert [len(message.pages) for message in hook.sent] == [1, 1, 1]


# --- stop, reload ---


async def test_stopping_lets_what_is_under_way_end_and_claims_no_more() -> None:
    outbox, hook = Outbox(), Line(usual=slow(0.1))
    outbox.put(page(1))
    worker: Worker[Any] = Worker(outbox, outbox, {"hook": hook}, outbox.clock, LINKS, limits=FAST)
    task = asyncio.create_task(worker.run())
    await until(lambda: hook.sent)
    outbox.put(page(2))
    worker.stop()
    await asyncio.wait_for(task, 2)
    assert outbox.states() == Counter(sent=1, queued=1)


async def test_a_reload_brings_other_channels() -> None:
    outbox, old, new = Outbox(), Line(), Line()
    outbox.put(page(1))
    async with working(outbox, old) as worker:
        await until(lambda: settled(outbox))
        worker.replace({"hook": new})
        outbox.put(page(2))
        await until(lambda: settled(outbox))
    assert (len(old.sent), len(new.sent)) == (1, 1)


async def test_a_clock_that_runs_fast_is_followed() -> None:
    outbox, hook = Outbox(clock=RunningClock(240.0)), Line([Retry(30.0, "429")])
    outbox.put(page(now=outbox.clock.wall() + 60))
    async with working(outbox, hook):
        await until(lambda: settled(outbox), 3)
    assert outbox.states() == Counter(sent=1)


# --- over the wire ---


@pytest.mark.parametrize("lost", [False, True], ids=["accepted", "reply lost"])
async def test_a_page_reaches_a_real_receiver(session: aiohttp.ClientSession, *, lost: bool) -> None:
    outbox = Outbox()
    outbox.put(page())
    secret = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="
    async with receivers.receiver() as end:
        if lost:
            end.then(receivers.reply_lost())
        settings = KINDS["webhook"].model_validate({"kind": "webhook", "url": end.url, "secret": secret})
        worker: Worker[Any] = Worker(
            outbox, outbox, {"hook": build("hook", settings, session)}, outbox.clock, LINKS, limits=FAST
        )
        task = asyncio.create_task(worker.run())
        await until(lambda: settled(outbox))
        worker.stop()
        await task
    ids = {received.headers["webhook-id"] for received in end.received}
    assert ids == set(outbox.rows)
    assert len(end.received) == (2 if lost else 1)


def test_a_channel_may_be_down_for_weeks() -> None:
    breaker = Breaker()
    for minute in range(3_000):
        breaker.bad(60.0 * minute)
    assert breaker.waits(60.0 * 2_999) == 60.0 * 2_999 + breaker.longest


async def test_what_is_for_a_channel_that_answers_goes_before_what_waits_for_one_that_is_down() -> None:
    outbox, down, hook = Outbox(), Line(id="phone", usual=Retry(None, "down")), Line()
    now = time.time()
    outbox.put(*(page(number, channel="phone", due=now - 60, now=now - 60) for number in range(3)))
    async with working(outbox, down, hook, limits=replace(FAST, first_retry=30, longest_retry=30)):
        await until(lambda: len(down.sent) >= 3)
        await asyncio.sleep(0.05)
        outbox.put(*(page(number, channel="phone", due=now - 60, now=now - 60) for number in range(10, 60)))
        outbox.put(page(99, now=now))
        await until(lambda: hook.sent)
        waiting = [row for row in outbox.rows.values() if row.page.channel == "phone" and not row.attempts]
    assert len(waiting) >= 48
