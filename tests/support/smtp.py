"""A real SMTP server (aiosmtpd) on loopback with scripted faults, and one that drips."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from email.message import EmailMessage
    from pathlib import Path

LOST, NEVER = "lost", "never"


@dataclass
class Post:
    """What a server took, and what it is to say: replies to the final dot, or to a command, first the script's."""

    port: int = 0
    user: tuple[str, str] | None = None
    data: deque[str] = field(default_factory=deque)
    usual: str = "250 taken"
    recipients: deque[str] = field(default_factory=deque)
    taken: list[bytes] = field(default_factory=list)  # everything that came whole, whatever was answered
    wanted: list[list[str]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(one, policy=default) for one in self.taken]  # type: ignore[misc]  # the policy makes this class

    # --- aiosmtpd's hooks ---

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        said = self.recipients.popleft() if self.recipients else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append(envelope.original_content or envelope.content)
        self.wanted.append(list(envelope.rcpt_tos))
        self.arrived.set()
        said = self.data.popleft() if self.data else self.usual
        if said == LOST:
            server.transport.abort()
        elif said == NEVER:
            await asyncio.sleep(30)
        return said

    def authenticator(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, auth: Any) -> AuthResult:
        good = isinstance(auth, LoginPassword) and (auth.login.decode(), auth.password.decode()) == self.user
        return AuthResult(success=good, handled=False)


@asynccontextmanager
async def post_office(
    *, certificate: Path | None = None, starttls: bool = False, user: tuple[str, str] | None = None
) -> AsyncIterator[Post]:
    """Run a server: plain, with STARTTLS, or over TLS from the first byte."""
    post = Post(user=user)
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()

    def made() -> SMTP:
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # AUTH without TLS: this is loopback
            return server_of(post)

    def server_of(post: Post) -> SMTP:
        return SMTP(
            post,
            loop=loop,
            hostname="mail.test",
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=post.authenticator if user else None,
            auth_required=user is not None,
            auth_require_tls=False,
        )

    server = await loop.create_server(made, "127.0.0.1", 0, ssl=None if starttls else context)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()


@asynccontextmanager
async def dripping(every: float = 0.1) -> AsyncIterator[int]:
    """Greet one byte at a time, for ever; yield the port."""

    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220-")
            while not writer.is_closing():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(every)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
