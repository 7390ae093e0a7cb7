"""What the English grammar reads by mechanism, on wording of its own: no sentence here is in the labelled batches."""

from __future__ import annotations

import pytest

from amends.responses.lint import lint
from support.lint import parts, rules

OFFENCE = "On Friday we failed 300 of you, and we are sorry. "
OWNED = "It was our fault and we are sorry. "


@pytest.mark.parametrize(
    "story",
    [
        "The new till reads a comma as a full stop.",
        "Our backup generator had been out of fuel since March.",
        "The gate scanner lost its network and treated every ticket as used.",
        "The address list was sorted by one column and not by the others.",
        "We opened two more stores in a month with the same six drivers.",
        "Ice brought down the overhead line.",
        "The script that deletes old accounts counted from the wrong year.",
        "We picked the cheapest bidder and did not visit the site.",
        "I switched the two trays myself and put the old stickers on the new bread.",
    ],
)
def test_a_cause_told_as_a_story_past_the_offence_is_an_explanation(story: str) -> None:
    assert "explanation" in parts(OFFENCE + story)
    assert "explanation" not in parts("Please come back to us on Monday. " + story)  # nothing is owned or regretted


@pytest.mark.parametrize(
    "plain",
    [
        "The outage lasted four hours.",
        "Some of you missed weddings, exams and flights.",
        "A technical problem stopped the trains.",
        "Our delivery van blocked the ambulance entrance on Tuesday.",
        "The right page now shows every price.",
        "We chose it, wrongly.",
    ],
)
def test_the_harm_the_culprit_and_the_mending_are_no_explanation(plain: str) -> None:
    assert "explanation" not in parts(OFFENCE + plain)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("No toy of ours will ship again without having been dropped forty times.", "repentance"),
        ("The dough is now made in a separate room.", "repentance"),
        ("We'll take back every copy you bought and pay you the price on the cover.", "repair"),
        ("The money, with interest, arrived on Friday.", "repair"),
    ],
)
def test_changes_and_mending_are_read(text: str, part: str) -> None:
    assert part in parts(OWNED + text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("We loaded an old plan and never looked at it again.", "repentance"),
        ("There's a free popcorn waiting at your next show.", "repentance"),
        ("It was put up by a volunteer, whose accreditation we withdrew this morning.", "repair"),
    ],
)
def test_a_past_deed_a_gift_and_a_sanction_are_neither(text: str, part: str) -> None:
    assert part not in parts(OWNED + text)


def test_a_name_that_supplied_us_is_a_culprit_and_not_ourselves() -> None:
    assert "responsibility" not in parts(
        "We apologise. The blame lies with Kestrel Foods, from whom we bought the mince."
    )
    assert "scapegoat" in rules("We apologise. The blame lies with Kestrel Foods, from whom we bought the mince.")
    assert "responsibility" in parts("We apologise. The blame lies with Osterly alone.")


def test_what_at_no_time_was_done_is_not_owned() -> None:
    assert "denial" in rules("At no time did we put anybody at risk. Apologies for the worry all the same.")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Our former treasurer hid the figures.", "scapegoat"),
        ("It was Kevin from accounts who sent the file.", "scapegoat"),
        ("We have ended our contract with the cleaning firm.", "scapegoat"),
        ("The customer had not read the instructions.", "scapegoat"),
        ("Disciplinary proceedings have begun.", "scapegoat"),
        ("The dosage was misprinted.", "passive-blame"),
        ("Your file was handed to another patient.", "passive-blame"),
        ("The recall notice was sent out too late.", "passive-blame"),
        ("Each guest gets a bottle of wine with our compliments.", "voucher"),
        ("Nobody can say yet why it broke; service will be back by six.", "unconfirmed-promise"),
        ("What set it off, we haven't worked out; you will never get another.", "unconfirmed-promise"),
        ("It's not as if anyone was hurt.", "minimising"),
        ("At worst, some of you got a cold pizza.", "minimising"),
        ("These weeks have been hell for me: I can't open my phone without shaking.", "self-pity"),
        ("My children are being bullied at school over this.", "self-pity"),
        ("Sorry about the post, in case it hurt.", "conditional"),
        ("We apologise for how this came across.", "conditional"),
    ],
)
def test_vices_are_found_in_other_words(text: str, rule: str) -> None:
    assert rule in rules(OWNED + text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("A technician has mended the lift.", "scapegoat"),
        ("The agency warned us twice and we did not listen.", "scapegoat"),
        ("The water was cut off for six days.", "passive-blame"),
        ("Guests were moved to another hotel.", "passive-blame"),
        ("Call free on 0800 496 0100.", "voucher"),
        ("Only two nurses were on duty.", "minimising"),
        ("We had just one lifeguard.", "minimising"),
    ],
)
def test_what_only_resembles_them_is_left_alone(text: str, rule: str) -> None:
    assert rule not in rules(OWNED + text)


