"""The demo town: an ordinary fortnight of talk about a brand, then a crisis that flares up and dies down."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from amends.demo import lines
from amends.model import DAY, HOUR, MINUTE, Seconds

if TYPE_CHECKING:
    from random import Random

Place = Literal["news", "blogs", "forum"]
PLACES: tuple[Place, ...] = ("news", "blogs", "forum")
USUAL: dict[Place, float] = {"news": 2.0, "blogs": 1.5, "forum": 7.0}  # mentions an hour on an average hour
GRUMBLING = 0.18  # share of the usual talk that is negative
FRENCH = 0.35
PEAK: dict[Place, float] = {"news": 10.0, "blogs": 8.0, "forum": 90.0}  # angry mentions an hour at the worst
RISE, LASTS, HALF_LIFE = 12 * MINUTE, 70 * MINUTE, 14 * MINUTE
VOICES = 900


@dataclass(frozen=True, slots=True)
class Post:
    """One post: where, when, by whom, in which language."""

    place: Place
    id: str
    at: Seconds
    author: str
    reach: int
    lang: str
    text: str


def anger(since: Seconds) -> float:
    """Return how angry the town is, 0 to 1, this many seconds after the crisis began."""
    if since < 0:
        return 0.0
    if since < RISE:
        return since / RISE
    if since < LASTS:
        return 1.0
    return math.pow(0.5, (since - LASTS) / HALF_LIFE)


def season(at: Seconds) -> float:
    """Return how lively the town is at this hour, 1 on average: quiet at four in the morning, loud at four."""
    hour = at % DAY / HOUR
    return 1.0 + 0.6 * math.cos((hour - 16.0) / 24.0 * 2 * math.pi)


class Town:
    """All posts of the town, in order of time, made from a seed: what a server shows is what has happened by now."""

    def __init__(self, rng: Random, *, start: Seconds, crisis: Seconds, end: Seconds) -> None:
        self.crisis = crisis
        posts = [post for place in PLACES for post in _talk(rng, place, start, crisis, end)]
        self.posts = sorted(posts, key=lambda post: post.at)
        self._by_place = {place: [post for post in self.posts if post.place == place] for place in PLACES}
        self._times = {place: [post.at for post in told] for place, told in self._by_place.items()}

    def told(self, place: Place, now: Seconds, most: int) -> list[Post]:
        """Return the newest posts of a place that exist by now, newest first."""
        upto = bisect_right(self._times[place], now)
        return self._by_place[place][max(0, upto - most) : upto][::-1]


def _talk(rng: Random, place: Place, start: Seconds, crisis: Seconds, end: Seconds) -> list[Post]:
    """Draw the posts of one place: a Poisson process, thinned to its rate (Lewis and Shedler, 1979)."""
    highest = USUAL[place] * 1.6 + PEAK[place]
    posts: list[Post] = []
    at = start
    while (at := at + rng.expovariate(highest / HOUR)) < end:
        usual, angry = USUAL[place] * season(at), PEAK[place] * anger(at - crisis)
        if rng.random() * highest < usual + angry:
            is_angry = rng.random() * (usual + angry) < angry
            posts.append(_post(rng, place, len(posts), at, is_angry=is_angry))
    return posts


def _post(rng: Random, place: Place, number: int, at: Seconds, *, is_angry: bool) -> Post:
    lang = "fr" if rng.random() < FRENCH else "en"
    said = lines.CRISIS if is_angry else lines.GRUMBLES if rng.random() < GRUMBLING else lines.ORDINARY
    text = rng.choice(said[lang]).format(
        brand=lines.BRAND,
        place=rng.choice(lines.PLACES[lang]),
        amount=rng.choice(lines.AMOUNTS),
        nth=rng.choice(lines.ORDINALS),
    )
    voice = rng.randrange(VOICES)
    return Post(
        place=place,
        id=f"{place}-{number}",
        at=at,
        author=f"rider{voice}",
        reach=int(30 * rng.paretovariate(1.2)) % 50_000,
        lang=lang,
        text=text,
    )
