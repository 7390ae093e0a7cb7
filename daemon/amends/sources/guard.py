"""The deletion guard: a brand's own source, watched for posts that vanish without a word.

A post has vanished if its list shows it no longer *and* its own address answers 404 or 410, found so twice, at two
polls. A list that lets old posts go, an address that redirects elsewhere, a site that is down or a list that is empty
for an hour are none of that. Addresses are asked by the same polite client as everything else, a few a poll.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from amends.model import DAY, HOUR, MINUTE, Item, Seconds
from amends.sources.errors import SourceError
from amends.sources.http import Request
from amends.sources.memory import same_link
from amends.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from amends.sources.queries import Names
    from amends.sources.source import PollResult, Tools

WATCHED = 200  # posts of one source that are watched, the newest
CHECKS = 4  # addresses that are asked at one poll
SURE = 2  # times that an address must have said no
EMPTY_FOR = 2 * HOUR  # a list that showed several posts and shows none is broken for so long, and then believed
ROLLED_FOR = 7 * DAY  # a post that left its list and still stands is looked at so long, ever more seldom
_SOON, _SELDOM = HOUR, DAY
_LATER = 10 * MINUTE  # after an answer that says neither yes nor no
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_STOP = frozenset(
    {"throttled", "held", "blocked", "unreachable", "too-slow", "unsafe"}
)  # no more requests at this poll


@dataclass(frozen=True, slots=True)
class OwnVoice:
    """A source that is a brand's own voice: all that it brings, and the deletion of what has vanished from it.

    What it knows of its posts lies in the cursor under `posts`: id -> {"url", "at" (last listed), "off" (since when it
    is listed no longer), "no" (how often its address said no), "next" (when it is asked again), "wait"}.
    """

    inner: Source

    @property
    def id(self) -> str:
        """The configured word."""
        return self.inner.id

    @property
    def kind(self) -> str:
        """As in the configuration."""
        return self.inner.kind

    @property
    def url(self) -> str:
        """Whose host the schedule is polite to."""
        return self.inner.url

    async def poll(
        self, tools: Tools, cursor: Mapping[str, Any] | None, names: Sequence[Names], now: Seconds
    ) -> PollResult:
        """Read the source as it is read always, then look after what it shows no more."""
        before = dict(cursor or {})
        kept = before.pop("posts", None)
        if kept is None and before:  # it was no own source until now: its list must be read whole once
            before = {**before, "docs": {key: _unread(doc) for key, doc in before.get("docs", {}).items()}}
        posts = {key: dict(post) for key, post in (kept or {}).items()}
        empty_since: Seconds | None = before.pop("empty_since", None)
        result = await self.inner.poll(tools, before or None, names, now)
        items: list[Item] = []
        if result.good:
            heard = max((doc.get("heard") or 0.0 for doc in before.get("docs", {}).values()), default=0.0)
            if result.listed is not None:
                empty_since = _note(posts, result.listed, empty_since, heard, now)
            if empty_since is not None and now - empty_since >= EMPTY_FOR:
                _miss(posts, (), empty_since, now)
            items = await self._look(tools, posts, now)
        cursor_now = {**result.cursor, "posts": posts} | ({} if empty_since is None else {"empty_since": empty_since})
        same = result.aged and posts == (kept or {})
        soon = result.recheck or any(post.get("no") for post in posts.values())
        return replace(result, cursor=cursor_now, items=(*result.items, *items), aged=same, recheck=soon)

    async def _look(self, tools: Tools, posts: dict[str, dict[str, Any]], now: Seconds) -> list[Item]:
        """Ask the addresses of posts that are listed no longer; return the deletion of those that are gone."""
        due = [key for key, post in posts.items() if "off" in post and post["next"] <= now]
        due.sort(key=lambda key: (-posts[key].get("no", 0), posts[key]["next"]))
        items = []
        for key in due[:CHECKS]:
            post = posts[key]
            try:
                stands: bool | None = await _stands(tools, post["url"])
            except SourceError as error:
                stands = None
                if error.name in _STOP:
                    post["next"] = now + _LATER
                    break
            if stands is None:
                post["next"] = now + _LATER
            elif stands:
                post["no"] = 0
                post["wait"] = min(2 * post.get("wait", _SOON / 2), _SELDOM)
                post["next"] = now + post["wait"]
            else:
                post["no"] = post.get("no", 0) + 1
                if post["no"] >= SURE:
                    items.append(_deletion(self.id, key, post, now))
                    del posts[key]
        for key in [key for key, post in posts.items() if "off" in post and now - post["off"] > ROLLED_FOR]:
            del posts[key]
        return items


async def _stands(tools: Tools, url: str) -> bool:
    """Tell whether an address still answers for its post; raise what leaves that open."""
    try:
        await tools.client.fetch(Request(url, accept="text/html, */*;q=0.5"))
    except SourceError as error:
        if error.status in _GONE and error.url is not None:
            return same_link(error.url) != same_link(url)  # it moved: what the new address says is another matter
        if error.name in {"too-large", "truncated", "encoding"}:
            return True  # there was something to read
        raise
    return True


def _note(
    posts: dict[str, dict[str, Any]],
    listed: Mapping[str, str],
    empty_since: Seconds | None,
    heard: Seconds,
    now: Seconds,
) -> Seconds | None:
    """Take note of what the list shows; return since when it has shown nothing at all, None where it shows something.

    `heard` is when it was heard before. A list of several posts that shows none is more likely broken than emptied.
    """
    if not listed and sum("off" not in post for post in posts.values()) > 1:
        return now if empty_since is None else empty_since
    for key, url in listed.items():
        url = url or posts.get(key, {}).get("url", "")  # noqa: PLW2901 - an entry that was not read again
        if url.lower().startswith(("http://", "https://")):
            posts.pop(key, None)
            posts[key] = {"url": url, "at": now}
    _miss(posts, listed, heard, now)
    for key in list(posts)[: max(0, len(posts) - max(WATCHED, len(listed)))]:
        del posts[key]
    return None


def _miss(posts: dict[str, dict[str, Any]], listed: Collection[str], heard: Seconds, now: Seconds) -> None:
    """Note which posts are missed from now on: they were still listed when the list was last heard."""
    for key, post in posts.items():
        if key not in listed and "off" not in post:
            post |= {"off": now, "next": now, "at": max(post["at"], heard)}


def _deletion(source: str, key: str, post: Mapping[str, Any], now: Seconds) -> Item:
    return Item(
        source=source,
        id=key,
        text="",
        url=post["url"],
        published_at=now,
        seen_at=now,
        op="delete",
        extra={"last_listed": post["at"]},
    )


def _unread(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a document without what would spare reading it."""
    return {key: value for key, value in doc.items() if key not in {"etag", "modified", "digest", "spans"}}
