"""The classical funnel: how much more the groups differ than chance lets them, and the limits that follow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import ndtri

from levelfield.signals.fair.groups import Bools, Floats, Groups, Kind, refused


class Scale(StrEnum):
    """On which scale the groups are compared."""

    ARCSINE = "arcsine"  # of the root: proportions
    LOG = "log"  # rates, and ratios as the SHMI has them
    ROOT = "root"  # ratios as the CQC has them


@dataclass(frozen=True, eq=False)
class Overdispersion:
    """The figures of Spiegelhalter's method for every group, and the two that sum them up. Shapes: (k,) each."""

    scale: Scale
    target: float  # on the scale of the values
    target_transformed: float
    transformed: Floats
    standard_error: Floats
    z: Floats  # not adjusted
    winsorised: Floats  # z pulled in to the limits of winsorising; nan where the ratio variant leaves the group out
    pulled_in: Bools
    phi: float  # mean square of the winsorised z: 1 where the groups differ by chance alone
    tau2: float  # variance between groups on the transformed scale


def overdispersion(
    groups: Groups, *, winsor: float = 0.1, target: float | None = None, scale: str = ""
) -> Overdispersion:
    """How much more than chance the groups differ, as the reference implementation FunnelPlotR computes it.

    Shapes: groups (k,). Unit: arcsine of the root for proportions, logarithm for ratios and rates.
    Ratios are compared by their roots, winsorised, as the Care Quality Commission does; `scale="log"` by their
    logarithms, as the SHMI does.
    Refuses: a share to winsorise outside 0 to a half, a target that cannot be one, a scale that is not for the kind.
    Assumes: proportions and rates are winsorised at both ends; ratios follow the SHMI and leave the ends out.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, doi:10.1002/sim.1970, and (2005) Quality and Safety in
    Health Care 14, doi:10.1136/qshc.2005.013755; DerSimonian and Laird (1986), doi:10.1016/0197-2456(86)90046-2.

    >>> found = overdispersion(Groups(("a", "b"), np.array([25., 75.]), np.array([100., 100.]), Kind.PROPORTION), winsor=0)
    >>> found.z.round(4).tolist(), round(found.phi, 4)  # asin √¼ = π/6, asin √½ = π/4, s = 1/20
    ([-5.236, 5.236], 27.4156)
    """
    if not 0 <= winsor < 0.5:
        raise refused(f"{winsor:g} cannot be winsorised at each end", "a share from 0 to below 0.5")
    centre = _target(groups, target)
    top, bottom = groups.numerator, groups.denominator
    on = _scale(groups.kind, scale)
    if on is Scale.ARCSINE:
        y, goal, s = np.arcsin(np.sqrt(top / bottom)), math.asin(math.sqrt(centre)), 1 / (2 * np.sqrt(bottom))
    elif on is Scale.ROOT:
        y, goal, s = np.sqrt(top / bottom), math.sqrt(centre), 1 / (2 * np.sqrt(bottom))
    else:
        expected = bottom if groups.kind is Kind.RATIO else bottom * (centre if centre > 0 else 1.0)
        with np.errstate(divide="ignore"):
            y = np.log(np.where(top > 0, top, 0.5) / bottom)  # nothing seen has no logarithm: half of one
        goal, s = math.log(centre) if centre > 0 else float(y.min()), 1 / np.sqrt(expected)
    z = (y - goal) / s
    if groups.kind is Kind.RATIO and on is Scale.LOG:
        pulled_in = _ends(z, winsor)
        used = np.where(pulled_in, np.nan, z)
    else:
        low, high = np.quantile(z, [winsor, 1 - winsor])
        pulled_in = ~((z > low) & (z < high))
        used = np.clip(z, low, high)
    there = np.isfinite(used)
    phi = float(np.mean(used[there] ** 2)) if there.any() else 0.0
    return Overdispersion(on, centre, goal, y, s, z, used, pulled_in, phi, _between(phi, s[there]))


def classical_limits(found: Overdispersion, limit: float, tau2: float) -> tuple[Floats, Floats]:
    """Lower and upper limit at every group's size, on the scale of the values; (k,) each."""
    half = float(ndtri(0.5 + limit / 2)) * np.sqrt(found.standard_error**2 + tau2)
    if found.scale is Scale.ROOT:
        return np.maximum(found.target_transformed - half, 0) ** 2, (found.target_transformed + half) ** 2
    if found.scale is Scale.ARCSINE:
        low, high = (np.clip(found.target_transformed + sign * half, 0, math.pi / 2) for sign in (-1, 1))
        return np.sin(low) ** 2, np.sin(high) ** 2
    with np.errstate(over="ignore"):
        return np.exp(found.target_transformed - half), np.exp(found.target_transformed + half)


def _scale(kind: Kind, named: str) -> Scale:
    usual = {Kind.PROPORTION: Scale.ARCSINE, Kind.RATIO: Scale.ROOT}.get(kind, Scale.LOG)
    if not named or named == usual:
        return usual
    if kind is Kind.RATIO and named == Scale.LOG:
        return Scale.LOG
    raise refused(f"“{str(named)[:40]}” is no scale for a {kind}", "log or root" if kind is Kind.RATIO else str(usual))


def _target(groups: Groups, target: float | None) -> float:
    if target is None:
        return 1.0 if groups.kind is Kind.RATIO else groups.pooled
    if not math.isfinite(target) or target <= 0 or (groups.kind is Kind.PROPORTION and target >= 1):
        expected = "a share between 0 and 1" if groups.kind is Kind.PROPORTION else "more than 0"
        raise refused(f"{target:g} cannot be the target", expected)
    return float(target)


def _ends(z: Floats, winsor: float) -> Bools:
    """Which groups lie in the outermost parts, counted as the SHMI counts them."""
    if winsor == 0:
        return np.zeros(len(z), dtype=bool)
    parts = 1 / winsor
    from scipy.stats import rankdata  # takes a second to import

    part = np.floor(rankdata(z) * parts / (len(z) + 1))
    found: Bools = ~((part > 0) & (part < parts - 1))
    return found


def _between(phi: float, s: Floats) -> float:
    """Variance between groups by moments (DerSimonian and Laird), not below 0."""
    n, weight = len(s), 1 / s**2
    spare = math.fsum(weight) - math.fsum(weight**2) / math.fsum(weight) if n > 1 else 0.0
    return max(0.0, (n * phi - (n - 1)) / spare) if spare > 0 else 0.0
