"""A page per measure, and the list of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.operations as ops

from levelfield.measures.catalogue import MEASURES, THEMES
from levelfield.measures.definition import LETTERS, TITLES, WORDS, Abandons, Callbacks, Definition
from levelfield.measures.measure import Direction, Form, Measure, Term, Unit
from levelfield.measures.sheet import Sheet
from levelfield.measures.sheets import SHEETS
from levelfield.measures.sheets.contacts import WINDOWS_DAYS
from levelfield.measures.sheets.volume import SHORTS_S, THRESHOLDS_S
from levelfield.measures.value import Value
from levelfield.same_data.shape import Kind
from levelfield.same_data.shapes import SHAPES
from tools.pages.examples import PLAIN, Fact, facts_for, value_of
from tools.pages.markdown import bullets, page, table

UNITS = {
    Unit.SHARE: "share, 0 to 1; shown as per cent",
    Unit.SECONDS: "seconds",
    Unit.COUNT: "number",
    Unit.MONEY: "money, in the currency of the definition",
    Unit.POINTS: "points",
    Unit.PER_YEAR: "per person and year",
}
DIRECTIONS = {
    Direction.HIGHER: "higher is better",
    Direction.LOWER: "lower is better",
    Direction.NONE: "neither way is better by itself",
}
FORMS = {
    Form.RATIO: "Numerators are added up, denominators are added up, then they are divided: never an average of averages.",
    Form.AVERAGE: "Numerators are added up and divided by the time that the facts cover.",
    Form.SUM: "Added up.",
    Form.MAX: "The largest of all.",
    Form.PERCENTILE: "Counts of equal bins are added up; the percentile is read from them, right to within 1.5 %.",
    Form.LEVEL: "Everything from the first delivered fact up to the end of the period.",
}
SAME_NAME = "Sum of the column of the same name."
SWITCHES = {
    "threshold_s": "The answer threshold in seconds. When it is not set, counts are taken as the platform made them, and single contacts are counted at 20 s. "
    f"Single contacts can be counted at {', '.join(map(str, THRESHOLDS_S))} s.",
    "short_s": "Who gives up sooner than this many seconds is a short abandon. When it is not set: as the platform counted, and 5 s for single contacts. "
    f"Single contacts can be counted at {', '.join(map(str, SHORTS_S))} s.",
    "window_days": f"Within how many days another contact counts as a repeat: {', '.join(map(str, WINDOWS_DAYS))}; 7 when it is not set.",
    "scored_by": f"Whose evaluations count: {', '.join(WORDS['scored_by'])}; client when it is not set.",
    "sample": f"Which samples count: {', '.join(WORDS['sample'])}; random when it is not set.",
    "currency": "Three-letter code; lines in another currency do not count.",
    "callbacks": "Customers who took a call-back: `out` leaves them out, `against` counts them as not answered in time, `credited` as answered in time; "
    "out when it is not set.",
}  # fmt: skip
MOST_ROWS = 12


def measure_pages() -> Iterator[tuple[str, str]]:
    """File names and texts."""
    for measure in MEASURES.values():
        yield f"{measure.name}.md", measure_page(measure)
    yield "index.md", index_page()


def index_page() -> str:
    """All measures by theme."""
    blocks = []
    for theme, measures in THEMES.items():
        rows = [(f"[{m.title}]({m.name}.md)", f"`{m.name}`", m.about, UNITS[m.unit].split(",")[0]) for m in measures]
        blocks += [f"## {theme}", table(("measure", "name", "what it says", "unit"), rows)]
    return page(
        "Measures",
        f"Every number in Levelfield is one of these {len(MEASURES)} measures. Each is a numerator and a denominator over delivered facts, "
        "so that both sides can compute it again. The columns of the facts are described in [shapes](shapes.md).",
        *blocks,
    )


def measure_page(m: Measure) -> str:
    """Title, meaning, formula, parts, switches, traps, source, and an example that was computed just now."""
    facts = [
        ("name", f"`{m.name}`"),
        ("formula", m.formula),
        ("unit", UNITS[m.unit]),
        ("direction", DIRECTIONS[m.direction]),
        (
            "fewest",
            f"below {m.fewest} {m.n_of} there is no number, only the counts"
            if m.fewest
            else "none: a count of nothing is a zero",
        ),
        ("merged", FORMS[m.form]),
        ("facts", ", ".join(f"[{SHAPES[s].title.lower()}](shapes.md#{s})" for s in shapes_of(m))),
        ("split by", ", ".join(f"`{d}`" for d in splits(m))),
    ]
    if m.kind:
        facts.append(("kind", f"{m.kind}: never compared with a measure of another kind"))
    if m.asked is not None:
        facts.append(("beside it", "the response rate: answers per customer asked"))
    return page(
        m.title,
        m.about,
        table(("", ""), facts),
        "## Parts",
        table(("part", "meaning"), parts(m)),
        "## Switches of the definition" if m.switches else "",
        switches(m),
        "## Traps" if m.traps else "",
        bullets(m.traps),
        "## Example",
        example(m),
        "## Source",
        f"<{m.source}>",
    )


def shapes_of(m: Measure) -> list[str]:
    """The shapes any of its sheets reads, in the order of the contract."""
    wanted = {s for name in (m.sheet, m.denominator_sheet) if name for s in SHEETS[name].shapes}
    if m.sheet == "times":
        wanted = set(facts_for(m))
    return [s for s in SHAPES if s in wanted]


def splits(m: Measure) -> list[str]:
    """Dimensions every fact of the measure carries."""
    sheets = [SHEETS[name] for name in (m.sheet, m.denominator_sheet) if name]
    return ["partner", *(d for d in sheets[0].dimensions if all(d in s.dimensions for s in sheets))]


def parts(m: Measure) -> list[tuple[str, str]]:
    """The sheet columns that its terms read under any setting of its switches."""
    rows: dict[str, str] = {}
    for sheet, term in ((m.sheet, m.numerator), (m.denominator_sheet or m.sheet, m.denominator), (m.sheet, m.where)):
        if term is not None:
            own = SHEETS[sheet]
            for name in read_by(m, own, term):
                rows[f"`{name}`"] = meaning(own, name)
    return list(rows.items())


def read_by(m: Measure, sheet: Sheet, term: Term) -> list[str]:
    """Columns a term reads."""
    seen: dict[str, None] = {}
    unbound = ibis.table({**sheet.schema(), "covered_s": "int64"}, name=sheet.name)
    for definition in settings_of(m):
        seen |= dict.fromkeys(f.name for f in term(unbound, definition).op().find(ops.Field))
    return list(seen)


def settings_of(m: Measure) -> list[Definition]:
    """The definitions that make a measure read all its columns, without the many thresholds."""
    choices: dict[str, tuple[Any, ...]] = {
        "abandons": tuple(Abandons),
        "callbacks": tuple(Callbacks),
        "window_days": (7,),
    }
    used = {name: values for name, values in choices.items() if name in m.switches}
    return [
        dataclasses.replace(PLAIN, **dict(zip(used, combined, strict=True)))
        for combined in itertools.product(*used.values())
    ]


def meaning(sheet: Sheet, name: str) -> str:
    """What a part or a column of a sheet means."""
    about = {p.name: p.about for p in sheet.parts}.get(name, "")
    for shape in sheet.shapes:
        if about in ("", SAME_NAME) and name in SHAPES[shape].by_name:
            return SHAPES[shape][name].about
    extra = {
        "what": "Which time is counted: wait, handle, resolution or first reply.",
        "level": "Over which time forecast and actual are compared: interval, day or month.",
        "covered_s": "Seconds that at least one delivered row stands for.",
    }
    return about or extra.get(name, name)


def switches(m: Measure) -> str:
    """The switches a measure listens to; for the abandon rules with the example's result under each."""
    rows = [(f"`{name}`", SWITCHES[name]) for name in m.switches if name != "abandons"]
    text = table(("switch", "meaning"), rows) if rows else ""
    if "abandons" in m.switches:
        rules = [
            (f"`{rule}`", LETTERS[rule], TITLES[rule], shown(m, value_of(m, Definition(abandons=rule))))
            for rule in Abandons
        ]
        text += "\n\n`abandons`: what contacts that were given up do to the result. The last column is the example below under each rule.\n\n"
        text += table(("`abandons`", "", "meaning", "example"), rules)
    return text.strip()


