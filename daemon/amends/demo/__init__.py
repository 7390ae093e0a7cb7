"""The demo town: the real daemon, fed by real servers on loopback, on a clock that runs fast."""
