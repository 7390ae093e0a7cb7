"""Twilio: a text message or a call. What may have gone out is looked up before it is sent again."""

from __future__ import annotations

import base64
import hashlib
import re
from abc import ABC, abstractmethod
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape, quoteattr

from pydantic import AfterValidator, Field, SecretStr

from amends.model import Stage
from amends.paging.channels import _http, _json
from amends.paging.channels._notes import Notes
from amends.paging.channels.settings import ChannelSettings, origin, web_address
from amends.paging.message import fit, one_line, plain
from amends.paging.ports import Channel, Pressed, Refused, Result, Retry, Sent, Told, Traits, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import aiohttp

    from amends.model import Seconds
    from amends.paging.message import Message
    from amends.paging.ports import Memory

SMS_LIMIT: Final = 480  # characters: three to eight segments; Twilio takes 1,600 and a long code sends one a second
SPOKEN: Final = 300  # characters of a call: about twenty seconds
POLL: Final[Seconds] = 15.0
RECENT: Final[Seconds] = 900.0
GONE: Final = frozenset({"failed", "undelivered", "canceled", "busy", "no-answer"})
REPLY: Final = {"en": "Reply {} to acknowledge.", "fr": "Répondez {} si vous vous en occupez."}
PRESS: Final = {"en": "Press 1 to acknowledge.", "fr": "Appuyez sur 1 si vous vous en occupez."}
VOICES: Final = {"en": "en-GB", "fr": "fr-FR"}
_TOO_MANY: Final = 429
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Number = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]


class _TwilioSettings(ChannelSettings):
    """What both have in common: the account, and from whom to whom."""

    account: Annotated[str, Field(pattern=r"^AC[0-9a-f]{32}$")]
    token: SecretStr  # the auth token, or the secret of `key`
    key: Annotated[str, Field(pattern=r"^SK[0-9a-f]{32}$")] | None = None
    to: Number
    server: Annotated[str, AfterValidator(web_address)] = "https://api.twilio.com"
    attempt: float = Field(default=10.0, gt=0, le=60)

    @property
    def public(self) -> bool:
        """Others run it."""
        return True

    @property
    def reaches(self) -> str:
        """Return the server."""
        return origin(self.server)


class SmsSettings(_TwilioSettings):
    """`text: {kind: sms, account: AC..., token: "${TWILIO}", from: "+33...", to: "+33..."}`.

    A message that Twilio could not send within `validity` seconds is dropped there: nobody is paged tomorrow.
    """

    kind: Literal["sms"] = "sms"
    sender: Annotated[str, Field(alias="from", pattern=r"^(\+[1-9][0-9]{6,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$")]
    validity: int = Field(default=600, ge=60, le=14_400)

    @property
    def answered(self) -> str:
        """Return how people acknowledge on it."""
        return "acknowledged by its link or a reply"

    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
        """Return the channel."""
        return Sms(id, self, session)


class VoiceSettings(_TwilioSettings):
    """`call: {kind: voice, account: AC..., token: "${TWILIO}", from: "+33...", to: "+33..."}`."""

    kind: Literal["voice"] = "voice"
    sender: Annotated[str, Field(alias="from", pattern=r"^\+[1-9][0-9]{6,14}$")]

    @property
    def answered(self) -> str:
        """Return how people acknowledge on it."""
        return "acknowledged by key 1"

    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
        """Return the channel."""
        return Voice(id, self, session)


