"""From items to mentions: clean, match, score. Pure and without state, so it runs on any core, off the event loop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amends import matching, sentiment
from amends.model import Item, Mention, Tone
from amends.pipeline import voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amends.pipeline.rules import Rules

_ERASED = Tone(None, 0.0, None, None, None, "unscored")


@dataclass(frozen=True, slots=True)
class _Found:
    item: Item
    brand: str
    title: str
    text: str
    own: bool


def prepare(items: Sequence[Item], rules: Rules) -> list[Mention]:
    """Return a mention for every item and brand that it names, in the order of the items.

    An item from a source that is a brand's own voice is that brand's whatever it says. A deletion has no text and
    is passed to every brand that its source serves; the store knows which of them had it.
    """
    found = [one for item in items for one in _find(item, rules)]
    tones = rules.router.score([_text(one, rules) for one in found if one.item.op != "delete"])
    scored = iter(tones)
    return [voice.heard(_mention(one, _ERASED if one.item.op == "delete" else next(scored), rules)) for one in found]


def wanted_brands(source: str, rules: Rules) -> Iterable[str]:
    """Return the brands that a source serves: those it is bound to, or all."""
    return rules.source_brands.get(source, rules.brands.keys())


def _find(item: Item, rules: Rules) -> list[_Found]:
    served = wanted_brands(item.source, rules)
    if item.op == "delete":
        return [_Found(item, brand, "", "", own=item.source in rules.brands[brand].own) for brand in served]
    title = matching.clean(item.title, html=item.html) if item.title else ""
    text = matching.clean(item.text, html=item.html)
    named = rules.matcher.brands(f"{title}\n{text}" if title else text, item.brand)
    found = []
    for brand in served:
        own = item.source in rules.brands[brand].own
        if own or brand in named:
            found.append(_Found(item, brand, title, text, own))
    return found


def spoken(title: str, text: str) -> str:
    """Return what is scored and compared: the title too, unless the text repeats it."""
    return f"{title}\n{text}" if title and not text.startswith(title) else text or title


def _text(one: _Found, rules: Rules) -> sentiment.Text:
    brand = rules.brands[one.brand]
    return sentiment.Text(
        spoken(one.title, one.text),
        lang=one.item.lang,
        expected=brand.languages,
        mask=brand.names,
        trusted=one.item.source not in rules.polled,
        lexicon=brand.lexicon,
    )


def _mention(one: _Found, tone: Tone, rules: Rules) -> Mention:
    item = one.item
    said = spoken(one.title, one.text)
    tone = rules.router.relabelled(tone, rules.leaning(one.brand))
    if tone.label == "negative":  # what severity asks of these alone
        tone = replace(tone, arousal=sentiment.arousal(said, tone.lang))
    return Mention(
        brand=one.brand,
        source=item.source,
        id=item.id,
        text=one.text,
        title=one.title,
        published_at=item.published_at,
        seen_at=item.seen_at,
        tone=tone,
        url=matching.canonical_url(item.url),
        author=matching.clean(item.author, html=False)[:200] or None if item.author else None,
        lang=tone.lang or item.lang,
        reach=item.reach,
        fingerprint=matching.fingerprint(said),
        wording=matching.wording(said, rules.matcher.watched(one.brand, said)),
        watch=None if one.own or item.op == "delete" else rules.matcher.watch(one.brand, said, item.author),
        own=one.own,
        op=item.op,
        date=item.date,
        history=item.history,
        late=item.late,
        extra=item.extra,
    )