@pytest.mark.parametrize(
    "text", ["We are not to blame, yet we are sorry.", "That was Danton Media's doing, not ours. Sorry."]
)
def test_a_fault_denied_is_a_denial_and_not_owned(text: str) -> None:
    assert "responsibility" not in parts(text)
    assert {"denial", "no-responsibility"} <= rules(text)


def test_no_right_to_ask_is_no_request_for_forgiveness() -> None:
    assert "forgiveness" not in parts("It was our fault. We have no right to ask for your forgiveness.")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("The muddle is our own.", "responsibility"),
        ("Nobody made us do it.", "responsibility"),
        ("It happened because of a choice I made.", "responsibility"),
        ("We got greedy.", "responsibility"),
        ("We had no right to share that photo.", "responsibility"),
    ],
)
def test_owning_is_read_without_the_word_fault(text: str, part: str) -> None:
    assert part in parts(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("We've stuck the number of the duty vet on every cage.", "repentance"),
        ("Our laptops now spend the night in the safe.", "repentance"),
        ("An outside lab tests every bale.", "repentance"),
        ("The gate stays locked until a guard is there.", "repentance"),
        ("The oil has been pumped out of the brook.", "repair"),
        ("The missed match will be played on the 12th.", "repair"),
        ("The plaque now bears her name.", "repair"),
        ("All 900 of you have had a letter.", "repair"),
        ("The board is bare again.", "repair"),
    ],
)
def test_what_changed_and_what_is_undone_are_told_apart_by_tense(text: str, part: str) -> None:
    assert part in parts(OWNED + text)
    assert part not in parts("Come and see us on Monday. " + text) or part == "repair"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Our moderators have been called murderers all weekend.", "repair"),
        ("I have cried every night this week.", "repentance"),
        ("We have talked with your family.", "repentance"),
        ("The allergy information was left off the menu.", "repair"),
    ],
)
def test_suffering_and_talking_change_nothing(text: str, part: str) -> None:
    assert part not in parts(OWNED + text)


def test_a_mended_object_is_no_fault_without_a_doer() -> None:
    assert "passive-blame" not in rules(OWNED + "The old recording has been wiped.")
    assert "passive-blame" in rules(OWNED + "The wrong forms were handed out.")


@pytest.mark.parametrize(
    "text",
    [
        "A customer posted a video of the rat, and she was right to.",
        "No bus leaves until a mechanic has signed.",
        "The supplier has sent new parts.",
        "One of our guests lost a finger.",
        "The guide led everyone down safely.",
        "An independent lab has tested every bottle.",
        "We let an untrained intern run the desk alone.",
    ],
)
def test_who_helped_suffered_or_told_is_no_culprit(text: str) -> None:
    assert "scapegoat" not in rules(OWNED + text)


@pytest.mark.parametrize(
    "text",
    [
        "The bank's software doubled the payments.",
        "The vet we contract with gave the wrong dose.",
        "This was one man's doing.",
        "Visitors climbed over the rail in spite of the signs.",
        "The firm that runs our car park fined you.",
        "The manager on duty panicked.",
    ],
)
def test_who_did_it_is_a_culprit_however_named(text: str) -> None:
    assert "scapegoat" in rules(OWNED + text)


def test_what_we_did_and_mended_is_owned_without_a_word_of_apology() -> None:
    told = (
        "Our K2 kettle can give you a shock. We had thinned the insulation so that the lid would shut. "
        "You'll get back every penny. A kettle now leaves our works only after a lab has boiled it."
    )
    assert parts(told) == {"explanation", "responsibility", "repair", "repentance"}
    assert lint("The photo going round is not from our kitchen. Here is ours.").kind == "other"


