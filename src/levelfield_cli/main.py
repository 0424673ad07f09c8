"""`levelfield`: the numbers that both sides can recompute, at the command line."""

from __future__ import annotations

import os
import sys

import typer

from levelfield import __version__
from levelfield.words import Refusal, RefusalKind
from levelfield_cli import (
    check,
    demo,
    diff,
    explain,
    export,
    forget,
    invite,
    measure,
    promise,
    publications,
    publish,
    serve,
    settle,
    signals,
    verify,
    world,
)
from levelfield_cli.asking import where_to_say
from levelfield_cli.showing import err

EXIT = {RefusalKind.DEFINITION: 10, RefusalKind.FILE: 11, RefusalKind.PERMISSION: 12, RefusalKind.RULE: 13}

app = typer.Typer(
    name="levelfield",
    help="One set of numbers that a client and its outsourcing partners can both recompute.\n\n"
    "Exit codes: 0 done, 10 definition, 11 file, 12 permission, 13 refused by a rule, 1 a bug of ours.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    check,
    publish,
    publications,
    diff,
    measure,
    signals,
    explain,
    promise,
    settle,
    export,
    verify,
    forget,
    world,
    invite,
    serve,
    demo,
):
    app.command(module.NAME, help=module.__doc__)(module.run)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"levelfield {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Options of the program itself."""


def main() -> None:
    """Run the command line; a refusal is shown as it is written and sets the exit code."""
    try:
        app()
    except Refusal as refusal:
        err.print(refusal.sentence + where_to_say(refusal.options), markup=False, soft_wrap=True)
        sys.exit(EXIT[refusal.kind])
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
