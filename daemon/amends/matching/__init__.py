"""Does a text name a brand, and is it the same text again: cleaning, aliases, canonical addresses, fingerprints."""

from amends.matching.clean import MAX_TEXT, clean, one_line
from amends.matching.fingerprint import fingerprint
from amends.matching.matcher import Matcher, Terms, Watch
from amends.matching.urls import canonical_url
from amends.matching.wording import wording

__all__ = [
    "MAX_TEXT",
    "Matcher",
    "Terms",
    "Watch",
    "canonical_url",
    "clean",
    "fingerprint",
    "one_line",
    "wording",
]
