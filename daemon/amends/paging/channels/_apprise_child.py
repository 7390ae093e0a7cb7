"""The child process of the Apprise channel: one job as JSON on standard input, the exit code says what came of it."""

from __future__ import annotations

import json
import sys
from typing import Any

TAKEN, NOT_TAKEN, NO_ADDRESS = 0, 3, 4
_ELLIPSIS = "…"


def text_of(job: dict[str, Any], limit: int) -> str:
    """Return the text with its links at the end, within the service's own limit in characters; the links stay."""
    text, links = str(job["text"]), str(job["links"])
    room = limit - len(links) - 2
    if room < 0:
        return links[:limit]
    if len(text) > room:
        text = text[: max(0, room - 1)].rstrip() + _ELLIPSIS if room else ""
    return f"{text}\n\n{links}" if text else links


def main() -> int:
    """Read the job, hand it to Apprise, return the exit code."""
    import apprise  # noqa: PLC0415 - costly; the parent reads this file for its constants alone
    import requests  # noqa: PLC0415 - the same

    vars(requests.sessions)["DEFAULT_REDIRECT_LIMIT"] = (
        0  # a POST that is redirected becomes a GET: accepted, and told nobody
    )
    job = json.load(sys.stdin)
    service = apprise.Apprise.instantiate(job["url"], suppress_exceptions=True)
    if service is None:
        return NO_ADDRESS
    title = str(job["title"])[: service.title_maxlen or 0] if service.title_maxlen > 0 else ""
    limit = int(service.body_maxlen or 32_768)
    text = text_of(job, limit) if title else text_of({**job, "text": f"{job['title']}\n{job['text']}"}, limit)
    kind = apprise.NotifyType.WARNING if job["alert"] else apprise.NotifyType.INFO
    taken = service.notify(body=text, title=title, notify_type=kind, body_format=apprise.NotifyFormat.TEXT)
    return TAKEN if taken else NOT_TAKEN


if __name__ == "__main__":
    sys.exit(main())
