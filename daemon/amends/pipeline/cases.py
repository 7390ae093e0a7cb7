"""The crises that drills play: modelled on how such days have gone in public, every word of them written here.

A case is what strangers post: how many negatives each five minutes bring, beside a handful of texts. `{brand}` stands
for the brand's name. Nothing of it ever reaches the brand's own counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from amends.model import DRILL_CASES, Severity


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody says, so many minutes after the first."""

    minute: float
    author: str
    text: str
    reach: int = 0
    lang: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisCase:
    """One crisis: `crisis` chooses the words to say, `curve` is the negatives of each five minutes from the first."""

    id: str
    crisis: str
    severity: Severity
    story: str  # what has happened, for the people who practise
    curve: tuple[int, ...]
    posts: tuple[Post, ...]


_OUTAGE = CrisisCase(
    id="outage",
    crisis="outage",
    severity=2,
    story="Since the update this morning nobody can sign in, and the status page shows green.",
    curve=(3, 6, 11, 17, 22, 26, 27, 25),
    posts=(
        Post(0, "@ines.w", "Is {brand} down for anybody else? It just throws me out, again and again", 310),
        Post(3, "@tomasz_k", "{brand} will not let me sign in and I am standing at the till. Awful timing", 95),
        Post(
            6,
            "@northern.lights",
            "Third time today that {brand} is broken. The status page is green, of course",
            4_100,
        ),
        Post(9, "@clementine", "Impossible de me connecter à {brand} depuis ce matin, c'est vraiment nul", 260, "fr"),
        Post(
            14,
            "@payroll_pat",
            "We pay forty people through {brand} today. It is dead and nobody answers. Terrible",
            820,
        ),
        Post(
            21,
            "@the_daily_ping",
            "{brand} has been failing for its customers since this morning; no word from the company",
            88_000,
        ),
        Post(28, "@ines.w", "Half an hour and not one sentence from {brand}. That is the worst part of it", 310),
    ),
)

_OFFENSIVE = CrisisCase(
    id="offensive-post",
    crisis="offensive-post",
    severity=2,
    story="A joke on our own account about a flood in which people lost their homes. It has been up for an hour.",
    curve=(2, 5, 12, 24, 38, 47, 52, 55),
    posts=(
        Post(
            0,
            "@riverbank_mia",
            "Did {brand} really just make a joke about the flood? People lost their homes. Disgusting",
            640,
        ),
        Post(
            2,
            "@oldtown",
            "Screenshot of what {brand} posted, before they delete it and pretend it never happened",
            2_300,
        ),
        Post(5, "@h_delacroix", "Se moquer des sinistrés, {brand} ? C'est honteux, supprimez-vous", 1_150, "fr"),
        Post(8, "@dan.writes", "Whoever runs the account of {brand} should be ashamed. Cruel and stupid", 5_400),
        Post(
            12,
            "@volunteer_joan",
            "I spent the night carrying furniture out of the water. Thank you, {brand}, hilarious",
            900,
        ),
        Post(19, "@evening_wire", "{brand} under fire for a post that mocks flood victims", 240_000),
        Post(27, "@dan.writes", "Now the post is gone and not a word from {brand}. Cowards", 5_400),
    ),
)

_PRODUCT = CrisisCase(
    id="product-harm",
    crisis="product-harm",
    severity=1,
    story="Two people write that a charger of ours caught fire. One of them shows a burnt table; nobody is hurt.",
    curve=(1, 3, 7, 14, 19, 24, 28, 30),
    posts=(
        Post(
            0,
            "@kitchen_ben",
            "My {brand} charger caught fire on the table. Nobody hurt, but this is horrible and dangerous",
            180,
        ),
        Post(
            4,
            "@mum_of_three",
            "Is there a recall? We have the same {brand} charger in the children's room. I am terrified",
            70,
        ),
        Post(7, "@s_marchand", "Le chargeur {brand} a fondu cette nuit. Dangereux, rappelez ce produit", 410, "fr"),
        Post(
            11,
            "@fire_safety_joe",
            "Second burnt {brand} charger I see today. Unplug them until the company speaks",
            33_000,
        ),
        Post(
            18,
            "@consumerwatch",
            "Readers report {brand} chargers that burn. We have asked the company and got no answer",
            150_000,
        ),
        Post(
            26, "@kitchen_ben", "I called {brand} three times. They asked for my receipt. Unbelievable, disgusting", 180
        ),
    ),
)

_BREACH = CrisisCase(
    id="data-breach",
    crisis="data-breach",
    severity=1,
    story="A list with names, addresses and dates of birth of customers is for sale in a forum. It looks real.",
    curve=(1, 4, 9, 16, 26, 33, 38, 40),
    posts=(
        Post(
            0,
            "@leakhunter",
            "Somebody sells what looks like the customer list of {brand}. Names, addresses, dates of birth",
            61_000,
        ),
        Post(
            3,
            "@anna.in.lyon",
            "Mon adresse est dans le fichier {brand}. Je suis furieuse, personne ne m'a prévenue",
            220,
            "fr",
        ),
        Post(6, "@gregor", "Found myself in the {brand} leak. I trusted them with this. Awful, simply awful", 150),
        Post(
            12,
            "@privacy_lane",
            "If the {brand} data is real, the clock of 72 hours is running. Silence makes it worse",
            18_500,
        ),
        Post(20, "@evening_wire", "Data of {brand} customers offered for sale; the company has not commented", 240_000),
        Post(29, "@gregor", "Two scam calls already. Thanks for nothing, {brand}, this is a disgrace", 150),
    ),
)

_RUMOUR = CrisisCase(
    id="rumour",
    crisis="rumour",
    severity=2,
    story="A picture that was made up says that we throw returned goods away. It is false, and it spreads by copies.",
    curve=(2, 4, 8, 15, 21, 27, 31, 30),
    posts=(
        Post(
            0,
            "@truthteller_88",
            "Look what {brand} does with your returns: into the bin, all of it. Disgusting waste",
            730,
        ),
        Post(
            2, "@sharing.is", "Look what {brand} does with your returns: into the bin, all of it. Disgusting waste", 240
        ),
        Post(5, "@green_nora", "If this picture is true I never buy from {brand} again. Shameful", 9_800),
        Post(9, "@jp_verite", "Voilà ce que {brand} fait de vos retours : tout à la poubelle. Scandaleux", 1_900, "fr"),
        Post(
            15,
            "@ex_warehouse",
            "I worked at {brand} until last year and that is not our hall. The sign is wrong, too",
            130,
        ),
        Post(23, "@green_nora", "No answer from {brand} about the picture. So it is true. Horrible company", 9_800),
    ),
)

CASES: Final = {one.id: one for one in (_OUTAGE, _OFFENSIVE, _PRODUCT, _BREACH, _RUMOUR)}
if tuple(CASES) != DRILL_CASES:  # the configuration knows them by name alone
    raise RuntimeError(f"the cases are {', '.join(CASES)}, told are {', '.join(DRILL_CASES)}")
