"""Is this a good apology: its parts, its vices, a better way to say it; rules and grammar, English and French."""

from amends.responses.lint.judge import FAILS, LIMITS, WARNS, Network, denies, lint
from amends.responses.lint.report import PARTS, Finding, Report

__all__ = ["FAILS", "LIMITS", "PARTS", "WARNS", "Finding", "Network", "Report", "denies", "lint"]
