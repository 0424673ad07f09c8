"""How good the locked forecast was."""

from __future__ import annotations

import ibis.expr.types as ir

from levelfield.measures.catalogue.service import column
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Direction, Measure, Term, Unit

SOURCE = "https://ccplanning.net/articles/forecast-accuracy-metrics"


def at(level: str) -> Term:
    """Rows of one level."""
    return lambda t, d: t.level == level


def signed(t: ir.Table, d: Definition) -> ir.Value:
    """Forecast less actual: above zero, too much was forecast."""
    return t.forecast_milli - t.actual_milli


def contacts(t: ir.Table, d: Definition) -> ir.Value:
    """Actual contacts."""
    return t.actual_milli // 1000


MEASURES = (
    *(
        Measure(f"forecast_wape_{level}", f"Forecast error by {level}", f"Sum of absolute differences between the locked forecast and the actual, by {level}, as a share of the actual.",
                f"Σ |forecast − actual| by line, channel and {level} / Σ actual", "forecast_error", Unit.SHARE, column("off_milli"), column("actual_milli"),
                Direction.LOWER, where=at(level), n=contacts, short=f"WAPE by {level}", source=SOURCE,
                traps=("A day can be right to 0.1 % while its intervals are off by 15 %.",
                       "Judged against the version locked before, not the last one made."))
        for level in ("interval", "day", "month")
    ),
    Measure("forecast_bias", "Forecast bias", "Locked forecast less actual, as a share of the actual; above zero means too much was forecast.",
            "Σ (forecast − actual) / Σ actual", "forecast_error", Unit.SHARE, signed, column("actual_milli"), Direction.NONE, where=at("day"),
            n=contacts, source=SOURCE, traps=("Too much and too little cancel out: read it beside the error.",)),
)  # fmt: skip
