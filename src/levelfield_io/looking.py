"""`levelfield check`: open a file, choose its profile, turn it into facts, and collect every finding."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir

from levelfield.same_data.canonical import schema_of
from levelfield.same_data.estate import Estate
from levelfield.same_data.finding import Example, Finding, Findings, Severity
from levelfield.same_data.profile import Layout, Profile
from levelfield.same_data.reading import Reading, missing_columns, stages
from levelfield.same_data.rules import Look, row_rules, table_rules
from levelfield.same_data.rules.delivery import header_findings, zero_days
from levelfield.same_data.rules.rule import RowRule, rows
from levelfield.words import Refusal, RefusalKind
from levelfield_io.engine import Engine, ibis_schema, quoted, sql_of
from levelfield_io.opening import Opened, kind_of, malformed_lines, open_table
from levelfield_io.profiles_at_hand import named, profiles, recognised

MOST_EXAMPLES = 3
Progress = Callable[[str, float], None]


def silent(step: str, share: float) -> None:
    """No progress display."""


@dataclass(frozen=True)
class Looked:
    """A delivered file as facts in an engine, with its findings. `facts` is a view of the rows that may be published."""

    name: str
    sha256: str
    opened: Opened
    profile: Profile
    findings: Findings
    rows_read: int
    rows_good: int
    rows_left_out: int  # rows the profile does not want
    engine: Engine

    @property
    def kept_out(self) -> int:
        """Rows that go to quarantine."""
        return self.rows_read - self.rows_left_out - self.rows_good


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def choose_profile(
    path: Path, name: str, profile: str | None, engine: Engine, work: Path, home: Path | None
) -> tuple[Profile, Opened]:
    """The profile a person named, or the one that recognises the file."""
    if profile:
        chosen = named(profile, home)
        return chosen, open_table(engine, path, name, chosen.layout, work)
    kind = kind_of(path)
    opened = open_table(engine, path, name, Layout(), work)
    known = recognised(opened.headers, kind, home)
    if not known and kind == "csv":
        for candidate in profiles(home).values():
            if not candidate.layout.header or candidate.layout.comment:
                again = open_table(engine, path, name, candidate.layout, work)
                if _fits(engine, candidate, again):
                    known, opened = [candidate], again
                    break
    if not known:
        raise Refusal(
            f"No profile knows this file. Its headers are {', '.join(opened.headers[:25])}",
            where=name,
            expected="a format that a profile reads",
            next_step="Name a profile, or make one of your own.",
            options=("profile",),
            kind=RefusalKind.FILE,
        )
    chosen = known[0]
    if chosen.layout != Layout():
        opened = open_table(engine, path, name, chosen.layout, work)
    return chosen, opened


def _fits(engine: Engine, profile: Profile, opened: Opened) -> bool:
    """Does a file without a usual header fit a profile: same width, and numbers where counts are expected?"""
    if profile.layout.header:
        return all(h in opened.headers for h in profile.recognise) and bool(profile.recognise)
    lines = engine.connection.execute("SELECT * FROM raw LIMIT 20").fetchall()
    if not lines:
        return False
    digits = sum(sum((c or "").replace(".", "").strip().isdigit() for c in line) for line in lines)
    return digits >= len(lines) * len(opened.headers) * 0.7


def look_at(
    path: Path,
    name: str,
    *,
    engine: Engine,
    work: Path,
    estate: Estate,
    key: str,
    today: dt.date,
    profile: str | None = None,
    options: Mapping[str, str] | None = None,
    home: Path | None = None,
    before: Callable[[Profile, Engine], Mapping[tuple[str, str, dt.date], float]] | None = None,
    delivered_before: Callable[[str], str] | None = None,
    progress: Progress = silent,
) -> Looked:
    """Read one plain file and look at it with every rule. Nothing is published."""
    progress("opening", 0.0)
    chosen, opened = choose_profile(path, name, profile, engine, work, home)
    reading = Reading(opened.headers, chosen, estate, dict(options or {}), key, opened.decimal)
    missing_columns(reading)
    progress("reading", 0.1)
    _read(engine, _stage_texts(reading), name, work / f"{uuid.uuid4().hex}.parquet")
    columns = ", ".join(quoted(c) for c in chosen.shape.names)
    engine.connection.execute(
        f"CREATE OR REPLACE VIEW facts_wanted AS SELECT row, bad, {columns} FROM facts_read WHERE kept AND row >= {opened.skip}"
    )
    earlier = _latest(engine, reading)
    looked_at = ibis.table(
        {"row": "int64", "bad": "int64", **ibis_schema(schema_of(chosen.shape))}, name="facts_looked_at"
    )
    read = max(engine.connection.execute("SELECT count(*) FROM facts_read").fetchall()[0][0] - opened.skip, 0)
    wanted = engine.connection.execute("SELECT count(*) FROM facts_looked_at").fetchall()[0][0]
    sha256 = file_hash(path)
    look = Look(
        reading,
        today,
        before(chosen, engine) if before else {},
        delivered_before(sha256) if delivered_before else "",
    )
    progress("looking", 0.6)
    found = [*malformed_lines(engine, opened), *header_findings(look)]
    if not wanted:
        found.append(
            Finding(
                "no_rows",
                Severity.REFUSED,
                f"The file has {read:,} rows, of which the profile “{chosen.name}” wants none.",
                0,
            )
        )
    if passed_over := read - wanted - earlier:
        found.append(
            Finding(
                "not_wanted",
                Severity.NOTE,
                f"{rows(passed_over)} {'is' if passed_over == 1 else 'are'} not this profile's business "
                f"and {'was' if passed_over == 1 else 'were'} passed over.",
                passed_over,
            )
        )
    if earlier:
        found.append(
            Finding(
                "earlier_version",
                Severity.NOTE,
                f"{rows(earlier)} {'is an earlier version' if earlier == 1 else 'are earlier versions'} of a record "
                "that comes again; the latest one counts.",
                earlier,
            )
        )
    broken, row_found = _row_findings(engine, looked_at, look, opened)
    found += row_found
    zero: dict[str, list[dt.date]] = {}
    for rule in table_rules(look):
        answers = engine.rows(rule.ask(looked_at, look))
        found += rule.tell(answers, look)
        if rule.name == "zeros_for_not_delivered" and reading.options.get("zeros_are_real") != "yes":
            zero = zero_days(answers)
    good = _keep_good(engine, broken, looked_at, look, zero)
    progress("looked", 0.9)
    return Looked(name, sha256, opened, chosen, Findings.of(found), read, good, read - wanted, engine)


_STAGES: dict[tuple[object, ...], tuple[object, tuple[tuple[str, str], ...]]] = {}


def _stage_texts(reading: Reading) -> tuple[tuple[str, str], ...]:
    """The compiled stages of a reading. Files of one kind come by the dozen and are read by the same text."""
    key = (
        id(reading.profile), id(reading.estate), reading.headers, tuple(sorted(reading.options.items())), reading.decimal, reading.key,
    )  # fmt: skip
    if key not in _STAGES:
        if len(_STAGES) > 200:
            _STAGES.clear()
        # The reading is kept beside its text, so that no other object can take over its identity.
        _STAGES[key] = (reading, tuple((name, sql_of(expression)) for name, expression in stages(reading)))
    return _STAGES[key][1]


def _read(engine: Engine, texts: tuple[tuple[str, str], ...], name: str, target: Path) -> None:
    """Run the reading itself. What the engine cannot read in the file is the file's fault, and told as such."""
    (last, query) = texts[-1]
    try:
        for view, stage in texts[:-1]:
            engine.connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {stage}")
        engine.connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION lz4_raw)")
        engine.connection.execute(
            f"CREATE OR REPLACE VIEW {last} AS SELECT *, file_row_number AS row FROM read_parquet('{target}', file_row_number = true)"
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException) as wrong:
        why = str(wrong).strip().splitlines()[0].removeprefix("Invalid Input Error: ")[:200]
        raise Refusal(
            f"The file cannot be read as a table: {why}",
            where=name,
            expected="CSV, XLSX, ODS, Parquet or JSON with one record a row",
            next_step="Export it again, or open and save it as XLSX.",
            kind=RefusalKind.FILE,
        ) from None


