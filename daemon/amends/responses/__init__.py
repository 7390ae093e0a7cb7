"""The words: what a page says to the person it wakes, and what the brand may say to the crowd."""

from amends.responses.adviser import Advice, Step, about, advise, contradicts, place
from amends.responses.guess import guess
from amends.responses.harmless import defang, one_line
from amends.responses.headline import MOST_TIMES, headline, is_watched, watched, with_watched
from amends.responses.library import Library, builtin, holding
from amends.responses.page import alive, body, discreet, foreign
from amends.responses.render import FIELDS, render
from amends.responses.template import CRISES, Template, parse
from amends.responses.title import short
from amends.responses.wording import say

__all__ = [
    "CRISES",
    "FIELDS",
    "MOST_TIMES",
    "Advice",
    "Library",
    "Step",
    "Template",
    "about",
    "advise",
    "alive",
    "body",
    "builtin",
    "contradicts",
    "defang",
    "discreet",
    "foreign",
    "guess",
    "headline",
    "holding",
    "is_watched",
    "one_line",
    "parse",
    "place",
    "render",
    "say",
    "short",
    "watched",
    "with_watched",
]
