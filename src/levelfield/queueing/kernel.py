"""The integrals behind the Erlang formulas, by quadrature that cannot overflow, underflow or cancel.

Every quantity of an M/M/c+M queue is a ratio of integrals of exp(g) with a concave g. Incomplete gamma functions give the
same in closed form, but their values leave the range of floating point at a few hundred agents above capacity, and
differences of them lose digits where little is given up. Here each integral is taken over the window in which its
integrand is not negligible, in pieces that meet at its top and where it stops to bend. All of it stands in one file, since
compiled functions are kept until their own file changes.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from levelfield.words.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST = 1 << 24  # agents
NODES = 40  # of Gauss and Legendre in each piece; the integrands are entire functions
DEPTH = 42.0  # exp(-42) is below the last digit of a sum
X, W = np.polynomial.legendre.leggauss(NODES)
HALF_X, HALF_W = (X + 1) / 2, W / 2
NEAR = 3.0  # mean patiences after the top within which the integrand bends


@compiled
def waiting_log(v: float, y: float, x: float) -> float:
    """Log density of the offered wait v, in units of mean patience: y arrivals and x departures per patience."""
    return -y * math.expm1(-v) - x * v


@compiled
def edge(outside: float, top: float, g_top: float, y: float, x: float) -> float:
    """Just outside of where exp(g) is not negligible, by halves between a place that is and the top."""
    inside = top
    for _ in range(60):
        middle = (outside + inside) / 2
        if waiting_log(middle, y, x) < g_top - DEPTH:
            outside = middle
        else:
            inside = middle
        if abs(outside - inside) < 1e-3 * abs(outside - top):
            break
    return outside


@compiled
def window(low: float, high: float, y: float, x: float) -> tuple[float, float, float]:
    """Where exp(g) is not negligible between low and high, and the place of its top. `high` may be infinite."""
    top = math.log(y / x) if y > x else 0.0
    top = min(max(top, low), high)
    g_top = waiting_log(top, y, x)
    left = low
    if top > low and waiting_log(low, y, x) < g_top - DEPTH:
        left = edge(low, top, g_top, y, x)
    right = high
    slope = x - y * math.exp(-top)
    curve = y * math.exp(-top)
    scale = min(1 / slope if slope > 1e-300 else 1e300, 1 / math.sqrt(curve) if curve > 1e-300 else 1e300)
    reach = top + 4 * scale
    while reach < high and waiting_log(reach, y, x) > g_top - DEPTH:
        reach = top + (reach - top) * 2
    if reach < high:
        right = edge(reach, top, g_top, y, x)
    return left, top, right


@compiled
def sums(low: float, high: float, y: float, x: float) -> tuple[float, float, float, float, float]:
    """Integrals over [low, high] of h, h e^-v, h (1 - e^-v) and v h e^-v, with h = exp(g - g at its top), and that log."""
    left, top, right = window(low, high, y, x)
    g_top = waiting_log(top, y, x)
    whole = stays = leaves = waits = 0.0
    start = left
    for piece in range(5):
        # After some patiences nobody is left to give up, and what falls off does so at another pace: pieces of their own.
        if piece == 0:
            end = top
        elif piece == 4 or right - top < NEAR:
            end = right
        else:
            end = min(right, top + NEAR * 4.0 ** (piece - 1))
        length = end - start
        if length <= 0:
            continue
        for i in range(NODES):
            v = start + length * HALF_X[i]
            gone = -math.expm1(-v)
            h = HALF_W[i] * length * math.exp(y * gone - x * v - g_top)
            whole += h
            stays += h * (1 - gone)
            leaves += h * gone
            waits += h * v * (1 - gone)
        start = end
    return whole, stays, leaves, waits, g_top


@compiled
def inverse_erlang_b(load: float, servers: float) -> tuple[float, float]:
    """1 / B(servers, load) as a mantissa and a logarithm: load times the integral of exp(-load t) (1 + t)^servers.

    Servers may be a fraction, and as few as just above -1. Source: Jagerman (1974), doi:10.1002/j.1538-7305.1974.tb02756.x.
    """
    top = max(servers / load - 1, 0.0)
    g_top = servers * math.log1p(top) - load * top
    left = 0.0
    if top > 0 and g_top > DEPTH:
        a, b = 0.0, top
        for _ in range(60):
            middle = (a + b) / 2
            if servers * math.log1p(middle) - load * middle < g_top - DEPTH:
                a = middle
            else:
                b = middle
            if b - a < 1e-3 * (top - a):
                break
        left = a
    slope = load - servers / (1 + top)
    curve = abs(servers) / (1 + top) ** 2
    scale = min(1 / slope if slope > 1e-300 else 1e300, 1 / math.sqrt(curve) if curve > 1e-300 else 1e300)
    right = top + 4 * scale
    while servers * math.log1p(right) - load * right > g_top - DEPTH:
        right = top + (right - top) * 1.5
    total = 0.0
    for start, end in ((left, top), (top, right)):
        length = end - start
        if length <= 0:
            continue
        for i in range(NODES):
            t = start + length * HALF_X[i]
            total += HALF_W[i] * length * math.exp(servers * math.log1p(t) - load * t - g_top)
    return load * total, g_top


@compiled
def one_queue(
    rate: float, handle: float, patience: float, agents: float, threshold: float
) -> tuple[float, float, float, float, float, float]:
    """Of one queue: chance to wait, given up, answered within, given up within, mean wait of answered, answered."""
    y, x = rate * patience, agents * patience / handle
    whole, stays, leaves, waits, g_top = sums(0.0, math.inf, y, x)
    mantissa, log_b = inverse_erlang_b(rate * handle, agents - 1)
    # Chance of a wait over chance of none: rate times the integral times Erlang B with one agent fewer.
    log_odds = math.log(y * whole / mantissa) + g_top - log_b
    none = 1 / (1 + math.exp(log_odds)) if log_odds < 700 else math.exp(-log_odds)
    waiting = 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else math.exp(log_odds)
    given_up = waiting * leaves / whole
    answered = none + waiting * stays / whole
    limit = threshold / patience
    if limit > 0:
        part, part_stays, part_leaves, _w, part_top = sums(0.0, limit, y, x)
        scale = math.exp(part_top - g_top)
        within = none + waiting * part_stays * scale / whole
        beyond = max(1 - part * scale / whole, 0.0)
        given_up_within = waiting * (part_leaves * scale / whole - math.expm1(-limit) * beyond)
    else:
        within, given_up_within = none, 0.0
    wait_answered = waiting * waits / whole * patience / answered if answered > 0 else math.nan
    return waiting, given_up, min(within, 1.0), given_up_within, wait_answered, answered


@compiled
def many_queues(
    rate: Floats, handle: Floats, patience: Floats, agents: Floats, threshold: Floats
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Every figure of `one_queue`, each `(n,)`; nan where nobody calls."""
    n = len(rate)
    out = np.full((6, n), np.nan)
    for i in range(n):
        if rate[i] > 0:
            a, b, c, d, e, f = one_queue(rate[i], handle[i], patience[i], agents[i], threshold[i])
            out[0, i], out[1, i], out[2, i], out[3, i], out[4, i], out[5, i] = a, b, c, d, e, f
    return out[0], out[1], out[2], out[3], out[4], out[5]


