"""Quality evaluations: the partner scores many contacts, the client some of the same, and the two do not quite agree."""

from __future__ import annotations

import numpy as np

from levelfield_worlds import reasons
from levelfield_worlds.arrow import Table, arrow, compute
from levelfield_worlds.draws import BAND_TABLE, Past
from levelfield_worlds.frame import SECOND_US
from levelfield_worlds.people import BANDS
from levelfield_worlds.places import language, place
from levelfield_worlds.tables import Label, table

PER_PARTNER = 10_500
SHARE = 0.014  # of answered contacts, where that is fewer
CLIENT_TOO = 0.2
SAMPLES, SAMPLE_SHARE = ("random", "risk", "targeted"), (0.8, 0.12, 0.08)
SAMPLE_SHIFT = np.array([0.0, -6.0, -10.0])
SCORE, SCORE_SPREAD = 88.0, 7.0  # of a solved contact by the client's evaluators
UNSOLVED = -9.0
ERRORS = (0.05, 0.04, 0.012)  # customer, business and compliance critical errors per contact of the average score


def evaluations_table(past: Past, partner: str, rng: np.random.Generator) -> Table:
    """Scores of one partner's contacts by the partner, and of some of them by the client as well."""
    block, draws, people, first_id = past.block, past.draws, past.people, past.first_id
    frame = block.frame
    answered = np.flatnonzero(draws.answered)
    size = min(PER_PARTNER, round(len(answered) * SHARE))
    chosen = np.sort(rng.choice(answered, size, replace=False))
    sample = rng.choice(len(SAMPLES), size, p=SAMPLE_SHARE)
    truth = SCORE + SAMPLE_SHIFT[sample] + np.where(draws.resolved[chosen], 0, UNSOLVED)
    truth = truth + np.array([-4.0, -1.5, 0, 0, 0.5])[BAND_TABLE[np.minimum(draws.tenure[chosen], 400)]]
    truth = truth + rng.normal(0, SCORE_SPREAD, size)
    # Errors belong to the contact, so both sides look at the same ones; the partner's evaluators overlook some.
    errors = rng.poisson(np.array(ERRORS)[:, None] * np.exp((SCORE - truth) / 12))

    both = np.flatnonzero(rng.random(size) < CLIENT_TOO)
    which = np.concatenate([np.arange(size), both])
    by_client = np.arange(len(which)) >= size
    gap = frame.estate.partner_by_key[partner].calibration_gap
    scored = truth[which] + np.where(by_client, 0, gap) + rng.normal(0, 3, len(which))
    score = np.clip(np.rint(scored * 2) / 2, 0, 100)  # sheets score in half points
    seen = rng.binomial(errors[:, which], np.where(by_client, 0.95, 0.7))
    row = draws.row[chosen[which]]
    series, day = block.series[row], block.day[row]
    arrived = frame.start_at(day, block.slot[row]) + draws.arrived_s[chosen[which]] * SECOND_US
    later = 3600 + rng.exponential(3 * 86_400, len(which)).astype(np.int64)
    scored_sheets = table(
        "evaluations",
        partner=partner,
        day=frame.day[day],
        evaluation_id=[f"q{first_id + n}" for n in range(len(which))],
        contact_id=[f"c{first_id + n}" for n in chosen[which]],
        evaluated_at=arrived + later * SECOND_US,
        **place(frame, series),
        language=language(frame, series),
        tenure_band=Label(BANDS, BAND_TABLE[np.minimum(draws.tenure[chosen[which]], 400)]),
        reason=Label(reasons.names(frame), series * len(reasons.KINDS) + draws.reason[chosen[which]]),
        agent=people.names.take(arrow.array(draws.person[chosen[which]])),
        scored_by=Label(("partner", "client"), by_client.astype(np.int64)),
        sample=Label(SAMPLES, sample[which]),
        score_milli=np.rint(score * 1000).astype(np.int64),
        customer_critical=seen[0],
        business_critical=seen[1],
        compliance_critical=seen[2],
    )
    return scored_sheets.filter(compute.less(scored_sheets["evaluated_at"].cast(arrow.int64()), frame.ends_at))
