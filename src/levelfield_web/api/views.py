"""Routes of the API. Each calls the queries the pages call, so no route can show more than its page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError
from ninja.security import SessionAuth

from levelfield.measures.catalogue import MEASURES, measure_named
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.words import Grain, Period, Refusal
from levelfield_web.fields.viewer import Viewer
from levelfield_web.measures.figures import FIGURES
from levelfield_web.parts.refusals import status_of
from levelfield_web.same_data import queries

MOST_VALUES = 20_000
LONGEST_SPLIT_DAYS = 93
MOST_DIMENSIONS = 3

api = NinjaAPI(
    title="Levelfield",
    version="1",
    description="Publications and values, as far as the signed-in person may see them.",
    auth=SessionAuth(csrf=True),
    urls_namespace="api",
    docs_url=None,
)


class PublicationOut(Schema):
    """A current publication."""

    partner: str
    id: str
    content: str
    published_at: dt.datetime
    by: str
    facts: int
    previous: str | None
    values_changed: int


class MeasureOut(Schema):
    """A measure of the catalogue."""

    name: str
    title: str
    about: str
    formula: str
    unit: str
    direction: str
    theme: str


class ValueOut(Schema):
    """A value with what it was made of."""

    measure: str
    definition: str
    slice: dict[str, str | None]
    period: str
    value: float | None
    numerator: int | None
    denominator: int | None
    n: int
    low: float | None
    high: float | None
    why: str | None
    rows_missing: int
    publication: str


class RefusalOut(Schema):
    """Why something was refused, in words."""

    what: str
    where: str
    expected: str
    next_step: str


def _viewer(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined, no-any-return]


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal is an answer: what, where, expected, next step."""
    body = {name: getattr(refusal, name) for name in ("what", "where", "expected", "next_step")}
    return api.create_response(request, body, status=status_of(refusal))


@api.get("/publications", response=list[PublicationOut])
def publications(request: HttpRequest) -> list[dict[str, Any]]:
    """Current publications."""
    return [
        {
            "partner": r.record.publication.partner, "id": r.record.id, "content": r.record.publication.content,
            "published_at": r.record.published_at, "by": r.record.by, "facts": r.record.publication.rows, "previous": r.record.previous,
            "values_changed": len(r.record.differences),
        }
        for r in queries.publications(viewer=_viewer(request))
    ]  # fmt: skip


@api.get("/measures", response=list[MeasureOut])
def measures(request: HttpRequest) -> list[Any]:
    """Every measure with its formula."""
    return list(MEASURES.values())


@api.get("/partners/{partner}/values/{measure}", response={200: list[ValueOut], 422: RefusalOut})
def values(
    request: HttpRequest,
    partner: str,
    measure: str,
    grain: Grain = Grain.MONTH,
    period: str = "",
    by: str = "",
    abandons: str = "",
    threshold_s: int | None = None,
) -> Any:
    """Values of one measure of one partner from its current publication."""
    mine = queries.current(viewer=_viewer(request))
    if partner not in mine or measure not in MEASURES:
        raise HttpError(404, "Not Found")
    switches: dict[str, Any] = {"currency": queries.estate(viewer=_viewer(request)).currency}
    if abandons:
        switches["abandons"] = abandons
    if threshold_s is not None:
        switches["threshold_s"] = threshold_s
    span = Period.parse(period) if period else None
    if by and grain is Grain.DAY and (span is None or span.days > LONGEST_SPLIT_DAYS):
        raise Refusal(
            "Days split by a dimension are too many",
            expected=f"a period of at most {LONGEST_SPLIT_DAYS} days",
            next_step="Name a period.",
        )
    if by.count(",") >= MOST_DIMENSIONS:
        raise Refusal("Too many dimensions at once", expected=f"at most {MOST_DIMENSIONS}")
    asked = Asked(
        ((measure_named(measure), Definition.from_data(switches, "the query")),), tuple(by.split(",")) if by else (), grain,
        span,
    )  # fmt: skip
    found = FIGURES.values({partner: mine[partner]}, asked)
    if len(found) > MOST_VALUES:
        raise Refusal(
            f"{len(found):,} values are too many for one answer",
            expected=f"at most {MOST_VALUES:,}",
            next_step="Name a period.",
        )
    return [
        {
            "measure": v.measure, "definition": v.definition, "slice": {k: None if x is None else str(x) for k, x in v.slice}, "period": v.period, "value": v.value,
            "numerator": v.numerator, "denominator": v.denominator, "n": v.n, "low": v.low, "high": v.high, "why": v.why,
            "rows_missing": v.rows_missing, "publication": v.publication,
        }
        for v in found
    ]  # fmt: skip
