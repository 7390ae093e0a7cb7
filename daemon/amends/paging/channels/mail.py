"""Email: a plain message through the operator's own SMTP server, threaded by incident, confirmed by the final reply."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import urlsplit

import aiosmtplib
import structlog
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from amends.paging.channels._words import links_of
from amends.paging.channels.settings import ChannelSettings, is_public
from amends.paging.message import one_line
from amends.paging.ports import Channel, Refused, Result, Retry, Sent, Traits

if TYPE_CHECKING:
    from typing import Self

    import aiohttp

    from amends.paging.message import Message

_LOG: Final = structlog.get_logger("amends.paging")
PORTS: Final = {"smtps": 465, "smtp": 587}
SUBJECT_LIMIT: Final = 120  # characters: a phone shows fewer
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_GOODBYE: Final = 1.0  # seconds for a farewell that changes nothing: the message is theirs by then
_AUTHORITY: Final = frozenset({530, 534, 535, 538})
_LASTING: Final = 500


def _mailbox(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("is no address; write it as name@example.org, with nothing around it")
    return value


def _server(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        port, parts = 0, urlsplit("")
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.path not in {"", "/"} or port == 0:
        raise ValueError(
            "must be smtps://HOST:PORT or smtp://HOST:PORT; the user and the password are keys of their own"
        )
    return value.rstrip("/")


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Mailbox = Annotated[str, AfterValidator(_mailbox)]


class MailSettings(ChannelSettings):
    """`mail: {kind: email, server: "smtps://mail.example.org", user: ..., password: ..., from: ..., to: ...}`.

    `smtp://` is upgraded by STARTTLS before anything is said; `plain: true` leaves that out, for a server on this
    machine or a private network.
    """

    kind: Literal["email"] = "email"
    server: Annotated[str, AfterValidator(_server)]
    user: str | None = None
    password: SecretStr | None = None
    sender: Mailbox = Field(alias="from")
    to: Annotated[tuple[Mailbox, ...], BeforeValidator(_several), Field(min_length=1, max_length=20)]
    plain: bool = False
    attempt: float = Field(default=20.0, gt=0, le=60)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together: write both, or neither")
        if self.plain and (self.server.startswith("smtps") or is_public(self.server)):
            raise ValueError("plain is for smtp:// on a private address: elsewhere everybody on the way could read it")
        return self

    @property
    def public(self) -> bool:
        """Whether the server lies outside."""
        return is_public(self.server)

    @property
    def reaches(self) -> str:
        """Return the server, with its port."""
        parts = urlsplit(self.server)
        return f"{parts.scheme}://{parts.netloc.lower()}" + ("" if parts.port else f":{PORTS[parts.scheme]}")

    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002, ARG002 - the registry's signature
        """Return the channel."""
        return Mail(id, self)


class Mail:
    """Speaks SMTP once a message. Only the reply to the final dot confirms; a lost one is asked again, same letter."""

    kind = "email"

    def __init__(self, id: str, settings: MailSettings) -> None:  # noqa: A002 - the field's name
        self.id = id
        self.traits = Traits(public=settings.public, groups=True, attempt=settings.attempt)
        self._settings = settings
        parts = urlsplit(settings.reaches)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._context = None if settings.plain else ssl.create_default_context()

    async def send(self, message: Message) -> Result:
        """Make one attempt."""
        settings = self._settings
        content = letter(message, settings.sender, settings.to)
        smtp = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=settings.server.startswith("smtps"),
            start_tls=False if settings.server.startswith("smtps") else not settings.plain,
            tls_context=self._context,
            timeout=settings.attempt,
            local_hostname="localhost",
        )
        try:
            await smtp.connect()
            if settings.user is not None and settings.password is not None:
                await smtp.login(settings.user, settings.password.get_secret_value())
            refused, _ = await smtp.sendmail(settings.sender, settings.to, content)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            smtp.close()
            return self._meaning(error)
        except asyncio.CancelledError:
            smtp.close()
            raise
        if refused:
            _LOG.warning("some addresses were refused", channel=self.id, refused=len(refused), of=len(settings.to))
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await smtp.quit()
        smtp.close()
        return Sent()

    def _meaning(self, error: Exception) -> Result:
        if any(isinstance(one, ssl.SSLCertVerificationError) for one in _chain(error)):
            return Refused(f"{self.id}: the server's certificate is not valid")
        if any(isinstance(one, ssl.SSLError) for one in _chain(error)):
            return Refused(f"{self.id}: no secure connection with this server")
        if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
            codes = [one.code for one in error.recipients]
            code = min(codes, default=_LASTING)  # a mailbox that is only busy may be asked again
            return self._by_code(code, "no recipient was accepted")
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return self._by_code(error.code, error.message)
        if isinstance(error, aiosmtplib.SMTPNotSupported) or type(error) is aiosmtplib.SMTPException:
            return Refused(f"{self.id}: {one_line(str(error), 80)}")
        return Retry(None, f"{self.id}: no answer ({type(error).__name__})")

    def _by_code(self, code: int, text: str) -> Result:
        said = f"{self.id} answered {code} {one_line(text, 80)}".strip()
        if code in _AUTHORITY:
            return Refused(f"{self.id} answered {code}: check its user and password")  # some servers repeat the user
        return Refused(said) if code >= _LASTING else Retry(None, said)


def letter(message: Message, sender: str, to: tuple[str, ...]) -> bytes:
    """Return the message as it goes over the wire: the same bytes at each attempt."""
    page, domain = message.page, sender.rpartition("@")[2]
    thread = f"<{_word(page.incident.id)}@{domain}>"
    made = EmailMessage(policy=WIRE)
    made["From"], made["To"] = sender, ", ".join(to)
    made["Subject"] = one_line(message.title, SUBJECT_LIMIT)
    made["Date"] = format_datetime(datetime.fromtimestamp(page.decided_at, UTC))
    made["Message-ID"] = f"<{_word(message.key)}@{domain}>"
    made["In-Reply-To"], made["References"] = thread, thread
    made["Auto-Submitted"] = "auto-generated"
    if page.kind == "page":
        made["Importance"], made["X-Priority"] = "high", "1" if message.severity == 1 else "2"
    text = f"{message.text}\n\n{links_of(message)}\n"
    made.set_content(text.encode("utf-8", "replace").decode(), cte="quoted-printable")
    return made.as_bytes()


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", text)


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
