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
from levelfield_web.today import queries


@require_safe
def today(request: Request, format: str = "html") -> HttpResponse:
    """What changed, what waits."""
    viewer = request.viewer
    cards = queries.cards_of(viewer=viewer)
    changes = queries.changes(cards)
    at_work, to_publish = data.waiting(viewer=viewer)
    table = Table(
        "today",
        ("partner", "measure", "reading", "sentence", "period", "value", "n", "agreed", "standing", "publication"),
        tuple(
            (
                c.partner, c.row.measure.name, c.row.chart.look, c.sentence, c.period, c.row.value.value if c.row.value else None,
                c.row.value.n if c.row.value else None, c.row.target.expected if c.row.target else None, c.row.standing,
                c.row.value.publication if c.row.value else "",
            )
            for c in changes
        ),
    )  # fmt: skip
    context = {
        "changes": changes[: queries.MOST],
        "more": max(0, len(changes) - queries.MOST),
        "at_work": at_work,
        "to_publish": to_publish,
        "may_publish": may(viewer, "publish"),
        "unseen": data.unseen(viewer=viewer),
        "settling": settlement.waiting(viewer=viewer, on=timezone.now().date()),
        "judged": queries.judged(cards),
        "has_data": bool(data.current(viewer=viewer)),
    }
    return answer(request, "today/today.html", context, table=table)
