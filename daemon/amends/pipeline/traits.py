"""What the further fields of a record tell of a mention: its author's account, and what can be seen."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from amends.detection.authenticity import DAYS
from amends.model import DAY

if TYPE_CHECKING:
    from amends.model import Mention, Seconds

CREATED = ("author_created_at", "account_created_at", "author_since")
AGES = (DAYS, "account_age_days", "author_age_days")
SEEN = "seen"  # the key under which `traits` says what a mention shows: video or image
_VIDEO = re.compile(
    r"\b(?:youtu\.be/|youtube\.com/(?:watch|shorts)|tiktok\.com/|vimeo\.com/|v\.redd\.it/|twitch\.tv/"
    r"|streamable\.com/|dailymotion\.com/)|\.(?:mp4|webm|mov)\b",
    re.IGNORECASE,
)
_IMAGE = re.compile(
    r"\b(?:pic\.twitter\.com/|i\.redd\.it/|imgur\.com/|instagram\.com/p/|flickr\.com/photos/)|\.(?:jpe?g|png|gif|webp)\b",
    re.IGNORECASE,
)
_NO_OUTLETS = (
    "reddit.com", "ycombinator.com", "lemmy.", "lobste.rs", "stackoverflow.com", "stackexchange.com", "github.com",
    "youtube.com", "youtu.be", "twitter.com", "x.com", "facebook.com", "mastodon.", "bsky.app", "tiktok.com",
    "instagram.com", "linkedin.com", "apps.apple.com", "play.google.com", "trustpilot.com",
)  # fmt: skip


def traits(mention: Mention) -> dict[str, Any]:
    """Return what is kept of a record's further fields: `account_days` and `seen`, each where it is known."""
    kept: dict[str, Any] = {}
    age = account_days(mention)
    if age is not None:
        kept[DAYS] = age
    shown = _shown(mention)
    if shown:
        kept[SEEN] = shown
    return kept


def account_days(mention: Mention) -> float | None:
    """Return how old the author's account was when it spoke, in days, where a record says so."""
    extra = mention.extra
    for key in AGES:
        age = extra.get(key)
        if isinstance(age, int | float) and not isinstance(age, bool) and 0 <= age < 1e5:  # noqa: PLR2004 - 270 years
            return round(float(age), 2)
    for key in CREATED:
        born = _moment(extra.get(key))
        if born is not None and born <= mention.published_at + DAY:
            return round(max(0.0, mention.published_at - born) / DAY, 2)
    return None


def outlet(mention: Mention) -> str | None:
    """Return the news outlet that carries a mention: the site of an article (it has a title), not of a discussion."""
    if not mention.title or not mention.url:
        return None
    try:
        host = (urlsplit(mention.url).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if not host or any(host == one or host.endswith(f".{one}") or one in host for one in _NO_OUTLETS):
        return None
    return host


def _shown(mention: Mention) -> str | None:
    if mention.extra.get(SEEN) in ("video", "image"):
        return str(mention.extra[SEEN])
    told = " ".join(str(mention.extra.get(key) or "") for key in ("media", "media_type", "attachments"))[:2_000].lower()
    where = f"{mention.url or ''} {mention.text[:2_000]} {told}"
    if _VIDEO.search(where) or "video" in told or mention.extra.get("video"):
        return "video"
    if _IMAGE.search(where) or "image" in told or "photo" in told or mention.extra.get("image"):
        return "image"
    return None


def _moment(value: object) -> Seconds | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if 0 < value < 1e11 else None  # noqa: PLR2004 - seconds, not milliseconds
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value[:40])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
