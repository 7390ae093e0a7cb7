"""The few words of ours on buttons and before links, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from amends.paging.message import Message

LABELS: Final = {"en": ("Acknowledge", "Open"), "fr": ("Je m'en occupe", "Ouvrir")}


def labels(language: str) -> tuple[str, str]:
    """Return how acknowledging and opening are called; English where we do not speak the language."""
    return LABELS.get(language, LABELS["en"])


def links_of(message: Message) -> str:
    """Return the message's links, one a line, for channels without buttons."""
    acknowledge, open_ = labels(message.language)
    first = [f"{acknowledge}: {message.acknowledge_url}"] if message.acknowledge_url else []
    return "\n".join([*first, f"{open_}: {message.url}"])


def taken_by(name: str, language: str) -> str:
    """Return that somebody has it."""
    return {"fr": f"{name} s'en occupe."}.get(language, f"{name} has it.")


def over(language: str) -> str:
    """Return that it has ended."""
    return {"fr": "C'est terminé."}.get(language, "It is over.")
