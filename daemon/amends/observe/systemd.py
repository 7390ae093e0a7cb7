"""What systemd is told: sd_notify's datagrams, and how often its watchdog wants to hear from us."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Notifier:
    """Speaks sd_notify(3) where `NOTIFY_SOCKET` is set, and is silent elsewhere. Never raises."""

    def __init__(self, env: Mapping[str, str]) -> None:
        path = env.get("NOTIFY_SOCKET", "")
        self._address = f"\0{path[1:]}" if path.startswith("@") else path
        self.watchdog_interval = _watchdog(env) if self._address else None
        """Seconds between two `watchdog` calls, half of what systemd allows; None where it does not watch."""

    @property
    def listening(self) -> bool:
        """Whether anybody is told."""
        return bool(self._address)

    def send(self, *lines: str) -> bool:
        """Send assignments (`READY=1`) in one datagram; whether it went out."""
        if not self._address:
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            try:
                channel.settimeout(1.0)  # a full queue must not hold the loop
                channel.sendto("\n".join(lines).encode(), self._address)
            except OSError:
                return False
        return True

    def ready(self, status: str = "") -> bool:
        """Tell that we are ready (also at the end of a reload)."""
        return self.send("READY=1", *([f"STATUS={_one_line(status)}"] if status else []))

    def reloading(self) -> bool:
        """Tell that a reload has begun; systemd wants the monotonic time of it, in microseconds."""
        return self.send("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def status(self, text: str) -> bool:
        """Give the line that `systemctl status` shows."""
        return self.send(f"STATUS={_one_line(text)}")

    def watchdog(self) -> bool:
        """Tell that our own loops turn."""
        return self.send("WATCHDOG=1")

    def stopping(self) -> bool:
        """Tell that an orderly stop has begun."""
        return self.send("STOPPING=1")


def _watchdog(env: Mapping[str, str]) -> float | None:
    if env.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        allowed = int(env.get("WATCHDOG_USEC", "0"))
    except ValueError:
        return None
    return allowed / 2_000_000 if allowed > 0 else None


def _one_line(text: str) -> str:
    return " ".join(text.split())
