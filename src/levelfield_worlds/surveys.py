"""What customers answer when asked, and which customers answer at all."""

from __future__ import annotations

import numpy as np

from levelfield_worlds import reasons
from levelfield_worlds.arrays import Floats, Ints
from levelfield_worlds.arrow import Table, arrow
from levelfield_worlds.draws import BAND_TABLE, Draws, Past
from levelfield_worlds.frame import SECOND_US
from levelfield_worlds.people import BANDS
from levelfield_worlds.places import language, place
from levelfield_worlds.tables import Label, table

ASKED = 0.035  # share of answered contacts
QUESTIONS = ("csat", "nps", "fcr")
ASKED_ALSO = (1.0, 0.35, 0.35)  # chance that an invitation holds the question
WORDING = (
    "How satisfied were you with this contact?",
    "How likely are you to recommend us?",
    "Was your issue solved with this contact?",
)
SCALES = ((1, 5), (0, 10), (0, 1))
CSAT_CUTS = np.array([-1.4, -0.8, -0.25, 0.75])
NPS_CUTS = np.linspace(-1.9, 1.1, 10)
TRUE_ANSWER = 0.93  # chance that a customer sees the solution as the agent marked it
DELAY_H = 18.0


def feelings(draws: Draws, rng: np.random.Generator, which: Ints) -> Floats:
    """How content customers are, on an open scale: a solution lifts it, a wait and an unpractised agent lower it."""
    wait = np.log1p(draws.wait_s[which] / 30)
    new = np.array([-0.25, -0.1, 0, 0, 0.05])[BAND_TABLE[np.minimum(draws.tenure[which], 400)]]
    felt: Floats = -0.45 + 1.2 * draws.resolved[which] - 0.22 * wait + new + rng.normal(0, 0.8, len(which))
    return felt


def chance_to_answer(felt: Floats) -> Floats:
    """The chance to answer of each customer: those who feel strongly answer more, the angry most."""
    chance: Floats = 0.14 + 0.07 * np.clip(felt, 0, 2) + 0.12 * np.clip(-felt, 0, 2)
    return chance


def surveys_table(past: Past, partner: str, rng: np.random.Generator) -> Table:
    """Invitations and answers of one partner, one row per question."""
    block, draws, people, first_id = past.block, past.draws, past.people, past.first_id
    frame = block.frame
    asked = np.flatnonzero(draws.answered & (rng.random(len(draws.row)) < ASKED))
    felt = feelings(draws, rng, asked)
    responds = rng.random(len(asked)) < chance_to_answer(felt)
    agreed = rng.random(len(asked)) < TRUE_ANSWER
    solved = draws.resolved[asked] == agreed
    scores = np.stack(
        [
            1 + np.searchsorted(CSAT_CUTS, felt + rng.normal(0, 0.2, len(asked))),
            np.searchsorted(NPS_CUTS, felt + rng.normal(0, 0.3, len(asked))),
            solved.astype(np.int64),
        ]
    )
    held = rng.random((len(QUESTIONS), len(asked))) < np.array(ASKED_ALSO)[:, None]
    question, invited = np.nonzero(held)
    order = np.lexsort((question, invited))
    question, invited = question[order], invited[order]
    which = asked[invited]
    row = draws.row[which]
    series, day = block.series[row], block.day[row]
    arrived = frame.start_at(day, block.slot[row]) + draws.arrived_s[which] * SECOND_US
    answered_at = arrived + (rng.exponential(DELAY_H * 3600, len(asked)).astype(np.int64) + 300)[invited] * SECOND_US
    silent = ~responds[invited] | (answered_at >= frame.ends_at)
    low, high = np.array(SCALES).T * 1000
    return table(
        "surveys",
        partner=partner,
        day=frame.day[day],
        response_id=Label([f"s{first_id + n}" for n in range(len(asked))], invited),
        question=Label(QUESTIONS, question),
        wording=Label(WORDING, question),
        contact_id=Label([f"c{first_id + n}" for n in asked], invited),
        answered_at=arrow.array(answered_at, arrow.int64(), mask=silent).cast(arrow.timestamp("us", tz="UTC")),
        **place(frame, series),
        language=language(frame, series),
        tenure_band=Label(BANDS, BAND_TABLE[np.minimum(draws.tenure[which], 400)]),
        reason=Label(reasons.names(frame), series * len(reasons.KINDS) + draws.reason[which]),
        agent=people.names.take(arrow.array(draws.person[which])),
        responded=~silent,
        score_milli=arrow.array(scores[question, invited] * 1000, arrow.int64(), mask=silent),
        scale_low_milli=low[question],
        scale_high_milli=high[question],
        resolved=arrow.array(scores[2][invited] == 1, mask=silent | (question != QUESTIONS.index("fcr"))),
    )
