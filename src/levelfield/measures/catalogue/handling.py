"""How long contacts take, and how busy people are."""

from __future__ import annotations

import functools
import operator

import ibis
import ibis.expr.types as ir

from levelfield.measures.catalogue.service import column
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Direction, Form, Measure, Unit

AWS = "https://docs.aws.amazon.com/connect/latest/adminguide/metrics-definitions.html"
SHRINKAGE_SOURCE = "https://www.callcentrehelper.com/shrinkage-formula-206969.htm"
LOST = {
    "leave": "planned leave", "absence": "unplanned absence", "training": "training and coaching", "meeting": "meetings",
    "break": "breaks", "system": "tools or access that did not work",
}  # fmt: skip


def handle_ms(t: ir.Table, d: Definition) -> ir.Value:
    """Talk, hold and wrap; a part that was not delivered makes the whole missing, except hold."""
    return t.talk_ms + ibis.coalesce(t.hold_ms, 0) + t.wrap_ms


def all_lost_ms(t: ir.Table, d: Definition) -> ir.Value:
    """Every component of lost time that was delivered."""
    parts = [t[f"{name}_ms"] for name in (*LOST, "other")]
    total = functools.reduce(operator.add, [ibis.coalesce(p, 0) for p in parts])
    return ibis.ifelse(ibis.coalesce(*parts).notnull(), total, ibis.null("int64"))


MEASURES = (
    Measure("aht", "Average handling time", "Mean talk, hold and after-contact time of answered contacts.", "Σ (talk + hold + wrap) / answered",
            "volume", Unit.SECONDS, handle_ms, column("answered"), Direction.LOWER, times=0.001, short="AHT", decimals=0, source=AWS,
            traps=("Shorter is not better by itself: read it beside resolution and repeat contacts.",
                   "Hold that is not delivered counts as none; talk or wrap that is not delivered gives no number.")),
    Measure("talk_time", "Talk time", "Mean talk time of answered contacts.", "Σ talk / answered", "volume", Unit.SECONDS,
            column("talk_ms"), column("answered"), times=0.001, decimals=0, source=AWS),
    Measure("hold_time", "Hold time", "Mean hold time of answered contacts.", "Σ hold / answered", "volume", Unit.SECONDS,
            column("hold_ms"), column("answered"), Direction.LOWER, times=0.001, decimals=0, source=AWS),
    Measure("wrap_time", "After-contact work", "Mean after-contact work of answered contacts.", "Σ wrap / answered", "volume", Unit.SECONDS,
            column("wrap_ms"), column("answered"), times=0.001, decimals=0, source=AWS),
    *(
        Measure(f"handle_p{int(share * 100)}", f"Handling time, {int(share * 100)} % of answered",
                f"The handling time that {int(share * 100)} % of answered contacts do not exceed.", "percentile of talk + hold + wrap",
                "times", Unit.SECONDS, column("n"), None, Direction.NONE, Form.PERCENTILE, share=share, times=0.001, n=column("n"),
                where=lambda t, d: t.what == "handle", decimals=0, source=AWS)
        for share in (0.5, 0.9)
    ),
    Measure("occupancy", "Occupancy", "Share of time on or available for contacts that was spent on contacts.",
            "(talk + hold + wrap) / (talk + hold + wrap + available)", "volume", Unit.SHARE, handle_ms,
            lambda t, d: handle_ms(t, d) + t.available_ms, n=column("answered"), source=AWS,
            traps=("Above 85 to 90 % for weeks it wears people out.", "With concurrent chats it can pass 100 %.")),
    Measure("utilisation", "Utilisation", "Share of signed-in time that was spent on contacts.", "(talk + hold + wrap) / staffed", "volume",
            Unit.SHARE, handle_ms, column("staffed_ms"), n=column("answered"), source=AWS),
    Measure("transfers", "Transfers", "Share of answered contacts passed on to somebody else.", "transferred / answered", "volume", Unit.SHARE,
            column("transferred"), column("answered"), Direction.LOWER, source=AWS,
            traps=("Warm and cold transfers, and referrals the process asks for, may be counted alike.",)),
    Measure("shrinkage", "Shrinkage", "Share of paid time lost to leave, absence, training, meetings, breaks, systems and other causes.",
            "Σ lost time / paid", "schedules", Unit.SHARE, all_lost_ms, column("paid_ms"), Direction.LOWER, n=column("paid_ms"),
            n_of="paid milliseconds", source=SHRINKAGE_SOURCE,
            traps=("There is no universal formula; compare components, and agree which count.",)),
    *(
        Measure(f"shrinkage_{name}", f"Shrinkage: {about}", f"Share of paid time lost to {about}.", f"{name} / paid", "schedules", Unit.SHARE,
                column(f"{name}_ms"), column("paid_ms"), Direction.NONE, n=column("paid_ms"), n_of="paid milliseconds", decimals=2,
                source=SHRINKAGE_SOURCE)
        for name, about in LOST.items()
    ),
    Measure("adherence", "Adherence", "Share of scheduled time spent in the scheduled state.", "adhered / scheduled", "schedules", Unit.SHARE,
            column("adhered_ms"), column("scheduled_ms"), Direction.HIGHER, n=column("scheduled_ms"), n_of="scheduled milliseconds",
            source="https://www.callcentrehelper.com/shrinkage-formula-206969.htm"),
)  # fmt: skip
