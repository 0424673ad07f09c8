"""The profiles that come with Levelfield and those a home has saved."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path

import tomli_w

from levelfield.same_data.profile import (
    Fill,
    Layout,
    Profile,
    find_header,
    folded,
    profile_from_data,
    profile_to_data,
    recognises,
)
from levelfield.same_data.shape import Kind
from levelfield.same_data.shapes import SHAPES
from levelfield.words import Refusal, RefusalKind, nearest

OWN = Path(__file__).parent / "profiles"
SUFFIXES = {Kind.DURATION: ("_ms", "_s"), Kind.THOUSANDTHS: ("_milli", ""), Kind.MONEY: ("_minor", "")}


def own_format(shape_name: str) -> Profile:
    """The profile of our own plain format: the shape's columns, times in seconds (`talk_s`), money as `amount`."""
    shape = SHAPES[shape_name]
    fills = tuple(Fill(to=c.name, sources=(plain_name(c.name, c.kind),)) for c in shape.columns)
    fills = tuple(
        Fill(
            to=f.to,
            sources=(*f.sources, *OTHER_NAMES.get(f.to, ())),
            unit="auto" if shape[f.to].kind is Kind.DURATION else "s",
        )
        for f in fills
    )
    needed = tuple(plain_name(c.name, c.kind) for c in shape.columns if c.needed and c.name not in ("partner", "day"))
    return Profile(
        name=f"levelfield_{shape_name}",
        title=f"Levelfield's own {shape.title.lower()}",
        shape=shape,
        version=1,
        source="docs/measures/shapes.md",
        about=shape.about,
        layout=Layout(),
        fills=fills,
        recognise=needed + RECOGNISED.get(shape_name, ()),
    )


OTHER_NAMES = {"day": ("date",)}
RECOGNISED = {"intervals": ("offered", "answered"), "events": ("event_id",), "headcount": ("headcount",)}


def plain_name(column: str, kind: Kind) -> str:
    """The header of a column in our own plain format.

    >>> plain_name("talk_ms", Kind.DURATION), plain_name("amount_minor", Kind.MONEY)
    ('talk_s', 'amount')
    """
    ending, instead = SUFFIXES.get(kind, ("", ""))
    return column.removesuffix(ending) + instead if ending else column


@functools.cache
def _shipped() -> dict[str, Profile]:
    found = {p.name: p for p in map(load, sorted(OWN.glob("*.toml")))}
    return found | {p.name: p for p in map(own_format, SHAPES)}


def load(path: Path) -> Profile:
    """Read one profile file."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Refusal(f"The profile is not TOML: {wrong}", where=str(path), kind=RefusalKind.DEFINITION) from None
    return profile_from_data(data)


def profiles(home: Path | None = None) -> dict[str, Profile]:
    """All profiles by name; those of the home come first and may replace ours."""
    found = dict(_shipped())
    if home is not None and (home / "profiles").is_dir():
        found |= {p.name: p for p in map(load, sorted((home / "profiles").glob("*.toml")))}
    return found


def named(name: str, home: Path | None = None) -> Profile:
    """The profile of a name, or a refusal that names the nearest ones. A path to a profile file works too."""
    if name.endswith(".toml"):
        return load(Path(name))
    known = profiles(home)
    if name not in known:
        near = nearest(name, known)
        raise Refusal(
            f"There is no profile “{name}”",
            expected=f"{' or '.join(near)}?" if near else "one of " + ", ".join(sorted(known)),
            kind=RefusalKind.DEFINITION,
        )
    return known[name]


def recognised(headers: tuple[str, ...], kind: str, home: Path | None = None) -> list[Profile]:
    """Profiles that know these headers, the one that knows most of them first."""
    found = [p for p in profiles(home).values() if recognises(p, headers) and p.layout.format in ("any", kind)]
    return sorted(found, key=lambda p: (-len(p.recognise), p.name))


def save(profile: Profile, home: Path) -> Path:
    """Write a profile into the home's folder of profiles."""
    folder = home / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", profile.name):
        raise Refusal(
            f"“{profile.name}” cannot name a profile",
            expected="small letters, digits and _",
            kind=RefusalKind.DEFINITION,
        )
    path = folder / f"{profile.name}.toml"
    path.write_text(tomli_w.dumps(profile_to_data(profile)), encoding="utf-8")
    return path


