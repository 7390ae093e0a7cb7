"""The verdict on a text: its kind, its parts, and the rules it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from amends.model import InputError
from amends.responses.lint import english, english_vices, french, french_vices, voter
from amends.responses.lint.advice import ADVICE
from amends.responses.lint.grammar import Hit, clauses, first, found, hits
from amends.responses.lint.report import PARTS, Finding, Kind, Report, Verdict
from amends.responses.lint.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amends.responses.lint.grammar import Parts, Pattern, Vices
    from amends.responses.lint.text import Sentence

Network = Literal["x", "bluesky", "mastodon", "linkedin", "site"]
LIMITS: dict[str, int | None] = {"x": 280, "bluesky": 300, "mastodon": 500, "linkedin": 3_000, "site": None}
FAILS = frozenset({"conditional", "scapegoat", "no-responsibility"})
WARNS = frozenset({"passive-blame", "voucher", "unconfirmed-promise", "minimising", "jargon", "over-length"})
_ENOUGH_PARTS = 3  # of the four below
_FEW_OF = ("regret", "explanation", "repentance", "repair")
_APOLOGY_ALONE = ("explanation", "repentance", "forgiveness")  # whoever still looks, or owns nothing, cannot have them
_NAMES_IT = 5  # words that a clause with an apology needs to name the offence as well
_JARGON = 2  # distinct items
_GRAMMARS: dict[str, tuple[Parts, Vices]] = {
    "en": (english.PARTS, english_vices.VICES),
    "fr": (french.PARTS, french_vices.VICES),
}


def lint(text: str, network: str | None = None) -> Report:
    """Read a draft as an apology, a holding line or something else, and say what is missing or hurts.

    English and French, told apart by the text. `network` adds its length rule; an unknown one is an `InputError`. Parts
    after Lewicki, Polin and Lount (2016). The same text always gets the same report.
    """
    if network is not None and network not in LIMITS:
        raise InputError(f"unknown network {network!r}: choose one of {', '.join(LIMITS)}")
    reading = _Reading(text)
    kind = reading.kind()
    if kind != "apology":
        reading.parts.update(dict.fromkeys(_APOLOGY_ALONE, False))
    findings = tuple(sorted(reading.findings(kind, network), key=lambda one: (one.start, one.rule)))
    verdict = reading.verdict(kind, {one.rule for one in findings})
    return Report(verdict=verdict, kind=kind, lang=reading.words.lang, parts=reading.parts, findings=findings)


def denies(text: str) -> str | None:
    """Return the words with which a text denies fault or harm, or calls what is said false; None where it does not."""
    reading = _Reading(text)
    hit = first(reading.sentences, (*reading.vices.denial, *reading.vices.refutes))
    return None if hit is None else text[hit.start : hit.end].strip()


class _Reading:
    """One text with what its language's grammar finds in it. Lives for one call of `lint`."""

    def __init__(self, text: str) -> None:
        self.words = Words(text)
        self.grammar, self.vices = _GRAMMARS[self.words.lang]
        self.sentences = self.words.sentences
        self.doubts = (*self.vices.unsure, *self.vices.unknown)
        self.votes = voter.votes(self.words.lang, self.sentences)
        self.parts = {
            name: found(self.sentences, getattr(self.grammar, name), doubt=name == "responsibility") for name in PARTS
        }
        self._read_who_did_what()

    def _read_who_did_what(self) -> None:
        """Correct what patterns alone find: deeds owned, causes told, sympathy that is no regret, resolves."""
        parts, grammar = self.parts, self.grammar
        gifts = list(hits(self.sentences, self.vices.voucher))
        parts["repentance"] = any(not _overlaps(one, gifts) for one in hits(self._unblaming(), grammar.repentance))
        blamed = list(hits(self.sentences, self.vices.culprit))
        parts["repair"] = any(not _overlaps(one, (*blamed, *gifts)) for one in hits(self.sentences, grammar.repair))
        admits = parts["regret"] and found(self.sentences, grammar.admission, doubt=True)
        # Where the facts are open, the denial is a promise too many (a vice of its own) and takes no deed back.
        if admits and (self.says(self.doubts) or not self.says(self.vices.denial)):
            parts["responsibility"] = True
        parts["regret"] = parts["regret"] and not self._condoles()
        if not parts["regret"] and self._confesses():
            parts["responsibility"] = True
        if parts["regret"] and not self.says(self.vices.denial) and self._voted("responsibility"):
            parts["responsibility"] = True
        self.owned = parts["regret"] or parts["responsibility"]
        if self.owned and (self._resolves() or self._voted("repentance")):
            parts["repentance"] = True
        if self.owned and any(not _overlaps(one, (*blamed, *gifts)) for one in hits(self.sentences, grammar.undone)):
            parts["repair"] = True
        if self.owned and self._voted("repair"):
            parts["repair"] = True
        parts["explanation"] = self._explained()

    def says(self, patterns: tuple[Pattern, ...]) -> bool:
        return found(self.sentences, patterns)

    def _voted(self, label: str) -> Sentence | None:
        """Return the first sentence of which the second reader is sure; what is brief, blames or doubts has no vote."""
        sure = (one for one, vote in zip(self.sentences, self.votes, strict=True) if vote[label] > voter.SURE[label])
        long = (one for one in sure if len(one.text.split()) >= voter.FEWEST_WORDS)
        return next((one for one in long if not found((one,), (*self.vices.culprit, *self.doubts))), None)

    def _seen(self, rule: str) -> Hit | None:
        sentence = self._voted(rule)
        return None if sentence is None else Hit(sentence.start, sentence.start + len(sentence.text))

    def _confesses(self) -> bool:
        """Whether a text that says no sorry tells what we did, and both mends it and says how or what changes."""
        told = self.parts["repentance"] or found(self.sentences, self.grammar.explanation)
        confessed = found(self.sentences, self.grammar.admission, doubt=True)
        return confessed and told and self.parts["repair"] and not self.says((*self.vices.denial, *self.vices.refutes))

    def _resolves(self) -> bool:
        """Whether a change is announced that is neither a gift, nor a repair, nor boardroom talk, nor a sanction."""
        vices = self.vices
        other = (*vices.voucher, *vices.jargon, *vices.culprit, *self.grammar.forgiveness)
        clauses = tuple(clause for one in self.sentences for clause in one.clauses())
        plain = [one for one in clauses if not found((one,), other)]
        mending = list(hits(plain, (*self.grammar.repair, *self.grammar.undone)))
        resolved = hits(plain, self.grammar.resolve)
        return any(not _overlaps(hit, mending) for hit in resolved)

    def _unblaming(self) -> list[Sentence]:
        """Return the sentences that blame and sanction nobody else: never to hire somebody again is no repentance."""
        return [one for one in self.sentences if not found((one,), self.vices.culprit)]

    def _condoles(self) -> bool:
        """Whether every sorry is for bad luck that is none of the speaker's, in a text that owns and mends nothing."""
        owns = any(self.parts[name] for name in PARTS if name != "regret")
        if owns or self.says(self.vices.denial) or self.says(self.doubts):
            return False
        if self.says(self.grammar.mourning):
            return True
        luck = list(hits(self.sentences, self.grammar.sympathy))
        return bool(luck) and all(_overlaps(hit, luck) for hit in hits(self.sentences, self.grammar.regret))

    def _explained(self) -> bool:
        """Whether a sentence tells how it could happen, other than by naming a culprit, and not that nobody knows."""
        if not self.parts["responsibility"] and self.says(self.vices.denial):
            return False
        told = [one for at, one in enumerate(self.sentences) if not self._blames(at)]
        known = [one for one in told if not found((one,), self.doubts)]
        opening = self.sentences[0].start + len(self.sentences[0].text.split(";")[0]) if self.sentences else 0
        broke = any(hit.start >= opening for hit in hits(known, self.grammar.happened))
        if broke or found(known, self.grammar.explanation):
            return True
        return self.owned and (self._tells_story(known) or self._voted("explanation") is not None)

    def _tells_story(self, known: list[Sentence]) -> bool:
        """Whether a clause after the one that names the offence tells what had been done, left or built that way."""
        grammar = self.grammar
        named = False
        for clause in (one for sentence in known for one in clauses(sentence)):
            past = named and not grammar.no_story.search(clause.text) and found((clause,), grammar.story)
            if past and not found((clause,), (*grammar.repair, *grammar.repentance)):
                return True
            named = named or len(clause.text.split()) >= _NAMES_IT or not found((clause,), grammar.regret)
        return False

    def kind(self) -> Kind:
        vices = self.vices
        searching = self.says(self.doubts)
        announces = self.says(vices.announces) or self._tells_when()
        if searching and announces:
            return "holding"
        if not self.owned and (
            self.says(vices.unknown) or (searching and (self.says(vices.looking) or self.says(vices.when)))
        ):
            return "holding"
        if self.owned:
            return "apology"
        reported = self.says(vices.looking) or (announces and self.says(vices.when))
        return "holding" if reported and self.says(vices.acknowledges) and not self.says(vices.refutes) else "other"

    def verdict(self, kind: Kind, rules: set[str]) -> Verdict:
        if kind == "other":
            return "pass"
        if rules & FAILS:
            return "fail"
        few = kind == "apology" and sum(self.parts[name] for name in _FEW_OF) < _ENOUGH_PARTS
        vices = self.vices
        hollow = kind == "holding" and not (self._names_it() and self.says(vices.concern) and self.says(vices.when))
        return "warn" if rules & WARNS or few or hollow else "pass"

    def _tells_when(self) -> bool:
        """Whether a sentence gives an hour that lies ahead, and neither mends nor promises: more follows then."""
        ahead = (
            one for one in self.sentences
            if not self.vices.behind.search(one.text) and not found((one,), (*self.grammar.repair, *self.vices.certain))
        )  # fmt: skip
        return found(ahead, self.vices.hour)

    def _names_it(self) -> bool:
        """Whether the event is named: in known words, or in a sentence that neither searches nor announces."""
        vices = self.vices
        idle = [one for one in self.sentences if not found((one,), (*self.doubts, *vices.announces, *vices.concern))]
        return self.says(vices.acknowledges) or bool(idle)

    def findings(self, kind: Kind, network: str | None) -> Iterator[Finding]:
        limit = LIMITS[network] if network else None
        size = len(self.words.given.strip())
        if limit is not None and size > limit:
            start = len(self.words.given) - len(self.words.given.lstrip()) + limit
            yield self._finding("over-length", Hit(start, len(self.words.given.rstrip())))
        if kind == "other":
            return
        for rule, hit in self._broken(kind):
            if hit is not None:
                yield self._finding(rule, hit)

    def _broken(self, kind: Kind) -> Iterator[tuple[str, Hit | None]]:
        vices = self.vices
        yield "conditional", first(self.sentences, (*vices.conditional, *vices.perceived))
        yield "scapegoat", self._culprit()
        yield "passive-blame", self._without_doer()
        yield "voucher", self._gift()
        yield "unconfirmed-promise", self._promise()
        yield "minimising", first(self.sentences, vices.minimising)
        yield "jargon", self._jargon()
        yield "self-pity", first(self.sentences, vices.self_pity) or self._seen("self-pity")
        if kind == "apology":
            yield from self._lacking()

    def _lacking(self) -> Iterator[tuple[str, Hit | None]]:
        """What an apology lacks, beside the words with which it apologises."""
        vices = self.vices
        apology = first(self.sentences, (*self.grammar.regret, *self.grammar.responsibility))
        if not self.parts["responsibility"]:
            yield "no-responsibility", apology
            yield "denial", first(self.sentences, vices.denial)
        if not self.parts["repair"]:
            yield "no-repair", apology
        if not self.says(vices.contact):
            yield "no-contact", first(self.sentences, vices.must_act)

    def _culprit(self) -> Hit | None:
        """Somebody else presented as the culprit, unless the blame is taken back there or in the next sentence."""
        return next(filter(None, map(self._blames, range(len(self.sentences)))), None)

    def _blames(self, at: int) -> Hit | None:
        hit = first((self.sentences[at],), self.vices.culprit)
        return hit if hit is not None and not self._taken_back(at, hit) else None

    def _taken_back(self, at: int, hit: Hit) -> bool:
        after = (at_hit.start >= hit.start for at_hit in hits((self.sentences[at],), self.vices.taken_back))
        return any(after) or found(self.sentences[at + 1 : at + 2], self.vices.taken_back[:2])

    def _without_doer(self) -> Hit | None:
        for sentence in self.sentences:
            mending = list(hits((sentence,), self.grammar.repair))
            blamed = (hit for hit in hits((sentence,), self.vices.passive) if not _overlaps(hit, mending))
            hit = min(blamed, key=lambda one: (one.start, -one.end), default=None)
            if hit is not None and not self.vices.doer.search(sentence.text):
                return hit
        return self._seen("passive-blame")

    def _gift(self) -> Hit | None:
        giving: list[Sentence] = [one for one in self.sentences if not self.vices.no_gift.search(one.text)]
        return first(giving, self.vices.voucher)

    def _promise(self) -> Hit | None:
        unknown = list(hits(self.sentences, self.doubts))
        if not unknown:
            return None
        certain = sorted(hits(self.sentences, self.vices.certain), key=lambda hit: hit.start)
        return next((hit for hit in certain if not _overlaps(hit, unknown)), None)

    def _jargon(self) -> Hit | None:
        items = [hit for pattern in self.vices.jargon if (hit := first(self.sentences, (pattern,))) is not None]
        return min(items, key=lambda hit: hit.start) if len(items) >= _JARGON else None

    def _finding(self, rule: str, hit: Hit) -> Finding:
        text = self.words.given[hit.start : hit.end]
        start = hit.start + len(text) - len(text.lstrip(" ,;:.\u2014"))
        text = self.words.given[start : hit.end].rstrip()
        why, better = ADVICE[self.words.lang][rule]
        return Finding(rule=rule, text=text, start=start, end=start + len(text), why=why, better=better)


def _overlaps(hit: Hit, others: Iterable[Hit]) -> bool:
    return any(hit.start < one.end and one.start < hit.end for one in others)
