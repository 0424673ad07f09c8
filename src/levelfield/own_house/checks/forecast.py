"""How good the locked forecast was, whether it came in time, and whether the misses are its."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from levelfield.own_house.duty import Found, Verdict

Floats = npt.NDArray[np.float64]

FEWEST_DAYS = 10  # fewer days say nothing on a forecast
ALLOWED = 0.05  # variance where none was agreed; contracts commonly name five to ten per cent
ODD_DAYS = 0.10  # share of days that may lie beyond the variance
MOST_BY_CHANCE = 1.96  # standard errors
ONE_SIDED = 1.64  # standard errors by which a day may lie beyond the variance by chance


def error_by_chance(expected: Floats) -> float:
    """The error that even a perfect forecast has, as a share of all contacts: callers come by chance.

    Shapes: `(intervals,)` expected contacts; missing = nan. The mean absolute deviation of a Poisson count
    of mean m is 2 m^(k+1) e^(-m) / k! with k the whole part of m. Source: Crow (1958), doi:10.1093/biomet/45.3-4.556.

    >>> round(error_by_chance(np.array([4.0, 4.0])), 3)
    0.391
    """
    known = expected[np.isfinite(expected) & (expected > 0)]
    if not known.size:
        return float("nan")
    from scipy.special import gammaln

    whole = np.floor(known)
    apart = 2 * np.exp((whole + 1) * np.log(known) - known - gammaln(whole + 1))
    return float(apart.sum() / known.sum())


def forecast(
    forecast: Floats,
    actual: Floats,
    variance: float | None,
    wape_interval: float | None = None,
    by_chance: float | None = None,
) -> Found:
    """Judge a locked forecast by its days against the agreed variance, and by its bias.

    Shapes: `(days,)` contacts forecast and offered; missing = nan. `variance`: the agreed share, None where none was.
    Not kept: more than one day in ten beyond the variance and beyond chance with too little forecast, or a bias beyond
    chance and beyond half the variance.
    """
    known = np.isfinite(forecast) & np.isfinite(actual) & (actual > 0)
    days = int(known.sum())
    if days < FEWEST_DAYS:
        return Found(
            Verdict.CANNOT_JUDGE,
            f"There are {days} days with a locked forecast; at least {FEWEST_DAYS} are needed.",
            None,
            days,
        )
    plan, real = forecast[known], actual[known]
    allowed = ALLOWED if variance is None else variance
    most = plan * (1 + allowed)
    over = int((real > most + ONE_SIDED * np.sqrt(most)).sum())
    bias = float(plan.sum() / real.sum() - 1)
    errors = plan - real * (1 + bias)  # what is left once the bias is taken out
    spread = float(np.std(errors, ddof=1)) / float(real.mean()) / np.sqrt(days) if days > 1 else np.inf
    sure = abs(bias) > MOST_BY_CHANCE * spread
    many = over / days > ODD_DAYS
    low = sure and bias < -allowed / 2
    verdict = (
        Verdict.NOT_KEPT
        if (many and bias < 0) or low
        else Verdict.PARTLY
        if many or (sure and bias > allowed)
        else Verdict.KEPT
    )
    named = f"the agreed {allowed:.0%}" if variance is not None else f"{allowed:.0%} (no variance was agreed)"
    chance = f", where chance alone gives {by_chance:.1%}" if by_chance is not None and np.isfinite(by_chance) else ""
    fine = (
        f"; by interval the error is {wape_interval:.1%} of the contacts{chance}" if wape_interval is not None else ""
    )
    way = "too little" if bias < 0 else "too much"
    return Found(
        verdict,
        f"On {over} of {days} days contacts came beyond {named} above the locked forecast and beyond chance; over all days {abs(bias):.1%} {way} was forecast"
        f"{'' if sure else ', which is within chance'}{fine}.",
        bias, days,
    )  # fmt: skip


def lock(made: Sequence[tuple[dt.date, dt.datetime | None]], lock_days: int) -> Found:
    """Was there, for each month, a version made at least `lock_days` before its first day?

    `made`: first day of a month and the moment its earliest version was made; None where none was delivered.
    """
    if not made:
        return Found(Verdict.CANNOT_JUDGE, "No forecast was delivered.", None, 0)
    late = [month for month, at in made if at is None or at.date() + dt.timedelta(days=lock_days) > month]
    if not late:
        return Found(
            Verdict.KEPT,
            f"All of the last {len(made)} months had a forecast {lock_days} days before they began.",
            0.0,
            len(made),
        )
    words = ", ".join(f"{m:%B %Y}" for m in late[-3:])
    verdict = Verdict.NOT_KEPT if len(late) * 4 > len(made) else Verdict.PARTLY
    return Found(
        verdict, f"{len(late)} of the last {len(made)} months had no forecast {lock_days} days before they began: {words}{' among them' if len(late) > 3 else ''}.",
        float(len(late)), len(made),
    )  # fmt: skip


def beyond_forecast(forecast: Floats, offered: Floats, late: Floats, variance: float | None) -> Found:
    """How much of what was answered late fell into intervals with more contacts than forecast, against their share.

    Shapes: `(intervals,)`; `late` counts contacts not answered in time.
    """
    known = np.isfinite(forecast) & np.isfinite(offered) & np.isfinite(late) & (forecast > 0)
    total, late_total = float(offered[known].sum()), float(late[known].sum())
    if late_total < 30:
        return Found(
            Verdict.CANNOT_JUDGE,
            "Fewer than 30 contacts were answered late in intervals with a forecast.",
            None,
            int(late_total),
        )
    allowed = ALLOWED if variance is None else variance
    above = known & (offered > forecast * (1 + allowed))
    of_late, of_all = float(late[above].sum()) / late_total, float(offered[above].sum()) / total
    # Beyond the forecast by chance alone every queue has such intervals; what counts is what the whole hour brought.
    surplus = (
        float(
            np.maximum(offered[known] - forecast[known], 0).sum()
            - np.maximum(forecast[known] - offered[known], 0).sum()
        )
        / total
    )
    verdict = (
        Verdict.KEPT
        if of_late <= of_all * 1.5 or surplus <= 0
        else Verdict.NOT_KEPT
        if surplus > allowed / 2
        else Verdict.PARTLY
    )
    return Found(
        verdict,
        f"{of_late:.0%} of what was answered late fell into intervals with more than {allowed:.0%} above the locked forecast; these hold {of_all:.0%} of all "
        f"contacts. Over all intervals {'more' if surplus > 0 else 'fewer'} contacts came than were forecast, by {abs(surplus):.1%}.",
        of_late, int(late_total),
    )  # fmt: skip
