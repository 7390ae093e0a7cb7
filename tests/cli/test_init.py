"""A first configuration, written once and never over another."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.cli.init import local_zone, written
from amends.config import load
from amends.model import InputError
from support.cli import amends


def test_what_init_writes_passes_check(place: Path) -> None:
    ran = amends("init", "Crème Brûlée & Co", "--lang", "fr,en")
    assert ran.code == 0
    assert ran.out == "amends.yaml\n"
    assert "subscribe to the topic amends-" in ran.err
    config = load(place / "amends.yaml", {})
    assert list(config.brands) == ["creme-brulee-co"]
    brand = config.brands["creme-brulee-co"]
    assert (brand.name, brand.languages, brand.hashtags) == ("Crème Brûlée & Co", ("fr", "en"), ("CrèmeBrûléeCo",))
    assert {source.preset for source in config.sources.values()} == {"hackernews", "mastodon", "reddit", "google-news"}
    assert list(config.people) == ["me"]
    assert [problem.text for problem in config.warnings if "alone" not in problem.text] == []
    checked = amends("check")
    assert checked.code == 0
    assert "alone: true" in checked.out


def test_the_topics_are_unguessable_and_the_file_is_one_s_own(place: Path) -> None:
    texts = []
    for number in range(2):
        assert amends("init", "Acme", "-c", f"{number}.yaml").code == 0
        texts.append((place / f"{number}.yaml").read_text())
    assert stat.S_IMODE((place / "0.yaml").stat().st_mode) == 0o600
    topics = {line.split('"')[1] for text in texts for line in text.splitlines() if "topic: " in line}
    assert len(topics) == 4
    assert all(len(topic) >= len("amends-") + 24 for topic in topics)


def test_init_never_overwrites(place: Path) -> None:
    (place / "amends.yaml").write_text("mine")
    ran = amends("init", "Acme")
    assert ran.code == 2
    assert "is there already and stays as it is" in ran.err
    assert (place / "amends.yaml").read_text() == "mine"


def test_a_folder_that_is_missing_is_made_and_one_that_cannot_be_is_told(place: Path) -> None:
    assert amends("init", "Acme", "-c", "etc/amends/amends.yaml").code == 0
    (place / "file").write_text("")
    ran = amends("init", "Acme", "-c", "file/amends.yaml")
    assert ran.code in {1, 2}
    assert "file" in ran.err


@pytest.mark.parametrize("name", ["", "   ", "!!!", "x" * 201, "file:x"])
def test_a_name_that_says_nothing_is_wrong_input(name: str, place: Path) -> None:
    assert amends("init", name).code == 2
    assert not (place / "amends.yaml").exists()


@pytest.mark.parametrize("name", ["\U0001f525", "$$"])
def test_a_name_without_a_letter_is_not_called_empty(name: str, place: Path) -> None:
    assert "has no letter or digit" in amends("init", name).err
    assert not (place / "amends.yaml").exists()


@pytest.mark.parametrize("languages", ["", ",", "english", "e1", "fr;en"])
def test_languages_are_codes(languages: str) -> None:
    ran = amends("init", "Acme", "--lang", languages)
    assert ran.code == 2
    assert "ISO 639" in ran.err


def test_any_language_gets_news_of_its_own() -> None:
    assert amends("init", "Acme", "--lang", "no,pt,xx").code == 0
    sources = load(Path("amends.yaml"), {}).sources
    assert {"google-news-no", "google-news-pt", "google-news-xx"} <= set(sources)
    assert load(Path("amends.yaml"), {}).brands["acme"].languages == ("no", "pt", "xx")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(name=st.text(min_size=1, max_size=60))
def test_any_name_gives_a_file_that_loads_or_is_wrong_input(name: str, place: Path) -> None:
    try:
        text = written(name, ("en",), zone="UTC", topic="t" * 24, reply="r" * 24)
    except InputError:
        return
    path = place / "any.yaml"
    path.write_bytes(text.encode("utf-8"))
    (brand,) = load(path, {}).brands.values()
    assert brand.name == " ".join(name.split())


def test_the_zone_is_the_machine_s_where_it_has_one(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    link = place / "localtime"
    assert local_zone(link) == "UTC"
    link.symlink_to("/usr/share/zoneinfo/Europe/Paris")
    assert local_zone(link) == "Europe/Paris"
    monkeypatch.setenv("TZ", ":America/New_York")
    assert local_zone(link) == "America/New_York"
    monkeypatch.setenv("TZ", "CEST-2")
    assert local_zone(link) == "Europe/Paris"


def test_root_or_not_a_file_is_made_with_our_rights_alone(place: Path) -> None:
    before = os.umask(0)
    try:
        assert amends("init", "Acme").code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((place / "amends.yaml").stat().st_mode) == 0o600
