"""The page of moves."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _

from levelfield_web.audit import queries
from levelfield_web.audit.models import Move
from levelfield_web.fields.viewer import Request
from levelfield_web.parts.answers import Table, answer

MOVES_A_PAGE = 50


def moves(request: Request, format: str = "html") -> HttpResponse:
    """What was done, newest first; the downloads hold all of it, for the client with the hashes."""
    rows = queries.moves(viewer=request.viewer)
    page = Paginator(rows, MOVES_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "title": _("Moves")}
    own = rows if format != "html" else page
    table = as_table(own) if request.viewer.is_client else as_plain_table(own)
    return answer(request, "audit/moves.html", context, table=table)


def as_plain_table(rows: Iterable[Move]) -> Table:
    """The moves a partner may read, without numbers and seals: those are made over the moves of others as well."""
    columns = ("at", "by_name", "side", "verb", "object_kind", "sentence")
    return Table("moves", columns, tuple(tuple(getattr(move, c) for c in columns) for move in rows))


def as_table(rows: Iterable[Move]) -> Table:
    """The moves with everything that is needed to compute their hashes again."""
    columns = ("id", "at", "by", "by_name", "side", "partner", "verb", "object_kind", "object_id", "sentence", "data")
    return Table(
        name="moves",
        columns=(*columns, "previous_hash", "hash"),
        rows=tuple(
            (
                *(move.id, move.at, move.by_id, move.by_name, move.side, move.partner, move.verb),
                *(move.object_kind, move.object_id, move.sentence, move.data, move.previous_hash, move.hash),
            )
            for move in rows
        ),
    )
