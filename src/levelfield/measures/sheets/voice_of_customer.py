"""Surveys, quality evaluations and calibration."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from levelfield.measures.sheet import A_DAY_S, Part, Sheet, Tables

SURVEY_DIMENSIONS = ("program", "site", "line", "channel", "language", "tenure_band", "reason")
SURVEY_PARTS = tuple(
    Part(name, about)
    for name, about in (
        ("csat_asked", "Customers asked how satisfied they are."),
        ("csat_n", "Customers who answered."),
        ("csat_satisfied", "Answers in the top quarter of the scale: 4 and 5 of 5."),
        ("csat_place_milli", "Sum of places on the scale from 0 (lowest) to 1,000 (highest)."),
        ("nps_asked", "Customers asked whether they would recommend."),
        ("nps_n", "Customers who answered."),
        ("promoters", "Answers 9 and 10."),
        ("detractors", "Answers 0 to 6."),
        ("fcr_asked", "Customers asked whether the issue is solved."),
        ("fcr_n", "Customers who answered."),
        ("fcr_yes", "Of these, solved at the first contact."),
    )
)


def surveys_rows(tables: Tables) -> ir.Table:
    """One additive row per invitation."""
    t = tables["surveys"]

    def n(condition: ir.BooleanValue) -> ir.Value:
        return condition.fill_null(False).cast("int64")

    csat, nps, fcr = (t.question == q for q in ("csat", "nps", "fcr"))
    answered = t.responded & t.score_milli.notnull()
    width = (t.scale_high_milli - t.scale_low_milli).nullif(0)
    place = ((t.score_milli - t.scale_low_milli) * 1000 / width).round()
    return t.select(
        "partner", "day", *SURVEY_DIMENSIONS, span_s=ibis.literal(A_DAY_S, type="int64"),
        csat_asked=n(csat), csat_n=n(csat & answered),
        # An answer on a scale nobody told is not an unsatisfied one.
        csat_satisfied=ibis.ifelse(csat & answered & width.isnull(), ibis.null("int64"), n(csat & answered & (place >= 750))),
        csat_place_milli=ibis.ifelse(csat & answered, place, 0).cast("int64"),
        nps_asked=n(nps), nps_n=n(nps & answered), promoters=n(nps & answered & (t.score_milli >= 9000)),
        detractors=n(nps & answered & (t.score_milli <= 6000)),
        fcr_asked=n(fcr), fcr_n=n(fcr & t.responded & t.resolved.notnull()), fcr_yes=n(fcr & t.responded & t.resolved),
    )  # fmt: skip


SURVEYS = Sheet("surveys", "Surveys", ("surveys",), SURVEY_DIMENSIONS, SURVEY_PARTS, surveys_rows)

EVALUATION_DIMENSIONS = ("program", "site", "line", "channel", "tenure_band", "reason")
EVALUATION_PARTS = (
    Part("evaluated", "Contacts scored."),
    Part("score_milli", "Sum of scores in thousandths of a per cent point."),
    *(Part(f"{c}_free", f"Contacts without a {c}-critical error.") for c in ("customer", "business", "compliance")),
)


def evaluations_rows(tables: Tables) -> ir.Table:
    """One additive row per evaluation."""
    t = tables["evaluations"]
    free = {
        f"{c}_free": ibis.ifelse(
            t[f"{c}_critical"].notnull(), (t[f"{c}_critical"] == 0).cast("int64"), ibis.null("int64")
        )
        for c in ("customer", "business", "compliance")
    }
    return t.select(
        "partner", "day", *EVALUATION_DIMENSIONS, "scored_by", "sample", "score_milli",
        span_s=ibis.literal(A_DAY_S, type="int64"), evaluated=ibis.literal(1, type="int64"), **free,
    )  # fmt: skip


EVALUATIONS = Sheet(
    "evaluations",
    "Evaluations",
    ("evaluations",),
    EVALUATION_DIMENSIONS,
    EVALUATION_PARTS,
    evaluations_rows,
    ("scored_by", "sample"),
)

CALIBRATION_DIMENSIONS = ("program", "site", "line", "channel")
CALIBRATION_PARTS = (
    Part("pairs", "Contacts scored by both sides."),
    Part("gap_milli", "Sum of client's score minus partner's score."),
    Part("gap_abs_milli", "Sum of the absolute differences."),
)


def calibration_rows(tables: Tables) -> ir.Table:
    """Contacts that both sides scored, within one month: facts are stored by month, so no pair may depend on two."""
    t = tables["evaluations"].filter(lambda e: e.contact_id.notnull() & e.score_milli.notnull())
    t = t.mutate(month=t.day.truncate("M"))

    def side(name: str) -> ir.Table:
        own = t.filter(t.scored_by == name)
        return own.group_by([own.partner, own.contact_id, own.month]).aggregate(
            day=own.day.min(), score=own.score_milli.mean(), **{d: own[d].min() for d in CALIBRATION_DIMENSIONS}
        )

    ours, theirs = side("client"), side("partner")
    both = ours.join(theirs, [ours[k] == theirs[k] for k in ("partner", "contact_id", "month")])
    gap = (ours.score - theirs.score).round().cast("int64")
    return both.select(
        partner=ours.partner, day=ours.day, **{d: ours[d] for d in CALIBRATION_DIMENSIONS},
        span_s=ibis.literal(A_DAY_S, type="int64"), pairs=ibis.literal(1, type="int64"), gap_milli=gap, gap_abs_milli=gap.abs(),
    )  # fmt: skip


CALIBRATION = Sheet(
    "calibration", "Calibration", ("evaluations",), CALIBRATION_DIMENSIONS, CALIBRATION_PARTS, calibration_rows
)
