"""From a file's text to facts: every cell is read as text, cast, and counted where it cannot be cast.

Everything here is an expression; nothing runs. The raw table has one text column per header. The result has the
shape's columns and two of its own: `bad` (a bit per column whose text could not be read) and `kept` (does the
profile want the row at all?).
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.types as ir

from levelfield.same_data.estate import Estate, Partner
from levelfield.same_data.profile import ANY, BLANKS, NO, YES, Fill, Profile, find_header
from levelfield.same_data.pseudonym import pseudonym_of
from levelfield.same_data.shape import Column, Kind
from levelfield.same_data.zones import local_from_utc, once, utc_from_local
from levelfield.words import Refusal, RefusalKind

FIRST_MOMENT = {
    "intervals": "start_at", "contacts": "arrived_at", "forecasts": "start_at", "schedules": "start_at",
    "surveys": "answered_at", "evaluations": "evaluated_at", "tickets": "opened_at", "events": "starts_at",
}  # fmt: skip
MILLISECONDS = {"s": 1000.0, "ms": 1.0, "min": 60_000.0, "h": 3_600_000.0, "day_fraction": 86_400_000.0}
SECONDS = {"min": 60.0, "h": 3600.0}  # what `unit` means for a length that is kept in seconds
GROUPED = {
    ",": r"^[+\-]?[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.[0-9]*)?$",
    ".": r"^[+\-]?[0-9]{1,3}(\.[0-9]{2,3})*\.[0-9]{3}(,[0-9]*)?$",
}
ISO_FORMATS = ("iso",)
NEARLY = 1e-6  # a count of 1.204 is a thousand written with a point, or no count at all: never one
OFFSET = r" ?([+\-])([0-9]{2}):?([0-9]{2})?$"
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 1, 1)  # a day outside is not a day anybody delivers
FIRST_MOMENT_READ, LAST_MOMENT_READ = (
    ibis.literal(dt.datetime(d.year, d.month, d.day), type="timestamp(6)") for d in (FIRST_DAY, LAST_DAY)
)
EPOCH = ibis.literal(dt.datetime(1970, 1, 1), type="timestamp(6)")
EPOCH_LAST_S = 7_258_118_400.0  # 2200-01-01


@dataclass(frozen=True)
class Reading:
    """How one file is read: its headers, profile, estate and the options of the delivery."""

    headers: tuple[str, ...]
    profile: Profile
    estate: Estate
    options: Mapping[str, str]
    key: str  # secret of the pseudonyms
    decimal: str = "."

    @property
    def used(self) -> dict[str, tuple[str, ...]]:
        """For every column of the shape that is filled, the headers it is read from."""
        found = {}
        for fill in self.profile.fills:
            headers = tuple(h for h in map(self.header, fill.reads) if h)
            if headers or (fill.constant and self.option(fill.constant)) or fill.length_of:
                found[fill.to] = headers[:1] if fill.sources else headers
        return found

    @property
    def left_out(self) -> tuple[str, ...]:
        """Headers of the file that no column is read from."""
        used = {h for headers in self.used.values() for h in headers}
        used |= {h for name, _ in (*self.profile.keep, *self.profile.drop) if (h := self.header(name))}
        return tuple(h for h in self.headers if h not in used)

    def header(self, name: str) -> str | None:
        """The header of the file a profile means by a name; `$name` is named by an option."""
        wanted = self.option(name)
        return find_header(wanted, self.headers) if wanted else None

    def zone_of(self, column: str) -> str:
        """The zone in which a column's moments are written when they do not say."""
        fill = self.profile.fill(column)
        return (fill.zone if fill else "") or self.options.get("zone") or self.estate.zone

    def option(self, value: str) -> str | None:
        """The value itself; `$name` is looked up among the options of the delivery."""
        if not value.startswith("$"):
            return value
        return self.options.get(value[1:], self.profile.options.get(value[1:])) or None


def trimmed(raw: ir.StringValue) -> ir.StringValue:
    """Text without surrounding spaces. Trimming is dear and rarely needed: most cells begin and end with a visible sign."""
    padded = (raw < "!") | raw.endswith(" ") | raw.endswith("\t") | raw.endswith("\u00a0")
    return ibis.ifelse(padded, raw.strip(), raw)


