"""Alertmanager: an incident as an alert of its API v2, said again while it lasts, for those who route there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, SecretStr

from amends import incidents
from amends.model import Stage
from amends.paging.channels import _http, _json
from amends.paging.channels.settings import ChannelSettings, is_public, origin, web_address
from amends.paging.message import fit, one_line
from amends.paging.ports import Channel, Refused, Result, Told, Traits, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import aiohttp

    from amends.model import Incident, Seconds
    from amends.paging.message import Message

HOLDS: Final[Seconds] = 300.0  # until then an alert that is not said again ends by itself
AGAIN: Final[Seconds] = 60.0
PAST: Final[Seconds] = 60.0  # an end still to come by Alertmanager's clock is dropped: the alert's former end wins
TEXT: Final = 16_384  # bytes of text; what routes it further cuts it anyhow
WORDS: Final = {1: "critical", 2: "warning", 3: "info"}


class AlertmanagerSettings(ChannelSettings):
    """`ops: {kind: alertmanager, url: "http://127.0.0.1:9093", token: ...}`; each of a cluster is a channel."""

    kind: Literal["alertmanager"] = "alertmanager"
    url: Annotated[str, AfterValidator(web_address)] = Field(repr=False)
    token: SecretStr | None = None
    attempt: float = Field(default=10.0, gt=0, le=60)

    @property
    def public(self) -> bool:
        """Whether the server lies outside."""
        return is_public(self.url)

    @property
    def reaches(self) -> str:
        """Return the server."""
        return origin(self.url)

    @property
    def answered(self) -> str:
        """Return how people acknowledge on it."""
        return "nobody can acknowledge there"

    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
        """Return the channel."""
        return Alertmanager(id, self, session)


class Alertmanager:
    """Posts alerts. The label set is the identity: ids and words that do not change, never a number or anybody's text.

    An alert carries no link that acknowledges: who reads it is decided by routes that we do not know.
    """

    kind = "alertmanager"

    def __init__(self, id: str, settings: AlertmanagerSettings, session: aiohttp.ClientSession) -> None:  # noqa: A002 - the field's name
        self.id = id
        self.traits = Traits(priority=True, public=settings.public, attempt=settings.attempt)
        self._session = session
        self._url = f"{settings.url.rstrip('/')}/api/v2/alerts"
        token = settings.token.get_secret_value() if settings.token else None
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    async def send(self, message: Message) -> Result:
        """Make one attempt."""
        page = message.page
        if page.reason == "alive":
            return Refused(f"{self.id}: an alert tells of incidents alone, not of a quiet week")
        ended = page.reason == "resolved"
        one = alert(page.incident, message.title, message.text, now=message.at, url=message.url, ended=ended)
        return await self._post(one, message.at)

    # --- what lasts ---

    def wishes(self, told: Sequence[Told]) -> Iterable[Wish]:
        """Ask for the alert of the incident's severity while it lasts, and for the end of all others of it."""
        for severity_told in {(one.incident.id, one.page.incident.severity): one for one in told}.values():
            incident = severity_told.incident
            lasts = incident.state is not Stage.RESOLVED and incident.severity == severity_told.page.incident.severity
            yield Wish(
                what=f"{incident.id}/{severity_told.page.incident.severity}",
                state=f"firing {incident.acknowledged_by or ''}" if lasts else "over",
                told=severity_told,
                again=AGAIN if lasts else None,
            )

    async def follow(self, wish: Wish, now: Seconds) -> Result:
        """Say it again, as it is."""
        told, incident = wish.told, wish.told.incident
        one = alert(told.page.incident, told.page.title, told.page.text, now=now, ended=wish.state == "over")
        if incident.acknowledged_by:
            one["annotations"]["acknowledged_by"] = incident.acknowledged_by
        return await self._post(one, now)

    async def _post(self, one: dict[str, Any], now: Seconds) -> Result:
        content = _json.encoded([one])
        return await _http.post(self._session, self._url, body=content, headers=self._headers, name=self.id, now=now)


def alert(incident: Incident, title: str, text: str, *, now: Seconds, url: str = "", ended: bool) -> dict[str, Any]:
    """Return an alert of API v2; one that has not ended holds for five minutes unless it is said again.

    An end lies a minute back, but never before the start: Alertmanager takes it only when its own clock has passed it.
    """
    ends = max(incident.opened_at + 0.001, now - PAST) if ended else now + HOLDS
    labels = {
        "alertname": "AmendsIncident",
        "brand": incident.brand,
        "kind": incident.kind.value,
        "severity": WORDS[incident.severity],
        "incident": incident.id,
    }
    made: dict[str, Any] = {
        "labels": labels | ({"drill": "true"} if incident.drill else {}),
        "annotations": {"summary": one_line(title), "description": fit(text, TEXT)},
        "startsAt": incidents.rfc3339(incident.opened_at),
        "endsAt": incidents.rfc3339(ends),
    }
    return made | ({"generatorURL": url} if url else {})
