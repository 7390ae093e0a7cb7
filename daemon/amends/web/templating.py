"""Templates: autoescaped, strict about what is missing, and filters that make hostile text fit to be seen."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from yarl import URL

from amends.incidents import rfc3339
from amends.model import DAY, HOUR, MINUTE
from amends.web.guard import caller_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from amends.model import Seconds
    from amends.web.ports import Site

# What may turn a line around, hide in it or break the page: controls, bidi, zero width, line separators.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
SEVERITIES = {1: "critical", 2: "major", 3: "minor"}
NOTHING = "\u2013"  # a dash stands where there is no value
SHORT = 1_500  # characters of one text on a page


def plain(text: object, limit: int = SHORT) -> str:
    """Return hostile text without what cannot be seen, cut at `limit` characters."""
    whole = _UNSEEN.sub("", str(text if text is not None else ""))
    return whole if len(whole) <= limit else whole[: limit - 1].rstrip() + "…"


def link(url: str | None) -> str | None:
    """Return an address that may be a link: absolute, http or https, no user name in it; None otherwise."""
    if not url:
        return None
    try:
        parsed = URL(url)
        sound = parsed.scheme in {"http", "https"} and parsed.raw_host and parsed.user is None
    except ValueError:
        return None
    return str(parsed) if sound else None


def host(url: str | None) -> str:
    """Return the real host of an address, in ASCII, so that a look-alike name shows."""
    sound = link(url)
    if sound is None:
        return ""
    parsed = URL(sound)
    return plain(f"{parsed.raw_host}:{parsed.port}" if parsed.explicit_port else parsed.raw_host, 80)


def number(value: float | None) -> str:
    """Return a count or a rate as people say it: no decimals from 10, one below."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 9.95 or float(value).is_integer() else f"{value:.1f}"  # noqa: PLR2004 - from 10


def span(seconds: Seconds | None) -> str:
    """Return a duration in its largest fitting unit."""
    if seconds is None:
        return NOTHING
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= (2 * unit if unit == DAY else unit):
            return f"{seconds / unit:.0f} {name}"
    return f"{max(0.0, seconds):.0f} s"


class Templates:
    """The one environment of an application."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.environment = Environment(
            loader=PackageLoader("amends.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters.update(
            plain=plain, link=link, host=host, number=number, span=span, iso=rfc3339, ago=self.ago, clock=self.clock
        )
        self.environment.globals.update(severities=SEVERITIES, version=site.version)

    def render(self, template: str, request: web.Request, values: Mapping[str, Any]) -> str:
        """Return a template with values, and with what every page shows."""
        caller = caller_of(request)
        common = {
            "path": request.path,
            "reader": caller,
            "people": self.site.engine.rules.people,
            "brands": self.site.engine.rules.brands,
            "who": caller.person or self._remembered(request),
            "now": self.site.clock.wall(),
            "open_reads": self.site.open_reads,
        }
        return self.environment.get_template(template).render({**common, **values})

    def _remembered(self, request: web.Request) -> str | None:
        """Return who acted last from this browser; without a session it is a convenience, not a proof."""
        name = request.cookies.get("amends-who")
        return name if name in self.site.engine.rules.people else None

    def ago(self, at: Seconds | None) -> str:
        """Return how long since, in words."""
        if at is None:
            return "never"
        gone = self.site.clock.wall() - at
        if gone < -1:
            return f"in {span(-gone)}"
        return "just now" if gone < 10 else f"{span(gone)} ago"  # noqa: PLR2004 - seconds

    def clock(self, at: Seconds | None, timezone: str | None = None) -> str:
        """Return a wall time: today's without the date, others with it, in the zone given or the site's."""
        if at is None:
            return NOTHING
        zone = ZoneInfo(timezone or self.site.timezone)
        moment = datetime.fromtimestamp(at, zone)
        today = datetime.fromtimestamp(self.site.clock.wall(), zone).date()
        if moment.date() == today:
            return f"{moment:%H:%M}"
        if moment.date() == today - timedelta(days=1):
            return f"yesterday {moment:%H:%M}"
        return f"{moment.day} {moment:%b} {moment:%H:%M}" if moment.year == today.year else f"{moment:%Y-%m-%d %H:%M}"
