"""How much the values of a series speak for each kind of change: marginal likelihoods under autocorrelated noise.

The values are g·(level + change) + noise. The noise is a stationary AR(1) process plus white noise, of unknown
autocorrelation φ, persistent share κ and spread. For every (φ, κ) of a grid the series runs once through the Kalman
filter; a step, a pulse or a ramp then is one more column of a regression whose products are running sums, since beyond
its onset the filter forgets the past geometrically. Level and spread are integrated out, the size of a change under a
normal prior in units of the noise's own standard deviation, its place under a flat one that favours the last third.

The rows of the array of running sums have names: E, U, W are the whitened values, weights and weights × time; EE … WU
their products summed to the end; GE … GW their sums as the filter forgets; Q its own; STEP_* the products of a step.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from levelfield.signals.evidence.accounts import DRIFT, KINDS, MORE_VARIABLE, ONE_OFF, SUSTAINED, USUAL
from levelfield.words.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SHIFT_SD, PULSE_SD, DRIFT_SD = 1.3, 3.0, 2.5  # prior sizes of a change, in standard deviations of the noise
RATIOS = np.array([1.6, 2.6])  # how much more variable
RECENT = 3.0  # how much likelier a level is to have changed in the last third: what is older was judged before
LOG_RECENT, LOG_MEAN_RECENT = math.log(RECENT), math.log(1.0 + (RECENT - 1.0) / 3.0)
EDGE = 5  # a level needs so many points on either side; fewer at the end are a one-off that may yet stay
CALM, WILD = 8, 6  # points needed before and after a change of spread
STRIDE = 4  # a one-off of length L begins anywhere, or, where it is long, at every L/4-th point
FAR = 600.0  # logarithms further apart than this are as good as infinitely far
NEGLIGIBLE = 6.0  # noise so much less likely than the likeliest is left out

# Rows of the running sums of one noise, each (m + 1,), and of what the filter keeps, each (m,).
E, U, W, INV, FORGET, SEEN_G, SEEN_W = range(7)
EE, EU, UU, EW, WW, WU, GE, GU, GW, Q, STEP_E, STEP_U, STEP_R = range(13)
KEPT_ROWS, SUM_ROWS = 7, 13


@compiled
def _odds(
    scaled: float, rr: float, ru: float, re: float, uu: float, ue: float, rss: float, v: float, half_df: float
) -> float:
    """exp(scaled) times the odds of one further column, its coefficient of prior variance v, against a level alone."""
    own = rr - ru * ru / uu
    if own < 1e-12:
        return 0.0
    cross = re - ru * ue / uu
    left = max(1.0 - cross * cross / ((own + 1.0 / v) * rss), 1e-12)
    return math.exp(min(scaled - half_df * math.log(left), FAR)) / math.sqrt(1.0 + v * own)


@compiled
def _filtered(x: Floats, t: Ints, g: Floats, phi: float, kappa: float, kept: Floats) -> float:
    """One run of the Kalman filter over values, weights and weights × time; the log determinant of the noise."""
    m = len(x)
    white, var, log_det = 1.0 - kappa, kappa, 0.0
    at_x, at_g, at_w = 0.0, 0.0, 0.0
    for i in range(m):
        total = var + white
        root = math.sqrt(total)
        gain = var / total
        gt = g[i] * (t[i] - t[0])
        kept[E, i], kept[U, i], kept[W, i] = (x[i] - at_x) / root, (g[i] - at_g) / root, (gt - at_w) / root
        kept[INV, i], kept[SEEN_G, i], kept[SEEN_W, i] = 1.0 / root, at_g, at_w
        log_det += math.log(total)
        lag = phi
        if i + 1 < m and t[i + 1] - t[i] != 1:
            lag = phi ** (t[i + 1] - t[i])
        at_x, at_g = lag * (at_x + gain * (x[i] - at_x)), lag * (at_g + gain * (g[i] - at_g))
        at_w = lag * (at_w + gain * (gt - at_w))
        kept[FORGET, i] = lag * (1.0 - gain)
        var = lag * lag * var * (1.0 - gain) + kappa * (1.0 - lag * lag)
    return log_det


@compiled
def _summed(kept: Floats, sums: Floats) -> None:
    """The products of what the filter kept, summed from each point to the end."""
    m = kept.shape[1]
    for i in range(m - 1, -1, -1):
        e, u, w, inv, f, d = kept[E, i], kept[U, i], kept[W, i], kept[INV, i], kept[FORGET, i], kept[SEEN_G, i]
        sums[EE, i], sums[EU, i], sums[UU, i] = (
            sums[EE, i + 1] + e * e,
            sums[EU, i + 1] + e * u,
            sums[UU, i + 1] + u * u,
        )
        sums[EW, i], sums[WW, i], sums[WU, i] = (
            sums[EW, i + 1] + e * w,
            sums[WW, i + 1] + w * w,
            sums[WU, i + 1] + w * u,
        )
        sums[GE, i], sums[GU, i] = e * inv + f * sums[GE, i + 1], u * inv + f * sums[GU, i + 1]
        sums[GW, i], sums[Q, i] = w * inv + f * sums[GW, i + 1], inv * inv + f * f * sums[Q, i + 1]
        sums[STEP_E, i], sums[STEP_U, i] = sums[EU, i] + d * sums[GE, i], sums[UU, i] + d * sums[GU, i]
        sums[STEP_R, i] = sums[UU, i] + d * (2.0 * sums[GU, i] + d * sums[Q, i])


@compiled
def _best_step(sums: Floats, rss: float, half_df: float) -> float:
    """The log odds of the best single step, to tell which noises matter."""
    m = sums.shape[1] - 1
    uu, ue, top, v = sums[UU, 0], sums[EU, 0], 0.0, SHIFT_SD * SHIFT_SD
    for i in range(EDGE, m - EDGE + 1):
        own = sums[STEP_R, i] - sums[STEP_U, i] * sums[STEP_U, i] / uu
        cross = sums[STEP_E, i] - sums[STEP_U, i] * ue / uu
        top = max(top, cross * cross / max(own + 1.0 / v, 1e-12))
    return -half_df * math.log(max(1.0 - top / rss, 1e-12))


@compiled
def _sustained(sums: Floats, scaled: float, rss: float, places: Floats) -> float:
    """Steps at every point that leaves enough on either side."""
    m, total = sums.shape[1] - 1, 0.0
    price = scaled - math.log(max(m - 2 * EDGE + 1, 1)) - LOG_MEAN_RECENT
    for i in range(EDGE, m - EDGE + 1):
        recent = LOG_RECENT if 3 * i >= 2 * m else 0.0
        value = _odds(
            price + recent, sums[STEP_R, i], sums[STEP_U, i], sums[STEP_E, i], sums[UU, 0], sums[EU, 0], rss,
            SHIFT_SD * SHIFT_SD, 0.5 * (m - 1),
        )  # fmt: skip
        places[i] += value
        total += value
    return total


@compiled
def _one_off(
    kept: Floats, sums: Floats, scaled: float, rss: float, lengths: Ints, prices: Floats, places: Floats, best: Floats, lasting: Ints
) -> float:  # fmt: skip
    """Pulses of every length, those that are over and those that have only just begun."""
    m, total = kept.shape[1], 0.0
    share = -math.log((1.0 / lengths).sum())  # short one-offs are more common than long ones
    at_end = 0
    for k in range(len(lengths)):
        at_end += lengths[k] < EDGE
    for i in range(m):
        passed, done = 1.0, 0  # how much of the state at the onset is left at its end
        for k in range(len(lengths)):
            length = lengths[k]
            stride = max(length // STRIDE, 1)
            if i % stride != 0:
                continue
            b = i + length
            if b > m or (b == m and length >= EDGE):
                break
            while done < length:
                passed *= kept[FORGET, i + done]
                done += 1
            rr, ru, re = sums[STEP_R, i], sums[STEP_U, i], sums[STEP_E, i]
            if b == m:
                price = scaled + prices[0] - math.log(at_end)
            else:
                both = sums[STEP_U, b] + kept[SEEN_G, i] * passed * (sums[GU, b] + kept[SEEN_G, b] * sums[Q, b])
                rr, ru, re = rr + sums[STEP_R, b] - 2.0 * both, ru - sums[STEP_U, b], re - sums[STEP_E, b]
                recent = LOG_RECENT if 3 * b >= 2 * m else 0.0
                price = scaled + prices[ONE_OFF] + share - math.log(length) - math.log((m - length) / stride)
                price += recent - LOG_MEAN_RECENT
            value = _odds(price, rr, ru, re, sums[UU, 0], sums[EU, 0], rss, PULSE_SD * PULSE_SD, 0.5 * (m - 1))
            places[i] += value
            total += value
            if value > best[i]:
                best[i], lasting[i] = value, length
    return total


@compiled
def _drift(t: Ints, kept: Floats, sums: Floats, scaled: float, rss: float, places: Floats) -> float:
    """Ramps from any point of the first half to the end."""
    m, total = len(t), 0.0
    many = max(m // 2, 1)
    span = t[m - 1] - t[0]
    for i in range(many):
        begin = t[i] - t[0]
        rise = 1.0 / (span - begin)
        d = kept[SEEN_W, i] - begin * kept[SEEN_G, i]
        rr = sums[WW, i] - 2.0 * begin * sums[WU, i] + begin * begin * sums[UU, i]
        rr += 2.0 * d * (sums[GW, i] - begin * sums[GU, i]) + d * d * sums[Q, i]
        ru = sums[WU, i] - begin * sums[UU, i] + d * sums[GU, i]
        re = sums[EW, i] - begin * sums[EU, i] + d * sums[GE, i]
        value = _odds(
            scaled - math.log(many), rr * rise * rise, ru * rise, re * rise, sums[UU, 0], sums[EU, 0], rss,
            DRIFT_SD * DRIFT_SD, 0.5 * (m - 1),
        )  # fmt: skip
        places[i] += value
        total += value
    return total


@compiled
def _more_variable(sums: Floats, scaled: float, rss: float, places: Floats) -> float:
    """A wider spread from any point to the end."""
    m, total = sums.shape[1] - 1, 0.0
    half_df = 0.5 * (m - 1)
    price = scaled - math.log(max(m - CALM - WILD + 1, 1) * len(RATIOS))
    for i in range(CALM, m - WILD + 1):
        for r in range(len(RATIOS)):
            less = 1.0 / (RATIOS[r] * RATIOS[r])
            a = sums[UU, 0] + (less - 1.0) * sums[UU, i]
            b = sums[EU, 0] + (less - 1.0) * sums[EU, i]
            left = sums[EE, 0] + (less - 1.0) * sums[EE, i] - b * b / a
            value = price - (m - i) * math.log(RATIOS[r]) - 0.5 * math.log(a / sums[UU, 0])
            value = math.exp(min(value - half_df * math.log(left / rss), FAR))
            places[i] += value
            total += value
    return total


@compiled
def weigh(
    x: Floats, t: Ints, g: Floats, noises: Floats, lengths: Ints, prices: Floats
) -> tuple[Floats, Floats, Floats, Ints]:
    """Log evidence of the five kinds, and where in time each lies.

    Shapes: x values, t their period numbers (ascending, gaps allowed), g their weights, each (m,); noises (k, 3): φ, κ
    and log prior; lengths of one-offs, ascending; prices (5,): log prior of a kind, the first that of a one-off at the
    very end in place of one in the past.
    Returns: evidence (5,), relative to a common constant; places (5, m), the weight of an onset at each point, relative
    to the same constant; of_noise (k,), log weights; lasting (m,), the likeliest length of a one-off that begins there.
    """
    m, many = len(x), len(noises)
    half_df = 0.5 * (m - 1)
    kept, sums = np.empty((many, KEPT_ROWS, m)), np.zeros((many, SUM_ROWS, m + 1))
    base, best, rss = np.empty(many), np.empty(many), np.empty(many)
    for p in range(many):
        log_det = _filtered(x, t, g, noises[p, 0], noises[p, 1], kept[p])
        _summed(kept[p], sums[p])
        rss[p] = sums[p, EE, 0] - sums[p, EU, 0] * sums[p, EU, 0] / sums[p, UU, 0]
        base[p] = noises[p, 2] - 0.5 * log_det - 0.5 * math.log(sums[p, UU, 0]) - half_df * math.log(rss[p])
        best[p] = base[p] + _best_step(sums[p], rss[p], half_df)
    ref = max(base.max(), best.max() - 0.5 * FAR)
    places, of_noise, usual = np.zeros((KINDS, m)), np.full(many, -np.inf), 0.0
    longest, lasting = np.zeros(m), np.ones(m, np.int64)
    for p in range(many):
        if best[p] < best.max() - NEGLIGIBLE:
            continue
        scaled = base[p] - ref
        total = math.exp(scaled)
        usual += total
        total += _sustained(sums[p], scaled + prices[SUSTAINED], rss[p], places[SUSTAINED])
        total += _one_off(kept[p], sums[p], scaled, rss[p], lengths, prices, places[ONE_OFF], longest, lasting)
        total += _drift(t, kept[p], sums[p], scaled + prices[DRIFT], rss[p], places[DRIFT])
        total += _more_variable(sums[p], scaled + prices[MORE_VARIABLE], rss[p], places[MORE_VARIABLE])
        of_noise[p] = math.log(total)
    evidence = np.empty(KINDS)
    evidence[USUAL] = math.log(max(usual, 1e-300))
    for k in range(1, KINDS):
        evidence[k] = math.log(max(places[k].sum(), 1e-300))
    return evidence, places, of_noise, lasting