@compiled
def many_blocked(load: Floats, agents: Floats) -> Floats:
    """Erlang B; zero where nobody calls."""
    out = np.zeros(len(load))
    for i in range(len(load)):
        if load[i] > 0:
            mantissa, log_b = inverse_erlang_b(load[i], agents[i])
            out[i] = math.exp(-log_b) / mantissa
    return out


@compiled
def many_beyond(rate: Floats, handle: Floats, patience: Floats, agents: Floats, seconds: Floats) -> Floats:
    """Chance that the offered wait exceeds so many seconds."""
    out = np.full(len(rate), np.nan)
    for i in range(len(rate)):
        if rate[i] > 0:
            y, x = rate[i] * patience[i], agents[i] * patience[i] / handle[i]
            whole, _s, _l, _w, top = sums(0.0, math.inf, y, x)
            tail, _s2, _l2, _w2, tail_top = sums(seconds[i] / patience[i], math.inf, y, x)
            waiting = one_queue(rate[i], handle[i], patience[i], agents[i], 0.0)[0]
            out[i] = waiting * math.exp(tail_top - top) * tail / whole
    return out


@compiled
def reaches(
    rate: float, handle: float, patience: float, agents: float, threshold: float, wanted: float, measure: int
) -> bool:
    """Does a number of agents reach the target?"""
    _w, given_up, within, _gw, _wa, _a = one_queue(rate, handle, patience, agents, threshold)
    if measure == 0:
        return within >= wanted
    if measure == 1:
        return given_up <= wanted
    return given_up * patience <= wanted


@compiled
def many_least(rate: Floats, handle: Floats, patience: Floats, threshold: Floats, wanted: Floats, measure: int) -> Ints:
    """The least whole number of agents, by doubling and halving; 0 where nobody calls, -1 where none reaches it."""
    out = np.zeros(len(rate), dtype=np.int64)
    for i in range(len(rate)):
        if rate[i] <= 0:
            continue
        low, high = 0, max(1, int(rate[i] * handle[i]))
        while not reaches(rate[i], handle[i], patience[i], float(high), threshold[i], wanted[i], measure):
            low, high = high, high + max(1, high // 8)
            if high > MOST:
                break
        if high > MOST:
            out[i] = -1
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if reaches(rate[i], handle[i], patience[i], float(middle), threshold[i], wanted[i], measure):
                high = middle
            else:
                low = middle
        out[i] = high
    return out