def cleaned(text: ir.StringValue) -> ir.StringValue:
    """Trimmed text in which the ways of writing "nothing" are missing. A long cell is not "nothing"."""
    nothing = functools.reduce(operator.or_, [text == blank for blank in BLANKS])
    return ibis.ifelse((text.length() <= max(map(len, BLANKS))) & nothing, ibis.null("string"), text)


def number(text: ir.StringValue, decimal: str) -> ir.FloatingValue:
    """A number as a person writes it: thousands separated by point, comma, space or apostrophe.

    A separator that does not stand before three digits is the other country's decimal mark: 12,5 is not 125.
    """
    if decimal == ".":  # most cells are plain numbers; only the others are taken apart
        return ibis.coalesce(text.try_cast("float64"), _grouped_number(text, decimal))
    return _grouped_number(text, decimal)


def _grouped_number(text: ir.StringValue, decimal: str) -> ir.FloatingValue:
    """A number with separators between groups of three digits."""
    grouping = "." if decimal == "," else ","
    grouped = text.re_search(GROUPED[grouping])
    text = ibis.ifelse(text.contains(grouping), ibis.ifelse(grouped, text.replace(grouping, ""), None), text)
    if decimal == ",":
        text = text.replace(",", ".")
    text = text.replace("\u00a0", "").replace(" ", "").replace("'", "")
    return text.try_cast("float64")


def whole(scaled: ir.FloatingValue) -> ir.IntegerValue:
    """A number as an exact 64-bit integer; outside ±2^53 it is missing."""
    return ibis.ifelse(scaled.abs() < 2.0**53, scaled, ibis.null("float64")).round().cast("int64")


def milliseconds(text: ir.StringValue, unit: str, decimal: str) -> ir.FloatingValue:
    """A length of time in the given unit; `hms` reads 1:02:03 and 02:03, `auto` reads either."""
    if unit == "day_fraction":  # sources that write these count whole seconds; the fraction only blurs them
        return (number(text, decimal) * 86_400.0).round() * 1000.0
    if unit in MILLISECONDS:
        return number(text, decimal) * MILLISECONDS[unit]
    parts = text.split(":")
    count = parts.length()
    hours = ibis.ifelse(count == 3, parts[0].try_cast("float64"), ibis.literal(0.0))
    minutes = ibis.ifelse(count == 3, parts[1].try_cast("float64"), parts[0].try_cast("float64"))
    seconds = ibis.ifelse(count == 3, parts[2].try_cast("float64"), parts[1].try_cast("float64"))
    clock = ibis.ifelse(count.isin([2, 3]), hours * 3600.0 + minutes * 60.0 + seconds, ibis.null("float64"))
    if unit == "hms":
        return clock * 1000.0
    return ibis.ifelse(text.contains(":"), clock, number(text, decimal)) * 1000.0


def moment(text: ir.StringValue, formats: tuple[str, ...], zone: str) -> ir.TimestampValue:
    """A moment as naive UTC. Text that says Z or an offset is taken at its word; else it is local to `zone`."""
    naive, shift = written_moment(text, formats, zone)
    return once(naive, lambda at: utc_of(at, shift, zone)).cast("timestamp(6)")


def written_moment(
    text: ir.StringValue, formats: tuple[str, ...], zone: str
) -> tuple[ir.TimestampValue, ir.IntegerValue]:
    """A moment as its text says it, and the seconds that lie ahead of UTC where the text (or a UTC zone) tells them."""
    written: list[ir.TimestampValue] = []
    shift: ir.IntegerValue = ibis.null("int64")
    for pattern in formats or ISO_FORMATS:
        if pattern == "iso":
            plain, shift = _iso_parts(text)
            written.append(plain.try_cast("timestamp(6)"))
        elif pattern == "epoch_s":
            seconds = number(text, ".")
            known = ibis.ifelse((seconds >= 0.0) & (seconds < EPOCH_LAST_S), seconds, ibis.null("float64"))
            written.append(EPOCH + (known * 1e6).cast("int64").as_interval("us"))
            zone = "UTC"
        else:
            written.append(text.as_timestamp(pattern).cast("timestamp(6)"))
    naive = written[0] if len(written) == 1 else ibis.coalesce(*written)
    return naive, ibis.coalesce(shift, 0) if zone == "UTC" else shift


