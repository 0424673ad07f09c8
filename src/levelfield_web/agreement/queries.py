"""Agreements a viewer may see: the client all, a partner its own."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path

from levelfield.agreement.agreement import Agreement
from levelfield.agreement.reading import Shown
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.measure import Unit
from levelfield_io.agreements_at_hand import agreements as read_all
from levelfield_io.agreements_at_hand import read_agreement
from levelfield_web.agreement.files import home
from levelfield_web.agreement.models import Acceptance
from levelfield_web.fields.viewer import Viewer


def agreements(*, viewer: Viewer) -> list[Agreement]:
    """Every version the viewer may see, by partner."""
    folder = home() / "agreements"
    stamp = tuple(sorted((p.name, p.stat().st_mtime_ns) for p in folder.glob("*.toml"))) if folder.exists() else ()
    return [a for a in _read(str(home()), stamp) if viewer.sees(a.partner)]


@lru_cache(maxsize=4)
def _read(folder: str, stamp: tuple[tuple[str, int], ...]) -> tuple[Agreement, ...]:
    return tuple(read_all(Path(folder)))


def in_force(*, viewer: Viewer, partner: str, on: dt.date) -> Agreement | None:
    """The version that holds on a day."""
    own = [a for a in agreements(viewer=viewer) if a.partner == partner and a.valid_from <= on]
    return max(own, key=lambda a: (a.valid_from, a.version), default=None)


def agreement(*, viewer: Viewer, partner: str, version: int) -> Agreement | None:
    """One version; None for nobody's and for somebody else's alike."""
    return next((a for a in agreements(viewer=viewer) if a.partner == partner and a.version == version), None)


UNITS = {Unit.SHARE: (100, "%"), Unit.SECONDS: (1, "s")}
SHOWN = {m.name: Shown(*UNITS.get(m.unit, (1, "")), m.label) for m in MEASURES.values()}  # how levels are written


def versions(*, viewer: Viewer, partner: str) -> list[Agreement]:
    """Every version with one partner, oldest first."""
    own = [a for a in agreements(viewer=viewer) if a.partner == partner]
    return sorted(own, key=lambda a: (a.valid_from, a.version))


def source(*, viewer: Viewer, partner: str, version: int) -> bytes | None:
    """The file of a version as it was delivered; None for nobody's and for somebody else's alike."""
    found = agreement(viewer=viewer, partner=partner, version=version)
    if found is None:
        return None
    paths = sorted((home() / "agreements").glob("*.toml"), key=lambda p: not p.name.startswith(f"{partner}-"))
    return next((p.read_bytes() for p in paths if read_agreement(p).content == found.content), None)


def acceptances(found: Agreement) -> list[Acceptance]:
    """Which sides accepted this very text."""
    return list(Acceptance.objects.filter(content=found.content))
