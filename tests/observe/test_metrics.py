"""The metrics of the doors: all there, and bounded whatever strangers write."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from amends import detection, escalation, matching
from amends.incidents import open_incident
from amends.model import Coverage, IncidentEvent, Kind, Mention, Page, PageChange, Reading, Tone
from amends.observe import Metrics
from amends.observe.metrics import POLL_OUTCOMES
from amends.pipeline import BrandRules, Case, Decision, new_state

if TYPE_CHECKING:
    from amends.model import Incident

DOORS = Path(__file__).parents[3] / "shared" / "DOORS.md"
T = 1_767_571_200.0


def metrics() -> Metrics:
    found = Metrics("1.2.3")
    found.bound(brands={"acme": 1 / 30, "bolt": 0.1}, sources=["hn"], channels=["phone"])
    return found


def value(found: Metrics, name: str, **labels: str) -> float | None:
    return found.registry.get_sample_value(f"amends_{name}", labels)


def series(found: Metrics) -> int:
    return sum(len(family.samples) for family in text_string_to_metric_families(found.render().decode()))


def test_every_metric_of_the_doors_is_there_with_its_labels() -> None:
    if not DOORS.is_file():
        if os.environ.get("AMENDS_REQUIRE_REAL") == "1" and DOORS.parent.is_dir():
            pytest.fail(f"{DOORS} is not there")
        pytest.skip(f"NOT TESTED: {DOORS} is not there")
    section = DOORS.read_text("utf-8").partition("### Metrics")[2].partition("\n###")[0]
    wanted = dict(re.findall(r"`(amends_[a-z_]+)(?:\{([a-z,]+)\})?`", section))
    found = {}
    for collector in metrics().registry._collector_to_names:
        (family,) = collector.collect()
        name = family.name + ("_total" if family.type == "counter" else "")
        found[name] = ",".join(collector._labelnames)  # type: ignore[attr-defined]  # of every metric
    assert len(wanted) > 25
    assert {name: found.get(name) for name in wanted} == wanted


def test_what_nobody_has_measured_is_no_number_and_no_alarm() -> None:
    text = metrics().render().decode()
    assert "amends_heartbeat_last_success_timestamp_seconds" not in re.sub("#.*", "", text)
    assert "amends_storage_free_bytes NaN" in text
    assert 'amends_build_info{version="1.2.3"} 1.0' in text
    assert "amends_config_last_reload_successful 1.0" in text
    assert "_created" not in text


def test_a_heartbeat_that_was_never_taken_is_zero_where_one_is_expected_so_that_the_rule_fires() -> None:
    found = metrics()
    assert value(found, "heartbeat_last_success_timestamp_seconds") is None
    found.expects_heartbeat(True)
    assert value(found, "heartbeat_last_success_timestamp_seconds") == 0
    found.heartbeat.set(T)
    found.expects_heartbeat(True)  # a reload
    assert value(found, "heartbeat_last_success_timestamp_seconds") == T
    found.expects_heartbeat(False)
    assert value(found, "heartbeat_last_success_timestamp_seconds") is None


def test_a_source_that_was_never_heard_has_no_time_and_no_lag() -> None:
    found = metrics()
    found.heard("hn", "error", None, None)
    assert value(found, "source_up", source="hn") == 0
    assert value(found, "source_last_success_timestamp_seconds", source="hn") is None
    assert value(found, "source_lag_seconds", source="hn") is None


def test_polls_are_counted_and_a_source_is_up_while_it_answers() -> None:
    found = metrics()
    found.polled("hn", "ok")
    found.heard("hn", "ok", T, 60.0)
    assert value(found, "source_up", source="hn") == 1
    found.polled("hn", "throttled")
    found.heard("hn", "throttled", T, None)
    assert value(found, "source_up", source="hn") == 0
    assert value(found, "source_last_success_timestamp_seconds", source="hn") == T
    assert value(found, "source_lag_seconds", source="hn") == 60
    assert value(found, "source_polls_total", source="hn", outcome="throttled") == 1
    found.polled("hn", "no such outcome")
    assert value(found, "source_polls_total", source="hn", outcome="error") == 1
    assert set(POLL_OUTCOMES) == {"ok", "unchanged", "throttled", "blocked", "gone", "shape", "error"}


def mention(label: str, lang: str | None = "en", source: str = "hn", brand: str = "acme") -> Mention:
    tone = Tone(lang, 0.0, None, None, None, label)  # type: ignore[arg-type]  # one of four words
    return Mention(brand=brand, source=source, id="1", text="x", published_at=T, seen_at=T, tone=tone)


def rules(brand: str = "acme") -> BrandRules:
    return BrandRules(
        id=brand, name="Acme", terms=matching.Terms(name="Acme"), watch=matching.Watch(),
        detection=detection.Settings(), policy=escalation.Policy(steps=()),
    )  # fmt: skip


def incident() -> tuple[Incident, IncidentEvent]:
    return open_incident(
        id="inc_1",
        brand="acme",
        kind=Kind.TONE,
        severity=1,
        now=T,
        since=T - 600,
        title="Acme: it is bad",
        why="evidence",
    )


def page(state: str, channel: str = "phone") -> Page:
    return Page(
        id="pg_1", brand="acme", incident=incident()[0], event="opened", kind="page", reason="first", person="lea",
        channel=channel, step="1", title="t", text="x", due=T, decided_at=T, state=state,  # type: ignore[arg-type]  # one of five words
    )  # fmt: skip


def test_a_decision_is_counted_once_it_is_committed() -> None:
    found, (opened, event) = metrics(), incident()
    state = new_state(rules()).with_live(
        coverage=Coverage(on_time=3, of=4), cases=(Case(incident=opened, ledger=escalation.Ledger()),)
    )
    found.decided(
        Decision(
            state=state,
            mentions=(mention("negative"), mention("positive"), mention("unscored", "tlh"), mention("unscored", "eu")),
            incidents=(opened,),
            events=(event, IncidentEvent(incident="inc_1", seq=2, at=T + 90, event="acknowledged", by="lea", why="")),
            pages=(page("queued"), page("deferred")),
            page_changes=(
                PageChange(id="pg_9", state="cancelled", why="", channel="phone"),
                PageChange(id="pg_8", state="deferred", why=""),
                PageChange(id="pg_7", state="failed", why=""),
            ),
            reading=Reading(at=T, observed_now=7, expected_now=2, evidence=5, threshold=10),
        )
    )  # fmt: skip
    assert value(found, "mentions_total", brand="acme", source="hn") == 4
    assert value(found, "mentions_negative_total", brand="acme") == 1
    assert value(found, "mentions_unscored_total", lang="other") == 1
    assert value(found, "mentions_unscored_total", lang="eu") == 1
    assert value(found, "negatives_observed", brand="acme") == 7
    assert value(found, "negatives_expected", brand="acme") == 2
    assert value(found, "evidence_ratio", brand="acme") == 0.5
    assert value(found, "coverage_ratio", brand="acme") == 0.75
    assert value(found, "incidents_total", brand="acme", kind="tone", severity="1") == 1
    assert value(found, "incidents_open", brand="acme", kind="tone", severity="1") == 1
    assert value(found, "acknowledge_seconds_sum", severity="1") == 90
    assert value(found, "pages_total", channel="phone", outcome="deferred") == 1
    assert value(found, "pages_total", channel="phone", outcome="cancelled") == 1
    assert value(found, "pages_total", channel="other", outcome="deferred") == 1
    found.decided(Decision(state=new_state(rules()), mentions=(), events=(event,)))
    assert value(found, "incidents_open", brand="acme", kind="tone", severity="1") == 0
    assert value(found, "incidents_total", brand="acme", kind="tone", severity="1") == 1


def test_an_edit_is_no_second_mention() -> None:
    found = metrics()
    edited = Mention(brand="acme", source="hn", id="1", text="x", published_at=T, seen_at=T, op="update",
                     tone=Tone("en", 0, 1, 0, 0, "negative"))  # fmt: skip
    found.decided(Decision(state=new_state(rules()), mentions=(edited,)))
    assert value(found, "mentions_total", brand="acme", source="hn") is None


def test_pages_and_the_outbox_are_shown() -> None:
    found = metrics()
    found.paged("phone", "sent", seconds=0.4)
    found.paged("phone", "sent", seconds=-1)
    found.paged("phone", "failed")
    assert value(found, "pages_total", channel="phone", outcome="sent") == 2
    assert value(found, "page_delivery_seconds_count") == 2
    assert value(found, "page_delivery_seconds_sum") == pytest.approx(0.4)
    found.outbox(3, 12.5)
    assert (value(found, "outbox_pages"), value(found, "outbox_oldest_age_seconds")) == (3, 12.5)
    found.outbox(0, None)
    assert value(found, "outbox_oldest_age_seconds") == 0
    assert value(found, "pages_total", channel="phone", outcome="cancelled") == 0, "there from the start, for rate()"


def test_a_hundred_thousand_hostile_names_make_no_series() -> None:
    found = metrics()
    for name in ("x", "y"):
        hostile(found, name)
    before = series(found)
    for number in range(100_000 // 100):
        hostile(found, f"evil-{number}")
    assert series(found) == before


def hostile(found: Metrics, name: str) -> None:
    found.polled(name, name)
    found.heard(name, name, T, 1.0)
    found._mentioned(mention("unscored", lang=name, source=name, brand=name))
    found._mentioned(mention("negative", source=name, brand=name))
    found.read(name, Reading(at=T))
    found.covered(name, Coverage())
    found.opened(name, [(Kind.TONE, 1)])
    found.paged(name, "sent")


def test_a_reload_drops_the_series_of_what_is_gone() -> None:
    found = metrics()
    found.heard("hn", "ok", T, 1.0)
    found.read("bolt", Reading(at=T))
    found.opened("bolt", [(Kind.TONE, 2)])
    found.bound(brands={"acme": 1.0}, sources=[], channels=["phone"])
    assert value(found, "source_up", source="hn") is None
    assert value(found, "evidence_ratio", brand="bolt") is None
    assert value(found, "incidents_open", brand="bolt", kind="tone", severity="2") is None
    assert value(found, "false_pages_expected_per_day", brand="bolt") is None
    assert value(found, "false_pages_expected_per_day", brand="acme") == 1.0
