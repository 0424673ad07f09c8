"""Measures straight from facts are those of the sheets, whatever is missing."""

import pytest

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked, aggregated, finished
from levelfield.measures.definition import Definition
from levelfield.measures.sheets import SHEETS
from levelfield.words import Grain
from levelfield_io.engine import Engine
from levelfield_io.recompute import rows_of_facts
from spec.measures.odd_facts import odd_facts
from spec.measures.real_path import arrow_of, last_day_of, shapes_for

PLAIN = Definition(threshold_s=20)


@pytest.mark.parametrize("grain", [Grain.DAY, Grain.MONTH])
@pytest.mark.parametrize("sheet", SHEETS)
def test_a_measure_of_facts_is_that_of_the_sheet(sheet, grain):
    made = {shape: arrow_of(shape, rows) for shape, rows in odd_facts()["odd"].items()}
    measures = tuple((m, PLAIN) for m in MEASURES.values() if sheet in (m.sheet, m.denominator_sheet))
    asked = Asked(measures, ("partner", "line") if "line" in SHEETS[sheet].dimensions else ("partner",), grain)
    engine = Engine()
    tables = {shape: engine.see(shape, made[shape]) for shape in shapes_for(SHEETS[sheet], made)}
    tables["last_day"] = engine.see("last_day", last_day_of(made["contacts"]))
    built = aggregated(SHEETS[sheet], SHEETS[sheet].build(tables).select(*SHEETS[sheet].columns), asked)
    of_sheet, of_facts = (engine.rows(rows) for rows in (built, rows_of_facts(engine, SHEETS[sheet], tables, asked)))
    assert of_sheet and finished(asked, {sheet: of_facts}) == finished(asked, {sheet: of_sheet})
    engine.close()