def utc_of(at: ir.TimestampValue, shift: ir.IntegerValue, zone: str) -> ir.TimestampValue:
    """Naive UTC of a written moment; far outside the years of calendars it is missing."""
    local = at if zone == "UTC" else utc_from_local(at, zone)
    told = at - shift.as_interval("s")
    there = (at >= FIRST_MOMENT_READ) & (at < LAST_MOMENT_READ)
    return ibis.cases((~there, ibis.null("timestamp(6)")), (shift.notnull(), told), else_=local)


def _iso_parts(text: ir.StringValue) -> tuple[ir.StringValue, ir.IntegerValue]:
    """2026-03-05T10:00:00[.123][Z|+01:00|+0100|+01]: the part without the mark, and the seconds the mark stands for."""
    marked = text.endswith("Z")
    offset = (text.length() > 16) & text.re_search(OFFSET)
    plain = ibis.cases((marked, text.left(text.length() - 1)), (offset, text.re_replace(OFFSET, "")), else_=text)
    hours = text.re_extract(OFFSET, 2).try_cast("int64")
    minutes = ibis.coalesce(text.re_extract(OFFSET, 3).try_cast("int64"), 0)
    shift = (hours * 3600 + minutes * 60) * ibis.ifelse(text.re_extract(OFFSET, 1) == "-", -1, 1)
    return plain, ibis.cases((marked, 0), (offset, shift), else_=ibis.null("int64"))


def day(text: ir.StringValue, formats: tuple[str, ...]) -> ir.DateValue:
    """A calendar day; a month alone stands for its first day."""
    tries = []
    for pattern in formats or ISO_FORMATS:
        tries.append(text.left(10).try_cast("date") if pattern == "iso" else text.as_timestamp(pattern).date())
    found = ibis.coalesce(*tries)
    return ibis.ifelse((found >= FIRST_DAY) & (found < LAST_DAY), found, ibis.null("date"))


def flag(text: ir.StringValue, words: Mapping[str, str]) -> ir.BooleanValue:
    """Yes or no in several languages."""
    yes = tuple(k for k, v in words.items() if v == "yes") or YES
    no = tuple(k for k, v in words.items() if v == "no") or NO
    low = text.lower()
    return ibis.cases(
        (low.isin([w.lower() for w in yes]), True), (low.isin([w.lower() for w in no]), False), else_=None
    )


SHIFT = "{}__shift"  # seconds ahead of UTC that a moment's text tells, beside the moment while it is being read
Stage = tuple[str, ir.Table]


def stages(reading: Reading) -> tuple[Stage, ...]:
    """The steps from the table `raw` to facts, each an expression over the one before, by name.

    They stand apart because an engine that is given all of it as one expression reads the same text many times:
    cleaned text, then values as written, then moments in UTC, then what follows from other columns.
    """
    raw = ibis.table(dict.fromkeys(reading.headers, "string"), name="raw")
    headers = [h for h in reading.headers if h not in reading.left_out]
    bare = raw.select(**{h: trimmed(raw[h]) for h in headers}) if headers else raw
    text = _named("facts_trimmed", bare)
    clean = text.select(**{h: cleaned(text[h]) for h in headers}) if headers else text
    written = _written(_named("facts_cleaned", clean), reading)
    moments = _moments(_named("facts_written", written), reading)
    complete = _completed(_named("facts_moments", moments), reading)
    return (
        ("facts_trimmed", bare), ("facts_cleaned", clean), ("facts_written", written), ("facts_moments", moments), ("facts_read", complete),
    )  # fmt: skip


def _named(name: str, expression: ir.Table) -> ir.Table:
    """The result of a stage as a table of its own."""
    return ibis.table(expression.schema(), name=name)


