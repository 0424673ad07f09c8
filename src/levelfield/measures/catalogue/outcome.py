"""Was it solved, were customers content, was it right?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from levelfield.measures.catalogue.service import column
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Direction, Measure, Term, Unit
from levelfield.measures.sheets.contacts import WINDOWS_DAYS
from levelfield.words import Refusal, RefusalKind

FCR = "https://www.aicxstack.com/glossary/first-contact-resolution"
QUALITY = "https://www.apacciooutlook.com/digital-magazines/technology-startup-special-october-2016/index.php?page=10"
CSAT = "https://telusinternational-europe.com/8-signs-your-outsourcing-partnership-is-in-trouble-part-1/"
KINDS = "Never compare this kind of resolution with another kind: an agent's tick, a customer's word and a silent week are three things."


def window(name: str) -> Term:
    """A part over the definition's number of days; the last days cannot know it yet and are not counted."""

    def term(t: ir.Table, d: Definition) -> ir.Value:
        if d.window_days not in WINDOWS_DAYS:
            raise Refusal(
                f"Repeat contacts are not counted over {d.window_days} days",
                expected="window_days of " + ", ".join(map(str, WINDOWS_DAYS)),
                kind=RefusalKind.DEFINITION,
            )
        known = t.day + ibis.interval(days=d.window_days) <= t.last_day
        return ibis.ifelse(known, t[name if name == "known" else f"{name}_{d.window_days}"], 0)

    return term


def scored(t: ir.Table, d: Definition) -> ir.Value:
    """Evaluations by the side and sample the definition names."""
    by = t.scored_by == d.scored_by if d.scored_by != "either" else ibis.literal(True)
    return by & (t["sample"] == d.sample) if d.sample != "any" else by


MEASURES = (
    Measure("fcr_agent", "First-contact resolution (agent)", "Share of answered contacts that the agent marked as solved.", "resolved / flagged",
            "contacts", Unit.SHARE, column("resolved"), column("flagged"), Direction.HIGHER, kind="fcr agent", short="FCR (agent)",
            traps=(KINDS,), source=FCR),
    Measure("fcr_survey", "First-contact resolution (survey)", "Share of asked customers who say their issue was solved at the first contact.",
            "yes / answers", "surveys", Unit.SHARE, column("fcr_yes"), column("fcr_n"), Direction.HIGHER, asked=column("fcr_asked"),
            n_of="answers", kind="fcr survey", short="FCR (survey)", traps=(KINDS, "Content customers answer more often."), source=FCR),
    Measure("fcr_no_repeat", "First-contact resolution (no repeat)", "Share of answered contacts not followed by another of the same customer on the same line within the window.",
            "1 − repeated / known", "repeats", Unit.SHARE, lambda t, d: window("known")(t, d) - window("repeated")(t, d), window("known"),
            Direction.HIGHER, switches=("window_days",), kind="fcr repeat", short="FCR (no repeat)",
            traps=(KINDS, "The last days of the facts cannot know it yet; they are not counted."), source=FCR),
    Measure("repeat_contacts", "Repeat contacts", "Share of answered contacts followed by another of the same customer on the same line within the window.",
            "repeated / known", "repeats", Unit.SHARE, window("repeated"), window("known"), Direction.LOWER, switches=("window_days",), source=FCR,
            traps=("Customers without a key cannot be followed and are left out.",)),
    Measure("csat", "Customer satisfaction", "Share of answers in the top quarter of the scale (4 and 5 of 5).", "satisfied / answers", "surveys",
            Unit.SHARE, column("csat_satisfied"), column("csat_n"), Direction.HIGHER, asked=column("csat_asked"), n_of="answers", short="CSAT",
            traps=("Read the response rate beside it.", "The wording must be the same at both sides."), source=CSAT),
    Measure("nps", "Net promoter score", "Promoters less detractors, per hundred answers.", "100 · (9–10 less 0–6) / answers", "surveys", Unit.POINTS,
            lambda t, d: t.promoters - t.detractors, column("nps_n"), Direction.HIGHER, times=100.0, asked=column("nps_asked"), n_of="answers",
            short="NPS", traps=("Read the response rate beside it.", "It needs more answers than CSAT for the same certainty."), source=CSAT),
    *(
        Measure(f"{q}_response_rate", f"Response rate, {q.upper()}", "Share of invited customers who answered.", "answers / invitations", "surveys",
                Unit.SHARE, column(f"{q}_n"), column(f"{q}_asked"), n_of="invitations", source=CSAT,
                traps=("Only known where invitations without an answer are delivered too.",))
        for q in ("csat", "nps")
    ),
    Measure("quality_score", "Quality score", "Mean evaluation score.", "Σ score / evaluations", "evaluations", Unit.POINTS, column("score_milli"),
            column("evaluated"), Direction.HIGHER, where=scored, times=0.001, switches=("scored_by", "sample"), n_of="evaluations", source=QUALITY,
            traps=("One blended score hides the errors that matter: read the three accuracies.",)),
    *(
        Measure(f"{c}_critical_accuracy", f"{c.capitalize()}-critical accuracy", f"Share of evaluated contacts without a {c}-critical error.",
                "free of error / evaluations", "evaluations", Unit.SHARE, column(f"{c}_free"), column("evaluated"), Direction.HIGHER, where=scored,
                switches=("scored_by", "sample"), n_of="evaluations", source=QUALITY,
                traps=("Only a random sample speaks for a program; risk-based and targeted samples do not.", "Shown with its Wilson interval."))
        for c in ("customer", "business", "compliance")
    ),
    Measure("calibration_gap", "Calibration gap", "Mean of client's score less partner's score on the same contacts.", "Σ (client − partner) / pairs",
            "calibration", Unit.POINTS, column("gap_milli"), column("pairs"), times=0.001, n_of="double-scored contacts", fewest=10, source=QUALITY,
            traps=("A gap near zero can hide large differences that cancel out: read the spread beside it.",)),
    Measure("calibration_spread", "Calibration spread", "Mean absolute difference of both sides' scores on the same contacts.",
            "Σ |client − partner| / pairs", "calibration", Unit.POINTS, column("gap_abs_milli"), column("pairs"), Direction.LOWER, times=0.001,
            n_of="double-scored contacts", fewest=10, source=QUALITY),
)  # fmt: skip