def example(m: Measure) -> str:
    """The facts of the example and the value the product computes from them."""
    value = value_of(m)
    if value.value is None:
        raise AssertionError(f"the example of {m.name} gives no number: {value}")
    tables = [f"{SHAPES[shape].title}:\n\n{facts_table(m, shape, facts)}" for shape, facts in facts_for(m).items()]
    made = [
        ("value", f"**{shown(m, value)}**"),
        ("numerator", number(value.numerator)),
        ("denominator", number(value.denominator)),
    ]
    made.append((f"n, {m.n_of}", number(value.n)))
    if value.low is not None and value.high is not None:
        made.append(("95 % interval (Wilson)", f"{per_cent(value.low, 1)} to {per_cent(value.high, 1)}"))
    if value.response_rate is not None:
        made.append(("response rate", per_cent(value.response_rate, 0)))
    told = f" Currency: {PLAIN.currency}." if "currency" in m.switches else ""
    return "\n\n".join(
        [
            *tables,
            f"March 2026, computed from these facts by the code that computes every number.{told}",
            table(("", ""), made),
        ]
    )


def facts_table(m: Measure, shape: str, facts: list[Fact]) -> str:
    """The columns that matter; alike facts on one line."""
    names = [n for n in SHAPES[shape].names if any(f.cells.get(n) is not None for f in facts)]
    if shape == "intervals":
        read = (
            [p.strip("`") for p, _ in parts(m)]
            if m.sheet == "volume" or m.denominator_sheet
            else ["offered", "start_at", "channel"]
        )
        names = [n for n in names if n in ("day", "length_s", "line", *read)]
    if any(f.times > 1 for f in facts):
        rows = [(f.times, *(plain(shape, n, f.cells.get(n)) for n in names)) for f in facts]
        return table(("facts", *names), rows)
    rows = [tuple(plain(shape, n, f.cells.get(n)) for n in names) for f in facts]
    left = len(rows) - MOST_ROWS
    if left > 0:
        half = MOST_ROWS // 2
        rows = [*rows[:half], ("…", *[""] * (len(names) - 1)), *rows[-half:]]
    text = table(names, rows)
    return f"{text}\n\n({left} rows in between are left out here.)" if left > 0 else text


def plain(shape: str, name: str, value: object) -> str:
    """A cell as people read it; the column's name says the unit."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return f"{value:%d %b %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%d %b}"
    if SHAPES[shape][name].kind is Kind.TEXT or isinstance(value, str):
        return str(value)
    return number(value)


def number(value: object) -> str:
    """A whole number with commas."""
    return "none" if value is None else f"{value:,}"


def per_cent(share: float, decimals: int) -> str:
    """A share as per cent."""
    return f"{100 * share:.{decimals}f} %"


def shown(m: Measure, v: Value) -> str:
    """A value as a page shows it."""
    if v.value is None:
        return f"no number: {v.why}"
    match m.unit:
        case Unit.SHARE:
            return per_cent(v.value, m.decimals)
        case Unit.SECONDS:
            return f"{v.value:,.{m.decimals}f} s"
        case Unit.MONEY:
            return f"{v.value:,.{m.decimals}f} {PLAIN.currency}"
        case Unit.PER_YEAR:
            return f"{per_cent(v.value, 1)} a year"
        case _:
            return f"{v.value:,.{m.decimals}f}"
