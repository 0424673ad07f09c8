"""An agreement from its file: every paragraph checked, everything that is wrong told at once, with key and line."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from levelfield.agreement.findings import Found, Place, findings
from levelfield.agreement.terms import (
    Agreement,
    Allocation,
    AverageTrigger,
    Better,
    Bonus,
    Calibration,
    CapTrigger,
    Changes,
    Clock,
    Clocks,
    ConsecutiveTrigger,
    CountTrigger,
    CreditShareTrigger,
    EarnBack,
    Excused,
    Fees,
    Forecast,
    Improvement,
    Ladder,
    Others,
    Paragraph,
    PartOfFees,
    PerPoint,
    Persistent,
    PointStep,
    PointTable,
    Pool,
    Relief,
    Resource,
    Service,
    SeverityPoints,
    Shortfall,
    Step,
    Target,
)
from levelfield.words import Refusal, RefusalKind, nearest


class Standing(StrEnum):
    """How a value stands to what was agreed. There is no status where nothing was agreed."""

    MET = "met"
    MISSED_EXPECTED = "expected level missed"
    MISSED_MINIMUM = "minimum level missed"
    CANNOT_JUDGE = "cannot judge"
    NOT_DELIVERED = "not delivered"
    RUNNING = "still running"

    @property
    def missed(self) -> bool:
        """Was a level missed?"""
        return self in (Standing.MISSED_EXPECTED, Standing.MISSED_MINIMUM)


def standing_of(target: Target, value: Decimal | float | None, n: int) -> Standing:
    """Met, missed, or cannot judge. A level reached exactly is met."""
    if value is None or n < target.fewest:
        return Standing.CANNOT_JUDGE
    # Ten decimals lie far below any agreed level and far above the noise of a division.
    exact = value if isinstance(value, Decimal) else Decimal(repr(round(value, 10)))
    return standing_between(target, exact, target.level, target.least)


def standing_between(target: Target, value: Decimal, level: Decimal, least: Decimal | None) -> Standing:
    """How a value stands to the levels, all three in one unit."""
    if target.reaches(value, level):
        return Standing.MET
    return Standing.MISSED_EXPECTED if least is None or target.reaches(value, least) else Standing.MISSED_MINIMUM


# The paragraphs by their place in the file, to name the known keys of each.
PLACES: dict[tuple[str, ...], type[Paragraph]] = {
    (): Agreement, ("target",): Target, ("service",): Service, ("fees",): Fees, ("at_risk",): PartOfFees, ("cap",): PartOfFees,
    ("pool",): Pool, ("credit", "allocation"): Allocation, ("credit", "ladder"): Ladder, ("credit", "ladder", "step"): Step,
    ("credit", "per_point"): PerPoint, ("credit", "points"): SeverityPoints, ("points",): PointTable, ("points", "step"): PointStep,
    ("earn_back",): EarnBack, ("bonus",): Bonus, ("persistent",): Persistent, ("resource",): Resource, ("forecast",): Forecast,
    ("forecast", "relief"): Relief, ("forecast", "shortfall"): Shortfall, ("excused",): Excused, ("improvement",): Improvement,
    ("others",): Others, ("changes",): Changes, ("calibration",): Calibration, ("clocks",): Clocks, **{("clocks", name): Clock for name in Clocks.model_fields},
    ("trigger", "count"): CountTrigger, ("trigger", "consecutive"): ConsecutiveTrigger, ("trigger", "rolling_average"): AverageTrigger,
    ("trigger", "credit_share"): CreditShareTrigger, ("trigger", "cap_hit"): CapTrigger,
}  # fmt: skip
KINDS = {place[1] for place in PLACES if len(place) > 1 and place[0] in ("credit", "trigger")}
LISTS = ("target", "service", "pool", "credit", "bonus", "resource", "trigger")


def agreement_from_data(
    data: Mapping[str, Any],
    *,
    measures: Mapping[str, int],
    definitions: Callable[[Mapping[str, Any], str], object] | None = None,
    where: str = "agreement",
    text: str = "",
) -> Agreement:
    """Read a parsed agreement file, or refuse it with everything that is wrong at once.

    `data` has its fractions as Decimal. `measures` says by what a measure's value is multiplied when shown: 100 for
    shares, else 1. `definitions` refuses switches that no measure knows. `text` is the file itself, for the numbers of its lines.
    """
    plain = {k: v for k, v in data.items() if k != "content"}
    targets = plain.get("target")
    if isinstance(targets, list):
        plain["target"] = [
            {**t, "key": t.get("key") or str(t.get("measure", ""))} if isinstance(t, dict) else t for t in targets
        ]
    if isinstance(plain.get("lock_days"), int):  # the first form of the file had it at the top
        plain["forecast"] = {"lock_days": plain.pop("lock_days"), **plain.get("forecast", {})}
    lines = _Lines(text)
    wrong: list[str] = []
    agreement: Agreement | None
    broken: dict[str, set[int]] = {}
    try:
        agreement = Agreement.model_validate(plain)
    except ValidationError as errors:
        wrong += [_sentence(dict(error), lines) for error in errors.errors()]
        broken = _broken(errors)
        agreement = _what_stands(plain, broken)
    if agreement is not None:
        named = {str(t.get("key")) for t in plain.get("target", ()) if isinstance(t, dict)}
        pools = {str(p.get("key")) for p in plain.get("pool", ()) if isinstance(p, dict)}
        found = [*findings(agreement, measures, named, pools, broken), *_definitions(agreement, definitions)]
        wrong += [lines.before(_in_the_file(place, broken), sentence) for place, sentence in found]
    if wrong or agreement is None:
        raise Refusal(
            f"The agreement has {len(wrong)} finding{'s' if len(wrong) != 1 else ''}: " + "; ".join(wrong),
            where=where,
            next_step="Correct the file; nothing was changed.",
            kind=RefusalKind.DEFINITION,
        )
    services = {s.key: s for s in agreement.service}
    resolved = tuple(
        t.model_copy(update={"lines": services[t.service].lines, "channels": services[t.service].channels})
        if t.service
        else t
        for t in agreement.targets
    )
    return agreement.model_copy(update={"targets": resolved, "content": content_of(data)})


def content_of(data: Mapping[str, Any]) -> str:
    """The hash both sides accept: of what the file says, not of how it is spaced."""

    def plain(value: Any) -> Any:
        return float(value) if isinstance(value, Decimal) else str(value)

    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":"), default=plain).encode()).hexdigest()


def _definitions(a: Agreement, read: Callable[[Mapping[str, Any], str], object] | None) -> Iterator[Found]:
    """Definitions whose switches are not known."""
    for i, t in enumerate(a.targets):
        try:
            if read is not None:
                read(t.definition, "definition")
        except Refusal as said:
            switch = said.where.split(", ")[1:]
            yield ("target", i, "definition", *switch), f"{said.what}; expected {said.expected}"


def _broken(errors: ValidationError) -> dict[str, set[int]]:
    """The paragraphs that are wrong in themselves: which of them by number, none where all of that name are."""
    broken: dict[str, set[int]] = {}
    for error in errors.errors():
        head, *more = error["loc"] or ("",)
        numbers = broken.setdefault(str(head), set())
        if head in LISTS and more and isinstance(more[0], int):
            numbers.add(more[0])
    return broken


def _in_the_file(place: Place, broken: Mapping[str, set[int]]) -> Place:
    """A place among the paragraphs that stand, as a place in the file, where the broken ones are counted as well."""
    if len(place) < 2 or not isinstance(place[1], int):
        return place
    number = place[1]
    for left_out in sorted(broken.get(str(place[0]), ())):
        number += left_out <= number
    return (place[0], number, *place[2:])


def _what_stands(data: Mapping[str, Any], broken: Mapping[str, set[int]]) -> Agreement | None:
    """The agreement without its broken paragraphs, so that the others are checked as well."""
    rest = dict(data)
    for name, numbers in broken.items():
        if numbers:
            rest[name] = [entry for i, entry in enumerate(rest[name]) if i not in numbers]
        else:
            rest.pop(name, None)
    stand_in = {"partner": "x", "title": "x", "version": 1, "valid_from": "2000-01-01", "target": []}
    try:
        return Agreement.model_validate({**stand_in, **rest})
    except ValidationError:
        return None


def _sentence(error: Mapping[str, Any], lines: _Lines) -> str:
    """One broken rule in words: line, paragraph, key, what is expected."""
    kinded = error["loc"][:1] in (("credit",), ("trigger",))
    place = tuple(part for i, part in enumerate(error["loc"]) if not (kinded and i == 2 and part in KINDS))
    kinds = tuple(part for part in error["loc"] if not isinstance(part, int))
    key, given = str(place[-1]) if place else "", error.get("input")
    kind, more = error["type"], error.get("ctx", {})
    if kind == "missing":
        said, place = f"“{key}” is missing", place[:-1]
    elif kind == "extra_forbidden":
        paragraph = PLACES.get(kinds[:-1])
        known = (
            [f.alias or name for name, f in paragraph.model_fields.items() if name != "content"] if paragraph else []
        )
        near = nearest(key, known)
        said = f"“{key}” is not known" + (
            f"; did you mean “{near[0]}”?" if near else f"; expected one of {', '.join(known)}"
        )
    elif kind == "value_error":
        said = str(more.get("error", ""))
        said = f"“{key}” {said}" if said.startswith("is ") else said
    elif kind in ("literal_error", "union_tag_invalid"):
        expected = str(more.get("expected") or more.get("expected_tags", "")).replace("'", "")
        near = nearest(str(more.get("tag", given)), re.findall(r"[a-z_]+", expected))
        named = "kind" if kind == "union_tag_invalid" else key
        given = more.get("tag", given)
        said = f"“{named}” is “{given}”; expected {'“' + near[0] + '”?' if near else 'one of ' + expected}"
    elif kind == "union_tag_not_found":
        said = "“kind” is missing"
    elif kind in ("greater_than_equal", "less_than_equal"):
        said = (
            f"“{key}” is {given}; expected {'at least' if 'ge' in more else 'at most'} {more.get('ge', more.get('le'))}"
        )
    elif kind == "string_pattern_mismatch":
        said = f"“{key}” is “{given}”; expected three capital letters such as GBP"
    elif kind.startswith("date"):
        said = f"“{key}” is “{given}”; expected a date such as 2026-01-01 without quotation marks"
    else:
        said = f"“{key}” is “{given}”; {error['msg'][:1].lower()}{error['msg'][1:]}"
    return lines.before(place, said)


class _Lines:
    """Where the keys of a TOML file stand."""

    def __init__(self, text: str) -> None:
        self.found: dict[tuple[Any, ...], int] = {}
        counts: dict[tuple[Any, ...], int] = {}
        here: tuple[Any, ...] = ()
        for number, line in enumerate(text.splitlines(), 1):
            if header := re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line):
                here = ()
                names = [part.strip().strip("\"'") for part in header[2].split(".")]
                for depth, name in enumerate(names):
                    here = (*here, name)
                    if depth == len(names) - 1 and header[1] == "[[":
                        counts[here] = counts.get(here, -1) + 1
                    if here in counts:
                        here = (*here, counts[here])
                self.found.setdefault(here, number)
                if header[1] == "[[":
                    self.found.setdefault(here[:-1], number)  # the first of them stands for the name alone
            elif key := re.match(r"\s*[\"']?([A-Za-z0-9_\-]+)[\"']?\s*=", line):
                self.found.setdefault((*here, key[1]), number)

    def before(self, place: tuple[Any, ...], sentence: str) -> str:
        """The sentence with its paragraph and its line."""
        found = next((self.found[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.found), None)
        told = place[:-1] if place and f"“{place[-1]}”" in sentence else place  # the sentence names its key itself
        paragraph = " ".join(str(p + 1) if isinstance(p, int) else str(p) for p in told)
        at = ", ".join(part for part in (f"line {found}" if found else "", paragraph) if part)
        return f"{at}: {sentence}" if at else sentence


__all__ = ["Agreement", "Better", "Standing", "Target", "agreement_from_data", "content_of", "standing_of"]