class _Twilio(ABC):
    """One request a message, noted before it is made: a lost answer is not followed by a second message."""

    collection: str

    def __init__(self, id: str, settings: SmsSettings | VoiceSettings, session: aiohttp.ClientSession) -> None:  # noqa: A002 - the field's name
        self.id = id
        self.settings, self._session = settings, session
        self._url = f"{settings.server.rstrip('/')}/2010-04-01/Accounts/{settings.account}/{self.collection}.json"
        who = f"{settings.key or settings.account}:{settings.token.get_secret_value()}"
        self._headers = {"Authorization": f"Basic {base64.b64encode(who.encode()).decode()}"}
        self._notes = Notes(f"twilio/{id}")

    def remember(self, memory: Memory) -> None:
        """Keep there what is under way."""
        self._notes.memory = memory

    @abstractmethod
    def form(self, message: Message) -> dict[str, str]:
        """Return what Twilio is told."""

    @abstractmethod
    def is_it(self, found: Mapping[str, Any], message: Message, began: Seconds) -> bool:
        """Return whether an entry of Twilio's list is what an earlier attempt has sent."""

    async def send(self, message: Message) -> Result:
        """Make one attempt."""
        before = await self._notes.of(message.key)
        if before is not None:
            found = await self._look_up(message, float(before["began"]))
            if found is not None:
                return found
        await self._notes.keep(message.key, {"began": message.at})
        headers = self._headers | {"Content-Type": "application/x-www-form-urlencoded"}
        content = urlencode(self.form(message), encoding="utf-8", errors="replace").encode()
        result, answer = await _http.ask(
            self._session, self._url, body=content, headers=headers, name=self.id, now=message.at
        )
        if isinstance(result, Sent) and not answer.get("sid"):
            return Retry(None, f"{self.id}: what answered is not Twilio")
        if isinstance(result, Refused) or answer.get("status") == _TOO_MANY:
            await self._notes.drop(message.key)  # it said no: nothing went out. A 500 says nothing of the kind
        code = answer.get("code")
        return Refused(f"{result.why} (Twilio error {code})") if isinstance(result, Refused) and code else result

    async def _look_up(self, message: Message, began: Seconds) -> Result | None:
        """Return Sent if an attempt whose answer was lost went out, None if it did not."""
        result, answer = await self.ask({"To": self.settings.to, "PageSize": "50"}, message.at)
        if not isinstance(result, Sent):
            return result
        collection = self.collection.lower()
        if not isinstance(answer.get(collection), list):
            return Retry(None, f"{self.id}: what answered is not Twilio")
        ours = [one for one in _json.parts(answer, collection) if one.get("status") not in GONE]
        return Sent() if any(self.is_it(one, message, began) for one in ours) else None

    async def ask(self, query: Mapping[str, str], now: Seconds) -> tuple[Result, dict[str, Any]]:
        """Ask for Twilio's list, the newest first."""
        url = f"{self._url}?{urlencode(query, quote_via=quote)}"
        return await _http.ask(self._session, url, body=b"", headers=self._headers, name=self.id, now=now, method="GET")


class Sms(_Twilio):
    """A text message; a reply with its four digits acknowledges, which we ask for: no port need be open."""

    kind = "sms"
    collection = "Messages"

    def __init__(self, id: str, settings: SmsSettings, session: aiohttp.ClientSession) -> None:  # noqa: A002 - the field's name
        super().__init__(id, settings, session)
        self.traits = Traits(limit=SMS_LIMIT, unit="characters", public=True, attempt=settings.attempt)
        self._validity = settings.validity

    def form(self, message: Message) -> dict[str, str]:
        """Return what Twilio is told."""
        sender = self.settings.sender
        by = "MessagingServiceSid" if sender.startswith("MG") else "From"
        return {
            "To": self.settings.to,
            by: sender,
            "Body": text_message(message),
            "ValidityPeriod": str(self._validity),
        }

    def is_it(self, found: Mapping[str, Any], message: Message, began: Seconds) -> bool:  # noqa: ARG002 - the text tells
        """Return whether it has the same text: a page's holds digits of its own."""
        return found.get("to") == self.settings.to and found.get("body") == text_message(message)

    # --- what is replied ---

    def wishes(self, told: Sequence[Told]) -> Iterable[Wish]:
        """Ask for replies while a page stands open."""
        for one in told:
            open_ = one.incident.state is not Stage.RESOLVED and one.incident.acknowledged_at is None
            if one.page.kind == "page" and open_ and self.settings.sender.startswith("+"):
                yield Wish(what=one.page.id, state="open", told=one, again=POLL)

    async def follow(self, wish: Wish, now: Seconds) -> Result | Pressed:
        """Look whether the person has replied with the page's digits."""
        query = {"To": self.settings.sender, "From": self.settings.to, "PageSize": "20"}
        result, answer = await self.ask(query, now)
        for one in _json.parts(answer, "messages"):
            if one.get("from") == self.settings.to and one.get("direction") == "inbound":
                at = _time(one.get("date_sent"))
                said = re.findall(r"[0-9]+", str(one.get("body", ""))[:200])
                if at is not None and at >= wish.told.page.decided_at - 60 and code_of(wish.told.page.id) in said:
                    return Pressed(by=wish.told.page.person, at=at)
        return result