def _written(clean: ir.Table, reading: Reading) -> ir.Table:
    """Values as the file writes them, with a bit for every cell that cannot be read."""
    shape = reading.profile.shape
    values: dict[str, ir.Value] = {}
    lost: list[tuple[int, ir.BooleanValue]] = []
    for index, column in enumerate(shape.columns):
        fill = reading.profile.fill(column.name)
        value, text = (None, None) if fill is None else _filled(clean, column, fill, reading)
        if value is None:
            continue
        if isinstance(value, tuple):
            values[SHIFT.format(column.name)] = value[1]
            value = value[0]
        values[column.name] = value
        if text is not None and column.kind not in (Kind.TEXT, Kind.KEY):
            lost.append((index, text.notnull() & value.isnull()))
    return clean.select(**values, bad=_bits(lost), kept=_kept(clean, reading))


def _bits(lost: list[tuple[int, ir.BooleanValue]]) -> ir.IntegerValue:
    """A bit per column that was lost. Rows in which none was, nearly all, are not asked bit by bit."""
    none = ibis.literal(0, type="int64")
    if not lost:
        return none
    bits = [ibis.ifelse(gone, 1 << index, 0).cast("int64") for index, gone in lost]
    any_ = functools.reduce(operator.or_, [gone for _, gone in lost])
    return ibis.ifelse(any_, functools.reduce(operator.add, bits), none)


def _moments(written: ir.Table, reading: Reading) -> ir.Table:
    """The same with moments in UTC and numbers as whole numbers."""
    values: dict[str, ir.Value] = {name: written[name] for name in written.columns if not name.endswith("__shift")}
    for name in written.columns:
        if SHIFT.format(name) in written.columns:
            zone = reading.zone_of(name)
            values[name] = utc_of(written[name], written[SHIFT.format(name)], zone).cast("timestamp(6)")
    shape = reading.profile.shape
    lost: list[tuple[int, ir.BooleanValue]] = []
    for index, column in enumerate(shape.columns):
        if column.name not in values:
            continue
        before = written[column.name]
        if before.type().is_floating():
            number_ = whole(before)
            if column.kind is Kind.COUNT:
                number_ = ibis.ifelse((before - number_.cast("float64")).abs() < NEARLY, number_, ibis.null("int64"))
            values[column.name] = number_
        elif column.kind is not Kind.MOMENT:
            continue
        # A date no calendar reaches, or a number too large to be exact, is a cell that cannot be read as well.
        lost.append((index, before.notnull() & values[column.name].isnull()))
    values["bad"] = values["bad"] + _bits(lost)
    return written.select(**values)


def _completed(moments: ir.Table, reading: Reading) -> ir.Table:
    """All columns of the shape, with what follows from others."""
    shape = reading.profile.shape
    filled: dict[str, ir.Value] = {name: moments[name] for name in moments.columns if name not in ("bad", "kept")}
    _complete(filled, reading)
    columns = {c.name: filled.get(c.name, ibis.null(IBIS[c.kind])).cast(IBIS[c.kind]) for c in shape.columns}
    return moments.select(**columns, bad=moments.bad, kept=moments.kept)


IBIS: dict[Kind, dtypes.DataType] = {
    Kind.TEXT: dtypes.string,
    Kind.KEY: dtypes.string,
    Kind.COUNT: dtypes.int64,
    Kind.DURATION: dtypes.int64,
    Kind.THOUSANDTHS: dtypes.int64,
    Kind.MONEY: dtypes.int64,
    Kind.MOMENT: dtypes.Timestamp(scale=6),
    Kind.DAY: dtypes.date,
    Kind.FLAG: dtypes.boolean,
}


def _source(raw: ir.Table, reading: Reading, names: tuple[str, ...]) -> ir.StringValue | None:
    """The first of several headers that the file has, cleaned."""
    for name in names:
        header = reading.header(name)
        if header is not None:
            return raw[header]
    return None


