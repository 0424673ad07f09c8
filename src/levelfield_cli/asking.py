"""How the command line names the place for what a finding or a refusal asks for."""

from __future__ import annotations

from collections.abc import Iterable

# Where the command line says what a finding or a refusal asks for; any other name is an option of the profile.
WHERE = {
    "estate": "in estate.toml",
    "add_unknown": "with --add-unknown",
    "zeros_are_real": "with --zeros-are-real",
    "partner": "with --partner KEY",
    "profile": "with --profile NAME (`levelfield check --list-profiles` shows the known ones, "
    "`levelfield check FILE --guess SHAPE` makes one)",
}


def where_to_say(options: Iterable[str]) -> str:
    """The sentence that names the place for what was asked, after a next step; empty when nothing was asked.

    >>> where_to_say(["estate", "add_unknown"])
    ' Do it in estate.toml or with --add-unknown.'
    """
    given = tuple(options)
    known = [WHERE[name] for name in given if name in WHERE]
    others = " ".join(f"--set {name}=…" for name in given if name not in WHERE)
    ways = " or ".join([*known, *([f"with {others}"] if others else [])])
    return f" Do it {ways}." if ways else ""