class Voice(_Twilio):
    """A call that says what it is about; key 1 acknowledges by the page's own link. A mailbox presses no key."""

    kind = "voice"
    collection = "Calls"

    def __init__(self, id: str, settings: VoiceSettings, session: aiohttp.ClientSession) -> None:  # noqa: A002 - the field's name
        super().__init__(id, settings, session)
        self.traits = Traits(
            limit=SPOKEN, unit="characters", buttons=1, priority=True, public=True, attempt=settings.attempt
        )

    async def send(self, message: Message) -> Result:
        """Make one attempt; who need not be woken is not called."""
        if message.page.kind == "notice":
            return Refused(f"{self.id}: a call wakes people, and this is only a notice")
        return await super().send(message)

    def form(self, message: Message) -> dict[str, str]:
        """Return what Twilio is told."""
        return {"To": self.settings.to, "From": self.settings.sender, "Twiml": spoken(message), "Timeout": "30"}

    def is_it(self, found: Mapping[str, Any], message: Message, began: Seconds) -> bool:  # noqa: ARG002 - no text there
        """Return whether the person was called since the attempt began."""
        at = _time(found.get("date_created"))
        return found.get("to") == self.settings.to and at is not None and at >= began - 5


def text_message(message: Message) -> str:
    """Return a page in few words: title and head of the text, the links and the digits whole."""
    link = message.acknowledge_url if message.reachable else None
    lines = [link or (message.url if message.reachable else "")]
    if message.page.kind == "page":
        lines.append(REPLY.get(message.language, REPLY["en"]).format(code_of(message.key)))
    tail = "\n".join(line for line in lines if line)
    head = f"{message.title}\n{message.text}"
    room = SMS_LIMIT - len(tail) - 1
    return f"{fit(head, max(room, 0), size=len)}\n{tail}".strip()[:1600]


def spoken(message: Message) -> str:
    """Return the call as TwiML: said twice, and a key that acknowledges where Twilio can reach us."""
    language = VOICES.get(message.language, VOICES["en"])
    text = f"{one_line(message.title)}. {fit(plain(message.text), SPOKEN, size=len)}"
    say = f'<Say language="{language}" loop="2">{_xml(text)}</Say>'
    if message.acknowledge_url is None or not message.reachable:
        return f"<Response>{say}</Response>"
    press = f'<Say language="{language}">{PRESS.get(message.language, PRESS["en"])}</Say>'
    url = quoteattr(message.acknowledge_url)
    return (
        f'<Response><Gather input="dtmf" numDigits="1" timeout="15" method="POST" action={url}>'
        f"{press}{say}{press}</Gather></Response>"
    )


def code_of(page: str) -> str:
    """Return the four digits that answer a page."""
    return f"{int.from_bytes(hashlib.sha256(b'reply ' + page.encode()).digest()[:4], 'big') % 10_000:04d}"


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _time(text: object) -> Seconds | None:
    """Read Twilio's dates, which are those of mail."""
    try:
        return parsedate_to_datetime(str(text)).astimezone(UTC).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
