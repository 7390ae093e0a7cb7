"""The views: what they say, that every button works and has its way back, and that hostile words stay words."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from amends.model import DAY, HOUR, Coverage, Item, Tick
from amends.web.templating import Templates, host, link, number, plain, span
from amends.web.views.common import local_path
from support.web import HOSTILE, NOW, PAGE, Source, running

if TYPE_CHECKING:
    from pathlib import Path

    from support.web import Town


async def shown(town: Town, path: str, status: int = 200) -> str:
    response = await town.get(path, headers=PAGE)
    text = await response.text()
    assert response.status == status, text[:500]
    assert response.content_type == "text/html"
    return unescape(re.sub(r"\s+", " ", text))


async def the_id(town: Town) -> str:
    return str((await town.json("/api/v1/incidents"))["incidents"][0]["id"])


async def test_before_anything_was_heard_the_overview_waits(town: Town) -> None:
    text = await shown(town, "/")
    assert "Nothing open" in text
    assert text.count("Nothing has been heard of it yet.") == 2
    assert "Bolt & Söhne" in text


async def test_a_hundred_brands_are_shown_a_page_at_a_time_and_what_is_open_comes_first(stormy: Town) -> None:
    rules = stormy.engine.rules
    more = {f"z{n}": replace(rules.brands["acme"], id=f"z{n}", name=f"A{n:03d}") for n in range(100)}
    stormy.engine.swap(replace(rules, brands=rules.brands | more))

    first, third, beyond = [await shown(stormy, path) for path in ("/", "/?page=3", "/?page=99&x=1")]

    assert "page 1 of 3" in first
    assert first.index(">Acme<") < first.index(">A000<")
    assert "A099" in third
    assert "A099" not in first
    assert "page 3 of 3" in beyond
    assert "page 1 of 3" in await shown(stormy, "/?page=x")


async def test_while_learning_it_says_how_far_and_what_would_page(town: Town) -> None:
    for hour in range(3 * 24):
        town.clock.now += HOUR
        await town.engine.ingest([Item(
            source="news", id=f"{hour}-{k}", text=f"Acme is on time, number {hour} {k}", author=f"@a{hour}{k}",
            published_at=town.clock.now - 600 * k, seen_at=town.clock.now) for k in range(3)])  # fmt: skip
        await town.engine.apply("acme", Tick())
    text = await shown(town, "/")
    assert re.search(r"[23] of 14 days learned; would page above about \d", text)
    assert "Learning" in text
    assert '<svg class="spark"' in text


async def test_after_a_fortnight_of_calm_it_is_calm(town: Town) -> None:
    for hour in range(15 * 4):
        town.clock.now += 6 * HOUR
        for brand in ("acme", "bolt"):
            word = "Acme" if brand == "acme" else "Bolt & Söhne"
            await town.engine.ingest([Item(
                source="news", id=f"{brand}{hour}", text=f"{word} is fine, {hour}", author=f"@a{hour}",
                published_at=town.clock.now - 60, seen_at=town.clock.now)])  # fmt: skip
            await town.engine.apply(brand, Tick(coverage=Coverage(on_time=9, of=11)))
    text = await shown(town, "/")
    assert "<h1>All calm</h1>" in text
    assert "9 <small>of 11 on time" in text
    assert "of 14 days" not in text
    await town.engine.apply("bolt", Tick(coverage=Coverage(on_time=0, of=11, silent=("news",))))
    text = await shown(town, "/")
    assert "All calm" not in text
    assert "Not heard" in text


async def test_an_open_incident_comes_first_with_who_has_it(stormy: Town) -> None:
    text = await shown(stormy, "/")
    assert "1 open incident" in text
    assert "Nobody has it yet." in text
    assert text.index("Nobody has it yet") < text.index("Last 24 h")
    await stormy.form(f"/incidents/{await the_id(stormy)}/acknowledge", by="lea")
    assert "Léa has it." in await shown(stormy, "/")


async def test_an_incident_shows_all_that_one_needs_on_a_phone(stormy: Town) -> None:
    incident = (await stormy.json("/api/v1/incidents"))["incidents"][0]
    text = await shown(stormy, f"/incidents/{incident['id']}")
    said = ("Open at forum.example", "What happened", "Opened", "Acknowledge: I have it", "Who was told", "queued")
    for words in (incident["title"], incident["response"]["text"][:40], *said, "Real", "Noise", "Critical"):
        assert re.sub(r"\s+", " ", words) in text
    for quote in incident["quotes"]:
        assert quote["text"][:50] in text
    assert 'rel="noreferrer noopener nofollow"' in text
    assert '<svg class="chart"' in text
    assert 'data-copy="response"' in text


@pytest.mark.parametrize(
    ("action", "fields", "said", "undo"),
    [
        ("acknowledge", {}, "You have it.", "unacknowledge"),
        ("unacknowledge", {}, "Nobody has it now", "acknowledge"),
        ("resolve", {}, "Resolved. Move on.", "reopen"),
        ("snooze", {"snooze_hours": "4"}, "Snoozed.", "wake"),
        ("feedback", {"verdict": "noise"}, "Thank you", "feedback"),
    ],
)
async def test_every_button_answers_with_its_way_back(
    stormy: Town, action: str, fields: dict[str, str], said: str, undo: str
) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    response = await stormy.form(f"{root}/{action}", by="sam", url="", text="", kind="holding", **fields)
    assert response.status == 303
    text = await shown(stormy, response.headers["Location"])
    assert said in text
    assert f'formaction="{root}/{undo}"' in text
    more = {"verdict": "none"} if undo == "feedback" else {}
    response = await stormy.form(f"{root}/{undo}", by="sam", **more)
    assert response.status == 303
    assert (await stormy.get(response.headers["Location"])).status == 200


async def test_an_address_cannot_claim_what_was_not_done(stormy: Town) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    for done in ("acknowledge", "resolve", "snooze", "feedback", "responded", "anything"):
        assert 'role="status"' not in await shown(stormy, f"{root}?done={done}")


async def test_a_snooze_shows_its_end_and_can_be_ended(stormy: Town) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    await stormy.form(f"{root}/snooze", by="lea", snooze_hours="1")
    assert "Snoozed until 17:00." in await shown(stormy, root)
    await stormy.form(f"{root}/wake", by="lea")
    assert "Snoozed until" not in await shown(stormy, root)
    assert (await stormy.form(f"{root}/snooze", by="lea", snooze_hours="-1")).status == 422


async def test_a_published_response_is_noted_with_its_address(stormy: Town) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    fields = {"by": "lea", "kind": "full", "url": "https://acme.example/statement", "text": "We are sorry."}
    response = await stormy.form(f"{root}/responded", **fields)
    text = await shown(stormy, response.headers["Location"])
    assert "Noted in the record." in text
    assert "Léa published the full text" in text
    assert 'href="https://acme.example/statement"' in text


async def test_a_resolved_incident_offers_to_reopen_and_no_more_pages(stormy: Town) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    await stormy.form(f"{root}/resolve", by="lea")
    text = await shown(stormy, root)
    assert "Move on." in text
    assert "Reopen" in text
    assert "Acknowledge: I have it" not in text
    assert "Nothing open" in await shown(stormy, "/")
    assert "Resolved" in await shown(stormy, "/incidents?state=resolved")
    assert "None of this kind" in await shown(stormy, "/incidents?state=open")


async def test_who_acted_is_remembered_on_this_browser(stormy: Town) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    assert "Choose your name" in await shown(stormy, root)
    response = await stormy.form(f"{root}/acknowledge", by="sam")
    assert "HttpOnly" in response.headers["Set-Cookie"]
    text = await shown(stormy, root)
    assert "Choose your name" not in text
    assert '<option value="sam" selected>' in text


async def test_without_a_name_nothing_is_done(stormy: Town) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    response = await stormy.form(f"{root}/acknowledge")
    assert response.status == 422
    assert "by: is required" in await response.text()
    assert (await stormy.form(f"{root}/explode", by="lea")).status == 404
    assert (await stormy.form("/incidents/none/acknowledge", by="lea")).status == 404


async def test_mentions_are_read_searched_and_walked(stormy: Town) -> None:
    text = await shown(stormy, "/mentions")
    assert text.count("<article") == 50
    older = re.search(r'href="(/mentions\?[^"]*cursor=[^"]+)"', text)
    assert older is not None
    assert (await shown(stormy, older[1])).count("<article") == 50
    text = await shown(stormy, "/mentions?q=luggage&tone=negative&brand=acme&source=forum&span=1h")
    assert "luggage" in text
    assert "Thanks Acme" not in text
    assert '<option value="forum" selected>' in text
    assert "Nothing found" in await shown(stormy, "/mentions?q=xyzzy")
    await shown(stormy, "/mentions?span=always", status=422)


async def test_a_wrong_tone_is_corrected_and_undone_where_one_was_reading(stormy: Town) -> None:
    here = "/mentions?q=luggage&source=forum"
    which = {"brand": "acme", "source": "forum", "id": "storm-5"}
    response = await stormy.form(f"/mentions/tone?{urlencode({**which, 'tone': 'neutral'})}", by="lea", here=here)
    assert (response.status, response.headers["Location"]) == (303, here)
    text = await shown(stormy, here)
    assert "says Léa; scored negative" in text
    assert "Undo: negative" in text
    await stormy.form(f"/mentions/tone?{urlencode({**which, 'tone': 'none'})}", by="lea", here="https://evil.example")
    assert "says Léa" not in await shown(stormy, here)
    for bad in ({**which, "id": "nothing", "tone": "neutral"}, {**which, "tone": "furious"}):
        assert (await stormy.form(f"/mentions/tone?{urlencode(bad)}", by="lea")).status in {404, 422}
    assert (await stormy.form(f"/mentions/tone?{urlencode({**which, 'tone': 'neutral'})}", by="x")).status == 422


async def test_sources_show_their_trouble_first_and_obey(town: Town) -> None:
    town.desk.sources["weak"] = Source(
        "weak", up=False, outcome="blocked", last_success=None, lag=None, last_error="403 <b>no</b>", next_poll=None
    )
    text = await shown(town, "/sources")
    assert text.index(">weak ") < text.index(">forum ")
    assert "never" in text
    assert "403 <b>no</b>" in text
    raw = await (await town.get("/sources", headers=PAGE)).text()
    assert "<b>no</b>" not in raw
    response = await town.form("/sources/news/pause")
    text = await shown(town, response.headers["Location"])
    assert "news is paused" in text
    assert "Undo" in text
    assert "/sources/news/poll" not in await (await town.get("/sources", headers=PAGE)).text()
    await town.form("/sources/news/resume")
    await town.form("/sources/news/poll")
    assert town.desk.told == ["poll news"]
    assert not town.desk.sources["news"].paused
    assert (await town.form("/sources/none/poll")).status == 404


async def test_silences_begin_and_end_in_the_view(town: Town) -> None:
    assert "Nothing is silenced" in await shown(town, "/silences?brand=bolt")
    response = await town.form("/silences", brand="bolt", hours="4", reason="Launch <i>day</i>", by="lea")
    text = await shown(town, response.headers["Location"])
    assert "until 20:00" in text
    assert "Launch <i>day</i>" in text
    assert "No pages until 20:00: Launch" in await shown(town, "/")
    (silence,) = await town.store.silences()
    response = await town.form(f"/silences/{silence.id}/end", by="sam")
    text = await shown(town, response.headers["Location"])
    assert "The silence has ended" in text
    assert "Ended" in text
    for wrong in ({"hours": "0"}, {"reason": ""}, {"brand": "none"}, {"hours": "x"}):
        fields = {"brand": "bolt", "hours": "4", "reason": "r", "by": "lea", **wrong}
        assert (await town.form("/silences", **fields)).status == 422
    assert (await town.form("/silences/none/end", by="sam")).status == 404


async def test_a_silenced_brand_says_until_when(stormy: Town) -> None:
    await stormy.form(f"/incidents/{await the_id(stormy)}/resolve", by="lea")
    await stormy.form("/silences", brand="acme", hours="4", reason="Launch", by="lea")
    assert "No pages until 20:00: Launch" in await shown(stormy, "/")


async def test_a_person_is_shown_a_page_for_what_is_missing_and_a_program_a_problem(town: Town) -> None:
    assert "There is no such thing here" in await shown(town, "/incidents/none", status=404)
    assert "nothing at /none" in await shown(town, "/none", status=404)
    response = await town.get("/none")
    assert response.content_type == "application/problem+json"


async def test_without_people_the_views_say_so_and_act_for_nobody(tmp_path: Path, stormy_database: Path) -> None:
    async with running(tmp_path, stormy_database) as town:
        town.engine.swap(replace(town.engine.rules, people={}))
        text = await shown(town, f"/incidents/{await the_id(town)}")
        assert "Nobody can act here yet" in text
        assert "Acknowledge: I have it" not in text


async def test_with_one_person_nobody_is_asked_who_they_are(tmp_path: Path, stormy_database: Path) -> None:
    async with running(tmp_path, stormy_database) as town:
        lea = town.engine.rules.people["lea"]
        town.engine.swap(replace(town.engine.rules, people={"lea": lea}))
        assert '<input type="hidden" name="by" value="lea"' in await shown(town, f"/incidents/{await the_id(town)}")


async def test_hostile_words_stay_words_on_every_page(town: Town) -> None:
    records: list[dict[str, Any]] = [
        {
            "id": f'h{k}"><script>x</script>',
            "source": "crm'\"><svg onload=alert(1)>",
            "published_at": "2026-01-05T14:59:00Z",
            "title": words[:200],
            "text": f"Acme lawsuit. {words}",
            "author": words[:100],
            "url": f"javascript:alert({k})" if k % 2 else f"https://evil.example/{k}?<script>",
            "lang": 'en"onx',
        }
        for k, words in enumerate(HOSTILE)
    ]
    assert (await (await town.post("/api/v1/mentions", json=records)).json())["rejected"] == 0
    id_ = await the_id(town)
    for path in ("/", "/mentions", "/incidents", f"/incidents/{id_}", "/mentions?q=%3Cscript%3E&source=%22%3E%3Cx"):
        raw = await (await town.get(path, headers=PAGE)).text()
        tags = Tags()
        tags.feed(raw)
        assert tags.names <= KNOWN_TAGS, path
        assert not [name for name in tags.attributes if name.startswith("on") or name in {"style", "srcdoc"}]
        assert all(re.match(r"(/|#|https://evil\.example/\d)", address) for address in tags.addresses), path
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00\x1b]", raw), path
        assert "1522756" not in raw, path


KNOWN_TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "script",
        "body",
        "a",
        "header",
        "nav",
        "img",
        "main",
        "form",
        "input",
        "section",
        "div",
        "span",
        "p",
        "h1",
        "h2",
        "h3",
        "article",
        "footer",
        "label",
        "select",
        "option",
        "button",
        "details",
        "summary",
        "time",
        "bdi",
        "strong",
        "dl",
        "dt",
        "dd",
        "small",
        "svg",
        "path",
        "rect",
        "line",
        "text",
        "figure",
        "figcaption",
        "ul",
        "ol",
        "li",
        "blockquote",
        "textarea",
        "i",
        "b",
    ]
)


class Tags(HTMLParser):
    """What a browser would make of a page: names of tags and attributes, and where links and scripts lead."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src", "action", "formaction"}:
                self.addresses.add(value or "")


