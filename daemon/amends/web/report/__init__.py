"""The report of an incident: what happened, how long it took, what was said, whom it cost sleep, what to change."""

from amends.web.report.facts import Report, gather
from amends.web.report.forms import document, markdown

__all__ = ["Report", "document", "gather", "markdown"]
