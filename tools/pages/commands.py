"""The page of the command line, written from the program's own help."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from typing import Any

from tools.pages.markdown import page, table


def cli_page() -> str:
    """Every command with its arguments and options."""
    import typer

    from levelfield_cli.main import app

    program: Any = typer.main.get_command(app)
    lines = [
        (f"[`levelfield {name}`](#{name})", _first_sentence(command.help)) for name, command in program.commands.items()
    ]
    blocks = [block for name, command in program.commands.items() for block in _command(name, command)]
    return page("The command line", _clean(program.help), table(("command", "what it does"), lines), *blocks)


def _command(name: str, command: Any) -> Iterator[str]:
    arguments = " ".join(p.name.upper() + (" …" if p.nargs == -1 else "") for p in command.params if _is_argument(p))
    yield f"## {name}"
    yield _clean(command.help)
    yield f"    levelfield {name} [OPTIONS] {arguments}".rstrip()
    rows = [(f"`{_names(p)}`", _clean(getattr(p, "help", "")), _default(p)) for p in command.params if p.name != "help"]
    if rows:
        yield table(("", "meaning", "when absent"), rows)


def _is_argument(parameter: Any) -> bool:
    return not parameter.opts[0].startswith("-")


def _names(parameter: Any) -> str:
    return (
        parameter.name.upper() if _is_argument(parameter) else ", ".join([*parameter.opts, *parameter.secondary_opts])
    )


def _default(parameter: Any) -> str:
    if parameter.required:
        return "needed"
    value = parameter.default
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"`{value}`" if isinstance(value, str | int | float) and value != "" else ""


def _clean(text: str | None) -> str:
    return inspect.cleandoc(text or "")


def _first_sentence(text: str | None) -> str:
    return _clean(text).split("\n")[0]