def test_marks_without_a_word_are_no_sentences() -> None:
    assert lint(". " * 5_000).kind == "other"
    assert lint("We are sorry. " + ". " * 50).parts["regret"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("The fault is the town hall's.", "responsibility"),
        ("It is the one at fault.", "responsibility"),
        ("The culprit is me, not the post.", "responsibility"),
        ("A bad calculation, and it's ours.", "responsibility"),
        ("I feel immense regret over it.", "regret"),
    ],
)
def test_owning_and_regret_in_the_third_person_or_the_first(text: str, part: str) -> None:
    assert part in parts(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("We'd left the test loop plugged into the real accounts.", "explanation"),
        ("We sold eleven seats too many, betting on no-shows.", "explanation"),
        ("We used a single strap instead of two.", "explanation"),
        ("The reply is no longer on the page.", "repair"),
        ("All have since been reached by phone.", "repair"),
        ("Our tests now run on dummy accounts.", "repentance"),
        ("The instruction is repealed at all our stations.", "repentance"),
        ("Two straps are now the rule.", "repentance"),
    ],
)
def test_parts_in_the_words_of_another_language(text: str, part: str) -> None:
    assert part in parts(OFFENCE + text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The picture is the work of an agency, with which we have broken.", "scapegoat"),
        ("It is the Dorval works you should ask.", "scapegoat"),
        ("And for your trouble, a six-pack is yours if you drop by.", "voucher"),
        ("The cause escapes us, but the June jars are sound, that's certain.", "unconfirmed-promise"),
        ("Nothing very nasty, mind you.", "minimising"),
        ("Well, nobody died of it.", "minimising"),
        ("I no longer sleep and nobody asks me how I am.", "self-pity"),
        ("Unworthy remarks were made at the microphone.", "passive-blame"),
        ("Forty seats were sold twice.", "passive-blame"),
    ],
)
def test_vices_in_the_words_of_another_language(text: str, rule: str) -> None:
    assert rule in rules(OWNED + text)


def test_a_condolence_alone_does_not_name_what_happened() -> None:
    assert (
        lint("Our thoughts are with the relatives. We are gathering the facts and will speak at 11 a.m.").verdict
        == "warn"
    )
    assert "conditional" not in rules("It was our fault. Apologies to all, and may they forgive us.")
    assert {"denial", "no-responsibility"} <= rules("The club has nothing to reproach itself with. Sorry all the same.")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("An engineer from the county walks it each spring.", "repentance"),
        ("The button is gone from that menu.", "repentance"),
        ("Fresh letters were couriered last night.", "repair"),
        ("Everyone has deleted them.", "repair"),
    ],
)
def test_habits_that_begin_and_things_sent_are_read(text: str, part: str) -> None:
    assert part in parts(OWNED + text)


def test_the_firm_we_hired_did_it_and_those_who_left_did_not() -> None:
    assert "scapegoat" in rules(OWNED + "The florist we rely on sent lilies to a house with cats.")
    assert "scapegoat" in rules(OWNED + "It was two stewards on loan from Artemis who opened the gate.")
    assert "scapegoat" not in rules(OWNED + "Two carers had resigned in January.")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Service has now resumed.", "repair"),
        ("The 600 customers have been told.", "repair"),
        ("We have added a second show on Sunday.", "repair"),
        ("Every student will get the grade their teacher predicted.", "repair"),
    ],
)
def test_plain_ways_of_mending_are_read(text: str, part: str) -> None:
    assert parts(OWNED + text) == {"regret", "responsibility", part}
    assert "scapegoat" not in rules(OWNED + text)


def test_nothing_wrong_is_not_wrong() -> None:
    assert {"denial", "no-responsibility"} <= rules(
        "We followed all regulations and did nothing wrong, but we are sorry."
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("It was decided, wrongly, to lock the playground.", "passive-blame"),
        ("To the extent that our post caused anybody pain, we apologise.", "conditional"),
        ("Our apologies to any who were offended.", "conditional"),
        ("This came through the carelessness of our printers.", "scapegoat"),
        ("Our checks have only just begun, but there was no fault in our rolling stock.", "unconfirmed-promise"),
        ("I haven't eaten since.", "self-pity"),
    ],
)
def test_vices_of_the_last_two_batches_are_found(text: str, rule: str) -> None:
    assert rule in rules(OWNED + text)


def test_a_name_regrets_and_some_of_us_were_wrong() -> None:
    assert "regret" in parts("St Mark's regrets it deeply.")
    assert "responsibility" in parts("The board voted for it, and the eight of us were wrong.")
    assert "repair" in parts(OWNED + "You're connected again.")
