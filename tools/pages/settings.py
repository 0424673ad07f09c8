"""The page of the environment variables, gathered from the calls that read them; nothing is imported or run for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.pages.markdown import page, table

PREFIX = "LEVELFIELD_"
KINDS = {
    "text": "text", "flag": "yes or no", "words": "words, separated by commas", "networks": "addresses or networks", "folder": "a folder",
    "secret": "at least 50 characters", "database": "an address", "_whole": "a whole number above zero", "whole": "a whole number above zero", "get": "text",
}  # fmt: skip
FLOORS = {"levelfield_io": "numbers", "levelfield_cli": "command line", "levelfield_web": "pages"}


@dataclass(frozen=True)
class Setting:
    """A name as one place reads it."""

    name: str
    kind: str
    default: str
    meaning: str
    floor: str


def settings_page(source: Path) -> str:
    """Every name with what it means and what holds when it is absent."""
    found: dict[str, Setting] = {}
    for setting in sorted(settings_in(source), key=lambda s: (s.name, -len(s.meaning))):
        found.setdefault(setting.name, setting)
    rows = [(f"`{s.name}`", s.meaning, s.kind, s.default, s.floor) for s in found.values()]
    return page(
        "Settings",
        "Settings come from the environment. A value that cannot be read stops the start with a sentence that says what was expected.",
        table(("name", "meaning", "value", "when absent", "read by"), rows),
    )


def settings_in(source: Path) -> Iterator[Setting]:
    """Every call under `source` that reads one of our names."""
    for path in sorted(source.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        floor = FLOORS.get(path.relative_to(source).parts[0], "")
        yield from _calls(tree, "", floor)


def _calls(node: ast.AST, docstring: str, floor: str) -> Iterator[Setting]:
    if isinstance(node, ast.FunctionDef):
        docstring = ast.get_docstring(node) or ""
    if isinstance(node, ast.Call) and (name := _first_text(node)).startswith(PREFIX):
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        meaning = next((_text(k.value) for k in node.keywords if k.arg == "meaning"), "") or _from_docstring(
            docstring, name
        )
        if function in KINDS and meaning:
            yield Setting(name, KINDS[function], _default(node), meaning, floor)
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, docstring, floor)


def _first_text(call: ast.Call) -> str:
    return _text(call.args[0]) if call.args else ""


def _text(node: ast.expr) -> str:
    """A text as it is written; the parts of a formatted one that are computed are shown as their names."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_text(v) for v in values)
        case ast.FormattedValue(value=value):
            return re.sub(r"\s*/\s*'", "/", ast.unparse(value)).replace("'", "")
        case _:
            return ""


def _default(call: ast.Call) -> str:
    if len(call.args) < 2:
        made = any(k.arg == "kept_in" for k in call.keywords)
        return "made at the first start" if made else ""
    match call.args[1]:
        case ast.Constant(value=bool(yes)):
            return "yes" if yes else "no"
        case ast.Constant(value=int(number)):
            return f"{number:,}"
        case ast.BoolOp() as either if "cpu_count" in ast.unparse(either):
            return "as many as the machine has"
        case other:
            text = _text(other)
            return f"`{text}`" if text else ""


def _from_docstring(docstring: str, name: str) -> str:
    """“NAME: what it means.” or “What it means. NAME, or …”"""
    sentence = docstring.split("\n\n", maxsplit=1)[0].replace("\n", " ").strip()
    if sentence.startswith(f"{name}: "):
        meaning = sentence.removeprefix(f"{name}: ")
        return meaning[0].upper() + meaning[1:]
    return sentence.split(f" {name}")[0]
