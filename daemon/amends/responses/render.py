"""A template filled in, in a sandbox. What came from strangers is a value in it, never a part of the template."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from amends.model import InputError
from amends.responses.harmless import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template as Compiled

    from amends.responses.template import Template

_BEFORE_BRAND = re.compile(r"\b(d|qu)e (?=\{\{-?\s*brand\s*-?\}\})", re.IGNORECASE)
_MAX_VALUE = 500  # characters of one field

# Every field a template may name, and the blank that stands for it, by language, until somebody knows.
FIELDS: dict[str, dict[str, str]] = {
    "brand": {"en": "[brand]", "fr": "[marque]"},
    "topic": {"en": "[subject]", "fr": "[sujet]"},
    "time": {"en": "[time]", "fr": "[heure]"},
    "until": {"en": "[time of the next word]", "fr": "[heure du prochain point]"},
    "what": {"en": "[what happened]", "fr": "[ce qui s'est passé]"},
    "when": {"en": "[when]", "fr": "[quand]"},
    "who": {"en": "[who was hit]", "fr": "[qui a été touché]"},
    "harm": {"en": "[the harm]", "fr": "[le tort causé]"},
    "cause": {"en": "[the cause]", "fr": "[la cause]"},
    "reason": {"en": "[why it had to go]", "fr": "[pourquoi il le fallait]"},
    "product": {"en": "[product and lot]", "fr": "[produit et lot]"},
    "data": {"en": "[which data]", "fr": "[quelles données]"},
    "claim": {"en": "[the claim]", "fr": "[ce qui est affirmé]"},
    "facts": {"en": "[the facts]", "fr": "[les faits]"},
    "repair": {"en": "[how we repair it]", "fr": "[la réparation]"},
    "change": {"en": "[what changes]", "fr": "[ce qui change]"},
    "advice": {"en": "[what to do now]", "fr": "[que faire]"},
    "contact": {"en": "[phone or address]", "fr": "[téléphone ou adresse]"},
    "link": {"en": "[link]", "fr": "[lien]"},
}

ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
)


@lru_cache(maxsize=512)
def _compiled(text: str) -> Compiled:
    return ENVIRONMENT.from_string(text)


def _elided(text: str, brand: str) -> str:
    """Return a French template with `de` and `que` before the brand as its first letter asks: d'Acme, qu'Acme."""
    first = unicodedata.normalize("NFD", brand.strip()[:1].casefold())[:1]
    return _BEFORE_BRAND.sub(r"\1'", text) if first and first in "aeiou" else text


def render(template: Template, fields: Mapping[str, str]) -> str:
    """Return the template's text with its fields filled in; what is not given stays a blank in [brackets].

    Values are made one line of visible characters. `InputError` where the template asks for what no field is called or
    does what the sandbox forbids.
    """
    lang = template.lang if template.lang == "fr" else "en"
    values = {name: blanks[lang] for name, blanks in FIELDS.items()}
    values |= {name: one_line(value, _MAX_VALUE) for name, value in fields.items() if value}
    try:
        text = _elided(template.text, fields.get("brand", "")) if lang == "fr" else template.text
        return _compiled(text).render(values).strip()
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
        reason = one_line(str(error), 200)
        raise InputError(f"template {template.id!r} ({template.lang}) cannot be filled in: {reason}") from error
