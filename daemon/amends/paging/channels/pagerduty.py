"""PagerDuty: Events API v2, one alert an incident: triggered, acknowledged and resolved under one key."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import urlencode

from pydantic import AfterValidator, Field, SecretStr, field_validator

from amends import incidents
from amends.model import Stage
from amends.paging.channels import _http, _json
from amends.paging.channels._words import labels
from amends.paging.channels.settings import ChannelSettings, origin, web_address
from amends.paging.message import fit, one_line
from amends.paging.ports import Channel, Pressed, Refused, Result, Retry, Sent, Told, Traits, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import aiohttp

    from amends.model import Incident, Seconds
    from amends.paging.message import Message

LIMIT: Final = 524_288  # bytes, all of it
TEXT: Final = 65_536  # bytes; nobody reads more there
SUMMARY: Final = 1_024  # characters
SEVERITY: Final = {1: "critical", 2: "error", 3: "warning"}
POLL: Final[Seconds] = 15.0
ACTIONS: Final = {"acknowledged": "acknowledge", "resolved": "resolve"}
_KEY: Final = 32


class PagerDutySettings(ChannelSettings):
    """`duty: {kind: pagerduty, routing_key: "${PD_KEY}", api_token: "${PD_TOKEN}"}`.

    `server` is https://events.eu.pagerduty.com in the EU region. With `api_token` (read only is enough) an
    acknowledgement in PagerDuty counts here: it is asked for every 15 seconds while an incident is open, so no port
    need be open.
    """

    kind: Literal["pagerduty"] = "pagerduty"
    routing_key: SecretStr
    server: Annotated[str, AfterValidator(web_address)] = "https://events.pagerduty.com"
    api_token: SecretStr | None = None
    api: Annotated[str, AfterValidator(web_address)] = "https://api.pagerduty.com"
    attempt: float = Field(default=10.0, gt=0, le=60)

    @field_validator("routing_key")
    @classmethod
    def _is_a_key(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        if len(text) != _KEY or not text.isascii() or not text.isalnum():
            raise ValueError("a routing key is 32 letters and digits: the integration key of Events API v2")
        return key

    @property
    def public(self) -> bool:
        """Others run it."""
        return True

    @property
    def reaches(self) -> str:
        """Return the server."""
        return origin(self.server)

    @property
    def answered(self) -> str:
        """Return how people acknowledge on it."""
        return "acknowledged by PagerDuty or its link" if self.api_token else "acknowledged by its link"

    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
        """Return the channel."""
        return PagerDuty(id, self, session)


class PagerDuty:
    """Sends events; 202 means queued there. After a resolve the same key opens a new alert.

    One key an incident, severity and acknowledgement that was taken back: with each of them another alert begins, and
    the one before is resolved. An alert that somebody has acknowledged rings no more, whatever is triggered under its
    key, and no event takes an acknowledgement back there.
    """

    kind = "pagerduty"

    def __init__(self, id: str, settings: PagerDutySettings, session: aiohttp.ClientSession) -> None:  # noqa: A002 - the field's name
        self.id = id
        self.traits = Traits(limit=LIMIT, buttons=2, priority=True, public=True, attempt=settings.attempt)
        self._session, self._settings = session, settings
        self._url = f"{settings.server.rstrip('/')}/v2/enqueue"
        self._api = f"{settings.api.rstrip('/')}/incidents"

    async def send(self, message: Message) -> Result:
        """Make one attempt."""
        page = message.page
        if page.reason == "alive":
            return Refused(f"{self.id}: PagerDuty is told of incidents alone, not of a quiet week")
        action = ACTIONS.get(page.reason, "trigger") if page.kind == "notice" else "trigger"
        if action != "trigger":
            return await self._post(action, key_of(page.incident), {}, message.at)
        return await self._post("trigger", key_of(page.incident), trigger(message), message.at)

    # --- what lasts ---

    def wishes(self, told: Sequence[Told]) -> Iterable[Wish]:
        """Ask that the alert be acknowledged or resolved when the incident is; until then look who has acknowledged."""
        for key, one in {key_of(each.page.incident): each for each in told}.items():
            state = "open"
            if one.incident.state is Stage.RESOLVED or key != key_of(one.incident):
                state = "resolved"
            elif one.incident.acknowledged_at is not None:
                state = "acknowledged"
            elif self._settings.api_token is None:
                continue
            yield Wish(what=key, state=state, told=one, again=POLL if state == "open" else None)

    async def follow(self, wish: Wish, now: Seconds) -> Result | Pressed:
        """Bring the alert there, or ask whether somebody has taken it."""
        if wish.state in ACTIONS:
            return await self._post(ACTIONS[wish.state], wish.what, {}, now)
        return await self._look(wish, now)

    async def _look(self, wish: Wish, now: Seconds) -> Result | Pressed:
        token = self._settings.api_token.get_secret_value() if self._settings.api_token else ""
        headers = {"Authorization": f"Token token={token}", "Accept": "application/json"}
        url = f"{self._api}?{urlencode({'incident_key': wish.what, 'statuses[]': 'acknowledged'})}"
        result, found = await _http.ask(
            self._session, url, body=b"", headers=headers, name=self.id, now=now, method="GET"
        )
        if not isinstance(result, Sent):
            return Retry(getattr(result, "after", None), result.why)  # a token may be mended; the alert itself stands
        ours = [one for one in _json.parts(found, "incidents") if one.get("incident_key") == wish.what]
        return Pressed(by=wish.told.page.person, at=_latest(ours)) if ours else Sent()

    async def _post(self, action: str, key: str, more: dict[str, Any], now: Seconds) -> Result:
        document = {
            "routing_key": self._settings.routing_key.get_secret_value(),
            "event_action": action,
            "dedup_key": key,
            **more,
        }
        headers = {"Content-Type": "application/json"}
        return await _http.post(
            self._session, self._url, body=_json.encoded(document), headers=headers, name=self.id, now=now
        )


def key_of(incident: Incident) -> str:
    """Return the key under which PagerDuty knows an incident."""
    again = f"-{incident.given_back}" if incident.given_back else ""
    return f"{incident.id}-{incident.severity}{again}"


def _latest(found: Sequence[dict[str, Any]]) -> Seconds | None:
    """Return when the last of some incidents was acknowledged, None where PagerDuty does not say it legibly."""
    marks = [mark for one in found for mark in _json.parts(one, "acknowledgements")]
    times = []
    for mark in marks:
        with contextlib.suppress(ValueError):
            times.append(datetime.fromisoformat(str(mark.get("at"))).timestamp())
    return max(times, default=None)


def trigger(message: Message) -> dict[str, Any]:
    """Return what a trigger event says beside its key."""
    page = message.page
    acknowledge, open_ = labels(message.language)
    links = [{"href": message.acknowledge_url, "text": acknowledge}] if message.acknowledge_url else []
    return {
        "client": "Amends",
        "client_url": message.url,
        "links": [*links, {"href": message.url, "text": open_}],
        "payload": {
            "summary": one_line(message.title, SUMMARY) or f"{page.incident.brand}: {page.reason}",
            "source": page.incident.brand,
            "severity": SEVERITY[message.severity] if page.kind == "page" else "info",
            "timestamp": incidents.rfc3339(page.decided_at),
            "component": page.incident.brand,
            "group": page.incident.kind.value,
            "class": "drill" if page.incident.drill else page.reason,
            "custom_details": {"text": fit(message.text, TEXT), "drill": page.incident.drill},
        },
    }
