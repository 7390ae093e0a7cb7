"""Rules: all that configuration says to the core, frozen, composed of each room's part; a reload swaps it whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from amends import detection, escalation, matching, responses, sentiment


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandRules:
    """One brand's part."""

    id: str
    name: str
    terms: matching.Terms
    watch: matching.Watch
    detection: detection.Settings
    policy: escalation.Policy
    languages: tuple[str, ...] = ("en",)  # the first is the fallback for templates
    timezone: str = "UTC"
    own: frozenset[str] = frozenset()  # sources that are the brand's own voice
    lexicon: tuple[tuple[str, float], ...] = ()  # the brand's own words and their valences, -4 to 4

    @property
    def names(self) -> tuple[str, ...]:
        """What is hidden from the scorer: to a lexicon, "Joy" is praise."""
        return (self.name, *self.terms.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything, for every brand."""

    brands: Mapping[str, BrandRules]
    people: Mapping[str, escalation.Person]
    rotas: Mapping[str, escalation.Rota] = field(default_factory=dict)
    matcher: matching.Matcher
    router: sentiment.Router
    library: responses.Library
    source_brands: Mapping[str, frozenset[str]] = field(default_factory=dict)  # sources bound to some brands
    polled: frozenset[str] = frozenset()  # configured sources: their language is a hint; what is pushed is believed
    brief: frozenset[str] = frozenset()  # channels that keep quotes and handles behind the link
    fits: Mapping[str, sentiment.Fit] = field(default_factory=dict)  # found while running, not configured
    external_url: str = "http://127.0.0.1:8484"
    timezone: str = "UTC"  # of the configuration

    @property
    def staff(self) -> escalation.Staff:
        """Everybody whom a policy may name."""
        return escalation.Staff(people=self.people, rotas=self.rotas)

    def leaning(self, brand: str) -> float:
        """Return the log odds by which people's word moves a brand's labels."""
        fit = self.fits.get(brand)
        return fit.people.log_odds if fit else 0.0
