"""What systemd is told, heard on real sockets."""

from __future__ import annotations

import os
import secrets
import socket
from typing import TYPE_CHECKING

import pytest

from amends.observe import Notifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, dict[str, str]]]:
    name = f"amends-test-{secrets.token_hex(8)}"
    address = str(tmp_path / "notify") if request.param == "path" else f"@{name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address if request.param == "path" else f"\0{name}")
        listener.settimeout(5)
        yield listener, {"NOTIFY_SOCKET": address}


def test_each_state_is_one_datagram(systemd: tuple[socket.socket, dict[str, str]]) -> None:
    listener, env = systemd
    notifier = Notifier(env)
    assert notifier.listening
    for send, told in (
        (notifier.ready, b"READY=1"),
        (lambda: notifier.ready("hears 3\nREADY=0 sources"), b"READY=1\nSTATUS=hears 3 READY=0 sources"),
        (notifier.watchdog, b"WATCHDOG=1"),
        (notifier.stopping, b"STOPPING=1"),
        (lambda: notifier.status("a\nb"), b"STATUS=a b"),
    ):
        assert send()
        assert listener.recv(1000) == told
    assert notifier.reloading()
    first, second = listener.recv(1000).split(b"\n")
    assert first == b"RELOADING=1"
    assert second.startswith(b"MONOTONIC_USEC=")
    assert int(second.partition(b"=")[2]) > 0


def test_without_systemd_nothing_is_sent_and_nothing_breaks(tmp_path: Path) -> None:
    silent = Notifier({"WATCHDOG_USEC": "30000000"})
    assert not silent.listening
    assert not silent.ready()
    assert silent.watchdog_interval is None
    assert not Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


@pytest.mark.parametrize(
    ("env", "interval"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_fed_twice_as_often_as_it_asks(env: dict[str, str], interval: float | None) -> None:
    assert Notifier({"NOTIFY_SOCKET": "/run/none", **env}).watchdog_interval == interval
