"""How strongly the counts of many windows speak for a crisis: each one's likelihood ratio, and the largest.

The null hypothesis of a window is negative binomial: clusters of replies give the variance that grows with the mean,
an uncertain mood and uncertain odds that which grows with its square (after Hawkes & Oakes 1974; Farrington et al.
1996 for the use in surveillance). Scanning windows of all sizes at once follows Willsky & Jones (1976) and Lai (1995).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, lgamma, log
from typing import TYPE_CHECKING, NamedTuple

from amends.detection.planned import Planned, lift

if TYPE_CHECKING:
    from amends.detection.state import DetectorState

WINDOWS = (1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 54, 84, 144, 288)  # bins, up to a day
MEMORY = 0.9  # of the mood, from one hour to the next
REPLY_BINS = 5.0  # five-minute bins over which a cluster of replies spreads
LEAST_SHARE = 0.12  # of a cluster's variance that shows in the shortest window: siblings come together
LUMPS_HEARD, LUMPS_TOLD = 1.5, 2.0  # how lumps weigh in what others say of the mood, and in the negatives' own tail
LENGTH_PRICE = 0.85  # of the log of a window's length that counts for it: long windows are fewer
BURST = 0.1  # clusters, of all, that come at once: a negative binomial of a short window hardly knows them
SURGE = 0.025  # prior weight of a benign surge
SURGE_SHAPE, SURGE_MEAN = 1.5, 4.0  # gamma prior of its height
NEGLIGIBLE = -16.0  # log posterior odds of a surge below which it explains nothing
_SURGE_BETA = SURGE_SHAPE / SURGE_MEAN
_LOG_SURGE = log(SURGE)
_SURGE_CONSTANT = SURGE_SHAPE * log(_SURGE_BETA) - lgamma(SURGE_SHAPE)


@dataclass(frozen=True, slots=True)
class Window:
    """What never changes of a window: `bins`, the mood's persistence, its price, its share of a cluster."""

    bins: int
    rho: float
    rho2: float
    fresh: float
    price: float
    share: float


