"""Whatever stands in a file, it is loaded or refused with its lines: nothing else ever comes out."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from amends.config import Configuration, ConfigurationError, load

EXAMPLE = YAML(typ="safe", pure=True).load(
    (Path(__file__).parents[2] / "config" / "amends.example.yaml").read_text("utf-8")
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["5m", "${A}", "${NOPE}", "file:x", "$$", "lea", "feed", "ntfy", "http://[", "http://x", "22:00-07:00"]
    )
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in steps:
        found += places(value, (*path, key))
    return found


def changed(place: tuple[Any, ...], value: Any, key: str | None) -> Any:
    tree = copy.deepcopy(EXAMPLE)
    inner = tree
    for step in place[:-1]:
        inner = inner[step]
    if key is not None and isinstance(inner, dict):
        inner[key] = inner.pop(place[-1])
    else:
        inner[place[-1]] = value
    return tree


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(places(EXAMPLE)), value=values, key=st.none() | st.text(max_size=8))
def test_a_file_with_one_thing_changed_is_loaded_or_refused(
    place: tuple[Any, ...], value: Any, key: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "amends.yaml"
    path.write_text(json.dumps(changed(place, value, key), indent=1), "utf-8")
    outcome: Configuration | ConfigurationError
    try:
        outcome = load(path, {"A": "from-the-environment"})
    except ConfigurationError as error:
        outcome = error
    if isinstance(outcome, ConfigurationError):
        assert any(problem.level == "error" for problem in outcome.problems)
        assert all(problem.line >= 1 and problem.text for problem in outcome.problems)
        assert "from-the-environment" not in str(outcome)
    else:
        assert not [problem for problem in outcome.warnings if problem.level == "error"]


@pytest.mark.slow
@settings(deadline=None, max_examples=1500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=st.dictionaries(st.sampled_from([*EXAMPLE, "sentiment"]), values, max_size=5))
def test_a_file_of_anything_is_loaded_or_refused(tree: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "amends.yaml"
    path.write_text(json.dumps(tree), "utf-8")
    try:
        load(path, {})
    except ConfigurationError as error:
        assert str(error)  # noqa: PT017 - either way is good
