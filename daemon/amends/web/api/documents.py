"""How mentions, sources and silences are written in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from amends.incidents import incident_document, rfc3339
from amends.sentiment import Fit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.model import Incident, Silence
    from amends.storage import StoredMention
    from amends.web.ports import Site, SourceStatus


def web_root(site: Site) -> str:
    """Return the address under which people reach us, without a final slash."""
    return (site.external_url or site.engine.rules.external_url).rstrip("/")


def of_incident(site: Site, incident: Incident) -> dict[str, Any]:
    """Return an Incident."""
    return incident_document(incident, url=incident_url(site, incident))


def incident_url(site: Site, incident: Incident) -> str:
    """Return the address of an incident's page."""
    return f"{web_root(site)}/incidents/{quote(incident.id, safe='')}"


def of_fit(brand: str, fit: Fit | None) -> dict[str, Any]:
    """Return how the model fits a brand; `fit` None: nobody has looked yet."""
    found = fit or Fit()
    prior, people = found.prior, found.people
    return {
        "brand": brand,
        "mentions": prior.posts,
        "negative_share": {"raw": prior.raw if prior.posts else None, "estimated": prior.share},
        "odds": prior.odds,
        "bounded": prior.bounded,
        "corrections": people.corrections,
        "record": {"real": people.real, "judged": people.judged},
        "people_log_odds": people.log_odds,
    }


def of_mention(stored: StoredMention, fits: Mapping[str, Fit]) -> dict[str, Any]:
    """Return a Mention record with its tone; keys that its giver added stand beside ours and never over them."""
    mention = stored.mention
    tone = mention.tone
    fit = fits.get(mention.brand) or Fit()
    return {
        **mention.extra,
        "id": mention.id,
        "brand": mention.brand,
        "source": mention.source,
        "url": mention.url,
        "author": mention.author,
        "published_at": rfc3339(mention.published_at),
        "seen_at": rfc3339(mention.seen_at),
        "title": mention.title or None,
        "text": mention.text,
        "lang": mention.lang,
        "reach": mention.reach,
        "tone": stored.label,
        "scored": tone.label,
        "compound": tone.compound,
        "p_negative": tone.p_negative,
        "p_neutral": tone.p_neutral,
        "p_positive": tone.p_positive,
        "p_negative_fitted": None if tone.p_negative is None else fit.p_negative(tone.p_negative),
        "corrected_by": stored.corrected_by,
        "corrected_at": rfc3339(stored.corrected_at),
        "deleted_at": rfc3339(stored.deleted_at),
        "watch": mention.watch,
        "story": mention.story,
        "history": mention.history,
    }


def of_silence(silence: Silence) -> dict[str, Any]:
    """Return a silence."""
    return {
        "id": silence.id,
        "brand": silence.brand,
        "story": silence.story,
        "until": rfc3339(silence.until),
        "reason": silence.reason,
        "by": silence.by,
        "created_at": rfc3339(silence.created_at),
        "ended_at": rfc3339(silence.ended_at),
        "ended_by": silence.ended_by,
    }


def of_source(source: SourceStatus) -> dict[str, Any]:
    """Return how a source is doing."""
    return {
        "id": source.id,
        "kind": source.kind,
        "up": source.up,
        "paused": source.paused,
        "gone": source.gone,
        "url": source.url,
        "brands": list(source.brands),
        "outcome": source.outcome,
        "last_success": rfc3339(source.last_success),
        "lag_seconds": source.lag,
        "last_error": source.last_error,
        "held_until": rfc3339(source.held_until),
        "next_poll": rfc3339(source.next_poll),
        "gaps": [{"from": rfc3339(start), "to": rfc3339(end), "why": why} for start, end, why in source.gaps],
    }
