"""Forwarded addresses: believed from a proxy we were told to trust, removed from anybody else."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from levelfield_web.fields.environment import Network

FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
)


class TrustedProxy:
    """Puts the visitor's own address into REMOTE_ADDR, so that nobody else has to think about proxies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        networks: Sequence[Network] = settings.TRUSTED_PROXIES
        if is_within(request.META.get("REMOTE_ADDR", ""), networks):
            chain = [word.strip() for word in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if word.strip()]
            strangers = [address for address in chain if not is_within(address, networks)]
            # The last stranger is the one our own proxy saw; anything before it was written by the visitor.
            if strangers and is_address(strangers[-1]):
                request.META["REMOTE_ADDR"] = strangers[-1]
        else:
            for name in FORWARDED:
                request.META.pop(name, None)
        return self.get_response(request)


def is_address(word: str) -> bool:
    """Whether the word is an IP address."""
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


def is_within(word: str, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks."""
    return is_address(word) and any(ipaddress.ip_address(word) in network for network in networks)
