"""Telegram: a bot's message with a button that acknowledges, heard by asking for updates: no port need be open."""

from __future__ import annotations

import asyncio
import hashlib
import time
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from weakref import WeakSet, WeakValueDictionary

import structlog
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator

from amends.model import Stage
from amends.paging.channels import _http, _json
from amends.paging.channels._notes import Notes
from amends.paging.channels._words import labels, over, taken_by
from amends.paging.channels.settings import ChannelSettings, origin, web_address
from amends.paging.message import fit, one_line
from amends.paging.ports import Channel, Refused, Result, Retry, Sent, Told, Traits, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import aiohttp

    from amends.model import Page, Seconds
    from amends.paging.message import Message
    from amends.paging.ports import Heard, Memory

_LOG: Final = structlog.get_logger("amends.paging")
LIMIT: Final = 4096  # UTF-16 units of text
LONG_POLL: Final = 25  # seconds
_PRESS: Final = "ack:"
_BAD_REQUEST: Final = 400
_CONFLICT: Final = 409


def _chat(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class TelegramSettings(ChannelSettings):
    """`tg: {kind: telegram, token: "${TELEGRAM_TOKEN}", chat: 123456789}`.

    The chat is a person's or a group's number, or a channel's @name; several channels may share a bot.
    """

    kind: Literal["telegram"] = "telegram"
    token: SecretStr
    chat: Annotated[str, BeforeValidator(_chat), Field(pattern=r"^(-?[0-9]{1,20}|@[A-Za-z0-9_]{4,64})$")]
    server: Annotated[str, AfterValidator(web_address)] = "https://api.telegram.org"
    attempt: float = Field(default=10.0, gt=0, le=60)

    @field_validator("token")
    @classmethod
    def _is_a_token(cls, token: SecretStr) -> SecretStr:
        number, colon, rest = token.get_secret_value().partition(":")
        if not (colon and number.isdigit() and rest and rest.replace("-", "").replace("_", "").isalnum()):
            raise ValueError("a bot's token is a number, a colon and letters, as @BotFather gives it")
        return token

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
        return "acknowledged by its button"

    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
        """Return the channel."""
        return Telegram(id, self, session)


class Telegram:
    """Plain text and entities, never markup; a button's data is a digest, which only our notes turn into a token."""

    kind = "telegram"
    listens = True

    def __init__(self, id: str, settings: TelegramSettings, session: aiohttp.ClientSession) -> None:  # noqa: A002 - the field's name
        self.id = id
        self.traits = Traits(
            limit=LIMIT, unit="UTF-16 units", buttons=2, priority=True, public=True, attempt=settings.attempt
        )
        self.chat = settings.chat
        self._session = session
        self._base = f"{settings.server.rstrip('/')}/bot{settings.token.get_secret_value()}"
        self._notes = Notes(f"telegram/{id}")
        self.heard: Heard | None = None
        self._bot = _bot_of(self._base)
        self._bot.channels.add(self)

    def remember(self, memory: Memory) -> None:
        """Keep which messages were sent, to change them later."""
        self._notes.memory = memory

    async def send(self, message: Message) -> Result:
        """Make one attempt; what Telegram will not show as it is goes once more as plain as can be."""
        content = body(message)
        result, answer = await self.call("sendMessage", {"chat_id": self.chat, **content}, message.at)
        if isinstance(result, Refused) and answer.get("error_code") == _BAD_REQUEST and "chat" not in _said(answer):
            bare = {"chat_id": self.chat, **body(message, fancy=False)}
            result, answer = await self.call("sendMessage", bare, message.at)
        if isinstance(result, Sent):
            await self._notes.keep(message.key, _note(message, _json.part(answer, "result").get("message_id")))
        return result

    # --- what lasts ---

    def wishes(self, told: Sequence[Told]) -> Iterable[Wish]:
        """Ask that each page that we remember shows who has it, and that it is over."""
        for one in told:
            if one.page.kind != "page":
                continue
            state = "open"
            if one.incident.state is Stage.RESOLVED:
                state = "over"
            elif one.incident.acknowledged_by is not None:
                state = f"taken by {one.incident.acknowledged_by}"
            yield Wish(what=one.page.id, state=state, told=one)

    async def follow(self, wish: Wish, now: Seconds) -> Result:
        """Change the message that was sent."""
        note = await self._notes.of(wish.told.page.id)
        if note is None or not isinstance(note.get("message"), int):
            return Sent()  # sent before we took notes: there is nothing to change
        language, by = str(note.get("language")), wish.told.taker or wish.told.incident.acknowledged_by
        more = over(language) if wish.state == "over" else taken_by(by, language) if by else ""
        page = wish.told.page
        buttons = keyboard(note, language, open_=wish.state == "open")
        content = _text(page.title, page.text, tail=more, response=_response(page)) | {"reply_markup": buttons}
        change = {"chat_id": self.chat, "message_id": note["message"], **content}
        result, answer = await self.call("editMessageText", change, now)
        return Sent() if "not modified" in _said(answer) else result

    # --- what is pressed ---

    async def listen(self, heard: Heard) -> None:
        """Hear presses for ever. Telegram tells each update to one asker alone: channels of one bot take turns."""
        self.heard = heard
        async with self._bot.lock:
            await self._ask()

    async def _ask(self) -> None:
        offset, wait = None, 1.0
        while True:
            query = {"timeout": LONG_POLL, "allowed_updates": ["callback_query"]}
            try:
                async with asyncio.timeout(LONG_POLL + 15):
                    asked = query if offset is None else query | {"offset": offset}
                    result, answer = await self.call("getUpdates", asked, 0.0)
            except TimeoutError:
                result, answer = Retry(None, f"{self.id} gave no answer"), {}
            if not isinstance(result, Sent) or not isinstance(answer.get("result"), list):
                why = getattr(result, "why", "an odd answer")
                _LOG.info("updates lost", channel=self.id, why=why, again_in=wait)
                await asyncio.sleep(max(wait, getattr(result, "after", None) or 0.0))
                wait = min(60.0, wait * 2)
                continue
            wait = 1.0
            for update in _json.parts(answer, "result"):
                await self._take(update, old=offset is None)
                number = update.get("update_id")
                offset = number + 1 if isinstance(number, int) else offset
            offset = 0 if offset is None else offset

    async def _take(self, update: dict[str, Any], *, old: bool) -> None:
        """Hand one press to the channel in whose chat it was made, and answer it, or the button would spin."""
        press = _json.part(update, "callback_query")
        if not press:
            return
        sent, data = _json.part(press, "message"), str(press.get("data", ""))
        chat = _json.part(sent, "chat")
        names = {str(chat.get("id")), f"@{chat.get('username')}"}
        date = sent.get("date")
        age = max(0.0, time.time() - date) if old and isinstance(date, int) else 0.0
        for channel in [one for one in self._bot.channels if one.chat in names]:
            for token in await channel.tokens(data):
                if channel.heard is not None:
                    await channel.heard(token, age)
        await self.call("answerCallbackQuery", {"callback_query_id": str(press.get("id", ""))}, 0.0)

    async def tokens(self, data: str) -> list[str]:
        """Return the tokens that a button of ours stands for; of anybody else's, none."""
        return [
            token
            for note in (await self._notes.all()).values()
            for token in note.get("tokens", ())
            if data == _data(token)
        ]

    async def call(self, method: str, content: Mapping[str, Any], now: Seconds) -> tuple[Result, dict[str, Any]]:
        """Call a method of the bot; Telegram's own word decides, where there is one."""
        result, answer = await _http.ask(
            self._session,
            f"{self._base}/{method}",
            body=_json.encoded(content),
            headers={"Content-Type": "application/json"},
            name=self.id,
            now=now,
        )
        if isinstance(result, Sent):
            good = answer.get("ok") is True
            return (result if good else Retry(None, f"{self.id}: what answered is not Telegram")), answer
        after = _json.part(answer, "parameters").get("retry_after")
        if isinstance(result, Retry) and isinstance(after, int | float):
            return Retry(min(float(after), _http.LONGEST_WAIT), result.why), answer
        if isinstance(result, Refused) and answer.get("error_code") == _CONFLICT:
            return Retry(None, f"{result.why}: another program asks for this bot's updates"), answer
        if isinstance(result, Refused) and _said(answer):
            said = _said(answer).replace(self._base.rpartition("/bot")[2].partition(":")[2], "***")
            return Refused(f"{result.why} ({fit(said, 120, size=len)})"), answer
        return result, answer


class _Bot:
    """One bot: its channels, and whose turn it is to ask for updates."""

    def __init__(self) -> None:
        self.channels: WeakSet[Telegram] = WeakSet()
        self.lock = asyncio.Lock()


_BOTS: Final[WeakValueDictionary[bytes, _Bot]] = WeakValueDictionary()


def _bot_of(address: str) -> _Bot:
    key = hashlib.sha256(address.encode()).digest()
    found = _BOTS.get(key)
    if found is None:
        found = _BOTS[key] = _Bot()
    return found


def body(message: Message, *, fancy: bool = True) -> dict[str, Any]:
    """Return what `sendMessage` is told; not `fancy`: no entities and no address in a button, should they displease."""
    note = _note(message, None)
    tail = "" if fancy and message.reachable else f"{labels(message.language)[1]}: {message.url}"
    text = _text(message.title, message.text, tail=tail, response=_response(message.page))
    if not fancy:
        text.pop("entities")
    buttons = keyboard(note if fancy else note | {"url": None}, message.language, open_=True)
    return text | {"disable_notification": message.page.kind == "notice", "reply_markup": buttons}


def keyboard(note: Mapping[str, Any], language: str, *, open_: bool) -> dict[str, Any]:
    """Return the buttons below a message: acknowledge while it is open, and the incident where a phone can reach it."""
    acknowledge, look = labels(language)
    rows = [[{"text": acknowledge, "callback_data": _data(str(token))}] for token in note["tokens"] if open_]
    return {"inline_keyboard": [*rows, *([[{"text": look, "url": note["url"]}]] if note.get("url") else [])]}


def _note(message: Message, number: object) -> dict[str, Any]:
    return {
        "message": number,
        "tokens": list(message.tokens[:1]),
        "url": message.url if message.reachable else None,
        "language": message.language,
    }


def _text(title: str, text: str, *, tail: str, response: str) -> dict[str, Any]:
    """Return text and entities: the title bold, the words to say in a block that a tap copies, the tail never cut."""
    title, tail = fit(title, 256, size=units), f"\n\n{tail}" if tail else ""
    head = f"{title}\n" if title else ""
    shown = fit(text, LIMIT - units(head) - units(tail), size=units)
    entities = [{"type": "bold", "offset": 0, "length": units(title)}] if title else []
    at = shown.find(response) if response else -1
    if at >= 0:
        entities.append({"type": "pre", "offset": units(head + shown[:at]), "length": units(response)})
    return {
        "text": f"{head}{shown}{tail}".encode("utf-8", "replace").decode(),
        "entities": entities,
        "link_preview_options": {"is_disabled": True},  # a preview would fetch our link, and a mention's
    }


def _response(page: Page) -> str:
    return page.incident.response.text.strip() if page.incident.response else ""


def _data(token: str) -> str:
    return _PRESS + hashlib.sha256(token.encode()).hexdigest()[:32]


def _said(answer: Mapping[str, Any]) -> str:
    text = answer.get("description")
    return one_line(text, 200) if isinstance(text, str) else ""


def units(text: str) -> int:
    """Count UTF-16 code units, which is how Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
