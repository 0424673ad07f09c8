"""Invite a person of either side: prints a link with which they choose a password and join."""

from __future__ import annotations

from typing import Annotated

import typer

from levelfield_cli import serve
from levelfield_cli.options import Home
from levelfield_io.environment import home as default_home

NAME = "invite"


def run(
    email: Annotated[str, typer.Argument(help="The person's e-mail address; nothing is sent to it.")],
    name: Annotated[str, typer.Argument(help="The person's name.")],
    partner: Annotated[
        str, typer.Option("--partner", help="Key of the partner they act for; the client when left out.")
    ] = "",
    role: Annotated[
        str,
        typer.Option(
            "--role", help="vendor_manager, executive, analyst, administrator, account_manager, operations_manager."
        ),
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Who invites; your name on this machine when left out.")] = "",
    site: Annotated[str, typer.Option("--site", help="How the site is reached.")] = "http://127.0.0.1:8001",
    home: Home = None,
) -> None:
    """Prepare the house and print the link once."""
    environment = serve.web_environment((home or default_home()).resolve())
    serve.prepare(environment)
    words = ["invite_person", email, name, "--site", site, *(["--by", by] if by else [])]
    serve.django(environment, *words, *(["--partner", partner] if partner else []), *(["--role", role] if role else []))
