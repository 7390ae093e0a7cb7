"""Counting: bins add up, and remember who spoke without remembering names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from amends.model import BIN_SECONDS, Bin, Tone
from amends.pipeline.bins import add, bin_of, count, count_all, gapless, without_late
from support.core import NOON, mention

COUNTS = st.builds(
    Bin,
    start=st.just(0),
    mentions=st.integers(0, 50),
    negatives=st.integers(0, 50),
    p_negative=st.integers(0, 50).map(float),
    unscored=st.integers(0, 5),
    authors=st.lists(st.integers(0, 200), unique=True, max_size=20).map(tuple),
    sources=st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(0, 9), st.integers(0, 9).map(float))),
    coverage=st.sampled_from((0.0, 0.5, 1.0)),
)


@given(COUNTS, COUNTS, COUNTS)
def test_bins_add_up_in_any_grouping(first: Bin, second: Bin, third: Bin) -> None:
    left, right = add(add(first, second), third), add(first, add(second, third))

    assert left == right
    assert left.mentions == first.mentions + second.mentions + third.mentions
    assert set(left.authors) >= set(first.authors)


@given(COUNTS, COUNTS)
def test_the_order_of_bins_changes_no_count(first: Bin, second: Bin) -> None:
    one, other = add(first, second), add(second, first)

    assert (one.mentions, one.p_negative, one.sources, one.coverage) == (
        other.mentions, other.p_negative, other.sources, other.coverage,
    )  # fmt: skip
    assert set(one.authors) == set(other.authors)


def test_a_mention_counts_where_it_was_published() -> None:
    bins = count_all([mention(NOON, negative=True), mention(NOON + 299), mention(NOON + 300)])

    assert list(bins) == [NOON, NOON + 300]
    assert bins[bin_of(NOON)].mentions == 2
    assert bins[bin_of(NOON)].negatives == 1
    assert len(bins[bin_of(NOON)].authors) == 1


def test_distinct_voices_are_bounded_and_one_person_is_one() -> None:
    crowd = count_all([mention(NOON + n / 10, negative=True, author=f"a{n}") for n in range(200)])
    alone = count_all([mention(NOON + n, negative=True, author="Ann" if n % 2 else "ANN") for n in range(40)])

    assert len(next(iter(crowd.values())).authors) == 64
    assert len(next(iter(alone.values())).authors) == 1


def test_what_nobody_can_score_is_neither_negative_nor_other() -> None:
    one = count(mention(NOON, tone=Tone("xx", 0.0, None, None, None, "unscored")))

    assert (one.mentions, one.unscored, one.p_negative, one.others) == (1, 1, 0.0, 0.0)


def test_gaps_are_filled_with_silence() -> None:
    filled = gapless([Bin(start=300, mentions=2)], 0, 4 * BIN_SECONDS)

    assert [one.mentions for one in filled] == [0, 2, 0, 0]


def test_without_late_keeps_the_share_of_the_rest() -> None:
    one = without_late(Bin(start=0, mentions=10, p_negative=8.0, late=5))

    assert (one.mentions, one.p_negative, one.late) == (5, 4.0, 0)
    assert without_late(Bin(start=0, mentions=3)).mentions == 3


def test_an_article_repeated_by_outlets_is_one_story_and_a_post_repeated_by_people_is_many() -> None:
    articles = count_all(
        [mention(NOON + n, negative=True, title="Fire", story="st1", author=f"o{n}") for n in range(12)]
    )
    posts = count_all([mention(NOON + n, negative=True, story="st1", author=f"p{n}") for n in range(12)])

    assert len(next(iter(articles.values())).stories) == 1
    assert len(next(iter(posts.values())).stories) == 12
