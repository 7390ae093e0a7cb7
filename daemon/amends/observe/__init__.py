"""How the daemon shows itself: metrics, logs, readiness, systemd, and the lock that keeps a second one away."""

from amends.observe.health import Health, sample_lag
from amends.observe.lock import AlreadyRunningError, Lock, Running
from amends.observe.logging import configure
from amends.observe.metrics import Metrics
from amends.observe.systemd import Notifier

__all__ = ["AlreadyRunningError", "Health", "Lock", "Metrics", "Notifier", "Running", "configure", "sample_lag"]
