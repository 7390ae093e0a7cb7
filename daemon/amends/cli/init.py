"""`amends init`: a working configuration for a brand, in ten seconds."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from amends.model import AmendsError, InputError

EXAMPLES = """\b
Examples:
  amends init "Acme"
  amends init "Crème Brûlée & Co" --lang fr,en
  amends init "Acme" -c /etc/amends/amends.yaml
"""
# The edition of Google News that reads a language as most of its speakers do; `google-news` takes any other.
_COUNTRIES = {
    "ar": "EG", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "en": "US", "es": "ES", "fr": "FR", "he": "IL",
    "hi": "IN", "id": "ID", "it": "IT", "ja": "JP", "ko": "KR", "nl": "NL", "no": "NO", "pl": "PL", "pt": "BR",
    "ro": "RO", "ru": "RU", "sv": "SE", "tr": "TR", "uk": "UA", "vi": "VN", "zh": "CN",
}  # fmt: skip


@click.command("init", epilog=EXAMPLES)
@click.argument("name")
@click.option("--lang", "languages", default="en", show_default=True, help="The crowd's languages, the main one first.")
@click.option(
    "-c",
    "--config",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("amends.yaml"),
    show_default=True,
    metavar="FILE",
    help="Where to write it.",
)
def init_command(name: str, languages: str, path: Path) -> None:
    """Write a working, commented amends.yaml for the brand NAME; a file that is there already stays as it is.

    Its sources need no key. Its one person is you, on ntfy, by a topic that nobody can guess.
    """
    topic = secrets.token_urlsafe(18)
    text = written(name, _languages(languages), zone=local_zone(), topic=topic, reply=secrets.token_urlsafe(18))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # 0600: the topics in it are secrets. O_EXCL: what somebody wrote is never overwritten.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError(f"{path} is there already and stays as it is; name another file with -c FILE") from None
    except OSError as error:
        raise AmendsError(f"{path} cannot be written: {error.strerror}; name another file with -c FILE") from None
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    click.echo(str(path))
    click.echo(
        f"\nNext:\n"
        f"  1. Install the ntfy app on your phone and subscribe to the topic amends-{topic}\n"
        f"  2. amends check --online -c {path}\n"
        f"  3. amends run -c {path}",
        err=True,
    )


def _languages(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    wrong = [one for one in found if not (one.isascii() and one.isalpha() and len(one) in {2, 3})]
    if wrong or not found:
        raise InputError(f"--lang {text!r} is no list of languages; write their ISO 639 codes like fr,en")
    return found


def local_zone(link: Path = Path("/etc/localtime")) -> str:
    """Return this machine's time zone by name, UTC where it has none."""
    from amends.config.units import zone  # noqa: PLC0415 - costly, and for this command alone

    for candidate in (os.environ.get("TZ", "").removeprefix(":"), str(link.resolve()).rpartition("zoneinfo/")[2]):
        try:
            if candidate:
                return zone(candidate)
        except ValueError:
            continue
    return "UTC"


def quoted(text: str) -> str:
    """Write a text as a YAML scalar in double quotes, a dollar doubled."""
    safe = "".join(char if char.isprintable() and char not in '"\\' else _escaped(char) for char in text)
    return '"' + safe.replace("$", "$$") + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"  # noqa: PLR2004 - what \u can say


def written(name: str, languages: tuple[str, ...], *, zone: str, topic: str, reply: str) -> str:
    """Return the whole file. `topic` and `reply` are what nobody can guess."""
    from amends.config.ids import slug  # noqa: PLC0415 - costly, and for this command alone
    from amends.config.secrets import names_file  # noqa: PLC0415 - the same
    from amends.config.units import words  # noqa: PLC0415 - the same

    try:
        name = words(" ".join(name.split()))
    except ValueError as error:
        raise InputError(f"the name {name!r} {error}") from None
    if names_file(name):
        raise InputError(f"the name {name!r} reads like a secret's place (file:NAME); leave the colon out")
    if len(name) > 200:  # noqa: PLR2004 - as the configuration has it
        raise InputError("the name is longer than 200 characters; give the one that people use")
    tag = "".join(char for char in name if char.isalnum())
    head = _HEAD.format(zone=zone, id=slug(name), name=quoted(name), tag=quoted(tag), languages=", ".join(languages))
    news = "".join(_news(language) for language in languages)
    language = next((one for one in languages if one in {"en", "fr"}), "en")
    return head + _SOURCES + news + _PEOPLE.format(language=language, topic=topic, reply=reply)


def _news(language: str) -> str:
    country = _COUNTRIES.get(language, language.upper())
    return f"  google-news-{language}: {{preset: google-news, language: {language}, country: {country}}}\n"


_HEAD = """\
# Amends watches what is said about a brand and pages a human when the tone turns.
# After a change: `amends check`, then send the daemon SIGHUP (`systemctl reload amends`).

timezone: {zone}    # the brand's hour of day, and your clock

brands:
  {id}:                # this id stands in addresses and metrics; keep it even if the brand is renamed
    name: {name}          # found as a whole word, blind to case and accents
    aliases: []           # other names: [Acme Corp]
    handles: []           # without @: [acme]
    hashtags: [{tag}]
    exclude: []           # phrases; a hit drops the post: [acme thunder]
    context: []           # if any, one of them must stand in the same post; needed where the name is a common word
    languages: [{languages}]       # the first is the fallback for responses
    false_pages: 1 per 30d          # how often it may wake you for nothing; there is no threshold to tune
    watch:                # one mention of these is enough, statistics aside
      terms: []           # [recall, lawsuit]
      authors: []
      severity: 2

"""

_SOURCES = """\
sources:                  # these need no key; `amends sources list` shows how they do
  hackernews: {preset: hackernews}
  mastodon: {preset: mastodon}          # looks for the hashtags; instance: another.server asks another one
  reddit: {preset: reddit}              # Reddit often refuses servers in data centres: then delete it
"""

_PEOPLE = """\
  # your own site, a forum, a press feed; try one out with `amends sources try URL`:
  # forum: {{kind: feed, url: "https://forum.example.org/latest.rss"}}

people:
  me:
    name: Me
    language: {language}          # of the pages
    quiet_hours: "22:00-07:00"    # severity 1 wakes you all the same
    channels: [phone]     # in order, the next one on failure

channels:
  # Whoever knows these two topics reads your pages, or acknowledges for you: keep this file to yourself.
  # On a public server quotes and handles stay behind the link (detail: brief).
  phone:
    kind: ntfy
    server: "https://ntfy.sh"
    topic: "amends-{topic}"
    reply_topic: "amends-{reply}"    # lets the button on the phone answer, with no port open here

escalation:
  all:
    steps:
      - page: [me]
      # - {{page: [sam], after: 10m}}      # who is called if you do not answer
    repeat: 2
    operators: [me]       # told when sources fall silent
    # alone: true accepts one person at severity 1. It is a bad idea: phones run flat, people sleep, and nobody should
    # face a crowd by themselves. Add a second person, then delete this line.
    alone: true

# web: {{listen: "127.0.0.1:8484", external_url: "https://amends.example.org", tokens: {{me: "${{AMENDS_TOKEN}}"}}}}
# network: {{contact: "you@example.org"}}   # who runs this: the servers that are asked get to see it
# heartbeat: {{url: "${{HEARTBEAT_URL}}"}}    # called while all is well: something else should watch the watcher
"""
