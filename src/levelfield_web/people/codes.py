"""One-time codes from a phone."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import io

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from levelfield.words import Refusal

ISSUER = "Levelfield"
STEPS_EITHER_SIDE = 1  # half a minute early or late: clocks differ


def new_secret() -> str:
    """A key for a phone, 160 random bits."""
    return pyotp.random_base32()


def sealed(secret: str) -> str:
    """A key as it is kept: encrypted, so that a copy of the database alone makes no code."""
    return lock().encrypt(secret.encode()).decode()


def opened(kept: str) -> str:
    """The key that was kept; nothing where there is none."""
    try:
        return lock().decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        raise Refusal(
            _("The key of your one-time codes cannot be read any more"),
            expected=_("the secret key of this house as it was when the codes were set up"),
            next_step=_("Ask an administrator or your account manager for a link, then set one-time codes up again."),
        ) from None


def lock() -> Fernet:
    """What opens the keys, made from the secret key of this house and good for nothing else."""
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"levelfield.people.codes")
    return Fernet(base64.urlsafe_b64encode(made.derive(settings.SECRET_KEY.encode())))


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
