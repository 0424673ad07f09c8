"""How far a count lies from what others let us expect: one saddlepoint from a count of nothing to one of millions."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln, ndtr, ndtri, psi

from levelfield.signals.fair.groups import Floats

STEPS = 7  # of Newton; four are enough from 30 contacts on
NEAR = 1e-3  # nearer to the middle than this the saddlepoint is 0 / 0 and the normal form serves
FEW = 40.0  # counts below which “so many or more” and “more” are taken apart and averaged
FURTHEST = 37.0  # normal scores beyond this have no chance that a number can hold


def surprise(top: Floats, rest: Floats | None, exposure: Floats | None, centre: Floats, spread2: Floats) -> Floats:
    """The normal score of a count whose logit (or log rate) is itself normal: above 0 where more was counted.

    Shapes: top, rest, exposure (k, 1); centre, spread2 (k, g): where the others put the true level on the logit (log)
    scale and how uncertain it is. Proportions give `rest` = denominator − numerator, rates give `exposure`.
    Assumes: half the chance of exactly this count is taken (mid-p), so that a discrete count is judged evenly.
    Source: Lugannani and Rice (1980), doi:10.2307/1426607; Barndorff-Nielsen (1986), doi:10.1093/biomet/73.2.307, for
    r*; the binomial tail is a beta integral, the Poisson tail a gamma integral, and logit and logarithm of these have
    gamma functions as transforms.

    >>> one = np.array([[1.0]])
    >>> abs(float(surprise(5 * one, 5 * one, None, 0 * one, 0 * one)[0, 0].round(6)))  # five of ten, a half expected
    0.0
    >>> found = surprise(9 * one, 1 * one, None, 0 * one, 0 * one)[0, 0]  # mid-p is (1 + 10 / 2) / 1024 = 0.00586
    >>> round(float(ndtr(-found)), 4)
    0.0059
    """
    shift = centre if exposure is None else centre + np.log(exposure)
    a, b = top + 0.5, None if rest is None else rest + 0.5
    found = _score(a, b, shift, spread2)
    few = (top if rest is None else np.minimum(top, rest))[:, 0] < FEW
    if few.any():
        a, b = a[few], None if b is None else b[few]
        shift, wide = shift[few], spread2[few]
        or_more = _score(np.maximum(a - 0.5, 1e-9), None if b is None else b + 0.5, shift, wide)
        or_more = np.where(a > 0.5, or_more, -FURTHEST)
        more = _score(a + 0.5, None if b is None else np.maximum(b - 0.5, 1e-9), shift, wide)
        if b is not None:
            more = np.where(b > 0.5, more, FURTHEST)
        up, down = (ndtr(-or_more) + ndtr(-more)) / 2, (ndtr(or_more) + ndtr(more)) / 2
        tail = np.minimum(up, down)
        found[few] = np.where(tail > 1e-300, np.where(up < down, -1, 1) * ndtri(np.maximum(tail, 1e-300)), found[few])
    return found


def _score(a: Floats, b: Floats | None, shift: Floats, spread2: Floats) -> Floats:
    """The normal score r* of: logit of a Beta(a, b) (log of a Gamma(a)), less a normal level, lies above 0."""
    mean = psi(a) - shift - (0 if b is None else psi(b))
    variance = trigamma(a) + spread2 + (0 if b is None else trigamma(b))
    t = _within(np.zeros_like(mean), -mean / variance, a, b)
    for _ in range(STEPS):
        slope = psi(a + t) - shift + spread2 * t - (0 if b is None else psi(b - t))
        curve = trigamma(a + t) + spread2 + (0 if b is None else trigamma(b - t))
        t = _within(t, t - slope / curve, a, b)
    curve = trigamma(a + t) + spread2 + (0 if b is None else trigamma(b - t))
    height = gammaln(a + t) - gammaln(a) - shift * t + spread2 * t * t / 2
    if b is not None:
        height = height + gammaln(b - t) - gammaln(b)
    root = np.sign(t) * np.sqrt(np.maximum(-2 * height, 0))
    plain = mean / np.sqrt(variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = root + np.log(t * np.sqrt(curve) / root) / root
    found: Floats = np.where((np.abs(root) > NEAR) & np.isfinite(r), -r, plain)
    return found


def trigamma(x: Floats) -> Floats:
    """The second derivative of the log gamma function, by five steps up and its asymptotic series (error below 1e-7)."""
    found = np.zeros_like(x)
    for step in range(5):
        found += 1 / (x + step) ** 2
    y = 1 / (x + 5)
    found += y * (1 + y * (0.5 + y * (1 / 6 - y * y * (1 / 30 - y * y / 42))))
    return found


def _within(old: Floats, new: Floats, a: Floats, b: Floats | None) -> Floats:
    """A Newton step that goes at most nine tenths of the way to where the transform ends."""
    found = np.maximum(new, old - 0.9 * (old + a))
    return found if b is None else np.minimum(found, old + 0.9 * (b - old))