def _filled(raw: ir.Table, column: Column, fill: Fill, reading: Reading) -> tuple[Any, ir.StringValue | None]:
    """The value of one column (a moment with its shift) and the text it was read from."""
    zone = reading.zone_of(column.name)

    def cast(text: ir.StringValue) -> Any:
        if fill.strip:
            text = text.re_replace(fill.strip, "")
        if fill.words and column.kind is not Kind.FLAG:
            text = ibis.cases(*((text.lower() == k.lower(), v) for k, v in fill.words), else_=text)
        return _cast(text, column, fill, reading, zone)

    if fill.constant is not None:
        constant = reading.option(fill.constant)
        return (None, None) if constant is None else (cast(ibis.literal(constant)), None)
    if fill.length_of is not None:
        return None, None  # filled in `_complete`, when the day is known
    if fill.present is not None:
        text = _source(raw, reading, (fill.present,))
        return (None, None) if text is None else (_yes(text.notnull(), column), None)
    if fill.equals is not None:
        text = _source(raw, reading, (fill.equals[0],))
        if text is None:
            return None, None
        return _yes(text.lower().isin([w.lower() for w in fill.equals[1]]).fill_null(False), column), None
    if fill.total:
        parts = [t for name in fill.total if (t := _source(raw, reading, (name,))) is not None]
        return (None, None) if not parts else (_sum([cast(p) for p in parts]), ibis.coalesce(*parts))
    if fill.minus:
        pair = [_source(raw, reading, (name,)) for name in fill.minus]
        if pair[0] is None or pair[1] is None:
            return None, None
        later, earlier = (moment(p, fill.formats, zone) for p in pair if p is not None)
        seconds = later.epoch_seconds() - earlier.epoch_seconds()
        return seconds * (1000 if column.kind is Kind.DURATION else 1), None
    if fill.first:
        parts = [t for name in fill.first if (t := _source(raw, reading, (name,))) is not None]
        return (None, None) if not parts else (cast(ibis.coalesce(*parts)), ibis.coalesce(*parts))
    if fill.join:
        parts = [t for name in fill.join if (t := _source(raw, reading, (name,))) is not None]
        if len(parts) < len(fill.join):
            return None, None
        text = parts[0]
        for part in parts[1:]:
            text = text + ibis.literal(" ") + part
        return cast(text), text
    text = _source(raw, reading, fill.sources)
    return (None, None) if text is None else (cast(text), text)


def _yes(value: ir.BooleanValue, column: Column) -> ir.Value:
    return value if column.kind is Kind.FLAG else value.cast("int64")


def _sum(parts: list[ir.Value]) -> ir.Value:
    """The sum of those parts that are there; missing only where all are missing."""
    total = ibis.coalesce(parts[0], 0)
    for part in parts[1:]:
        total = total + ibis.coalesce(part, 0)
    return ibis.ifelse(ibis.coalesce(*parts).notnull(), total, ibis.null("float64"))


def _cast(text: ir.StringValue, column: Column, fill: Fill, reading: Reading, zone: str) -> Any:
    match column.kind:
        case Kind.TEXT:
            return text
        case Kind.KEY:
            return pseudonym_of(text, reading.key)
        case Kind.COUNT:
            return number(text, reading.decimal) * SECONDS.get(fill.unit, 1.0)
        case Kind.DURATION:
            return milliseconds(text, fill.unit, reading.decimal)
        case Kind.THOUSANDTHS:
            return number(text, reading.decimal) * 1000.0
        case Kind.MONEY:
            return number(text, reading.decimal) * 100.0
        case Kind.MOMENT:
            return written_moment(text, fill.formats, zone)
        case Kind.DAY:
            return day(text, fill.formats)
        case Kind.FLAG:
            return flag(text, dict(fill.words))