def _latest(engine: Engine, reading: Reading) -> int:
    """Of several versions of one record keep the newest, as the profile says; how many were passed over."""
    latest = reading.profile.latest
    if latest is None:
        engine.connection.execute("CREATE OR REPLACE VIEW facts_looked_at AS SELECT * FROM facts_wanted")
        return 0
    keys = ", ".join(quoted(k) for k in latest[0])
    named = " OR ".join(f"{quoted(k)} IS NULL" for k in latest[0])
    engine.connection.execute(
        f"CREATE OR REPLACE TABLE facts_latest AS SELECT * FROM facts_wanted QUALIFY ({named}) "
        f"OR row_number() OVER (PARTITION BY {keys} ORDER BY {quoted(latest[1])} DESC NULLS LAST, row DESC) = 1 ORDER BY row"
    )
    engine.connection.execute("CREATE OR REPLACE VIEW facts_looked_at AS SELECT * FROM facts_latest")
    (wanted,), (kept,) = (
        engine.connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0]
        for table in ("facts_wanted", "facts_looked_at")
    )
    return int(wanted - kept)


def _row_findings(engine: Engine, t: ir.Table, look: Look, opened: Opened) -> tuple[list[RowRule], list[Finding]]:
    """Count all row rules in one pass; show examples only of those that are broken."""
    rules = row_rules(look)
    if not rules:
        return [], []
    counts = engine.rows(
        t.aggregate(**{str(i): rule.wrong(t, look).sum().cast("int64") for i, rule in enumerate(rules)})
    )[0]
    broken, found = [], []
    for index, rule in enumerate(rules):
        count = int(counts[str(index)] or 0)  # type: ignore[call-overload]
        if not count:
            continue
        broken.append(rule)
        examples = tuple(_examples(engine, t, rule, look, opened))
        found.append(
            Finding(rule.name, rule.severity, rule.sentence.format(rows=rows(count)), count, examples, rule.next_step)
        )
    return broken, found


