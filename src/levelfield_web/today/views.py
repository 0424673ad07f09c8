"""The first page."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from levelfield_web.fields.viewer import Request
from levelfield_web.parts.answers import Table, answer
from levelfield_web.people.permissions import may
from levelfield_web.same_data import queries as data
from levelfield_web.settlement import queries as settlement
from levelfield_web.signals.queries import moved_together
from levelfield_web.today import queries

COLUMNS = (
    "partner",
    "signal",
    "measure",
    "slice",
    "kind",
    "reading",
    "sentence",
    "onset",
    "period",
    "seen_by_my_side",
    "publication",
)


@require_safe
def today(request: Request, format: str = "html") -> HttpResponse:
    """What changed, what waits."""
    viewer, on = request.viewer, timezone.now().date()
    changes = queries.changes(viewer=viewer, on=on)
    watching = queries.watching(viewer=viewer)
    at_work, to_publish = data.waiting(viewer=viewer)
    due, theirs = queries.cases(viewer=viewer, at=timezone.now())
    table = Table(
        "today", COLUMNS,
        tuple(
            (
                c.signal.partner, c.signal.public_id, c.signal.measure, c.signal.scope, c.signal.kind, c.signal.look, c.signal.sentence,
                c.signal.onset_on, c.signal.period, not c.mine_to_see, c.signal.publication,
            )
            for row in changes
            for c in (row, *row.with_it)
        ),
    )  # fmt: skip
    context = {
        "changes": changes[: queries.MOST],
        "n_changes": sum(1 + len(c.with_it) for c in changes),
        "more": max(0, len(changes) - queries.MOST),
        "together": moved_together(viewer=viewer),
        "to_see": sum(r.mine_to_see for c in changes for r in (c, *c.with_it)),
        "watching": watching,
        "at_work": at_work,
        "to_publish": to_publish,
        "may_publish": may(viewer, "publish"),
        "unseen": data.unseen(viewer=viewer),
        "settling": settlement.waiting(viewer=viewer, on=on),
        "due": due,
        "theirs": theirs,
        "has_data": bool(data.current(viewer=viewer)),
    }
    return answer(request, "today/today.html", context, table=table)
