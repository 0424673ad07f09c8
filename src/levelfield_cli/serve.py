"""Serve the pages and run the background worker beside them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import types
from pathlib import Path
from typing import Annotated

import typer

from levelfield_cli.options import Home
from levelfield_cli.showing import out
from levelfield_io.environment import home as default_home

NAME = "serve"


def run(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", help="Server processes.")] = 1,
    home: Home = None,
) -> None:
    """Prepare the database, then run server and worker until interrupted."""
    environment = web_environment((home or default_home()).resolve())
    prepare(environment)
    out.print(f"Levelfield is open at http://{host}:{port}/   (Ctrl-C closes it)")
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers),
              "--blocking-threads", "4", "--log-level", "warning", "levelfield_web.wsgi:application"]  # fmt: skip
    children = [
        subprocess.Popen(server, env=environment),  # noqa: S603
        subprocess.Popen([sys.executable, "-m", "django", "work"], env=environment),
    ]

    def stop(_signal: int, _frame: types.FrameType | None) -> None:
        for child in children:
            child.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    children[0].wait()
    stop(0, None)
    children[1].wait()


def web_environment(home: Path) -> dict[str, str]:
    """The environment in which the meeting floor runs."""
    return {**os.environ, "LEVELFIELD_HOME": str(home), "DJANGO_SETTINGS_MODULE": "levelfield_web.settings"}


def django(environment: dict[str, str], *words: str) -> None:
    """Run a management command of the meeting floor."""
    done = subprocess.run([sys.executable, "-m", "django", *words], env=environment, check=False)  # noqa: S603
    if done.returncode:
        raise typer.Exit(done.returncode)


def prepare(environment: dict[str, str]) -> None:
    """Folder and database."""
    Path(environment["LEVELFIELD_HOME"]).mkdir(parents=True, exist_ok=True)
    django(environment, "migrate", "--verbosity", "0")
    django(environment, "know_partners")
