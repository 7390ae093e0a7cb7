"""The demo town: the real daemon, fed by real servers on loopback, on a clock that runs fast."""

from amends.demo.run import run

__all__ = ["run"]
