"""The registry of channels finds each kind by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from amends.paging import KINDS, Listener, build
from amends.paging.channels.settings import is_public
from support.wires import WIRES

if TYPE_CHECKING:
    import aiohttp

KEYS = {kind: wire.keys("http://127.0.0.1:1") for kind, wire in WIRES.items()} | {
    "ntfy": {"topic": "t"},
    "email": {"server": "smtps://mail.acme.example", "from": "a@acme.example", "to": "b@acme.example"},
}


def test_every_kind_names_itself() -> None:
    assert set(KINDS) == set(KEYS)
    for kind, settings in KINDS.items():
        assert get_args(settings.model_fields["kind"].annotation) == (kind,)


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_a_channel_knows_its_id_its_kind_and_its_limits(kind: str, session: aiohttp.ClientSession) -> None:
    settings = KINDS[kind].model_validate(KEYS[kind])
    channel = build("phone", settings, session)
    assert (channel.id, channel.kind) == ("phone", kind)
    assert channel.traits.attempt == settings.attempt  # type: ignore[attr-defined]  # every kind has one
    assert isinstance(channel, Listener) == (kind in {"ntfy", "telegram"})


def test_what_is_public_by_default_is_brief_by_default() -> None:
    assert KINDS["apprise"].model_validate(KEYS["apprise"]).public
    assert not KINDS["webhook"].model_validate(KEYS["webhook"]).public
    assert KINDS["ntfy"].model_validate(KEYS["ntfy"]).public
    assert not is_public("http://10.0.0.1/")
