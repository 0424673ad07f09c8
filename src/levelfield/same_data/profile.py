"""A mapping profile: how the columns of a file become the columns of a fact table. Data, not code.

A profile is a TOML file. Formulas are not evaluated: a column is filled in one of the few ways named below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from levelfield.same_data.shape import Shape
from levelfield.same_data.shapes import SHAPES
from levelfield.words import Refusal, RefusalKind, nearest

UNITS_OF_TIME = ("s", "ms", "min", "h", "day_fraction", "hms", "auto")
BLANKS = ("", "-", "--", "–", "n/a", "N/A", "NULL", "null", "None", "(none)", "[None]")
ANY = ("*",)  # in `keep` and `drop`: any cell that is not blank
YES = ("1", "yes", "y", "true", "t", "ja", "oui", "si", "x")
NO = ("0", "no", "n", "false", "f", "nein", "non", "-")


@dataclass(frozen=True)
class Fill:
    """How one column of the shape is filled. A header written `$name` is named by an option of the delivery."""

    to: str
    sources: tuple[str, ...] = ()  # the first of these headers that the file has
    join: tuple[str, ...] = ()  # several source columns, joined by a space
    total: tuple[str, ...] = ()  # the sum of several source columns
    minus: tuple[str, ...] = ()  # first source column minus the second
    first: tuple[str, ...] = ()  # the first of several source columns that is not blank in the row
    constant: str | None = None  # a fixed value; `$name` stands for an option of the delivery
    present: str | None = None  # yes where this source column is not blank
    equals: tuple[str, tuple[str, ...]] | None = None  # yes where a source column holds one of these words
    length_of: str | None = None  # "month" or "day": the length in seconds of the period `day` begins
    unit: str = "s"
    formats: tuple[str, ...] = ()
    zone: str = ""  # zone of a moment written without one; empty: the agreement's
    words: tuple[tuple[str, str], ...] = ()  # translation of values
    strip: str = ""  # remove this prefix, e.g. of an address

    @property
    def reads(self) -> tuple[str, ...]:
        """All source columns this column may be read from."""
        equals = (self.equals[0],) if self.equals else ()
        present = (self.present,) if self.present else ()
        return (*self.sources, *self.join, *self.total, *self.minus, *self.first, *present, *equals)


@dataclass(frozen=True)
class Layout:
    """How the file is laid out before its columns have names."""

    format: str = "any"  # any table, csv, json, xlsx; or the name of an opener that flattens a nested format
    header: bool = True
    names: tuple[str, ...] = ()  # column names of a file without a header; of records, names a record may leave out
    delimiter: str = ""
    skip_after_header: int = 0
    comment: str = ""  # lines that begin so are not data
    decimal: str = "auto"  # . or ,
    records: str = ""  # where the list of records lies in a JSON document


@dataclass(frozen=True)
class Profile:
    """A profile and what it recognises a file by."""

    name: str
    title: str
    shape: Shape
    version: int
    source: str
    about: str
    layout: Layout
    fills: tuple[Fill, ...]
    recognise: tuple[str, ...] = ()  # headers that must all be there
    keep: tuple[tuple[str, tuple[str, ...]], ...] = ()  # only rows whose column holds one of these words
    drop: tuple[tuple[str, tuple[str, ...]], ...] = ()
    latest: tuple[tuple[str, ...], str] | None = None  # (columns that name a record, column that says which is newest)
    options: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[tuple[str, tuple[str, ...]], ...] = ()  # source column : parts it must not be the sum of

    def fill(self, column: str) -> Fill | None:
        """How a column is filled, if it is."""
        return next((f for f in self.fills if f.to == column), None)


def folded(header: str) -> str:
    """A header as it is compared: case, spaces and punctuation do not count.

    >>> folded("Service Level %") == folded("service_level")
    True
    """
    return "".join(ch for ch in header.casefold() if ch.isalnum())


def find_header(wanted: str, headers: Iterable[str]) -> str | None:
    """The header of a file that means `wanted`: the same spelling first, then the same letters."""
    headers = list(headers)
    if wanted in headers:
        return wanted
    by_folded = {folded(h): h for h in reversed(headers)}
    return by_folded.get(folded(wanted))


def recognises(profile: Profile, headers: Iterable[str]) -> bool:
    """Are all headers there by which the profile knows its file?"""
    headers = list(headers)
    return bool(profile.recognise) and all(find_header(name, headers) for name in profile.recognise)


def _tuple(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)


FILL_KEYS = {
    "from": "sources", "join": "join", "sum": "total", "minus": "minus", "first": "first", "constant": "constant",
    "present": "present", "equals": "equals", "length_of": "length_of", "unit": "unit", "formats": "formats",
    "zone": "zone", "words": "words", "strip": "strip",
}  # fmt: skip
PROFILE_KEYS = (
    "name", "title", "shape", "version", "source", "about", "layout", "recognise", "keep", "drop", "latest", "options",
    "columns", "checks",
)  # fmt: skip
LAYOUT_KEYS = ("format", "header", "names", "delimiter", "skip_after_header", "comment", "decimal", "records")


def profile_from_data(data: Mapping[str, Any]) -> Profile:
    """Read a parsed profile file, or refuse it with the key that is wrong and the nearest right one."""
    where = f"Profile {data.get('name', 'without a name')}"
    _known(data, PROFILE_KEYS, where)
    for key in ("name", "title", "shape", "columns"):
        if key not in data:
            raise Refusal(
                f"“{key}” is missing", where=where, expected="it at the top of the file", kind=RefusalKind.DEFINITION
            )
    if data["shape"] not in SHAPES:
        near = nearest(data["shape"], SHAPES)
        raise Refusal(
            f"“{data['shape']}” is not a shape",
            where=where,
            expected=f"“{near[0]}”?" if near else "one of " + ", ".join(SHAPES),
            kind=RefusalKind.DEFINITION,
        )
    shape = SHAPES[data["shape"]]
    fills = []
    for column, entry in data["columns"].items():
        at = f"{where}, column {column}"
        _known({column: None}, shape.names, where)
        entry = {"from": entry} if isinstance(entry, str | list) else entry
        _known(entry, tuple(FILL_KEYS), at)
        fills.append(_fill(column, entry, shape, at))
    layout = data.get("layout", {})
    _known(layout, LAYOUT_KEYS, f"{where}, layout")
    latest = data.get("latest")
    return Profile(
        name=data["name"],
        title=data["title"],
        shape=shape,
        version=data.get("version", 1),
        source=data.get("source", ""),
        about=data.get("about", ""),
        layout=_layout(layout),
        fills=tuple(fills),
        recognise=tuple(data.get("recognise", ())),
        keep=tuple((k, _tuple(v)) for k, v in data.get("keep", {}).items()),
        drop=tuple((k, _tuple(v)) for k, v in data.get("drop", {}).items()),
        latest=(_tuple(latest["of"]), latest["by"]) if latest else None,
        options={k: str(v) for k, v in data.get("options", {}).items()},
        checks=tuple((k, _tuple(v)) for k, v in data.get("checks", {}).items()),
    )


def _layout(entry: Mapping[str, Any]) -> Layout:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    return Layout(**values)


def _fill(column: str, entry: Mapping[str, Any], shape: Shape, where: str) -> Fill:
    values: dict[str, Any] = {"to": column}
    for key, value in entry.items():
        match key:
            case "equals":
                ((source, words),) = value.items()
                values["equals"] = (source, _tuple(words))
            case "words":
                values["words"] = tuple((str(k), str(v)) for k, v in value.items())
            case "from" | "join" | "sum" | "minus" | "first" | "formats":
                values[FILL_KEYS[key]] = _tuple(value)
            case _:
                values[FILL_KEYS[key]] = str(value)
    fill = Fill(**values)
    if fill.unit not in UNITS_OF_TIME:
        raise Refusal(
            f"“{fill.unit}” is not a unit of time",
            where=where,
            expected="one of " + ", ".join(UNITS_OF_TIME),
            kind=RefusalKind.DEFINITION,
        )
    if len(fill.minus) not in (0, 2):
        raise Refusal(
            "“minus” takes two columns", where=where, expected="the later and the earlier", kind=RefusalKind.DEFINITION
        )
    if not fill.reads and fill.constant is None and fill.length_of is None:
        raise Refusal(
            "Nothing says where the column comes from",
            where=where,
            expected="one of from, join, sum, minus, first, present, equals, constant or length_of",
            kind=RefusalKind.DEFINITION,
        )
    return fill


def _known(data: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in data:
        if key not in known:
            near = nearest(key, known)
            raise Refusal(
                f"“{key}” is not known here",
                where=where,
                expected=f"“{near[0]}”?" if near else "one of " + ", ".join(known),
                kind=RefusalKind.DEFINITION,
            )


def profile_to_data(profile: Profile) -> dict[str, Any]:
    """A profile as plain data, to be saved as a file."""
    columns: dict[str, Any] = {}
    names = {v: k for k, v in FILL_KEYS.items()}
    for fill in profile.fills:
        entry: dict[str, Any] = {}
        for attribute, key in names.items():
            value = getattr(fill, attribute)
            if value in ((), None, "") or (attribute == "unit" and value == "s"):
                continue
            if attribute == "equals":
                value = {value[0]: list(value[1])}
            elif attribute == "words":
                value = dict(value)
            entry[key] = list(value) if isinstance(value, tuple) else value
        columns[fill.to] = entry
    default = Layout()
    layout = {
        k: (list(v) if isinstance(v, tuple) else v) for k, v in vars(profile.layout).items() if v != getattr(default, k)
    }
    data: dict[str, Any] = {
        "name": profile.name,
        "title": profile.title,
        "shape": profile.shape.name,
        "version": profile.version,
    }
    for key in ("source", "about"):
        if getattr(profile, key):
            data[key] = getattr(profile, key)
    if profile.recognise:
        data["recognise"] = list(profile.recognise)
    if profile.options:
        data["options"] = dict(profile.options)
    if layout:
        data["layout"] = layout
    if profile.latest:
        data["latest"] = {"of": list(profile.latest[0]), "by": profile.latest[1]}
    for key in ("keep", "drop"):
        if getattr(profile, key):
            data[key] = {k: list(v) for k, v in getattr(profile, key)}
    data["columns"] = columns
    return data
