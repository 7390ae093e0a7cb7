"""Sentences to companies, put together from phrases written for this project: complaints, plain questions, praise.

The labelled posts are about football, films and politics. How people write to a company that they bought from is
hardly in them: a question that is a complaint ("any update on my refund? it has been three weeks"), one that is none
("do you fly to Lisbon on Sundays?"), thanks that are meant. No sentence is taken from any corpus.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from data import Post

if TYPE_CHECKING:
    from collections.abc import Mapping

SEED = 20261126
SOURCE = "service"
_SLOT = re.compile(r"<(\w+)>")

ENGLISH: dict[str, tuple[str, ...]] = {
    "to": ("@brand ", "@brand ", "@brand ", "@brand ", "hey @brand ", "@brand hi, ", "ok @brand ", "dear @brand ", ""),
    "n": ("2", "3", "4", "5", "6", "8", "10", "two", "three", "four", "five", "several", "another"),
    "unit": ("hours", "days", "weeks", "times", "months"),
    "span": ("<n> hours", "<n> hours", "<n> days", "<n> weeks", "over an hour", "almost <n> hours", "all day",
             "45 minutes", "30 mins", "an hour", "a week", "<n>+ hours", "forever", "half the night"),
    "thing": ("flight", "flight", "flight", "bag", "luggage", "order", "package", "refund", "ticket", "booking",
              "reservation", "seat", "account", "connection", "delivery", "parcel", "card", "phone", "train", "trip"),
    "place": ("Lisbon", "Tulsa", "Munich", "Oslo", "Denver", "the city", "home", "Paris", "Reno", "Omaha", "Cork"),
    "when": ("today", "tomorrow", "tonight", "on Sunday", "next week", "in March", "this morning", "on the 12th"),
    "broken": ("delayed", "cancelled", "canceled", "delayed again", "cancelled again", "lost", "late", "missing",
               "overbooked", "wrong", "broken", "still not here", "stuck", "gone", "down", "damaged", "ruined"),
    "ill": ("terrible", "awful", "horrible", "ridiculous", "unacceptable", "a joke", "pathetic", "the worst", "a mess",
            "disgraceful", "so bad", "beyond frustrating", "a nightmare", "shameful", "poor", "appalling", "useless"),
    "part": ("customer service", "service", "your service", "your app", "your website", "communication", "your staff",
             "this airline", "your system", "your support", "the gate agent", "your crew", "the phone line"),
    "who": ("no one", "nobody", "not a single person", "none of your staff"),
    "help": ("can tell me why", "is answering", "picks up the phone", "knows anything", "wants to help", "has replied",
             "at the desk", "at the counter", "cares", "can find my bag", "will refund me", "returned my call"),
    "after": ("", "", "", "!", ".", "!!", " smh", " #fail", " seriously?", " not happy", " never again", " really?",
              " so done with you", " I want a refund", " do better", " wtf", " ugh", " thanks for nothing"),
    "glad": ("", "", "!", "!!", ".", " :)", " <3", " you rock", " keep it up", " much appreciated", " #happy"),
    "mild": ("", "", "?", "?", " thanks", " please", " thx", "? thanks", " please advise"),
    "good": ("great", "amazing", "awesome", "fantastic", "wonderful", "excellent", "so helpful", "so friendly", "kind",
             "super nice", "outstanding", "smooth", "quick", "the best", "lovely", "very professional", "on point"),
    "person": ("your crew", "the crew", "your agent", "your team", "the lady at the counter", "the pilot", "your staff",
               "the driver", "your rep", "the flight attendant", "customer service", "your gate agent", "the guy on chat"),
}  # fmt: skip

COMPLAINTS = (
    "<to>my <thing> is <broken><after>", "<to>my <thing> was <broken> and <who> <help><after>",
    "<to>been on hold for <span><after>", "<to>on hold for <span> and <who> <help><after>",
    "<to>I have been waiting <span> for my <thing><after>", "<to>still waiting for my <thing> after <span><after>",
    "<to>still no <thing> after <span><after>", "<to><part> is <ill><after>", "<to><part> was <ill> <when><after>",
    "<to>why is my <thing> <broken>?<after>", "<to>why does it take <span> to answer the phone?<after>",
    "<to>how do you lose a <thing>?<after>", "<to>how long do I have to wait for my <thing>?<after>",
    "<to>any update on my <thing>? it has been <span><after>", "<to>is anybody there? <span> and no answer<after>",
    "<to>does anyone work there? <who> <help><after>", "<to>where is my <thing>? I need it <when><after>",
    "<to>so you <broken> my <thing> and won't give me a refund<after>", "<to>you lost my <thing><after>",
    "<to>sitting on the plane for <span>, <who> <help><after>", "<to>stuck on the tarmac for <span><after>",
    "<to>stuck in <place> because of you<after>", "<to>stranded in <place> with no hotel and no food<after>",
    "<to>missed my connection because of your delay<after>", "<to>we missed our connection to <place><after>",
    "<to>you charged me twice and <who> <help><after>", "<to>charged $<n>0 for a bag and it never arrived<after>",
    "<to>your app keeps crashing<after>", "<to>your website is down again, can't check in<after>",
    "<to>I can't get through to anyone, the line hangs up on me<after>", "<to>hung up on after <span> on hold<after>",
    "<to>rude staff, <ill> experience<after>", "<to><person> was rude and unhelpful<after>",
    "<to>I will never fly with you again<after>", "<to>never buying from you again<after>",
    "<to>last time I use you. <part> is <ill><after>", "<to>thanks for ruining my trip to <place><after>",
    "<to>thanks for the delay, great job as always<after>", "<to>great, another delay. <span> now<after>",
    "<to>no response to my email in <span><after>", "<to>sent <n> messages and no reply<after>",
    "<to>you didn't answer my question<after>", "<to>that's not an answer, my <thing> is still <broken><after>",
    "<to>no apology, no refund, no explanation<after>", "<to>an apology does not fix my <broken> <thing><after>",
    "<to>you want me to pay $<n>00 to change a <thing>?<after>", "<to>how is that acceptable? <span> late<after>",
    "<to>now it's <span> late, what is going on<after>", "<to>delayed <span> because there is no crew<after>",
    "<to>the plane is here but there is no pilot<after>", "<to>mechanical problem, again. <span> delay<after>",
    "<to>my seat was given away and <who> <help><after>", "<to>we paid for seats together and you split us up<after>",
    "<to>broken screen, dirty seat, no wifi<after>", "<to>wifi does not work on this flight<after>",
    "<to>you cancelled my <thing> and rebooked me for <when> without asking<after>", "<to>worst <part> ever<after>",
    "<to>I'm so disappointed in you<after>", "<to>tired of your excuses<after>", "<to>you guys are <ill><after>",
    "<to>can someone please help? my <thing> is <broken> and <who> <help><after>", "<to>lied to by <person><after>",
    "<to>I need my <thing>, it has been <span>, please respond<after>", "<to>third time this month my <thing> is <broken><after>",
    "<to>your automated system disconnects me every time<after>", "<to>I was told <span>, it has been <n> days<after>",
    "<to>no one at baggage claim, bags not here after <span><after>", "<to>this is <ill>, <span> and counting<after>",
    "<to>it's impossible to reach a human being<after>", "<to>how can you treat customers like this?<after>",
)  # fmt: skip

QUESTIONS = (
    "<to>do you fly to <place><mild>", "<to>is there a direct flight from <place> to <place><mild>",
    "<to>what time does check in open <when><mild>", "<to>can I bring a guitar as a carry on<mild>",
    "<to>what's the size limit for a carry on bag<mild>", "<to>how do I change the name on a <thing><mild>",
    "<to>is it possible to change my <thing> to <when><mild>", "<to>can I add a <thing> to my booking<mild>",
    "<to>which terminal do you use in <place><mild>", "<to>when do you release fares for <when><mild>",
    "<to>do you have wifi on the flight to <place><mild>", "<to>just sent you a DM<mild>", "<to>DM sent<mild>",
    "<to>please follow back so I can DM you<mild>", "<to>what is the number for reservations<mild>",
    "<to>where can I find my confirmation number<mild>", "<to>flying to <place> <when><mild>",
    "<to>heading to <place> <when>", "<to>on my way to <place>", "<to>my confirmation number is <n>45821",
    "<to>flight <n>21 to <place>, gate B<n>", "<to>is flight <n>21 on time <when><mild>",
    "<to>are flights to <place> operating <when> with the weather<mild>", "<to>do you ship to <place><mild>",
    "<to>is the sale still on <when><mild>", "<to>how many points do I need for a <thing> to <place><mild>",
    "<to>can I use my points for an upgrade<mild>", "<to>what's your policy on pets<mild>", "<to>yes, it is <when>",
    "<to>ok, I will try that", "<to>no, from <place> to <place>", "<to>I booked it online <when>",
    "<to>it was flight <n>21 from <place>", "<to>do I need to print my boarding pass<mild>", "<to>got it, will do<mild>",
    "<to>does the <thing> include a meal<mild>", "<to>who do I contact about a group booking<mild>",
    "<to>will there be a new route to <place><mild>", "<to>is this model available in black<mild>",
    "<to>what are your opening hours <when><mild>", "<to>looking for a job in <place>, are you hiring<mild>",
    "brand announces new service to <place> starting <when> http", "brand adds <n> routes from <place> http",
    "brand CEO to speak in <place> <when> http", "<to>could you please follow me, I have a question",
    "<to>my <thing> is for <when>, can I check in online<mild>", "<to>any chance of an upgrade <when><mild>",
)  # fmt: skip

PRAISE = (
    "<to>thank you<glad>", "<to>thanks<glad>", "<to>thanks for the quick reply<glad>", "<to>thank you for your help<glad>",
    "<to><person> was <good> <when><glad>", "<to><person> is <good><glad>", "<to>shout out to <person>, <good><glad>",
    "<to><good> service <when><glad>", "<to><good> flight to <place><glad>", "<to>on time and <good><glad>",
    "<to>I love flying with you<glad>", "<to>you guys are <good><glad>", "<to>best <thing> ever<glad>",
    "<to>my <thing> arrived early, <good><glad>", "<to>found my <thing>, thank you so much<glad>",
    "<to>kudos to <person><glad>", "<to>got my refund in a day, <good><glad>", "<to>appreciate the help<glad>",
    "<to>so happy with my <thing><glad>", "<to>problem solved by <person>, thanks<glad>", "<to>you made my day<glad>",
    "<to>love the new app<glad>", "<to>love the new planes<glad>", "<to>can't wait to fly with you <when><glad>",
    "<to>finally home, thanks to <person><glad>", "<to>despite the delay <person> was <good><glad>",
    "<to>thanks for the upgrade<glad>", "<to>that was fast, thanks<glad>", "<to>you never disappoint<glad>",
    "<to>no complaints, <good> trip to <place><glad>", "<to>smooth check in, <good> crew<glad>", "<to>awesome, thanks<glad>",
    "<to>customer for life after <person> helped me<glad>", "<to>keep up the good work<glad>", "<to>great job<glad>",
)  # fmt: skip


def _said(phrase: str, slots: Mapping[str, tuple[str, ...]], rng: np.random.Generator) -> str:
    """Fill a phrase's slots, and the slots in what fills them."""
    while match := _SLOT.search(phrase):
        choice = slots[match.group(1)]
        phrase = phrase[: match.start()] + choice[int(rng.integers(len(choice)))] + phrase[match.end() :]
    return phrase


def made_up(each: int = 40) -> list[Post]:
    """Return posts, each phrase said in up to `each` ways."""
    rng = np.random.default_rng(SEED)
    posts = {}
    for label, phrases in enumerate((COMPLAINTS, QUESTIONS, PRAISE)):
        for phrase in phrases:
            for _ in range(each):
                text = _said(phrase, ENGLISH, rng).strip()
                posts[text.casefold()] = Post(text, "en", label, SOURCE)
    return list(posts.values())