def _examples(engine: Engine, t: ir.Table, rule: RowRule, look: Look, opened: Opened) -> Iterable[Example]:
    """The first rows a rule is broken in, with the text as delivered."""
    first = engine.rows(t.filter(rule.wrong(t, look)).select("row", *rule.columns).order_by("row").limit(MOST_EXAMPLES))
    used, rejected = look.reading.used, rejected_lines(engine, opened)
    for row in first:
        number = int(row["row"])  # type: ignore[call-overload]
        if rule.name in ("unreadable", "markup", "personal_data"):
            headers = used.get(rule.columns[0], ()) if rule.columns else ()
            text = _raw_text(engine, headers, number) if headers else ""
        else:
            one = len(rule.columns) == 1
            text = str(row[rule.columns[0]]) if one else ", ".join(f"{c} {row[c]}" for c in rule.columns)
        yield Example(row_seen(number, opened, rejected), rule.columns[0] if len(rule.columns) == 1 else "", text[:80])


def rejected_lines(engine: Engine, opened: Opened) -> list[int]:
    """Lines of a text file that could not be cut into fields, in order."""
    if opened.kind != "csv":
        return []
    return [
        int(n) for (n,) in engine.connection.execute("SELECT DISTINCT line FROM reject_errors ORDER BY 1").fetchall()
    ]


def row_seen(number: int, opened: Opened, rejected: Sequence[int]) -> int:
    """The row as a spreadsheet counts it: the header, and lines that could not be cut into fields, count as well."""
    row = number + opened.header_rows + 1
    for line in rejected:
        if line > row:
            break
        row += 1
    return row


def _raw_text(engine: Engine, headers: tuple[str, ...], row: int) -> str:
    """The cell as delivered. The file is read again up to the row: rare, and only for examples."""
    names = ", ".join(quoted(h) for h in headers)
    found = engine.connection.execute(f"SELECT {names} FROM raw LIMIT 1 OFFSET {row}").fetchall()
    return " ".join(str(v) for v in found[0] if v is not None) if found else ""


def _keep_good(
    engine: Engine, broken: list[RowRule], t: ir.Table, look: Look, zero: Mapping[str, list[dt.date]]
) -> int:
    """Make the view `facts` of the rows that may be published, and `facts_kept_out` of the others' numbers."""
    wrong: ir.BooleanValue = ibis.literal(False)
    for rule in broken:
        if rule.keeps_out:
            wrong = wrong | rule.wrong(t, look).fill_null(False)
    for partner, days in zero.items():
        wrong = wrong | ((t.partner == partner) & t.day.isin(days)).fill_null(False)
    columns = ", ".join(quoted(c) for c in look.shape.names)
    if not broken and not zero:
        engine.connection.execute(f"CREATE OR REPLACE VIEW facts AS SELECT {columns} FROM facts_looked_at")
        engine.connection.execute("CREATE OR REPLACE TABLE facts_kept_out (row BIGINT)")
    else:
        marked = t.mutate(wrong=wrong)
        engine.connection.execute(
            f"CREATE OR REPLACE TABLE facts_kept_out AS SELECT row FROM ({sql_of(marked)}) WHERE wrong"
        )
        engine.connection.execute(
            f"CREATE OR REPLACE VIEW facts AS SELECT {columns} FROM facts_looked_at WHERE row NOT IN (SELECT row FROM facts_kept_out)"
        )
    return int(engine.connection.execute("SELECT count(*) FROM facts").fetchall()[0][0])


def with_estate(estate: Estate, partners: Iterable[str]) -> Estate:
    """The estate with new partners welcomed under the names a file gives them."""
    from levelfield.same_data.estate import Partner

    new = tuple(Partner(key=p, name=p) for p in partners if p not in estate.keys)
    return replace(estate, partners=(*estate.partners, *new))
