"""One-time codes from a phone."""

from __future__ import annotations

import datetime as dt
import hmac
import io

import pyotp
import segno
from django.utils.safestring import SafeString, mark_safe

ISSUER = "Levelfield"
STEPS_EITHER_SIDE = 1  # half a minute early or late: clocks differ


def new_secret() -> str:
    """A key for a phone, 160 random bits."""
    return pyotp.random_base32()


def step_of_code(secret: str, code: str, at: dt.datetime, *, after: int | None) -> int | None:
    """The time step a code belongs to, or None when it fits none near `at` or was used before."""
    totp = pyotp.TOTP(secret)
    digits = "".join(code.split())
    now = totp.timecode(at)
    found = None
    for step in range(now - STEPS_EITHER_SIDE, now + STEPS_EITHER_SIDE + 1):
        fits = hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode())
        if fits and (after is None or step > after):
            found = step
    return found


def setup_picture(secret: str, email: str) -> SafeString:
    """The QR code a phone reads, as SVG without any style."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out,
        kind="svg",
        border=3,
        light="white",
        xmldecl=False,
        svgns=False,
        svgclass="qr",
        lineclass=None,
        omitsize=True,
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308  drawn by segno, which holds no text of ours
