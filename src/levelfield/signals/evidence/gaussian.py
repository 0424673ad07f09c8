"""How much the values of a series speak for each kind of change: marginal likelihoods under autocorrelated noise.

The values are g·(level + change) + noise. The noise is a stationary AR(1) process plus white noise, of unknown
autocorrelation φ, persistent share κ and spread. For every (φ, κ) of a grid the series runs once through the Kalman
filter; a step, a pulse or a ramp then is one more column of a regression whose products are running sums, since beyond
its onset the filter forgets the past geometrically. Level and spread are integrated out, the size of a change under a
normal prior in units of the noise's own standard deviation, its place under a flat one.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

USUAL, ONE_OFF, SUSTAINED, DRIFT, MORE_VARIABLE = range(5)
KINDS = 5

SHIFT_SD, PULSE_SD, DRIFT_SD = 1.3, 3.0, 2.5  # prior sizes of a change, in standard deviations of the noise
RATIOS = np.array([1.6, 2.6])  # how much more variable
RECENT = 3.0  # how much likelier a level is to have changed in the last third: what is older was judged before
LOG_RECENT, LOG_MEAN_RECENT = math.log(RECENT), math.log(1.0 + (RECENT - 1.0) / 3.0)
EDGE = 5  # a level needs so many points on either side
CALM, WILD = 8, 6  # points needed before and after a change of spread
FAR = 600.0  # logarithms further apart than this are as good as infinitely far
STRIDE = 4  # a one-off of length L begins anywhere, or, where it is long, at every L/4-th point
NEGLIGIBLE = 7.0  # noise so much less likely than the likeliest is left out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def weigh(
    x: Floats, t: Ints, g: Floats, noises: Floats, lengths: Ints, prices: Floats
) -> tuple[Floats, Floats, Floats, Floats, Ints]:
    """Log evidence of the five kinds, and where in time each lies.

    Shapes: x values, t their period numbers (ascending, gaps allowed), g their weights, each (m,); noises (k, 3): φ, κ
    and log prior; lengths of one-offs, ascending; prices (5,): log prior of a kind, the first that of a one-off at the
    very end in place of one in the past.
    Returns: evidence (5,), relative to a common constant; places (5, m), the weight of an onset at each point, relative
    to the same constant; of_noise (k,), log weights; lasting (m,), the most likely length of a one-off that begins there.
    """
    m, k_noises = len(x), len(noises)
    places = np.zeros((KINDS, m))
    of_noise = np.full(k_noises, -np.inf)
    usual = 0.0
    lasting, best_of = np.ones(m, np.int64), np.zeros(m)
    e, u, w, s = np.empty((k_noises, m)), np.empty((k_noises, m)), np.empty((k_noises, m)), np.empty((k_noises, m))
    forget, seen_g, seen_w = np.empty((k_noises, m)), np.empty((k_noises, m)), np.empty((k_noises, m))
    base, best = np.empty(k_noises), np.empty(k_noises)
    ee, eu, uu, ew = (
        np.zeros((k_noises, m + 1)),
        np.zeros((k_noises, m + 1)),
        np.zeros((k_noises, m + 1)),
        np.zeros(m + 1),
    )
    ww, wu, ge, gu, gw, q = (
        np.zeros(m + 1),
        np.zeros(m + 1),
        np.zeros(m + 1),
        np.zeros(m + 1),
        np.zeros(m + 1),
        np.zeros(m + 1),
    )
    step_e, step_u, step_r = np.zeros(m + 1), np.zeros(m + 1), np.zeros(m + 1)
    half_df = 0.5 * (m - 1)
    log_share = -np.log(lengths.astype(np.float64))  # short one-offs are more common than long ones
    log_share -= math.log(np.exp(log_share).sum())
    span = float(t[m - 1] - t[0])
    n_shift, n_drift, n_spread = max(m - 2 * EDGE + 1, 1), max(m // 2, 1), max(m - CALM - WILD + 1, 1)
    rss = np.empty(k_noises)
    for p in range(k_noises):  # the filter, and how well each noise explains a level alone, or one with a step
        phi, kappa = noises[p, 0], noises[p, 1]
        white = 1.0 - kappa
        var, at_x, at_g, at_w, log_det = kappa, 0.0, 0.0, 0.0, 0.0
        for i in range(m):
            total = var + white
            root = math.sqrt(total)
            gain = var / total
            gt = g[i] * (t[i] - t[0])
            e[p, i], u[p, i], w[p, i], s[p, i] = (x[i] - at_x) / root, (g[i] - at_g) / root, (gt - at_w) / root, root
            seen_g[p, i], seen_w[p, i] = at_g, at_w
            log_det += math.log(total)
            lag = phi
            if i + 1 < m and t[i + 1] - t[i] != 1:
                lag = phi ** (t[i + 1] - t[i])
            at_x, at_g, at_w = (
                lag * (at_x + gain * (x[i] - at_x)),
                lag * (at_g + gain * (g[i] - at_g)),
                lag * (at_w + gain * (gt - at_w)),
            )
            forget[p, i] = lag * (1.0 - gain)
            var = lag * lag * var * (1.0 - gain) + kappa * (1.0 - lag * lag)
        for i in range(m - 1, -1, -1):
            ee[p, i] = ee[p, i + 1] + e[p, i] * e[p, i]
            eu[p, i] = eu[p, i + 1] + e[p, i] * u[p, i]
            uu[p, i] = uu[p, i + 1] + u[p, i] * u[p, i]
        rss[p] = ee[p, 0] - eu[p, 0] * eu[p, 0] / uu[p, 0]
        base[p] = noises[p, 2] - 0.5 * log_det - 0.5 * math.log(uu[p, 0]) - half_df * math.log(rss[p])
        best[p] = base[p]
    ref = base.max()
    for p in range(k_noises):
        a_ge, a_gu, a_q, top = 0.0, 0.0, 0.0, 0.0
        v = SHIFT_SD * SHIFT_SD
        for i in range(m - 1, EDGE - 1, -1):
            a_ge = e[p, i] / s[p, i] + forget[p, i] * a_ge
            a_gu = u[p, i] / s[p, i] + forget[p, i] * a_gu
            a_q = 1.0 / (s[p, i] * s[p, i]) + forget[p, i] * forget[p, i] * a_q
            if i <= m - EDGE:
                d = seen_g[p, i]
                rr, ru = uu[p, i] + d * (2.0 * a_gu + d * a_q), uu[p, i] + d * a_gu
                own = rr - ru * ru / uu[p, 0]
                cross = eu[p, i] + d * a_ge - ru * eu[p, 0] / uu[p, 0]
                top = max(top, cross * cross / max(own + 1.0 / v, 1e-12))
        best[p] = base[p] - half_df * math.log(max(1.0 - top / rss[p], 1e-12))
    limit = best.max() - NEGLIGIBLE
    ref = max(ref, best.max() - 0.5 * FAR)
    for p in range(k_noises):
        if best[p] < limit:
            continue
        scaled = base[p] - ref
        sum_all = math.exp(scaled)
        usual += sum_all
        uu0, eu0, ee0 = uu[p, 0], eu[p, 0], ee[p, 0]
        for i in range(m - 1, -1, -1):
            ew[i] = ew[i + 1] + e[p, i] * w[p, i]
            ww[i] = ww[i + 1] + w[p, i] * w[p, i]
            wu[i] = wu[i + 1] + w[p, i] * u[p, i]
            inv = 1.0 / s[p, i]
            f = forget[p, i]
            ge[i] = e[p, i] * inv + f * ge[i + 1]
            gu[i] = u[p, i] * inv + f * gu[i + 1]
            gw[i] = w[p, i] * inv + f * gw[i + 1]
            q[i] = inv * inv + f * f * q[i + 1]
            d = seen_g[p, i]
            step_e[i] = eu[p, i] + d * ge[i]
            step_u[i] = uu[p, i] + d * gu[i]
            step_r[i] = uu[p, i] + d * (2.0 * gu[i] + d * q[i])
        v = SHIFT_SD * SHIFT_SD
        price = scaled + prices[SUSTAINED] - math.log(n_shift) - LOG_MEAN_RECENT
        for i in range(EDGE, m - EDGE + 1):
            value = _odds(
                price + (LOG_RECENT if 3 * i >= 2 * m else 0.0),
                step_r[i],
                step_u[i],
                step_e[i],
                uu0,
                eu0,
                rss[p],
                v,
                half_df,
            )
            places[SUSTAINED, i] += value
            sum_all += value
        v = PULSE_SD * PULSE_SD
        for i in range(m):
            passed = 1.0  # how much of the state at the onset is left at its end
            done = 0
            for k in range(len(lengths)):
                length = lengths[k]
                stride = max(length // STRIDE, 1)
                if i % stride != 0:
                    continue
                b = i + length
                if b > m or (b == m and length > 2):
                    break
                while done < length:
                    passed *= forget[p, i + done]
                    done += 1
                rr, ru, re = step_r[i], step_u[i], step_e[i]
                if b == m:
                    price = scaled + prices[0] - math.log(2.0)
                else:
                    both = step_u[b] + seen_g[p, i] * passed * (gu[b] + seen_g[p, b] * q[b])
                    rr, ru, re = rr + step_r[b] - 2.0 * both, ru - step_u[b], re - step_e[b]
                    price = scaled + prices[ONE_OFF] + log_share[k] - math.log(float(m - length) / stride)
                    if 3 * b >= 2 * m:
                        price += LOG_RECENT
                    price -= LOG_MEAN_RECENT
                value = _odds(price, rr, ru, re, uu0, eu0, rss[p], v, half_df)
                places[ONE_OFF, i] += value
                sum_all += value
                if value > best_of[i]:
                    best_of[i], lasting[i] = value, length
        v = DRIFT_SD * DRIFT_SD
        price = scaled + prices[DRIFT] - math.log(n_drift)
        for i in range(n_drift):
            begin = float(t[i] - t[0])
            rise = 1.0 / (span - begin)
            d = seen_w[p, i] - begin * seen_g[p, i]
            rr = (
                ww[i]
                - 2.0 * begin * wu[i]
                + begin * begin * uu[p, i]
                + 2.0 * d * (gw[i] - begin * gu[i])
                + d * d * q[i]
            )
            ru = wu[i] - begin * uu[p, i] + d * gu[i]
            re = ew[i] - begin * eu[p, i] + d * ge[i]
            value = _odds(price, rr * rise * rise, ru * rise, re * rise, uu0, eu0, rss[p], v, half_df)
            places[DRIFT, i] += value
            sum_all += value
        price = scaled + prices[MORE_VARIABLE] - math.log(float(n_spread * len(RATIOS)))
        for i in range(CALM, m - WILD + 1):
            for r in range(len(RATIOS)):
                less = 1.0 / (RATIOS[r] * RATIOS[r])
                a = uu0 + (less - 1.0) * uu[p, i]
                b_ = eu0 + (less - 1.0) * eu[p, i]
                left = ee0 + (less - 1.0) * ee[p, i] - b_ * b_ / a
                value = math.exp(
                    min(
                        price
                        - (m - i) * math.log(RATIOS[r])
                        - 0.5 * math.log(a / uu0)
                        - half_df * math.log(left / rss[p]),
                        FAR,
                    )
                )
                places[MORE_VARIABLE, i] += value
                sum_all += value
        of_noise[p] = math.log(sum_all)
    evidence = np.empty(KINDS)
    evidence[USUAL] = math.log(max(usual, 1e-300))
    for k in range(1, KINDS):
        evidence[k] = math.log(max(places[k].sum(), 1e-300))
    return evidence, places, of_noise, base, lasting
