"""One bin after the other: what the detector expects, how it learns, when its alarm opens and closes."""

from __future__ import annotations

from math import exp, inf, sqrt
from typing import TYPE_CHECKING

from amends.detection import season
from amends.detection.evidence import MEMORY, Best, Model, evidence, null, windows
from amends.detection.planned import planned_at
from amends.detection.state import BLOCKS, HOURS_KEPT, VOICES, DetectorState
from amends.detection.threshold import threshold
from amends.detection.tones import BLUR_BOTH, sharpness, unmix
from amends.model import DAY

if TYPE_CHECKING:
    from amends.detection.settings import Settings
    from amends.model import Bin

WARM_SECONDS = 86_400  # event time before the first alarm
OPEN_WINDOW = 5_400  # seconds: longest window that keeps an alarm open
CLOSE_AFTER = 3_600  # seconds below half the threshold before it closes
ABSORB_AFTER = 7 * 86_400  # an alarm that stands so long is the new usual
LEVEL_HOURS = 84.0  # memory of the level
CELL_DAYS = 60.0  # memory of the week's rhythm
ODDS_HOURS = 30 * 24.0  # memory of the odds
DISPERSION_HOURS = 20 * 24.0  # memory of the variances
ODDS_PRIOR = (0.5, 2.0)  # negatives, others
LEVEL_PRIOR = (0.25, 0.5)  # others, hours
PHI_PRIOR = (0.6, 350.0)  # excess variance of whole clusters, worth so many hours
PHI_USED = 0.6  # share of the learnt clusters that the null is given: the rest is in the threshold, and pages sooner
# what more than usual replies add to the threshold: their far tail is heavier than negative binomial
ROUGH_PHI = 1.8
PSI_PRIOR = (0.03, 20_000.0)  # per count of a bin; the weight is in squared counts
MOOD_PRIOR = (0.04, 24.0)
NEGATIVES_TELL = 4.0  # weight of an hour's negatives beside its others in learning the replies' variance
YOUNG_MOOD = 0.25  # added to the mood's variance while the week's rhythm is unknown; halves every two days
SETTLED = 1.5  # days after which one hour cannot move the odds far
LOUD = 9.0  # evidence of an hour that does not teach the odds
ODDS_SD = 0.14  # of the log odds from day to day
YOUNG_ODDS = 0.2  # the same while a brand is new: its variance halves every three days
WHOLE = 1e-6  # a sum of labels is whole, a sum of probabilities is not


class Heard:
    """What one bin brought, in the detector's terms: expected counts and how far it was heard."""

    __slots__ = ("authors", "cover", "late", "n", "o", "stories", "teaches")

    def __init__(self, n: float, o: float, cover: float = 1.0) -> None:
        self.n, self.o, self.cover = n, o, cover
        self.late, self.teaches = 0.0, cover > 0.0
        self.authors: tuple[int, ...] = ()
        self.stories: tuple[int, ...] = ()


def hear(state: DetectorState, item: Bin, settings: Settings) -> Heard:
    """Return what a bin says, and note in `state` how sharp its tones are; filled by late items, it counts as heard."""
    n = max(0.0, float(item.p_negative))
    o = item.others
    if abs(n - round(n)) > WHOLE:
        n, o = unmix(state, n, n + o)
    heard = Heard(n, o, min(1.0, max(0.0, item.coverage)))
    if item.mentions:
        heard.late = min(1.0, item.late / item.mentions)
        if heard.late > 0 or heard.cover <= 0:
            heard.teaches = heard.late > 0 or heard.cover > 0
            heard.cover = 1.0
    if settings.planned and planned_at(settings.planned, item.start + state.bin_seconds / 2):
        heard.teaches = False  # what was announced is not the usual
    heard.authors, heard.stories = item.authors, item.stories
    return heard


def model_of(state: DetectorState, settings: Settings) -> Model:
    """Return the learnt numbers, each with its prior."""
    phi = (PHI_PRIOR[0] * PHI_PRIOR[1] + state.phi_sum) / (PHI_PRIOR[1] + state.phi_weight)
    psi = (PSI_PRIOR[0] * PSI_PRIOR[1] + state.psi_sum) / (PSI_PRIOR[1] + state.psi_weight)
    mood = (MOOD_PRIOR[0] * MOOD_PRIOR[1] + state.mood_sum) / (MOOD_PRIOR[1] + state.mood_weight)
    mood = min(max(mood, 0.004), 1.0) + YOUNG_MOOD * 0.5 ** (state.learned / 2.0)
    phi, psi = min(max(phi * PHI_USED, 0.02), 8.0), min(max(psi, 0.001), 0.6)
    whole = phi / PHI_USED
    planned = tuple(one for one in settings.planned if one.end > state.next - DAY and one.start < state.next + 2 * DAY)
    negative, other = state.odds_negative + ODDS_PRIOR[0], state.odds_other + ODDS_PRIOR[1]
    doubt = ODDS_SD * ODDS_SD + YOUNG_ODDS * YOUNG_ODDS * 0.5 ** (state.learned / 3.0) + (1.0 + phi) / negative
    if not state.soft_many:
        return Model(negative / other, doubt, phi, psi, mood, whole=whole, planned=planned)
    odds, sharp = negative / other, sharpness(state)
    blur = odds / (1.0 + odds) ** 2 * (1.0 - sharp) / sharp  # variance of a mention's share in the negatives
    blurs = (blur * (1.0 + odds), BLUR_BOTH * blur * (1.0 + 1.0 / odds))
    return Model(odds, doubt, phi, psi, mood, *blurs, whole=whole, planned=planned)