ALIASES: dict[str, tuple[str, ...]] = {
    "partner": ("partner", "vendor", "supplier", "provider", "bpo", "outsourcer", "provider name"),
    "day": ("day", "date", "call date", "period"),
    "start_at": ("start_at", "interval start", "start time", "interval", "datetime", "timestamp"),
    "site": ("site", "location", "centre", "center"),
    "line": ("line", "line of business", "lob", "product", "business unit"),
    "queue": ("queue", "queue name", "skill", "skill name", "ct name", "campaign"),
    "channel": ("channel", "media", "media type"),
    "language": ("language", "lang"),
    "reason": ("reason", "contact reason", "disposition", "wrap up code"),
    "offered": ("offered", "calls offered", "contacts offered", "received", "contacts queued", "calls received", "nco"),
    "answered": ("answered", "calls answered", "handled", "contacts handled", "calls handled", "nch"),
    "answered_within": (
        "answered within",
        "answered in sl",
        "within sl",
        "answered within threshold",
        "answered within 20s",
    ),
    "abandoned": ("abandoned", "calls abandoned", "contacts abandoned", "abandons"),
    "abandoned_within": ("abandoned within", "abandoned in sl"),
    "short_abandoned": ("short abandoned", "short abandons"),
    "wait_answered_ms": ("wait answered", "total wait", "queue time", "wait time", "asa total"),
    "talk_ms": ("talk", "talk time", "total talk time"),
    "hold_ms": ("hold", "hold time"),
    "wrap_ms": ("wrap", "acw", "after call work", "after contact work", "wrap up time"),
    "staffed_ms": ("staffed", "staffed time", "login time"),
    "contact_id": ("contact_id", "contact id", "call id", "interaction id", "conversation id", "id"),
    "arrived_at": ("arrived_at", "start time", "timestamp", "created at", "initiation timestamp"),
    "wait_ms": ("wait", "wait time", "queue wait time", "speed of answer"),
    "agent": ("agent", "agent name", "agent id", "user"),
    "customer": ("customer", "customer id", "ani", "caller", "phone"),
    "transferred": ("transferred", "transfer"),
    "callbacks": ("callbacks", "call backs"),
    "length_s": ("length_s", "interval length", "duration of interval"),
}


def guessed(
    headers: tuple[str, ...], shape_name: str, name: str, first_row: dict[str, str | None] | None = None
) -> Profile:
    """A first mapping of an unknown table, to be looked over by a person."""
    shape = SHAPES[shape_name]
    fills, taken = [], set()
    for column in shape.columns:
        wanted = (column.name, plain_name(column.name, column.kind), *ALIASES.get(column.name, ()))
        header = next((h for w in wanted if (h := find_header(w, headers)) and h not in taken), None)
        if header is None:
            header = next(
                (
                    h
                    for h in headers
                    if h not in taken and any(len(folded(w)) > 4 and folded(w) in folded(h) for w in wanted[2:3])
                ),
                None,
            )
        if header is not None:
            taken.add(header)
            unit = "auto" if column.kind is Kind.DURATION else "s"
            formats = _formats((first_row or {}).get(header)) if column.kind in (Kind.DAY, Kind.MOMENT) else ()
            fills.append(Fill(to=column.name, sources=(header,), unit=unit, formats=formats))
    to = {f.to for f in fills}
    if "length_s" in shape.by_name and "length_s" not in to:
        fills.append(Fill(to="length_s", constant="$interval_s"))
    if "partner" not in to:
        fills.append(Fill(to="partner", constant="$partner"))
    if shape_name == "intervals" and "threshold_ms" not in to:
        fills.append(Fill(to="threshold_ms", constant="$threshold_s"))
    if shape_name == "contacts" and "answered" not in to and "agent" in to:
        fills.append(Fill(to="answered", present=next(f.sources[0] for f in fills if f.to == "agent")))
    options = (
        {"interval_s": "1800" if "start_at" in to else "86400", "threshold_s": "20"}
        if "length_s" in shape.by_name
        else {}
    )
    return Profile(
        name=name, title=f"Guessed from {len(headers)} headers", shape=shape, version=1, source="", about="",
        layout=Layout(), fills=tuple(fills), recognise=headers[:6], options=options,
    )  # fmt: skip


DATE_FORMATS = (
    (r"\d{4}-\d{2}-\d{2}.*", "iso"), (r"\d{8}", "%Y%m%d"), (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}", "%d.%m.%Y %H:%M"), (r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}:\d{2}", "%d.%m.%Y %H:%M:%S"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"), (r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}", "%d/%m/%Y %H:%M"),
    (r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2}", "%d/%m/%Y %H:%M:%S"), (r"[A-Za-z]{3}-\d{2}", "%b-%y"), (r"\d{1,2}-[A-Za-z]{3}-\d{4}", "%d-%b-%Y"),
)  # fmt: skip


def _formats(text: str | None) -> tuple[str, ...]:
    """The likely date format of a cell; day before month where both would fit (a rule tells a swap)."""
    return next(
        ((f,) for pattern, f in DATE_FORMATS if f != "iso" and text and re.fullmatch(pattern, text.strip())), ()
    )
