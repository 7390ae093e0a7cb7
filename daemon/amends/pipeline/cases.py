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


def _posts(table: str) -> tuple[Post, ...]:
    """Read posts, one a line: minute, author, reach, language | text."""
    posts = []
    for line in table.strip().splitlines():
        about, _, text = line.partition(" | ")
        minute, author, reach, lang = about.split()
        posts.append(Post(float(minute), author, text, int(reach), lang))
    return tuple(posts)


_CASES = (
    CrisisCase(
        id="outage",
        crisis="outage",
        severity=2,
        story="Since the update this morning nobody can sign in, and the status page shows green.",
        curve=(3, 6, 11, 17, 22, 26, 27, 25),
        posts=_posts("""
0 @ines.w 310 en | Is {brand} down for anybody else? It just throws me out, again and again
3 @tomasz_k 95 en | {brand} will not let me sign in and I am standing at the till. Awful timing
6 @northern.lights 4100 en | Third time today that {brand} is broken. The status page is green, of course
9 @clementine 260 fr | Impossible de me connecter à {brand} depuis ce matin, c'est vraiment nul
14 @payroll_pat 820 en | We pay forty people through {brand} today. It is dead and nobody answers. Terrible
21 @the_daily_ping 88000 en | {brand} has been failing for its customers since this morning; no word from the company
28 @ines.w 310 en | Half an hour and not one sentence from {brand}. That is the worst part of it
"""),
    ),
    CrisisCase(
        id="offensive-post",
        crisis="offensive-post",
        severity=2,
        story="A joke on our own account about a flood in which people lost their homes. It has been up for an hour.",
        curve=(2, 5, 12, 24, 38, 47, 52, 55),
        posts=_posts("""
0 @riverbank_mia 640 en | Did {brand} really just make a joke about the flood? People lost their homes. Disgusting
2 @oldtown 2300 en | Screenshot of what {brand} posted, before they delete it and pretend it never happened
5 @h_delacroix 1150 fr | Se moquer des sinistrés, {brand} ? C'est honteux, supprimez-vous
8 @dan.writes 5400 en | Whoever runs the account of {brand} should be ashamed. Cruel and stupid
12 @volunteer_joan 900 en | I spent the night carrying furniture out of the water. Thank you, {brand}, hilarious
19 @evening_wire 240000 en | {brand} under fire for a post that mocks flood victims
27 @dan.writes 5400 en | Now the post is gone and not a word from {brand}. Cowards
"""),
    ),
    CrisisCase(
        id="product-harm",
        crisis="product-harm",
        severity=1,
        story="Two people write that a charger of ours caught fire. One of them shows a burnt table; nobody is hurt.",
        curve=(1, 3, 7, 14, 19, 24, 28, 30),
        posts=_posts("""
0 @kitchen_ben 180 en | My {brand} charger caught fire on the table. Nobody hurt, but this is horrible and dangerous
4 @mum_of_three 70 en | Is there a recall? We have the same {brand} charger in the children's room. I am terrified
7 @s_marchand 410 fr | Le chargeur {brand} a fondu cette nuit. Dangereux, rappelez ce produit
11 @fire_safety_joe 33000 en | Second burnt {brand} charger I see today. Unplug them until the company speaks
18 @consumerwatch 150000 en | Readers report {brand} chargers that burn. We have asked the company and got no answer
26 @kitchen_ben 180 en | I called {brand} three times. They asked for my receipt. Unbelievable, disgusting
"""),
    ),
    CrisisCase(
        id="data-breach",
        crisis="data-breach",
        severity=1,
        story="A list with names, addresses and dates of birth of customers is for sale in a forum. It looks real.",
        curve=(1, 4, 9, 16, 26, 33, 38, 40),
        posts=_posts("""
0 @leakhunter 61000 en | Somebody sells what looks like the customer list of {brand}. Names, addresses, dates of birth
3 @anna.in.lyon 220 fr | Mon adresse est dans le fichier {brand}. Je suis furieuse, personne ne m'a prévenue
6 @gregor 150 en | Found myself in the {brand} leak. I trusted them with this. Awful, simply awful
12 @privacy_lane 18500 en | If the {brand} data is real, the clock of 72 hours is running. Silence makes it worse
20 @evening_wire 240000 en | Data of {brand} customers offered for sale; the company has not commented
29 @gregor 150 en | Two scam calls already. Thanks for nothing, {brand}, this is a disgrace
"""),
    ),
    CrisisCase(
        id="rumour",
        crisis="rumour",
        severity=2,
        story="A picture that was made up says that we throw returned goods away. It is false, and spreads by copies.",
        curve=(2, 4, 8, 15, 21, 27, 31, 30),
        posts=_posts("""
0 @truthteller_88 730 en | Look what {brand} does with your returns: into the bin, all of it. Disgusting waste
2 @sharing.is 240 en | Look what {brand} does with your returns: into the bin, all of it. Disgusting waste
5 @green_nora 9800 en | If this picture is true I never buy from {brand} again. Shameful
9 @jp_verite 1900 fr | Voilà ce que {brand} fait de vos retours : tout à la poubelle. Scandaleux
15 @ex_warehouse 130 en | I worked at {brand} until last year and that is not our hall. The sign is wrong, too
23 @green_nora 9800 en | No answer from {brand} about the picture. So it is true. Horrible company
"""),
    ),
)

CASES: Final = {one.id: one for one in _CASES}
if tuple(CASES) != DRILL_CASES:  # the configuration knows them by name alone
    raise RuntimeError(f"the cases are {', '.join(CASES)}, told are {', '.join(DRILL_CASES)}")