def page_at(state: DetectorState, settings: Settings) -> float:
    """Return the evidence from which the brand pages."""
    model = model_of(state, settings)
    rough = ROUGH_PHI * (model.whole - PHI_PRIOR[0])
    if state.soft_many:  # uncertain tones look like lumps; what they add is in the null already
        rough = min(rough, 0.0)
    return threshold(settings.false_pages_per_day, state.blocks, state.learned, rough)


def level(state: DetectorState) -> float:
    """Return the usual others an hour."""
    return (state.level_sum + LEVEL_PRIOR[0]) / (state.level_weight + LEVEL_PRIOR[1])


def season_at(state: DetectorState, start: int, zone: str) -> float:
    """Return the hour's factor; bins longer than an hour take the mean of theirs."""
    if state.bin_seconds > 3600:  # noqa: PLR2004 - an hour
        spots = [start + 1800 + 3600 * k for k in range(min(168, state.bin_seconds // 3600))]
        return sum(state.factors[season.cell(zone, s)] for s in spots) / len(spots)
    middle = start + state.bin_seconds // 2
    hour = middle // 900
    if hour != state.cell_hour:
        state.cell_hour = hour
        state.cell_factor = state.factors[season.cell(zone, middle)]
    return state.cell_factor


def advance(state: DetectorState, heard: Heard, settings: Settings, model: Model, share: float = 1.0) -> float:
    """Filter one bin into the rings; `share` of it has passed. Returns what was expected of others."""
    factor = season_at(state, state.next, settings.timezone)
    hours = state.bin_seconds / 3600
    unit = factor * hours * heard.cover * share
    expected = level(state) * unit
    r = MEMORY**hours
    r2 = r * r
    m = 1.0 + (state.mean - 1.0) * r
    v = r2 * state.spread + (1.0 - r2) * model.mood
    if expected > 0.0:
        a = 1.0 / v
        d = 1.0 + model.phi * 0.1 + model.psi * expected * m
        a1, b1 = a + heard.o / d, a / m + expected / d
        m, v = a1 / b1, 1.0 / a1
    state.mean, state.spread = min(max(m, 0.01), 1e3), max(v, 1e-5)
    before = state.count % state.size
    state.count += 1
    i = state.count % state.size
    state.n[i], state.o[i], state.e[i] = heard.n, heard.o, expected
    state.sum_n[i] = state.sum_n[before] + heard.n
    state.sum_o[i] = state.sum_o[before] + heard.o
    state.sum_e[i] = state.sum_e[before] + expected
    state.m[i], state.v[i] = state.mean, state.spread
    state.late[i] = int(heard.late * 255)
    state.next += state.bin_seconds
    if heard.authors or heard.stories:
        remember(state.voices, heard.authors, state.count)
        remember(state.stories, heard.stories, state.count)
    return unit


def remember(seen: dict[int, int], keys: tuple[int, ...], count: int) -> None:
    """Note who spoke in the newest bin; the longest silent are forgotten."""
    for key in keys:
        short = key & 0xFFFFFFFF
        seen.pop(short, None)
        seen[short] = count
    while len(seen) > VOICES:
        del seen[next(iter(seen))]


def judge(state: DetectorState, model: Model, settings: Settings) -> Best:
    """Weigh the windows that end with the newest bin, and open or close the alarm."""
    bins_an_hour = 3600 / state.bin_seconds
    since = state.count - state.reset
    if state.alarm:
        best = evidence(state, model, min(state.count, max(1, OPEN_WINDOW // state.bin_seconds)))
        state.top = best.evidence
        state.quiet = state.quiet + 1 if best.evidence < state.threshold / 2 else 0
        if state.quiet >= CLOSE_AFTER / 3600 * bins_an_hour:
            state.alarm, state.quiet, state.reset = 0, 0, state.count
        return best
    best = evidence(state, model, max(1, min(since, state.count)))
    state.top = best.evidence
    if best.evidence > state.threshold and opens(state, model, settings, best):
        state.alarm, state.opened, state.quiet = 1, state.count, 0
    return best


def opens(state: DetectorState, model: Model, settings: Settings, best: Best) -> bool:
    """Tell whether a window above the threshold may page: warm, by enough voices, and on what is fresh."""
    if state.next - state.first <= WARM_SECONDS:
        return False
    since = state.count - best.bins
    if settings.min_voices and voices(state.voices, since) < settings.min_voices:
        return False
    if settings.min_stories and voices(state.stories, since) < settings.min_stories:
        return False
    return fresh(state, model, best)


def voices(seen: dict[int, int], since: int) -> int:
    """Count those heard after the bin `since`."""
    return sum(1 for last in seen.values() if last > since)


def fresh(state: DetectorState, model: Model, best: Best) -> bool:
    """Tell whether the window's negatives are mostly on time, or the newest hour speaks for itself."""
    late = total = 0.0
    for k in range(best.bins):
        i = (state.count - k) % state.size
        total += state.n[i]
        late += state.n[i] * state.late[i] / 255
    if late < total / 2:
        return True
    hour = max(1, 3600 // state.bin_seconds)
    for k in range(hour):
        if state.late[(state.count - k) % state.size] > 127:  # noqa: PLR2004 - mostly late
            hour = k
            break
    return hour > 0 and evidence(state, model, hour).evidence > LOUD / 2


def teach(state: DetectorState, heard: Heard, unit: float, settings: Settings) -> None:
    """Gather the bin into its hour, and learn from hours and days that are over."""
    seconds = state.bin_seconds
    state.hour_top = max(state.hour_top, state.top, inf if state.alarm else 0.0)
    state.block_top = max(state.block_top, state.top)
    state.hour_bins += 1
    if heard.teaches:
        i = state.count % state.size
        state.hour_n += heard.n
        state.hour_o += heard.o
        state.hour_e += state.e[i]
        state.hour_s += unit
        state.hour_cover += heard.cover * seconds / 3600
        _learn_lumps(state)
    end = state.next
    if end // 3600 != (end - seconds) // 3600:
        _end_hour(state, settings)
    if end // 21_600 != (end - seconds) // 21_600:
        _end_block(state, settings)
    if end // 86_400 != (end - seconds) // 86_400:
        _end_day(state, settings)


def _learn_lumps(state: DetectorState) -> None:
    """Learn the variance of neighbouring bins about each other: it grows with lumps of replies, not with the mood."""
    i = state.count
    series = state.o
    a, b, c = (series[(i - k) % state.size] for k in (0, 1, 2))
    mean = (a + b + c) / 3
    if mean < 2.0 or state.count < 3:  # noqa: PLR2004 - too few to tell lumps from chance
        return
    phi = 1.0 + 0.1 * PHI_PRIOR[0]
    square = min((b - (a + c) / 2) ** 2 / 1.5, 16.0 * mean * (phi + 0.05 * mean))
    keep = 1.0 - state.bin_seconds / 3600 / DISPERSION_HOURS
    state.psi_sum = state.psi_sum * keep + square - phi * mean
    state.psi_weight = state.psi_weight * keep + mean * mean


def _end_hour(state: DetectorState, settings: Settings) -> None:
    """Let an hour that is over teach the level, the week's rhythm, the variances; an older quiet one the odds."""
    o, e, unit, cover = state.hour_o, state.hour_e, state.hour_s, state.hour_cover
    state.hours.append((state.hour_n, state.hour_o, state.hour_e, state.hour_top))
    state.hour_n = state.hour_o = state.hour_e = state.hour_s = state.hour_top = state.hour_cover = 0.0
    state.hour_bins = 0
    if len(state.hours) > HOURS_KEPT:
        state.hours.pop(0)
    if unit <= 0.0:
        return
    state.learned += cover / 24
    capped = o if state.learned < 1.0 else min(o, 2.2 * e + 3.0 * sqrt(2.0 * e) + 2.0)
    keep = 1.0 - cover / LEVEL_HOURS if cover < LEVEL_HOURS else 0.0
    state.level_sum = state.level_sum * keep + capped
    state.level_weight = state.level_weight * keep + unit
    spot = season.cell(settings.timezone, state.next - 1800)
    state.cell_o[spot] += capped
    state.cell_e[spot] += cover * level(state) if any(state.beta) else cover
    if state.learned > 1.0:
        _learn_variance(state, capped, e)
        _learn_replies(state, settings)
    _learn_odds(state)


def _learn_variance(state: DetectorState, o: float, e: float) -> None:
    """Learn the hours' variance: a part that grows with the mean (replies), a part with its square (mood)."""
    phi = (PHI_PRIOR[0] * PHI_PRIOR[1] + state.phi_sum) / (PHI_PRIOR[1] + state.phi_weight)
    mood = (MOOD_PRIOR[0] * MOOD_PRIOR[1] + state.mood_sum) / (MOOD_PRIOR[1] + state.mood_weight)
    phi, mood = min(max(phi, 0.02), 8.0), min(max(mood, 0.004), 1.0)
    d = 1.0 + 0.5 * phi
    square = (o - e) ** 2
    variance = e * d + e * e * mood
    square = min(square, 9.0 * variance + 1.0)
    keep = 1.0 - 1.0 / DISPERSION_HOURS
    heavy = e * mood / d  # how much of the variance is the mood's
    weight = (heavy / (1.0 + heavy)) ** 2
    state.mood_sum = state.mood_sum * keep + weight * (square - e * d) / (e * e + 1e-9)
    state.mood_weight = state.mood_weight * keep + weight
    light = e / (1.0 + e) / (1.0 + heavy) ** 6
    state.phi_sum = state.phi_sum * keep + light * ((square - e * e * mood) / (e + 1e-9) - 1.0) / 0.5
    state.phi_weight = state.phi_weight * keep + light


def _learn_replies(state: DetectorState, settings: Settings) -> None:
    """Learn from an hour's negatives, given its others, how much more than Poisson's their variance is."""
    hour = 3600 // state.bin_seconds
    if state.alarm or hour < 1 or state.learned < SETTLED:
        return
    model = model_of(state, settings)
    w = [w for w in windows(state.bin_seconds) if w.bins <= hour][-1]
    i, j = state.count % state.size, (state.count - w.bins) % state.size
    n, o, e = state.sum_n[i] - state.sum_n[j], state.sum_o[i] - state.sum_o[j], state.sum_e[i] - state.sum_e[j]
    if e <= 0.0:
        return
    mu, spread, shape, *_rest = null(model, w, o, e, (state.m[j], state.v[j]))
    lumps = spread - model.phi * w.share  # and uncertain tones
    slow = mu / shape - spread  # mean times the relative variance of what is slow
    square = min((n - mu) ** 2, 16.0 * mu * (1.0 + spread + slow) + 1.0)
    weight = NEGATIVES_TELL * mu / (1.0 + mu) / (1.0 + slow / (1.0 + model.phi * w.share) + lumps) ** 2
    state.phi_sum += weight * ((square - mu * slow) / (mu + 1e-9) - 1.0 - lumps) / w.share
    state.phi_weight += weight


def _learn_odds(state: DetectorState) -> None:
    """Learn from the hour three back, if it and its neighbours were quiet."""
    if len(state.hours) < 5:  # noqa: PLR2004 - two on either side
        return
    standing = state.alarm and (state.count - state.opened) * state.bin_seconds < ABSORB_AFTER
    # what is loud beside the prior alone is no crisis: a brand that is mostly complained to has its first day so
    loud = state.learned >= 1.0 and not state.alarm and max(h[3] for h in state.hours[-5:]) > LOUD
    if standing or loud:
        return
    n, o, e, _ = state.hours[-3]
    if n + o <= 0:
        return
    if state.learned > SETTLED:  # a crisis that did not alarm teaches little
        usual = o * (state.odds_negative + ODDS_PRIOR[0]) / (state.odds_other + ODDS_PRIOR[1])
        n = min(n, 1.5 * usual + 2.0 * sqrt(2.0 * usual) + 1.0)
    weight = min(1.0, (2.2 * e + 3.0) / o) if o > 0 else 1.0
    keep = 1.0 - 1.0 / ODDS_HOURS
    state.odds_negative = state.odds_negative * keep + weight * n
    state.odds_other = state.odds_other * keep + weight * o


def _end_block(state: DetectorState, settings: Settings) -> None:
    """Remember the six hours' loudest evidence, unless an alarm stood, and set the threshold anew."""
    if state.learned > 1.0 and not state.alarm and state.block_top <= state.threshold:
        state.blocks.append(state.block_top)
        if len(state.blocks) > BLOCKS:
            state.blocks.pop(0)
    state.block_top = 0.0
    state.threshold = page_at(state, settings)


def _end_day(state: DetectorState, settings: Settings) -> None:
    """Fit the week's rhythm anew."""
    if state.learned < 0.9:  # noqa: PLR2004 - most of a day
        return
    if not any(state.beta):  # until now plain hours were counted: the level was not known
        usual = level(state)
        state.cell_e = [x * usual for x in state.cell_e]
    model = model_of(state, settings)
    d = 1.0 + 0.5 * model.phi
    per_hour = level(state)
    scale = d + 8.0 * model.mood * per_hour
    keep = exp(-1.0 / CELL_DAYS)
    state.cell_o = [x * keep for x in state.cell_o]
    state.cell_e = [x * keep for x in state.cell_e]
    state.beta = season.fit(state.cell_o, state.cell_e, scale)
    state.factors = season.factors(state.beta)
    state.cell_hour = -1
