"""System checks: combinations of settings that start, and should not be left so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver"})


@register("levelfield")
def no_open_door_beyond_this_machine(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Without https, passwords and sessions must not leave the machine."""
    away = sorted(host for host in settings.ALLOWED_HOSTS if host not in LOCAL_HOSTS)
    if settings.SECURE or not away:
        return []
    return [
        Warning(
            f"LEVELFIELD_SECURE is off while LEVELFIELD_ALLOWED_HOSTS names {', '.join(away)}: "
            "passwords and sessions would travel in the clear.",
            hint="Serve the site by https and set LEVELFIELD_SECURE=yes.",
            id="levelfield.W001",
        )
    ]


@register("levelfield")
def hosts_are_named(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A host of * lets anybody choose the address in our links."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "LEVELFIELD_ALLOWED_HOSTS is *: invitation links could be made to point anywhere.",
            hint="Name the hosts people use, separated by commas.",
            id="levelfield.E001",
        )
    ]


@register("levelfield")
def no_name_is_misspelt(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A misspelt setting is silent, and silence here means less protection than somebody asked for."""
    return [
        Warning(f"{name} is set and nothing reads it.", hint=f"Did you mean {meant}?", id="levelfield.W002")
        for name, meant in settings.ENVIRONMENT.misspelt().items()
    ]
