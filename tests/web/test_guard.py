"""Who may pass: hosts, tokens, sessions, and what browsers must prove before they write."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from amends.escalation import sign
from amends.model import DAY
from amends.web.accesslog import shown_path
from amends.web.sessions import LIFE, token_name
from support.web import AUTH, KEY, NOW, PAGE, TOKEN, running

if TYPE_CHECKING:
    from pathlib import Path

    from support.web import Town

OUTSIDE = "https://amends.example"
RECORD = {"id": "a1", "source": "crm", "published_at": "2026-01-05T14:59:00Z", "text": "Acme recall now"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:9999", "localhost", "LOCALHOST:80", "localhost."])
async def test_our_own_names_pass_with_any_port(town: Town, host: str) -> None:
    assert (await town.get("/api/v1/incidents", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "[::1]",
        "",
        "a@localhost",
        "x:y",
        "localhost/x",
    ],
)
async def test_a_foreign_host_is_403_even_with_a_token(town: Town, host: str) -> None:
    response = await town.get("/api/v1/incidents", headers={"Host": host, **AUTH})
    assert response.status in {400, 403}
    if response.status == 403:
        assert (await response.json())["code"] == "foreign-host"


async def test_hosts_of_the_configuration_pass(tmp_path: Path, empty_database: Path) -> None:
    async with running(tmp_path, empty_database, hosts=("amends.lan",)) as town:
        assert (await town.get("/", headers={"Host": "amends.lan:80"})).status == 200
        assert (await town.get("/", headers={"Host": "other.lan"})).status == 403


async def test_on_open_loopback_reading_is_free_and_writing_needs_a_token(town: Town) -> None:
    assert (await town.get("/api/v1/incidents")).status == 200
    response = await town.post("/api/v1/mentions", token=False, json=[RECORD])
    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert (await response.json())["code"] == "token-required"
    assert (await town.post("/api/v1/mentions", json=[RECORD])).status == 202


@pytest.mark.parametrize(
    "value",
    [
        "Bearer wrong",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        f"{TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer é",
    ],
)
async def test_a_wrong_token_is_401_even_where_none_is_needed(town: Town, value: str) -> None:
    for method in ("GET", "POST"):
        response = await town.session.request(
            method, town.url + "/api/v1/mentions", headers={"Authorization": value}, json=[]
        )
        assert response.status == 401


async def test_the_scheme_is_blind_to_case(town: Town) -> None:
    response = await town.get("/api/v1/incidents", headers={"Authorization": f"bearer {TOKEN}"})
    assert response.status == 200


@pytest.mark.parametrize("site", [{"external_url": OUTSIDE}, {"listen": "0.0.0.0:0"}])
async def test_beyond_loopback_reading_needs_a_token_too(
    tmp_path: Path, empty_database: Path, site: dict[str, Any]
) -> None:
    async with running(tmp_path, empty_database, **site) as town:
        for path in ("/api/v1/incidents", "/metrics", "/", "/incidents", "/mentions", "/sources", "/silences", "/none"):
            response = await town.get(path)
            assert response.status == 401, path
            assert (await response.json())["code"] == "sign-in-required"
        for path in ("/api/v1/incidents", "/metrics", "/"):
            assert (await town.get(path, headers=AUTH)).status == 200
        for path in ("/healthz", "/readyz", "/sign-in", "/static/style.css", "/favicon.ico"):
            assert (await town.get(path)).status == 200


async def test_an_empty_token_opens_nothing() -> None:
    assert token_name({"blank": ""}, "") is None
    assert token_name({"a": "x", "b": "y"}, "y") == "b"


async def test_a_browser_without_session_is_shown_the_sign_in_page_in_place(
    tmp_path: Path, empty_database: Path
) -> None:
    async with running(tmp_path, empty_database, external_url=OUTSIDE) as town:
        response = await town.get("/incidents/x?y=1", headers=PAGE)
        text = await response.text()
        assert response.status == 401
        assert 'action="/sign-in"' in text
        assert 'value="/incidents/x?y=1"' in text


async def test_a_token_gains_a_session_that_reads_and_no_more_than_that(tmp_path: Path, empty_database: Path) -> None:
    async with running(tmp_path, empty_database, external_url=OUTSIDE) as town:
        ours = {"Host": "amends.example", "Origin": OUTSIDE, **PAGE}
        wrong = await town.session.post(town.url + "/sign-in", data={"token": "no"}, headers=ours)
        assert wrong.status == 401
        assert "none of the tokens" in await wrong.text()
        response = await town.session.post(
            town.url + "/sign-in", data={"token": TOKEN, "next": "/mentions"}, headers=ours, allow_redirects=False
        )
        assert (response.status, response.headers["Location"]) == (303, "/mentions")
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-amends=")
        for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie
        assert TOKEN not in cookie
        session = {"Cookie": cookie.partition(";")[0], "Host": "amends.example"}
        assert (await town.get("/api/v1/incidents", headers=session)).status == 200
        assert (await town.get("/", headers={**session, **PAGE})).status == 200
        response = await town.session.post(town.url + "/api/v1/mentions", json=[RECORD], headers=session)
        assert response.status == 401


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "", "/\tx", "/" + "a" * 3000]
)
async def test_after_signing_in_nobody_is_led_elsewhere(tmp_path: Path, empty_database: Path, target: str) -> None:
    async with running(tmp_path, empty_database) as town:
        response = await town.form("/sign-in", token=TOKEN, next=target)
        assert response.headers["Location"] == "/"


async def test_sessions_end_with_time_token_person_and_sign_out(tmp_path: Path, empty_database: Path) -> None:
    tokens = {"ci": TOKEN}
    async with running(tmp_path, empty_database, listen="0.0.0.0:0", tokens=tokens) as town:
        response = await town.form("/sign-in", token=TOKEN)
        assert response.headers["Set-Cookie"].startswith("amends=")
        assert (await town.get("/")).status == 200
        town.clock.now += LIFE + 1
        assert (await town.get("/")).status == 401
        town.clock.now = NOW
        tokens["ci"] = "another-secret"
        assert (await town.get("/")).status == 401
        tokens["ci"] = TOKEN
        assert (await town.get("/")).status == 200
        del tokens["ci"]
        assert (await town.get("/")).status == 401
        tokens["ci"] = TOKEN
        assert (await town.form("/sign-out")).status == 303
        assert (await town.get("/")).status == 401


@pytest.mark.parametrize("change", ["first", "last", "swap", "empty", "dots", "unicode"])
async def test_an_altered_session_is_none(tmp_path: Path, empty_database: Path, change: str) -> None:
    async with running(tmp_path, empty_database, listen="0.0.0.0:0") as town:
        good = (await town.form("/sign-in", token=TOKEN)).cookies["amends"].value
        body, _, seal = good.partition(".")
        bad = {
            "first": "A" + good[1:] if good[0] != "A" else "B" + good[1:],
            "last": good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
            "swap": f"{seal}.{body}",
            "empty": "",
            "dots": "...",
            "unicode": "é.é",
        }[change]
        town.session.cookie_jar.clear()
        response = await town.get("/", headers={"Cookie": f"amends={bad}"})
        assert response.status in {400, 401}


FOREIGN = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "OURS", "Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/sources/news/pause", "/sign-in", "/silences"])
async def test_a_form_from_elsewhere_changes_nothing(town: Town, path: str, headers: dict[str, str]) -> None:
    sent = {name: town.url if value == "OURS" else value for name, value in headers.items()}
    fields = {"token": TOKEN, "brand": "acme", "hours": "1", "reason": "x", "by": "lea"}
    response = await town.session.post(town.url + path, data=fields, headers=sent, allow_redirects=False)
    assert response.status == 403
    assert not town.desk.sources["news"].paused
    assert await town.store.silences() == []
    assert "Set-Cookie" not in response.headers


async def test_where_reading_is_open_so_are_the_buttons_and_elsewhere_they_need_a_session(
    tmp_path: Path, town: Town, empty_database: Path
) -> None:
    assert (await town.form("/sources/news/pause")).status == 303
    assert town.desk.sources["news"].paused
    assert (await town.form("/api/v1/sources/news/resume")).status == 401  # the API asks for its token everywhere
    (tmp_path / "other").mkdir()
    async with running(tmp_path / "other", empty_database, listen="0.0.0.0:0") as shut:
        assert (await shut.form("/sources/news/pause")).status == 401
        assert not shut.desk.sources["news"].paused
        signed = await shut.form("/sign-in", token=TOKEN)
        cookie = signed.headers["Set-Cookie"].partition(";")[0]
        headers = {"Origin": shut.url, "Cookie": cookie, **PAGE}
        response = await shut.session.post(f"{shut.url}/sources/news/pause", headers=headers, allow_redirects=False)
        assert response.status == 303
        assert shut.desk.sources["news"].paused


async def test_behind_https_the_same_name_over_http_is_elsewhere(tmp_path: Path, empty_database: Path) -> None:
    async with running(tmp_path, empty_database, external_url=OUTSIDE) as town:
        for origin, status in ((OUTSIDE, 303), ("http://amends.example", 403), ("https://amends.example:444", 403)):
            headers = {"Host": "amends.example", "Origin": origin}
            data = {"token": TOKEN}
            response = await town.session.post(town.url + "/sign-in", data=data, headers=headers, allow_redirects=False)
            assert response.status == status, origin


@pytest.mark.parametrize(
    ("outside", "origin", "status"),
    [
        ("https://amends.example:443/", "https://amends.example", 303),
        ("https://AMENDS.example/", "https://amends.example", 303),
        ("http://other.example", "https://amends.example", 303),
        ("https://amends.example/", "https://amends.example.evil.example", 403),
        ("https://amends.example/", "https://amends.example@evil.example", 403),
        ("https://amends.example/", "https://[", 403),
    ],
)
async def test_our_origin_is_known_however_it_is_written(
    tmp_path: Path, empty_database: Path, outside: str, origin: str, status: int
) -> None:
    async with running(tmp_path, empty_database, external_url=outside, hosts=("amends.example",)) as town:
        headers = {"Host": "amends.example", "Origin": origin}
        response = await town.session.post(
            town.url + "/sign-in", data={"token": TOKEN}, headers=headers, allow_redirects=False
        )
        assert response.status == status


async def the_link(town: Town, person: str = "lea", expires: float = NOW + 3 * DAY) -> tuple[str, str]:
    await town.post("/api/v1/mentions", json=[RECORD])
    (incident,) = (await town.json("/api/v1/incidents", headers=AUTH))["incidents"]
    return incident["id"], "/a/" + sign(KEY, incident["id"], person, expires)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_at_a_link_changes_nothing(town: Town, method: str) -> None:
    id_, link = await the_link(town)
    before = await town.json(f"/api/v1/incidents/{id_}")
    response = await town.session.request(method, town.url + link, headers=PAGE, allow_redirects=False)
    text = await response.text()
    assert response.status == 200
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    if method == "GET":
        assert len(re.findall("<button", text)) == 1
        assert "autofocus" not in text
    assert await town.json(f"/api/v1/incidents/{id_}") == before


@pytest.mark.parametrize("headers", [{}, {"Origin": "OURS"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, PAGE])
async def test_pressing_acknowledges_without_token_or_cookie_and_twice_is_once(
    tmp_path: Path, empty_database: Path, headers: dict[str, str]
) -> None:
    async with running(tmp_path, empty_database, external_url=OUTSIDE) as town:
        id_, link = await the_link(town)
        sent = {name: OUTSIDE if value == "OURS" else value for name, value in headers.items()}
        for _ in range(2):
            response = await town.session.post(town.url + link, headers=sent, allow_redirects=False)
            assert response.status == 200
        incident = await town.json(f"/api/v1/incidents/{id_}", headers=AUTH)
        assert incident["acknowledged_by"] == "lea"
        assert [event["event"] for event in incident["events"]].count("acknowledged") == 1


async def test_pressing_signs_the_person_in_to_read_and_act_as_nobody_else(
    tmp_path: Path, empty_database: Path
) -> None:
    async with running(tmp_path, empty_database, listen="0.0.0.0:0") as town:
        id_, link = await the_link(town)
        assert (await town.get(f"/incidents/{id_}")).status == 401
        assert (await town.form(link)).status == 200
        page = await town.get(f"/incidents/{id_}", headers=PAGE)
        text = await page.text()
        assert page.status == 200
        assert "Signed in as Léa" in text
        assert 'name="by"' not in text
        await town.form(f"/incidents/{id_}/resolve", by="sam")
        events = (await town.json(f"/api/v1/incidents/{id_}"))["events"]
        assert (events[-1]["event"], events[-1]["by"]) == ("resolved", "lea")


async def test_another_site_cannot_press(town: Town) -> None:
    id_, link = await the_link(town)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        response = await town.session.post(town.url + link, headers=headers)
        assert response.status == 403
    assert (await town.json(f"/api/v1/incidents/{id_}"))["acknowledged_by"] is None


async def test_altered_is_403_expired_is_410_and_a_stranger_403(town: Town) -> None:
    id_, link = await the_link(town)
    altered = link[:-1] + ("A" if link[-1] != "A" else "B")
    expired = "/a/" + sign(KEY, id_, "lea", NOW - 1)
    stranger = "/a/" + sign(KEY, id_, "mallory", NOW + 60)
    for path, status in ((altered, 403), ("/a/x", 403), ("/a/%00", 403), (expired, 410), (stranger, 403)):
        for response in (await town.get(path, headers=PAGE), await town.form(path)):
            assert response.status == status, path
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert path.removeprefix("/a/") not in await response.text() or path == "/a/x"
    gone = "/a/" + sign(KEY, "inc_gone", "lea", NOW + 60)
    assert (await town.get(gone)).status == 404
    assert (await town.json(f"/api/v1/incidents/{id_}"))["acknowledged_by"] is None


async def test_a_new_key_ends_no_link_and_no_session_until_the_old_one_is_taken_out(
    tmp_path: Path, empty_database: Path
) -> None:
    keys = [KEY]
    async with running(tmp_path, empty_database, listen="0.0.0.0:0", keys=keys) as town:
        id_, link = await the_link(town)
        assert (await town.form(link)).status == 200
        keys.insert(0, b"n" * 32)
        assert (await town.get(f"/incidents/{id_}", headers=PAGE)).status == 200
        assert (await town.form(link)).status == 200
        keys.pop()
        assert (await town.form(link)).status == 403
        town.session.cookie_jar.clear()
        assert (await town.get(f"/incidents/{id_}")).status == 401


async def test_key_one_of_a_call_acknowledges_and_no_other(town: Town) -> None:
    id_, link = await the_link(town)
    for digits, said, by in (("7", "Not acknowledged", None), ("", "Not ackn", None), ("1", "Thank you", "lea")):
        response = await town.session.post(town.url + link, data={"CallSid": "CA1", "Digits": digits})
        assert response.status == 200
        assert response.content_type == "text/xml"
        assert said in await response.text()
        assert "Set-Cookie" not in response.headers
        assert (await town.json(f"/api/v1/incidents/{id_}"))["acknowledged_by"] == by


async def test_a_link_to_what_is_over_says_so(town: Town) -> None:
    id_, link = await the_link(town)
    await town.post(f"/api/v1/incidents/{id_}/resolve", json={"by": "sam"})
    page = await town.get(link, headers=PAGE)
    assert "It is over" in await page.text()
    assert (await town.form(link)).status == 200


async def test_a_wrong_bearer_does_not_stand_in_the_way_of_a_link(town: Town) -> None:
    _, link = await the_link(town)
    response = await town.session.post(town.url + link, headers={"Authorization": "Bearer junk"})
    assert response.status == 200


async def test_the_access_log_never_holds_a_link_or_a_query(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    _, link = await the_link(town)
    await town.get(link)
    await town.get(link + "x")
    await town.get("/mentions?q=secret-search")
    await town.get("/nothing/%1b[31m\x00here")
    token = link.removeprefix("/a/")
    logged = capsys.readouterr()
    assert "/a/-" in logged.out + logged.err
    for secret in (token, "secret-search", TOKEN, "\x1b[31mhere"):
        assert secret not in logged.out + logged.err


def test_a_path_is_bounded_and_printable_in_the_log() -> None:
    assert shown_path("/a/secret") == shown_path("/a/") == "/a/-"
    assert shown_path("/c/secret.ics") == "/c/-"
    assert shown_path("/x\x1b\n") == "/x??"
    assert len(shown_path("/" + "y" * 5_000)) == 200


async def test_a_site_shows_no_secret_when_it_is_printed(town: Town) -> None:
    assert TOKEN not in repr(town.site)
    assert "kkkk" not in repr(town.site)


async def test_every_answer_carries_the_headers_that_bind_browsers(town: Town) -> None:
    for path in ("/", "/api/v1/incidents", "/none", "/static/style.css", "/sign-in"):
        response = await town.get(path, headers=PAGE)
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        assert "http" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
    assert json.loads(await (await town.get("/api/v1/incidents")).text())["incidents"] == []


async def test_static_files_are_marked_and_nothing_else_is_served(town: Town) -> None:
    response = await town.get("/static/style.css")
    assert response.content_type == "text/css"
    again = await town.get("/static/style.css", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status == 304
    for name in ("none.css", "..%2ftemplating.py", "%2e%2e/app.py", ""):
        assert (await town.get(f"/static/{name}")).status in {403, 404}