def _complete(filled: dict[str, ir.Value], reading: Reading) -> None:
    """What follows from other columns: the day of a moment, the length of a month, the line of a queue."""
    shape, estate = reading.profile.shape, reading.estate
    zone = reading.options.get("zone") or estate.zone
    first = FIRST_MOMENT.get(shape.name)
    if first and first in filled:
        from_moment = local_from_utc(filled[first], zone).date() if zone != "UTC" else filled[first].date()
        filled["day"] = ibis.coalesce(from_moment, filled["day"]) if "day" in filled else from_moment
    if shape.name == "tickets" and "solved_at" in filled:
        filled["solved_on"] = local_from_utc(filled["solved_at"], zone).date()
    fill = reading.profile.fill("length_s")
    if fill is not None and fill.length_of and "day" in filled:
        filled["length_s"] = _length(filled["day"], fill.length_of)
    if "partner" not in filled and reading.options.get("partner"):
        filled["partner"] = ibis.literal(reading.options["partner"])
    if "partner" in filled:
        known = estate.known_names
        if known:
            text = filled["partner"]
            filled["partner"] = ibis.cases(*((text.lower() == name, key) for name, key in known.items()), else_=text)
    for name in ("program", "site", "line", "channel"):
        if name in shape.by_name:
            _from_queue(filled, name, estate, reading.options.get("partner", ""))


def _length(day_: ir.Value, of: str) -> ir.Value:
    if of == "day":
        return ibis.literal(86_400, type="int64")
    following = (day_ + ibis.interval(months=1)).cast("date")
    return following.delta(day_, unit="day").cast("int64") * 86_400


def _from_queue(filled: dict[str, ir.Value], name: str, estate: Estate, only: str) -> None:
    """Fill a missing place from the queue, as the estate says what each partner's queues stand for."""
    if "queue" not in filled or "partner" not in filled:
        return
    pairs: list[tuple[Partner, list[tuple[str, str]]]] = []
    for partner in estate.partners:
        if only and partner.key != only:
            continue
        known = [(q.queue, value) for q in partner.queues if (value := getattr(q, name))]
        if known:
            pairs.append((partner, known))
    if not pairs:
        return
    chosen = ibis.cases(
        *(
            (filled["partner"] == p.key, ibis.cases(*((filled["queue"] == q, v) for q, v in known), else_=None))
            for p, known in pairs
        ),
        else_=ibis.null("string"),
    )
    filled[name] = ibis.coalesce(filled[name], chosen) if name in filled else chosen


def _kept(raw: ir.Table, reading: Reading) -> ir.BooleanValue:
    """Does the profile want this row?"""
    wanted: ir.BooleanValue = ibis.literal(True)
    tests: tuple[tuple[tuple[tuple[str, tuple[str, ...]], ...], Callable[[ir.BooleanValue], ir.BooleanValue]], ...] = (
        (reading.profile.keep, lambda hit: hit),
        (reading.profile.drop, lambda hit: ~hit),
    )
    for rules, turn in tests:
        for name, words in rules:
            text = _source(raw, reading, (name,))
            if text is not None:
                hit = text.notnull() if words == ANY else text.lower().isin([w.lower() for w in words])
                wanted = wanted & turn(hit.fill_null(False))
    return wanted


def missing_columns(reading: Reading) -> None:
    """Refuse a file in which a needed column cannot be filled."""
    used, shape = reading.used, reading.profile.shape
    derived = {"day"} if FIRST_MOMENT.get(shape.name) in used else set()
    if reading.options.get("partner"):
        derived.add("partner")
    gone = [name for name in shape.needed if name not in used and name not in derived]
    if gone:
        fills = [f for name in gone if (f := reading.profile.fill(name))]
        wanted = [reading.option(n) or f"the column the option {n[1:]} names" for f in fills for n in f.reads]
        asked = [f.constant[1:] for f in fills if f.constant and f.constant.startswith("$")]
        asked += [n[1:] for f in fills for n in f.reads if n.startswith("$")]
        raise Refusal(
            f"Profile “{reading.profile.name}” finds no column for {', '.join(gone)}",
            where="The header",
            expected=(f"one of {', '.join(wanted)}; " if wanted else "") + f"found {', '.join(reading.headers)}",
            next_step="Name the partner."
            if gone == ["partner"]
            else f"Say with the delivery: {', '.join(dict.fromkeys(asked))}."
            if asked
            else "Choose another profile.",
            options=("partner",) if gone == ["partner"] else dict.fromkeys(asked) or ("profile",),
            kind=RefusalKind.FILE,
        )
