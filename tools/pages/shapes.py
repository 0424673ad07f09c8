"""The page of the fact tables."""

from __future__ import annotations

from levelfield.same_data.shape import UNITS, Column, Shape
from levelfield.same_data.shapes import SHAPES
from tools.pages.markdown import page, table


def shapes_page() -> str:
    """Every shape with its columns, units, key, grain and version."""
    return page(
        "Shapes: the fact tables",
        "A publication holds facts in these tables. Numbers are whole: milliseconds, thousandths, or minor units of a currency, so that "
        "no rounding depends on a machine. An empty cell was not delivered; it is never a zero.",
        table(
            ("shape", "what a row is", "columns"),
            [(f"[{s.title}](#{s.name})", s.about, len(s.columns)) for s in SHAPES.values()],
        ),
        *(block for shape in SHAPES.values() for block in _blocks(shape)),
    )


def _blocks(shape: Shape) -> list[str]:
    told = [
        ("grain", shape.grain),
        ("key", ", ".join(f"`{k}`" for k in shape.key)),
        ("version", str(shape.version)),
        ("stored by", shape.chunk),
    ]
    rows = [(f"`{c.name}`", UNITS[c.kind] or "text", _marks(shape, c), c.about) for c in shape.columns]
    return [f"## {shape.name}", shape.about, table(("", ""), told), table(("column", "unit", "", "meaning"), rows)]


def _marks(shape: Shape, column: Column) -> str:
    marks = {
        "needed": column.needed,
        "key": column.name in shape.key,
        "dimension": column.dimension,
        "may be negative": column.negative,
    }
    return ", ".join(name for name, holds in marks.items() if holds)
