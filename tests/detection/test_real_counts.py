"""Real crises and real volumes, where the data lies beside the repository."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from amends.cli.detect import run_detect
from amends.detection import Settings, Stream, fold, new
from amends.model import Bin
from amends.sentiment import Router, Text

if TYPE_CHECKING:
    from types import ModuleType

SHARED = Path(__file__).resolve().parents[3] / "shared"
PACIFIC = ZoneInfo("America/Los_Angeles")


def needed(path: Path) -> Path:
    if not path.exists():
        if os.environ.get("AMENDS_REQUIRE_REAL") == "1":
            pytest.fail(f"{path} is absent and AMENDS_REQUIRE_REAL=1")
        pytest.skip(f"{path} is absent: real data is not judged here")
    return path


def tool(name: str) -> ModuleType:
    path = needed(SHARED / "tools" / f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def heard(brand: str, *, machine: bool = False) -> list[Bin]:
    """Five-minute bins of human labels or of machine tones; these records name no author, so each is its own."""
    text = needed(SHARED / "data/mentions" / f"{brand}-2015-02.jsonl").read_text(encoding="utf-8")
    records = [json.loads(line) for line in text.split("\n") if line]
    if machine:
        tones = Router().score([Text(record["text"], lang="en") for record in records])
        chances = [tone.p_negative or 0.0 for tone in tones]
    else:
        chances = [float(record["human_label"] == "negative") for record in records]
    seen: dict[int, list[tuple[int, float]]] = {}
    for k, (record, chance) in enumerate(zip(records, chances, strict=True)):
        start = int(datetime.fromisoformat(record["published_at"]).timestamp()) // 300 * 300
        seen.setdefault(start, []).append((k, chance))
    bins = []
    for start in range(min(seen), max(seen) + 1, 300):
        here = seen.get(start, [])
        voices = tuple(k for k, chance in here if chance > 0.5)[:64]
        total = sum(chance for _, chance in here)
        bins.append(Bin(start=start, mentions=len(here), p_negative=total, authors=voices, stories=voices))
    return bins


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC"])
@pytest.mark.parametrize(("brand", "days"), [("us-airways", [22]), ("united", []), ("virgin-america", [])])
def test_the_week_of_the_airlines_opens_on_the_day_of_the_storm_alone(brand: str, days: list[int], zone: str) -> None:
    assert days_opened(heard(brand), zone) == days


@pytest.mark.slow
@pytest.mark.parametrize(("brand", "days"), [("us-airways", [22]), ("virgin-america", [])])
def test_uncertain_machine_tones_tell_the_same_day(brand: str, days: list[int]) -> None:
    assert sorted(set(days_opened(heard(brand, machine=True), "America/Los_Angeles"))) == days


def days_opened(bins: list[Bin], zone: str) -> list[int]:
    """Days of the month, in Pacific time, on which an alarm opened."""
    settings = Settings(timezone=zone)
    state, opened, before = new(settings), [], False
    for item in bins:
        state = fold(state, item, settings)
        if state.alarm and not before:
            opened.append(datetime.fromtimestamp(item.start, PACIFIC).day)
        before = bool(state.alarm)
    return opened


@pytest.mark.slow
def test_volumes_are_scored_as_a_benchmark_of_real_anomalies_asks() -> None:
    scorer = tool("nab_score")
    labels = json.loads(needed(SHARED / "data/counts/labels.json").read_text(encoding="utf-8"))
    series = []
    for key, windows in labels.items():
        source = SHARED / "data/counts" / Path(key).name
        if not source.exists():
            continue
        out = io.StringIO()
        with source.open(encoding="utf-8") as stream:
            run_detect(stream, out, 1 / 30)
        out.seek(0)
        rows = [(row["timestamp"], float(row["score"])) for row in csv.DictReader(out)]
        series.append(scorer.series_events(rows, windows))
    assert len(series) == 5
    assert scorer.best(series, scorer.PROFILES["standard"])[0] >= 65
    assert scorer.best(series, scorer.PROFILES["low_fp"])[0] >= 58


@pytest.mark.slow
def test_the_detector_stays_near_the_clairvoyant_and_keeps_its_promise() -> None:
    sim = tool("crisis_sim")
    truth = {"warmup_bins": sim.WARMUP_DAYS * sim.per_day(), "brands": {}}
    ours, bound, idle = {}, {}, 0
    for index in range(8):
        for crises in (True, False):
            brand = sim.Brand(5, index)
            total, negative = brand.counts(crises)
            stream = Stream(Settings(min_voices=0, min_stories=0))
            opened, before = [], False
            for k, (m, n) in enumerate(zip(total.tolist(), negative.tolist(), strict=True)):
                _, _, alarm = stream.push(1_767_571_200 + 300 * k, n, m - n)
                if alarm and not before:
                    opened.append(k)
                before = alarm
            if crises:
                name = f"brand-{index:03d}"
                truth["brands"][name] = {"class": brand.volume_class, "crises": brand.crises}
                ours[name] = opened
                bound[name] = sim.oracle_alarms(brand, negative, 9.06)
            else:
                idle += len([k for k in opened if k >= truth["warmup_bins"]])
    judged, best = sim.judge(truth, ours), sim.judge(truth, bound)
    assert judged["all"]["mean_capped_delay_min"] <= 1.3 * best["all"]["mean_capped_delay_min"]
    assert judged["all"]["recall"] >= 0.9 * best["all"]["recall"]
    assert judged["openings_per_found_crisis"] <= 1.5
    # 11.2 brand-months at one false page each; more than 20 would come once in a hundred runs
    assert judged["false_pages"] <= 20
    assert idle <= 20
