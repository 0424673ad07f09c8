"""The little Markdown the pages need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTICE = "<!-- Written by `python -m tools.write_docs` from the code. Change the code, then write it again. -->"


def page(title: str, *blocks: str) -> str:
    """A page: a title, the notice that it is generated, its blocks."""
    return "\n\n".join([f"# {title}", NOTICE, *(b for b in blocks if b)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; a bar inside a cell would end it, so it is escaped."""
    lines = [head, ["--"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(c) for c in line) + " |" for line in lines)


def cell(value: object) -> str:
    """One cell."""
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def bullets(lines: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {line}" for line in lines)