def test_text_is_bounded_and_shows_nothing_invisible() -> None:
    assert plain("a\u202eb\u200bc\x1b[0m\u2066d\x85") == "abc[0md"
    assert plain(None) == ""
    assert plain("x" * 5_000, 100) == "x" * 99 + "…"
    assert plain("line\nline\ttab") == "line\nline\ttab"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/a", "example.org"),
        ("http://example.org:8080/", "example.org:8080"),
        ("https://\u0430\u0440\u0440\u04cf\u0435.com/", "xn--80ak6aa92e.com"),
        ("https://EXAMPLE.org", "example.org"),
        ("https://user:pw@evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org/x", ""),
        ("/local", ""),
        ("https://", ""),
        ("http://[::1", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_link_shows_the_host_that_it_really_leads_to(url: str | None, name: str) -> None:
    assert host(url) == name
    assert (link(url) is not None) == bool(name)


def test_numbers_and_spans_are_said_as_people_do() -> None:
    assert [number(x) for x in (None, 0, 0.04, 1.25, 9.94, 9.96, 41.7, 1234.0)] == [
        "\u2013",
        "0",
        "0.0",
        "1.2",
        "9.9",
        "10",
        "42",
        "1,234",
    ]
    assert [span(x) for x in (None, -4.0, 5.0, 90.0, 3_600.0, 7_200.0, 30 * HOUR, 3 * DAY)] == [
        "\u2013", "0 s", "5 s", "2 min", "1 h", "2 h", "30 h", "3 d",
    ]  # fmt: skip


async def test_times_are_said_near_and_far(town: Town) -> None:
    templates = Templates(town.site)
    assert templates.clock(None) == "\u2013"
    assert templates.clock(NOW) == "16:00"
    assert templates.clock(NOW, "UTC") == "15:00"
    assert templates.clock(NOW - DAY) == "yesterday 16:00"
    assert templates.clock(NOW - 3 * DAY) == "2 Jan 16:00"
    assert templates.clock(NOW - 30 * DAY) == "2025-12-06 16:00"
    assert [templates.ago(at) for at in (None, NOW, NOW - 61, NOW + 600)] == [
        "never",
        "just now",
        "1 min ago",
        "in 10 min",
    ]


@pytest.mark.parametrize("path", [None, "", "x", "//x", "/\\x", "https://x", "/a\nb", "/" + "a" * 3_000])
def test_nobody_is_sent_elsewhere(path: str | None) -> None:
    assert local_path(path, "/safe") == "/safe"
    assert local_path("/mentions?q=1") == "/mentions?q=1"
