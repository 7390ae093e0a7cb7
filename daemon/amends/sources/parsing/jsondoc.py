"""JSON documents to entries: JSON Feed, and any API described by a path to its items and a map of fields."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeGuard

from amends.sources.parsing.entry import Entry, bounded
from amends.sources.parsing.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_NESTING = 200
REACH_MAX = 2**62  # what a store's integer holds
_HOLE = re.compile(r"\{([A-Za-z0-9_.\-]+)\}")
_LISTS = ("items", "hits", "results", "data", "posts", "statuses", "mentions", "entries")
GUESS = {
    "id": "id|objectID|guid|uri|_id",
    "url": "url|link|permalink|uri|html_url",
    "author": "author.name|author|user.screen_name|user.name|username|account.acct",
    "published_at": "published_at|date_published|created_at|published|date|timestamp|createdAt",
    "title": "title|subject|headline",
    "text": "text|content_text|content_html|body|content|description|message|summary",
    "lang": "lang|language",
}


def load(text: str) -> object:
    """Parse JSON; RefusalError `truncated` where it ends early, `shape` where it is none."""
    if not text.strip():
        raise RefusalError("not-a-feed", "the document is empty")
    try:
        return json.loads(text)
    except RecursionError:
        raise RefusalError("unsafe", "its values nest too deep") from None
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or "Unterminated string" in error.msg:
            raise RefusalError("truncated", f"it ends in the middle: {error}") from None
        if text.lstrip()[:1] == "<":
            raise RefusalError("not-a-feed", "it is a web page or XML where JSON was expected") from None
        raise RefusalError("shape", f"it is no JSON: {error}") from None


def read_json_feed(document: Mapping[str, Any]) -> Iterator[dict[str, Any] | Entry]:
    """Yield {"facts"} and then each item of a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    items = document.get("items")
    if not isinstance(items, list):
        raise RefusalError("shape", f"a JSON Feed without a list of items: found {kind(items)}")
    lang = document.get("language")
    yield {"facts": {}, "spans": None, "root": "json"}
    for item in items:
        if isinstance(item, dict):
            yield _json_feed_item(item, lang if isinstance(lang, str) else None, document)


def _json_feed_item(item: Mapping[str, Any], lang: str | None, document: Mapping[str, Any]) -> Entry:
    html = word(item.get("content_html"))
    return bounded(
        id=word(item.get("id")),
        link=word(item.get("url")) or word(item.get("external_url")),
        title=word(item.get("title")),
        text=html or word(item.get("content_text")) or word(item.get("summary")),
        html=bool(html),
        author=_json_author(item) or _json_author(document),
        date=word(item.get("date_published")) or word(item.get("date_modified")),
        lang=word(item.get("language")) or lang,
    )


def _json_author(holder: Mapping[str, Any]) -> str | None:
    authors = holder.get("authors")
    candidates = [*(authors if isinstance(authors, list) else ()), holder.get("author")]
    for author in candidates:
        if isinstance(author, dict) and (name := word(author.get("name")) or word(author.get("url"))):
            return name
        if isinstance(author, str) and author:
            return author
    return None


def is_json_feed(document: object) -> TypeGuard[dict[str, Any]]:
    """Whether the document says that it is a JSON Feed, or has the form of one."""
    if not isinstance(document, dict):
        return False
    version = document.get("version")
    return (isinstance(version, str) and "jsonfeed.org" in version) or (
        isinstance(document.get("items"), list) and "title" in document and "hits" not in document
    )


def read_api(
    document: object, *, items: str | None, fields: Mapping[str, str], html: bool, following: str | None = None
) -> Iterator[dict[str, Any] | Entry]:
    """Yield {"facts"} and then each object at the path `items` ("hits[]", "[]", "posts[].post"), mapped by `fields`.

    `items` None: guess both the list and the fields by their common names. RefusalError `shape` names what is missing.
    `following` is the path to the address of the next page; it becomes the fact "next".
    """
    if items is None:
        found: Sequence[object] = _guess_list(document)
        fields = {**GUESS, **fields}
    else:
        found = walk(document, items)
    backoff = document.get("backoff") if isinstance(document, dict) else None  # seconds, as Stack Exchange asks
    facts = {"backoff": [str(backoff)]} if isinstance(backoff, int) else {}
    if following and (target := word(pick(document, following) if isinstance(document, dict) else None)):
        facts["next"] = [target[:2_000]]
    yield {"facts": facts, "spans": None, "root": "json"}
    for item in found:
        if isinstance(item, dict):
            yield _api_item(item, fields, html=html)


def _api_item(item: Mapping[str, Any], fields: Mapping[str, str], *, html: bool) -> Entry:
    values = {name: pick(item, path) for name, path in fields.items()}
    return bounded(
        id=word(values.get("id")),
        link=word(values.get("url")),
        title=word(values.get("title")),
        text=word(values.get("text")),
        html=html,
        title_html=html or None,
        author=word(values.get("author")),
        date=word(values.get("published_at")),
        lang=word(values.get("lang")),
        reach=_reach(values.get("reach")),
    )


def _reach(value: object) -> int | None:
    """Return a count of readers; what is none (1e999 is infinite) is left out, and the item kept."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= REACH_MAX:
        return None
    return int(value)


def walk(document: object, path: str) -> list[object]:
    """Return the values at a path: names joined by dots, `[]` after a name (or alone) for each element of a list."""
    values = [document]
    trail = ""
    for step in path.split("."):
        name, each = (step[:-2], True) if step.endswith("[]") else (step, False)
        if name:
            trail = f"{trail}.{name}".lstrip(".")
            values = [_member(value, name, trail) for value in values]
        if each:
            trail += "[]"
            for value in values:
                if not isinstance(value, list):
                    raise RefusalError("shape", f"{trail.removesuffix('[]') or 'the answer'} is {kind(value)}, no list")
            values = [element for value in values if isinstance(value, list) for element in value]
    return values


def _member(value: object, name: str, trail: str) -> object:
    if not isinstance(value, dict):
        raise RefusalError("shape", f"no {trail!r} in the answer: {kind(value)} stands in its place")
    if name not in value:
        has = ", ".join(sorted(str(key) for key in value)[:6]) or "nothing"
        raise RefusalError("shape", f"no {trail!r} in the answer: it has {has}")
    return value[name]


def pick(item: Mapping[str, Any], path: str) -> object:
    """Return the first value that is there among paths joined by `|`; a path with {holes} is a text to fill in."""
    for option in path.split("|"):
        if "{" in option:
            filled = option
            for hole in _HOLE.findall(option):
                part = word(_dotted(item, hole))
                filled = filled.replace(f"{{{hole}}}", part) if part else ""
            if filled:
                return filled
            continue
        value = _dotted(item, option)
        if value is not None and value != "":
            return value
    return None


def _dotted(value: object, path: str) -> object:
    for name in path.strip().split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def word(value: object) -> str | None:
    """A scalar as text, anything else as nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return None
    return str(value) if isinstance(value, (int, float)) else None


def kind(value: object) -> str:
    """What a JSON value is, in a word for people."""
    if value is None:
        return "nothing"
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "something else")


def _guess_list(document: object) -> list[object]:
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        for name in _LISTS:
            if isinstance(document.get(name), list):
                return list(document[name])
    raise RefusalError("shape", f"no list of items found: the answer is {kind(document)}; say where with `items`")
