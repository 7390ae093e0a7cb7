"""How a mention sounds: VADER, the language, and the small multilingual model, behind one router."""

from amends.sentiment.accurate import given, uncertainty
from amends.sentiment.arousal import arousal
from amends.sentiment.fit import Fit, People, Prior, estimate, leaned, learned
from amends.sentiment.router import Router
from amends.sentiment.text import Text

__all__ = [
    "Fit",
    "People",
    "Prior",
    "Router",
    "Text",
    "arousal",
    "estimate",
    "given",
    "leaned",
    "learned",
    "uncertainty",
]
