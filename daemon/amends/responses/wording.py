"""What a page says in the reader's language: every phrase in English and French, and how numbers and hours are told."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from amends.model import DAY, Seconds

_EN = {
    "tone": "{brand}: {times} the usual criticism",
    "tone_many": "{brand}: criticism far above the usual",
    "watch": "{brand}: watch list hit",
    "watch_named": "{brand}: watch list hit, {what}",
    "deleted": "{brand}: one of our own posts is gone",
    "blind": "{brand}: blind, {on_time} of {of} {sources} on time",
    "drill": "{brand}: a drill, nothing has happened",
    "since": " since {time}",
    "about": ", about {topics}",
    "back": "{brand}: the tone is back to the usual. Move on.",
    "over": "{brand}: over. Move on.",
    "sighted": "{brand}: sources answer again ({on_time} of {of})",
    "drilled": "{brand}: drill over",
    "times": "{number} times",
    "quoted": "\u201c{text}\u201d",
    "short_line": "{brand}: {text}",
    "event_tone": "{times} the usual",
    "event_tone_many": "far above the usual",
    "event_watch": "watch list hit",
    "event_deleted": "our own post is gone",
    "event_blind": "blind, {on_time} of {of} {sources}",
    "event_drill": "please acknowledge",
    "ended_blind": "sources answer again ({on_time} of {of})",
    "ended_drill": "drill over",
    "bare_raised": "worse, now {severity}",
    "told_raised": "worse, now {severity}, {what}",
    "tight_raised": "{severity}, {what}",
    "bare_story": "another story",
    "told_story": "another story, {what}",
    "tight_story": "new story, {what}",
    "bare_resolved": "over. Move on.",
    "told_resolved": "over, {what}. Move on.",
    "tight_resolved": "over, {what}",
    "short_unacknowledged": "Nobody has it yet. {line}",
    "tight_unacknowledged": "Nobody yet. {line}",
    "short_acknowledged": "{brand}: {by} has it",
    "short_alive": "{brand} is listening",
    "alive_line": "Since {since}: heard {mentions} mentions, paged {pages} times.",
    "somebody": "somebody",
    "drill_mark": "DRILL",
    "drill_line": "DRILL: nothing has happened. Acknowledge it as you would a real page.",
    "drill_over": "DRILL: it is over.",
    "reason_raised": "It got worse: severity is now {severity}.",
    "reason_unacknowledged": "The first call was not acknowledged. It is yours until somebody takes it.",
    "reason_story": "Another story has joined this incident.",
    "reason_acknowledged": "{by} has it. Nothing is asked of you.",
    "reason_resolved": "It is over. Say nothing more about it: move on.",
    "numbers": "Up to {observed} negative mentions an hour, {expected} usual then. Severity {level} of 3 ({severity}).",
    "severity": "Severity {level} of 3 ({severity}).",
    "since_line": "Since {time} ({zone}).",
    "and": "; ",
    "why": "Why: {why}.",
    "coordinated": "It looks coordinated: verify before you answer.",
    "earliest": "Earliest",
    "loudest": "Loudest",
    "typical": "Most typical",
    "coverage": "{on_time} of {of} {sources} on time",
    "silent": "; silent: {silent}",
    "record": "{real} of the last {judged} were real.",
    "before": "First: pause scheduled posts and advertisements, tell the switchboard.",
    "before_grave": (
        "Counsel before anything is published; the data-protection officer if personal data is concerned (72 hours: "
        "until {until})."
    ),
    "say": "Say now ({lang}, template {template}):",
    "translated": "Say now (no template in the crowd's language: {lang}, template {template}):",
    "note_fallback": "Nobody is on call in the rota {rota}: you are its fallback.",
    "note_everyone": "Nobody is on call in the rota {rota}, and it has no fallback: everyone is called.",
    "note_second": "At severity 1 nobody is left alone with it: you are the second person.",
    "creed": "Apologise, don't delete, move on.",
    "creed_coordinated": (
        "Verify first: is the complaint true, who is hurt? Accuse nobody. "
        "If it is ours: apologise, don't delete, move on."
    ),
    "creed_watch": "One mention was enough, as you asked. If it is ours: apologise, don't delete, move on.",
    "creed_deleted": "Never delete silently: say what was removed and why, apologise, move on.",
    "creed_blind": "What is said there now, we cannot hear. Look by hand until the sources answer.",
    "creed_brief": "Quotes and links are on the incident's page.",
    "sev1": "critical",
    "sev2": "major",
    "sev3": "minor",
    "lang_en": "English",
    "lang_fr": "French",
    "day": "{weekday} {clock}",
    "date": "{day} {month} {clock}",
}  # fmt: skip
_FR = {
    "tone": "{brand} : {times} la critique habituelle",
    "tone_many": "{brand} : critiques bien au-dessus de l'habitude",
    "watch": "{brand} : alerte de la liste de veille",
    "watch_named": "{brand} : alerte de la liste de veille, {what}",
    "deleted": "{brand} : une de nos publications a disparu",
    "blind": "{brand} : aveugle, {on_time} {sources} sur {of} à l'heure",
    "drill": "{brand} : un exercice, rien ne s'est passé",
    "since": " depuis {time}",
    "about": ", au sujet de {topics}",
    "back": "{brand} : le ton est redevenu normal. On tourne la page.",
    "over": "{brand} : c'est fini. On tourne la page.",
    "sighted": "{brand} : les sources répondent à nouveau ({on_time} sur {of})",
    "drilled": "{brand} : fin de l'exercice",
    "times": "{number} fois",
    "quoted": "\u00ab\u00a0{text}\u00a0\u00bb",
    "short_line": "{brand} : {text}",
    "event_tone": "{times} l'habitude",
    "event_tone_many": "bien au-dessus de l'habitude",
    "event_watch": "alerte de la liste de veille",
    "event_deleted": "notre publication a disparu",
    "event_blind": "aveugle, {on_time} {sources} sur {of}",
    "event_drill": "merci d'accuser réception",
    "ended_blind": "les sources répondent ({on_time} sur {of})",
    "ended_drill": "fin de l'exercice",
    "bare_raised": "pire, désormais {severity}",
    "told_raised": "pire, désormais {severity}, {what}",
    "tight_raised": "{severity}, {what}",
    "bare_story": "une autre histoire",
    "told_story": "une autre histoire, {what}",
    "tight_story": "autre histoire, {what}",
    "bare_resolved": "fini. On tourne la page.",
    "told_resolved": "fini, {what}. On tourne la page.",
    "tight_resolved": "fini, {what}",
    "short_unacknowledged": "Personne ne l'a pris. {line}",
    "tight_unacknowledged": "Sans réponse. {line}",
    "short_acknowledged": "{brand} : {by} s'en charge",
    "short_alive": "{brand} écoute",
    "alive_line": "Depuis {since} : {mentions} mentions entendues, {pages} alertes envoyées.",
    "somebody": "quelqu'un",
    "drill_mark": "EXERCICE (DRILL)",
    "drill_line": "EXERCICE (DRILL) : rien ne s'est passé. Accusez réception comme d'une vraie alerte.",
    "drill_over": "EXERCICE (DRILL) : c'est terminé.",
    "reason_raised": "La situation s'aggrave : la gravité est désormais {severity}.",
    "reason_unacknowledged": "Le premier appel est resté sans réponse. À vous, tant que personne ne s'en charge.",
    "reason_story": "Une autre histoire s'ajoute à cet incident.",
    "reason_acknowledged": "{by} s'en charge. Rien ne vous est demandé.",
    "reason_resolved": "C'est fini. N'en parlez plus : on tourne la page.",
    "numbers": "Jusqu'à {observed} mentions négatives par heure, {expected} d'habitude. "
    "Gravité {level} sur 3 ({severity}).",
    "severity": "Gravité {level} sur 3 ({severity}).",
    "since_line": "Depuis {time} ({zone}).",
    "and": " ; ",
    "why": "Pourquoi : {why}.",
    "coordinated": "Cela semble coordonné : vérifiez avant de répondre.",
    "earliest": "La première",
    "loudest": "La plus vue",
    "typical": "La plus typique",
    "coverage": "{on_time} {sources} sur {of} à l'heure",
    "silent": " ; muettes : {silent}",
    "record": "{real} des {judged} dernières alertes étaient fondées.",
    "before": "D'abord : suspendre les publications programmées et la publicité, prévenir le standard.",
    "before_grave": (
        "Le service juridique avant toute publication ; le délégué à la protection des données si des données "
        "personnelles sont en cause (72 heures : jusqu'à {until})."
    ),
    "say": "À dire maintenant ({lang}, modèle {template}) :",
    "translated": "À dire maintenant (pas de modèle dans la langue du public : {lang}, modèle {template}) :",
    "note_fallback": "Personne n'est d'astreinte dans le tour {rota} : vous êtes le recours.",
    "note_everyone": "Personne n'est d'astreinte dans le tour {rota}, qui n'a pas de recours : tous sont appelés.",
    "note_second": "À la gravité 1, personne ne reste seul : vous êtes la deuxième personne.",
    "creed": "S'excuser, ne rien effacer, tourner la page.",
    "creed_coordinated": (
        "Vérifier d'abord : la plainte est-elle vraie, qui est touché ? N'accuser personne. "
        "Si c'est notre fait : s'excuser, ne rien effacer, tourner la page."
    ),
    "creed_watch": "Une mention suffisait. Si c'est notre fait : s'excuser, ne rien effacer, tourner la page.",
    "creed_deleted": "Ne jamais effacer en silence : dire ce qui est retiré et pourquoi, s'excuser, tourner la page.",
    "creed_blind": "Ce qui se dit là-bas, nous ne l'entendons pas. Regardez vous-même jusqu'à leur retour.",
    "creed_brief": "Les citations et les liens sont sur la page de l'incident.",
    "sev1": "critique",
    "sev2": "majeure",
    "sev3": "mineure",
    "lang_en": "anglais",
    "lang_fr": "français",
    "day": "{weekday} {clock}",
    "date": "{day} {month} à {clock}",
}  # fmt: skip
_PHRASES = {"en": _EN, "fr": _FR}
_WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}
_WEEK = 6 * DAY
_ENDLESS = 1e12


def reader(lang: str) -> str:
    """Return the language in which somebody is written to: hers if there are words for it, else English."""
    base = lang.partition("-")[0].lower()
    return base if base in _PHRASES else "en"


def say(lang: str, key: str, /, **values: object) -> str:
    """Return a phrase with its values, which are data: braces in them stay braces."""
    return _PHRASES[reader(lang)][key].format(**values)


def coverage(lang: str, on_time: int, of: int) -> dict[str, object]:
    """Return what the phrases about sources name: two numbers, and the noun in their number."""
    one = of == 1 if reader(lang) == "en" else on_time < 2  # noqa: PLR2004 - French counts from two
    return {"on_time": on_time, "of": of, "sources": "source" if one else "sources"}


def language_name(lang: str, of: str) -> str:
    """Return the name of language `of` in language `lang`, or its code."""
    return _PHRASES[reader(lang)].get(f"lang_{of}", of)


def number(value: float, lang: str) -> str:
    """Return a rate in a reader's notation: one decimal below ten, none above."""
    if not value < _ENDLESS:  # nor is a NaN
        return "\u221e"
    text = f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"  # noqa: PLR2004 - rounds to 10
    return text.replace(".", ",") if reader(lang) == "fr" else text


def counted(value: float, lang: str) -> str:
    """Return a count in a reader's notation, its thousands set apart."""
    return f"{round(value):,}".replace(",", "\u202f" if reader(lang) == "fr" else ",")


def zone_of(timezone: str) -> tuple[tzinfo, str]:
    """Return a time zone and its name; an unknown one is UTC, for a page goes out whatever the settings say."""
    try:
        return ZoneInfo(timezone), timezone
    except (KeyError, ValueError, OSError):
        return UTC, "UTC"


def clock(at: Seconds, now: Seconds, lang: str, timezone: str) -> str:
    """Return when something was as a person says it: the hour, with the day or the date where it is not today's."""
    lang = reader(lang)
    zone, _ = zone_of(timezone)
    try:
        moment, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone)
    except (ValueError, OverflowError, OSError):
        return "?"
    hour = f"{moment:%H:%M}" if lang == "en" else f"{moment.hour}\u00a0h\u00a0{moment:%M}"
    if moment.date() == today.date():
        return hour
    if abs(now - at) < _WEEK:
        return say(lang, "day", weekday=_WEEKDAYS[lang][moment.weekday()], clock=hour)
    return say(lang, "date", day=moment.day, month=_MONTHS[lang][moment.month - 1], clock=hour)
