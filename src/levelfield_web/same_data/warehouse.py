"""The warehouse of this house, as readers and writers of the room both need it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from levelfield.same_data.estate import Estate
from levelfield_io.store import Release, Store
from levelfield_web.fields.viewer import Viewer


def store() -> Store:
    """The warehouse of this house."""
    return Store(Path(settings.LEVELFIELD_HOME))


def current_release() -> tuple[Release, Estate]:
    """The current release with the estate, read again only when a file changed."""
    own = store()
    folder = own.root / "releases"
    stamp = folder.stat().st_mtime_ns if folder.exists() else 0
    path = own.home / "estate.toml"
    return _read_release(str(own.home), stamp, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=4)
def _read_release(home: str, stamp: int, estate_stamp: int) -> tuple[Release, Estate]:
    own = Store(Path(home))
    return own.release, own.estate


def visible_estate(whole: Estate, viewer: Viewer) -> Estate:
    """An estate cut down to what one side may see; names of others must not shine through in a hint."""
    if viewer.is_client:
        return whole
    return replace(whole, partners=tuple(p for p in whole.partners if viewer.sees(p.key)), merges=())


def partner_visible(*, viewer: Viewer, partner: str) -> bool:
    """May the viewer see this partner, and is there one?"""
    _, whole = current_release()
    return viewer.sees(partner) and partner in whole.keys


def upload_folder() -> Path:
    """Where files wait until they are published or withdrawn."""
    return Path(settings.LEVELFIELD_HOME) / "uploads"
