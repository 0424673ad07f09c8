"""How fast customers are answered, and how many give up."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from levelfield.measures.definition import Abandons, Callbacks, Definition
from levelfield.measures.measure import Direction, Form, Measure, Term, Unit
from levelfield.measures.sheets.volume import SHORTS_S, THRESHOLDS_S

SL_SOURCE = "https://www.callcentrehelper.com/service-level-threshold-calculations-206890.htm"


def within(t: ir.Table, what: str, d: Definition) -> ir.Value:
    """Contacts answered or abandoned within the threshold; missing where the facts were counted at another one."""
    counted = t[f"{what}_within"]
    if d.threshold_s is None:
        return ibis.coalesce(counted, t[f"{what}_20"])
    counted = ibis.ifelse(t.threshold_ms == d.threshold_s * 1000, counted, ibis.null("int64"))
    return ibis.coalesce(counted, t[f"{what}_{d.threshold_s}"]) if d.threshold_s in THRESHOLDS_S else counted


def short(t: ir.Table, d: Definition) -> ir.Value:
    """Short abandons; missing where the facts were counted with another limit."""
    if d.short_s is None:
        return ibis.coalesce(t.short_abandoned, t.short_5)
    counted = ibis.ifelse(t.short_ms == d.short_s * 1000, t.short_abandoned, ibis.null("int64"))
    return ibis.coalesce(counted, t[f"short_{d.short_s}"]) if d.short_s in SHORTS_S else counted


def service_level_numerator(t: ir.Table, d: Definition) -> ir.Value:
    """Contacts that count as answered in time."""
    hit = within(t, "answered", d)
    if d.abandons is Abandons.WITHIN_CREDITED:
        hit = hit + within(t, "abandoned", d)
    elif d.abandons is Abandons.SHORT_CREDITED:
        hit = hit + short(t, d)
    return hit + t.callbacks if d.callbacks is Callbacks.CREDITED else hit


def service_level_denominator(t: ir.Table, d: Definition) -> ir.Value:
    """Contacts that should have been."""
    match d.abandons:
        case Abandons.NOT_COUNTED:
            due = t.answered
        case Abandons.SHORT_REMOVED:
            due = t.answered + t.abandoned - short(t, d)
        case Abandons.WITHIN_IGNORED:
            due = t.answered + t.abandoned - within(t, "abandoned", d)
        case _:
            due = t.answered + t.abandoned
    return due if d.callbacks is Callbacks.OUT else due + t.callbacks


def abandoned_numerator(t: ir.Table, d: Definition) -> ir.Value:
    """Abandons that count: all, or those that waited longer than the short or the answer threshold."""
    match d.abandons:
        case Abandons.SHORT_REMOVED | Abandons.SHORT_CREDITED:
            return t.abandoned - short(t, d)
        case Abandons.WITHIN_CREDITED:
            return t.abandoned - within(t, "abandoned", d)
        case _:
            return t.abandoned


def column(name: str) -> Term:
    """A part of the sheet as it is."""
    return lambda t, d: t[name]


def always(value: int) -> Term:
    """One for every row."""
    return lambda t, d: ibis.literal(value, type="int64")


MEASURES = (
    Measure(
        "service_level", "Answered within the threshold", "Share of contacts answered within the agreed time.",
        "answered within threshold / (answered + abandoned, less what the abandon rule leaves out)", "volume", Unit.SHARE,
        service_level_numerator, service_level_denominator, Direction.HIGHER,
        switches=("abandons", "callbacks", "threshold_s", "short_s"), short="Service level", source=SL_SOURCE,
        traps=("Six abandon rules give six results from one month; the agreement must name one.",
               "A platform that changes the rule may rewrite past months.",
               "Never an average of the levels of intervals or sites: the counts are added first."),
    ),
    Measure(
        "answered_share", "Answered", "Share of offered contacts that were answered.", "answered / offered", "volume", Unit.SHARE,
        column("answered"), column("offered"), Direction.HIGHER,
        traps=("Contacts that overflow to another queue are offered here and answered there.",), source=SL_SOURCE,
    ),
    Measure(
        "answered_within_of_answered", "Answered in time, of answered", "Share of answered contacts that were answered in time; the NHS 111 standard.",
        "answered within threshold / answered", "volume", Unit.SHARE, lambda t, d: within(t, "answered", d), column("answered"),
        Direction.HIGHER, switches=("threshold_s",), short="In time, of answered",
        source="https://www.england.nhs.uk/statistics/statistical-work-areas/iucadc-new-from-april-2021/nhs-111-minimum-data-set/",
        traps=("Contacts given up do not count at all: long waits can drop out of this measure.",),
    ),
    Measure(
        "asa", "Average speed of answer", "Mean wait of answered contacts.", "Σ wait of answered / answered", "volume", Unit.SECONDS,
        column("wait_answered_ms"), column("answered"), Direction.LOWER, times=0.001, short="ASA",
        source="https://legalclarity.org/call-center-service-level-agreement-requirements/",
        traps=("The waits of those who gave up are not in it: see patience and abandonment beside it.",),
    ),
    Measure(
        "abandonment", "Abandonment", "Share of offered contacts given up by the customer.",
        "abandoned, less what the rule excuses / offered", "volume", Unit.SHARE, abandoned_numerator, column("offered"), Direction.LOWER,
        switches=("abandons", "short_s", "threshold_s"), decimals=2, source=SL_SOURCE,
        traps=("Three rules: all; without short abandons (short_removed); without those within the threshold (within_credited).",),
    ),
    Measure(
        "wait_of_abandoned", "Wait until giving up", "Mean wait of abandoned contacts.", "Σ wait of abandoned / abandoned", "volume",
        Unit.SECONDS, column("wait_abandoned_ms"), column("abandoned"), times=0.001, source=SL_SOURCE,
    ),
    Measure(
        "longest_wait", "Longest wait", "The longest single wait.", "max of waits", "volume", Unit.SECONDS,
        column("longest_wait_ms"), None, Direction.LOWER, Form.MAX, times=0.001, n=column("offered"), fewest=1, decimals=0,
        traps=("One contact decides it. Use it to find a day, not to judge a month.",), source=SL_SOURCE,
    ),
    Measure("offered", "Contacts offered", "Contacts that reached the queues.", "Σ offered", "volume", Unit.COUNT, column("offered"),
            form=Form.SUM, n=column("offered"), fewest=0, decimals=0, source=SL_SOURCE,
            traps=("Some platforms count a transferred contact again.",)),
    Measure("answered", "Contacts answered", "Contacts answered by a person.", "Σ answered", "volume", Unit.COUNT, column("answered"),
            form=Form.SUM, n=column("answered"), fewest=0, decimals=0, source=SL_SOURCE),
    Measure("abandoned", "Contacts abandoned", "Contacts given up by the customer.", "Σ abandoned", "volume", Unit.COUNT, column("abandoned"),
            form=Form.SUM, n=column("offered"), fewest=0, decimals=0, source=SL_SOURCE),
    Measure(
        "callbacks_within_10min", "Call-backs within 10 minutes", "Share of offered call-backs made within ten minutes.",
        "call-backs within 10 min / call-backs", "volume", Unit.SHARE, column("callbacks_within_10min"), column("callbacks"),
        Direction.HIGHER, n_of="call-backs", short="Call-back in 10 min",
        source="https://www.england.nhs.uk/statistics/statistical-work-areas/iucadc-new-from-april-2021/nhs-111-minimum-data-set/",
    ),
    *(
        Measure(
            f"wait_p{int(share * 100)}", f"Wait, {int(share * 100)} % of answered", f"The wait that {int(share * 100)} % of answered contacts do not exceed.",
            "percentile of the waits of answered contacts", "times", Unit.SECONDS, column("n"), None, Direction.LOWER, Form.PERCENTILE,
            share=share, times=0.001, n=column("n"), where=lambda t, d: t.what == "wait", source=SL_SOURCE,
            traps=("From a histogram with bins of 3 %: right to within 1.5 %.",),
        )
        for share in (0.5, 0.9)
    ),
)  # fmt: skip