@lru_cache(maxsize=64)
def windows(bin_seconds: int) -> tuple[Window, ...]:
    """Return the windows for bins of this length, shortest first, up to a day (or six bins, if that is longer)."""
    largest = max(86_400 // bin_seconds, 6)
    sizes = list(WINDOWS)
    while sizes[-1] < largest:
        sizes.append(sizes[-1] * 3 // 2)
    bins = [size for size in sizes if size <= largest]
    if bins[-1] < largest:
        bins.append(largest)
    out = []
    for many in bins:
        hours = many * bin_seconds / 3600
        rho = MEMORY ** (hours / 2)
        fives = many * bin_seconds / 300
        tau = fives / REPLY_BINS
        share = 1.0 - (1.0 - exp(-tau)) / tau
        decay = -log(MEMORY) * hours  # the variance of a mean over the window falls with its length
        fresh = min(1.0 - rho * rho, 2.0 / decay * (1.0 - (1.0 - exp(-decay)) / decay))
        out.append(Window(many, rho, rho * rho, fresh, LENGTH_PRICE * log(fives), max(share, LEAST_SHARE)))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Model:
    """The learnt numbers of a brand that a window needs."""

    odds: float  # negatives to one other
    doubt: float  # relative variance of the odds: from day to day, and from how few negatives lie behind them
    phi: float  # excess variance of whole clusters, over the mean, as far as the null is given it
    psi: float  # excess variance of lumps, per count of a bin
    mood: float  # stationary variance of the mood
    blur_others: float = 0.0  # variance over mean that uncertain tones add to a count of others
    blur: float = 0.0  # the same of negatives, given the others that are wrong in the opposite sense
    whole: float = 0.6  # excess variance of whole clusters, over the mean, all of it
    planned: tuple[Planned, ...] = ()  # announced events that the last day, or the present, may touch


@dataclass(slots=True)
class Best:
    """The window that speaks loudest."""

    evidence: float = 0.0
    bins: int = 1
    observed: float = 0.0
    expected: float = 0.0


def null(model: Model, w: Window, total_o: float, total_e: float, prior: tuple[float, float]) -> tuple[float, ...]:
    """Return the null hypothesis of a window: (mean, dispersion, shape, surge's log odds, its mean, its shape).

    `total_e` is what the season and level expect of others in the window, `total_o` what came, `prior` the filter's
    mean and relative variance of the mood before it.
    """
    return _surging(model, w, _ordinary(model, w, total_o, total_e, prior))


class _Ordinary(NamedTuple):
    """The null hypothesis of a window without a surge, and the mood's gamma before (a, b) and after its others."""

    mu: float
    spread: float
    shape: float
    before_a: float
    before_b: float
    a: float
    b: float
    clusters: float
    usual: float  # expected negatives at the usual mood


def _ordinary(model: Model, w: Window, total_o: float, total_e: float, prior: tuple[float, float]) -> _Ordinary:
    m0 = 1.0 + (prior[0] - 1.0) * w.rho
    clusters = 1.0 + model.phi * w.share
    d = clusters + LUMPS_HEARD * model.psi * total_e / w.bins * m0 + model.blur_others
    alpha = 1.0 / (w.rho2 * prior[1] + w.fresh * model.mood)
    beta = alpha / m0
    a, b = alpha + total_o / d, beta + total_e / d
    usual = model.odds * total_e
    mu = usual * a / b
    spread = clusters - 1.0 + model.blur + LUMPS_TOLD * model.psi * mu / w.bins
    shape = mu / (spread + mu * (1.0 / a + model.doubt) + 1e-9)
    return _Ordinary(mu, spread, shape, alpha, beta, a, b, clusters, usual)


def _surging(model: Model, w: Window, plain: _Ordinary) -> tuple[float, ...]:
    """Add the hypothesis of a benign surge: (mean, dispersion, shape, surge's log odds, its mean, its shape)."""
    mu, spread, shape, alpha, beta, a1, b1, clusters, usual = plain
    a2, b2 = SURGE_SHAPE + a1 - alpha, _SURGE_BETA + b1 - beta
    weight = _SURGE_CONSTANT + lgamma(a2) - a2 * log(b2) - alpha * log(beta) + lgamma(alpha) - lgamma(a1) + a1 * log(b1)
    high = usual * a2 / b2
    high_spread = clusters - 1.0 + model.blur + LUMPS_TOLD * model.psi * high / w.bins
    high_shape = high / (high_spread + high * (1.0 / a2 + model.doubt) + 1e-9)
    return mu, spread, shape, weight + _LOG_SURGE, high, high_shape


def log_nb(n: float, mean: float, shape: float) -> float:
    """Log probability (up to the term of n alone) of n under a negative binomial; n may be any real number >= 0."""
    return lgamma(n + shape) - lgamma(shape) - shape * log(1.0 + mean / shape) + n * log(mean / (shape + mean))


def ratio(n: float, w: Window, hypothesis: tuple[float, ...]) -> float:
    """Return the log likelihood ratio of a window that counted `n` > its null mean, with the window's price."""
    mu, spread, shape, surge, high, high_shape = hypothesis
    below = log_nb(n, mu, shape)
    if surge > NEGLIGIBLE:
        other = surge + log_nb(n, high, high_shape)
        top = max(below, other)
        below = top + log((exp(below - top) + exp(other - top)) / (1.0 + exp(min(surge, 50.0))))
    own_shape = n / (spread + n * (mu / shape - spread) / mu + 1e-9)
    return log_nb(n, n, own_shape) - below + w.price


def weigh(n: float, w: Window, model: Model, hypothesis: tuple[float, ...]) -> float:
    """Return the evidence of a window's `n` > its null mean, lowered where one cluster that came at once explains it.

    The second null is Poisson with one cluster on top, its size geometric with the tail of clusters whose excess
    variance over the mean is `whole`; its likeliest size leaves mean / tail to the rest. It matters to small counts.
    """
    value, mu = ratio(n, w, hypothesis), hypothesis[0]
    tail = model.whole / (1.0 + model.whole)
    rest = mu / tail
    if n <= rest:
        return value
    other = rest * log(rest / mu) - rest + mu - (n - rest) * log(tail) - log(mu * BURST) + w.price
    return min(value, other) - log(1.0 + exp(-abs(value - other)))


def _raised(
    state: DetectorState, model: Model, w: Window, total_o: float, total_e: float, prior: tuple[float, float]
) -> _Ordinary:
    """Return the null hypothesis of the newest bins without a surge: raised while something is planned."""
    plain = _ordinary(model, w, total_o, total_e, prior)
    factor = lift(state, model.planned, w.bins, model.odds, plain.mu) if model.planned else 1.0
    return _ordinary(replace(model, odds=model.odds * factor), w, total_o, total_e, prior) if factor > 1.0 else plain


def expect(
    state: DetectorState, model: Model, w: Window, total_o: float, total_e: float, prior: tuple[float, float]
) -> tuple[float, ...]:
    """Return the null hypothesis of the newest bins: raised while something is planned."""
    return _surging(model, w, _raised(state, model, w, total_o, total_e, prior))


def evidence(state: DetectorState, model: Model, longest: int) -> Best:
    """Return the loudest of the windows that end with the newest bin and are at most `longest` bins long."""
    best = Best()
    i, size = state.count % state.size, state.size
    sum_n, sum_o, sum_e = state.sum_n, state.sum_o, state.sum_e
    last_n, last_o, last_e = sum_n[i], sum_o[i], sum_e[i]
    for w in windows(state.bin_seconds):
        if w.bins > longest:
            break
        j = (i - w.bins) % size
        n = last_n - sum_n[j]
        if n <= 0.0:
            continue
        total_e = last_e - sum_e[j]
        if total_e <= 0.0:
            continue
        others, prior = last_o - sum_o[j], (state.m[j], state.v[j])
        if model.planned:
            plain = _raised(state, model, w, others, total_e, prior)
        else:
            plain = _ordinary(model, w, others, total_e, prior)
        mu = plain.mu
        if n <= mu:
            continue
        # Poisson's ratio bounds the others from above: most windows need no gamma functions
        if n * log(n / mu) - n + mu + w.price <= best.evidence:
            continue
        value = weigh(n, w, model, _surging(model, w, plain))
        if value > best.evidence:
            best = Best(value, w.bins, n, mu)
    return best
