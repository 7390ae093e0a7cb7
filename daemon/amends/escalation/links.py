"""Signed links, for what needs no signing in: one acknowledges an incident until it expires, one reads a rota."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amends.model import AmendsError, Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

ACKNOWLEDGE, CALENDAR = "acknowledge", "calendar"
LASTING: Seconds = 253_402_300_799  # the year 9999: a calendar asks for years, and a new key ends its link
_MAC = hashlib.sha256().digest_size
_SEPARATOR = "\x1f"


class LinkAltered(AmendsError):  # noqa: N818 - named for what happened to the link; the doors answer 403
    """The link was not signed by us, or was changed since."""


class LinkExpired(AmendsError):  # noqa: N818 - the doors answer 410
    """The link was ours, and its time is over."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a link says: this person, about this incident."""

    incident: str
    person: str


def sign(key: bytes, incident: str, person: str, expires: Seconds, *, action: str = ACKNOWLEDGE) -> str:
    """Return a token of letters, digits, `-` and `_`: HMAC-SHA256 over key id, expiry, action, incident and person."""
    claim = _SEPARATOR.join((_key_id(key), str(int(expires)), action, incident, person)).encode()
    return base64.urlsafe_b64encode(_mac(key, claim) + claim).rstrip(b"=").decode()


def sign_calendar(key: bytes, rota: str) -> str:
    """Return a token that reads this rota as a calendar, and no more, for as long as its key is among ours."""
    return sign(key, rota, "", LASTING, action=CALENDAR)


def verify_calendar(key: bytes | Sequence[bytes], token: str) -> str:
    """Return the rota of a calendar's token; LinkAltered for anything else."""
    return verify(key, token, 0.0, action=CALENDAR).incident


def verify(key: bytes | Sequence[bytes], token: str, now: Seconds, *, action: str = ACKNOWLEDGE) -> Signed:
    """Read a token back; several keys are accepted while one takes over from another.

    Raises LinkAltered for anything that is not exactly a token of ours for this action, LinkExpired once its time is
    over. The comparison takes the same time wherever the difference lies.
    """
    altered = LinkAltered(
        "this link is not one of ours, or was changed on its way; open the incident from a newer page"
    )
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise altered from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != token.encode("ascii"):
        raise altered  # the same bytes written another way
    mac, claim = raw[:_MAC], raw[_MAC:]
    keys = (key,) if isinstance(key, bytes) else tuple(key)
    good = [hmac.compare_digest(mac, _mac(one, claim)) for one in keys]
    if not any(good):
        raise altered
    _, expires, said, *ids = claim.decode().split(_SEPARATOR)
    if said != action or len(ids) != 2:  # noqa: PLR2004 - an incident and a person; an id with a separator is neither
        raise altered
    if now >= int(expires):
        raise LinkExpired("this link has expired; open the incident from a newer page")
    return Signed(*ids)


def _mac(key: bytes, claim: bytes) -> bytes:
    return hmac.digest(key, claim, "sha256")


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"amends key id\x00" + key).hexdigest()[:8]
