"""Recorded mentions from files: read in order, judged by the ordinary core, told event by event."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from amends.cli.records import Records, open_file
from amends.cli.replay import named_rules, stamp, summary
from amends.model import InputError
from support.cli import amends

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 1, 5, tzinfo=UTC)
FIELDS = {"at", "brand", "incident", "kind", "event", "severity", "observed", "expected", "since", "by", "why"}


def record(number: int, hours: float, **more: Any) -> dict[str, Any]:
    at = (START + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
    return {
        "id": str(number),
        "brand": "Acme",
        "source": "x",
        "published_at": at,
        "text": f"Acme text {number}",
        **more,
    }


def write(path: Path, records: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    return str(path)


def storm() -> list[dict[str, Any]]:
    """A quiet day and a bit, then half an hour in which everybody is angry."""
    quiet = [record(n, n / 2, tone="neutral") for n in range(54)]
    crowd = [
        record(1000 + n, 27 + n / 120, tone="negative", text=f"Acme lost bag number {n * 7919}") for n in range(60)
    ]
    return [*quiet, *crowd, record(2000, 28, tone="neutral")]


def test_a_storm_is_told_event_by_event(place: Path) -> None:
    ran = amends("replay", write(place / "a.jsonl", storm()), "--labels", "tone")
    assert ran.code == 0, ran.err
    assert ran.err == "acme: would have paged 1 time in 1.2 days (1 by tone)\n"
    rows = ran.rows
    assert rows
    assert all(set(row) == FIELDS for row in rows)
    assert (rows[0]["event"], rows[0]["brand"], rows[0]["kind"]) == ("opened", "acme", "tone")
    assert "2026-01-06T03:00" <= rows[0]["at"] <= "2026-01-06T03:40"
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert not list((place / "state").glob("**/*")), "the state folder is untouched"


def test_files_are_merged_by_date_in_whatever_order_they_stand(place: Path) -> None:
    whole = storm()
    one = amends("replay", write(place / "one.jsonl", whole), "--labels", "tone")
    two = amends(
        "replay", write(place / "b.jsonl", whole[1::2][::-1]), write(place / "c.jsonl", whole[::2]), "--labels", "tone"
    )
    assert two.rows == one.rows


def test_a_terminal_gets_a_table_and_a_bar_and_the_report_is_written(place: Path) -> None:
    file = write(place / "a.jsonl", storm())
    ran = amends("replay", file, "--labels", "tone", "--report", "storm.md", terminal=True)
    assert ran.out.startswith("AT ")
    assert "replaying" in ran.err
    report = (place / "storm.md").read_text("utf-8")
    assert report.startswith("# Replay\n\n115 mentions, 1 incidents.")
    assert "| opened |" in report
    calm = amends("replay", write(place / "b.jsonl", storm()[:50]), "--labels", "tone", terminal=True)
    assert (calm.code, calm.out) == (0, "")
    assert "Nothing would have paged in 50 mentions." in calm.err


def test_a_report_that_cannot_be_written_is_wrong_input(place: Path) -> None:
    file = write(place / "a.jsonl", [record(1, 0)])
    ran = amends("replay", file, "--report", str(place / "none" / "r.md"))
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_a_page_draws_what_was_heard_expected_and_decided(place: Path) -> None:
    records = storm()
    records += [record(3000 + n, 28 + n / 2, brand="<b>Évil & Co", text=f"<b>Évil & Co {n}") for n in range(3)]
    ran = amends("replay", write(place / "a.jsonl", records), "--labels", "tone", "--report", "storm.html")
    assert ran.code == 2, "the last records have no tone"
    records = [{**one, "tone": one.get("tone", "neutral")} for one in records]
    ran = amends("replay", write(place / "a.jsonl", records), "--labels", "tone", "--report", "storm.html")
    assert ran.code == 0, ran.err
    page = (place / "storm.html").read_text("utf-8")
    assert page.count("<svg") == 6, "counts, tone and evidence of two brands"
    assert 'class="band"' in page
    assert all(row["event"] in page for row in ran.rows)
    assert "118 mentions, 1 incident<" in page
    assert "Nothing would have paged." in page
    assert "<b>É" not in page
    assert "&lt;b&gt;Évil &amp; Co" in page
    assert not re.search(r"(?:src|href)=|url\(|@import|<script", page), "it needs nothing else"
    empty = amends("replay", write(place / "b.jsonl", []), "--report", "none.html")
    assert empty.code == 0
    assert "nothing to replay" in (place / "none.html").read_text("utf-8")


def test_a_report_is_harmless_markdown() -> None:
    row = dict.fromkeys(FIELDS, "x") | {"severity": 2, "observed": 5.0, "expected": 1.0, "why": "<b>|[x](y)\n# z"}
    text = summary([row], 1)
    assert "\\<b\\>\\|\\[x\\](y) \\# z" in text


def test_a_configuration_names_the_brands_and_decides_who_is_watched(place: Path) -> None:
    (place / "my.yaml").write_text("brands: {zeta: {name: Zeta, watch: {terms: [recall], severity: 1}}}\n")
    records = [record(n, n / 4) for n in range(120)] + [record(900, 30, text="Zeta recall of all", brand=None)]
    file = write(place / "a.jsonl", records)
    ran = amends("replay", file, "-c", "my.yaml")
    assert ran.code == 0, ran.err
    assert [(row["brand"], row["kind"], row["event"], row["severity"]) for row in ran.rows][:1] == [
        ("zeta", "watch", "opened", 1)
    ]
    (place / "bad.yaml").write_text("brands: {zeta: {nam: Zeta}}\n")
    bad = amends("replay", file, "-c", "bad.yaml")
    assert bad.code == 2
    assert "bad.yaml:1: error:" in bad.err


def test_a_configuration_in_the_folder_is_not_taken_unless_named(place: Path) -> None:
    (place / "amends.yaml").write_text("brands: {zeta: {nam: wrong}}\n")
    assert amends("replay", write(place / "a.jsonl", [record(1, 0)])).code == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON"),
        ("[]", "a record is a JSON object, found an array"),
        ("[" * 5000, "not JSON"),
        ('{"id": "1"}', "text is required"),
        (json.dumps(record(1, 0) | {"published_at": "yesterday"}), "published_at"),
        (json.dumps(record(1, 0) | {"id": ""}), "id is empty"),
        (json.dumps(record(1, 0) | {"brand": "!!!"}), "is no name"),
        (json.dumps({key: value for key, value in record(1, 0).items() if key != "brand"}), "names no brand"),
        (json.dumps(record(1, 0) | {"text": "x" * (5 * 2**20)}), "longer than 4 MiB"),
    ],
)
def test_a_bad_line_is_wrong_input_with_its_number(line: str, words: str, place: Path) -> None:
    good = json.dumps(record(0, 0))
    (place / "a.jsonl").write_text(f"{good}\n\n{line}\n")
    ran = amends("replay", "a.jsonl")
    assert ran.code == 2
    assert ran.out == ""
    assert words in ran.err
    if "is no name" not in words:
        assert "a.jsonl:3: error:" in ran.err


def test_text_that_is_not_utf_8_is_wrong_input(place: Path) -> None:
    (place / "a.jsonl").write_bytes(b'{"id": "\xff"}\n')
    ran = amends("replay", "a.jsonl")
    assert ran.code == 2
    assert "a.jsonl:1: error: not UTF-8" in ran.err


def test_a_missing_file_and_a_wrong_label_are_wrong_input(place: Path) -> None:
    assert "none.jsonl cannot be read" in amends("replay", "none.jsonl").err
    ran = amends("replay", write(place / "a.jsonl", [record(1, 0)]), "--labels", "mood")
    assert ran.code == 2
    assert "mood" in ran.err


def test_standard_input_and_pipes_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(json.dumps(one).encode() + b"\n" for one in storm())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    from_stdin = amends("replay", "-", "--labels", "tone")
    assert from_stdin.code == 0, from_stdin.err
    assert from_stdin.rows
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as stream:
        stream.write(data[: data.index(b"\n", 1000) + 1])
    assert amends("replay", f"/dev/fd/{reader}", "--labels", "tone").code == 0
    os.close(reader)


def test_an_empty_file_holds_nothing_to_replay(place: Path) -> None:
    (place / "a.jsonl").write_text("")
    ran = amends("replay", "a.jsonl")
    assert (ran.code, ran.out) == (0, "")


def test_records_are_seen_the_moment_they_were_published_and_keep_what_is_unknown(place: Path) -> None:
    file = write(place / "a.jsonl", [record(2, 5, mood="x", lang="fr"), record(1, 1, brand="Zeta Corp")])
    with Records() as records:
        records.add("a", open_file(file))
        items = list(records)
        rules = named_rules(records)
    assert [item.id for item in items] == ["1", "2"]
    assert all(item.seen_at == item.published_at and item.date == "given" for item in items)
    assert items[1].extra == {"mood": "x"}
    assert set(rules.brands) == {"acme", "zeta-corp"}
    assert rules.brands["acme"].languages == ("fr",)


def test_too_many_brands_are_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from amends.cli import records as room  # noqa: PLC0415 - its bound is lowered here

    monkeypatch.setattr(room, "_MAX_BRANDS", 2)
    file = write(place / "a.jsonl", [record(n, n, brand=f"b{n}") for n in range(3)])
    with Records() as records, pytest.raises(InputError, match="more than 2 brands"):
        records.add("a", open_file(file))


def test_times_are_written_in_utc() -> None:
    assert stamp(1_767_571_200.0) == "2026-01-05T00:00:00Z"
    assert stamp(None) is None


def test_it_says_how_often_the_present_settings_would_have_paged_in_thirty_days(place: Path) -> None:
    days = [record(n, 0.5 * n, tone="neutral") for n in range(8 * 48)]
    ran = amends("replay", write(place / "a.jsonl", days), "--labels", "tone")

    assert ran.rows == []
    assert ran.err == "acme: would have paged 0 times in 8.0 days, 0.0 in 30 days; 1 false ones are allowed\n"


def test_within_a_first_day_it_says_that_the_watch_list_alone_pages(place: Path) -> None:
    ran = amends("replay", write(place / "a.jsonl", [record(n, n / 4, tone="neutral") for n in range(40)]))

    assert ran.err.endswith("within a brand's first day its watch list alone pages\n")


def test_the_page_of_a_replay_shows_what_was_planned(place: Path) -> None:
    event = '{from: "2026-01-05T06:00Z", until: "2026-01-05T18:00Z", expect: 4, reason: new fees}'
    (place / "amends.yaml").write_text(f"brands: {{acme: {{name: Acme, planned: [{event}]}}}}\n", "utf-8")
    ran = amends(
        "replay", write(place / "a.jsonl", storm()), "-c", str(place / "amends.yaml"), "--report", str(place / "r.html")
    )
    assert ran.code == 0, ran.err
    page = (place / "r.html").read_text("utf-8")

    assert "Planned from 2026-01-05 06:00 until 2026-01-05 18:00 (new fees): 4 times the usual" in page
    assert "a planned event begins 2026-01-05 06:00" in page
