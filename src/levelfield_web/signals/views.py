"""Signals: the list, one signal with its method and numbers, and how a verdict comes about."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from levelfield.measures.catalogue import MEASURES
from levelfield.signals.false_discovery import FALSE_SHARE
from levelfield.signals.telling import KIND_WORDS, did_it_change, headline, what_is_drawn, will_it_meet
from levelfield.signals.verdict import ALPHA
from levelfield.words import Refusal
from levelfield_web.fields.viewer import Request
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.control_chart import drawn
from levelfield_web.parts.formats import told, told_change
from levelfield_web.parts.refusals import status_of
from levelfield_web.people.permissions import may
from levelfield_web.same_data.queries import current, estate
from levelfield_web.signals import actions, queries
from levelfield_web.signals.models import BY_PEOPLE, Closed, Signal

COLUMNS = (
    "partner", "signal", "measure", "slice", "state", "kind", "look", "sentence", "onset", "onset_first", "onset_last", "opened", "period",
    "seen_by_client", "seen_by_partner", "aside_until", "closed_why", "publication",
)  # fmt: skip
READING_COLUMNS = (
    "signal", "period", "cause", "kind", "p_value", "e_value", "onset", "onset_first", "onset_last", "size", "size_low", "size_high",
    "level_before", "level_after", "n", "chosen", "difference", "sentence", "publication",
)  # fmt: skip


def _today() -> dt.date:
    return timezone.now().date()


def _cells(own: Signal) -> tuple[object, ...]:
    return (
        own.partner, own.public_id, own.measure, own.scope, own.state, own.kind, own.look, own.sentence, own.onset_on, own.onset_first_on,
        own.onset_last_on, own.opened_period, own.period, own.client_seen_by or None, own.partner_seen_by or None, own.suppressed_until,
        own.closed_why or None, own.publication,
    )  # fmt: skip


@require_safe
def signals(request: Request, format: str = "html") -> HttpResponse:
    """What changed, what was set aside, what was closed."""
    on, viewer = _today(), request.viewer
    partner = request.GET.get("partner", "")
    if partner and partner not in current(viewer=viewer):
        raise Http404
    rows = queries.open_signals(viewer=viewer, on=on, partner=partner)
    aside = queries.open_signals(viewer=viewer, on=on, partner=partner, aside=True)
    closed = queries.closed_signals(viewer=viewer, on=on, partner=partner)
    table = Table("signals", COLUMNS, tuple(_cells(r.signal) for r in (*rows, *aside, *closed)))
    context = {
        "rows": rows, "aside": aside, "closed": closed, "watching": queries.watching(viewer=viewer), "share": FALSE_SHARE, "partner": partner,
        "together": queries.moved_together(viewer=viewer),
        "partners": [(key, estate(viewer=viewer).name_of(key)) for key in current(viewer=viewer)],
    }  # fmt: skip
    return answer(request, "signals/signals.html", context, table=table)


@require_safe
def signal(request: Request, signal_id: str, format: str = "html") -> HttpResponse:
    """One signal: the sentence, the picture, the numbers, what people said."""
    return _page(request, _mine(request, signal_id))


def _mine(request: Request, signal_id: str) -> Signal:
    found = queries.signal(viewer=request.viewer, signal_id=signal_id)
    if found is None:
        raise Http404
    return found


def _page(request: Request, own: Signal, refusal: Refusal | None = None) -> HttpResponse:
    viewer, measure = request.viewer, MEASURES[own.measure]

    def written(value: float) -> str:
        return told(measure, value)

    def changed(value: float) -> str:
        return told_change(measure, value)

    found = queries.watch_of(viewer=viewer, signal=own)
    chart = found[1] if found else None
    readings = queries.readings(signal=own)
    latest = readings[0] if readings else None
    seen = queries.outlook_of(viewer=viewer, signal=own)
    chart = replace(chart, outlook=seen) if chart else None
    ahead = f"the next {seen.periods} weeks" if seen and seen.periods > 1 else "the next week"
    answers = (did_it_change(chart, written, changed), will_it_meet(chart, written, ahead)) if chart else ("", "")
    table = Table(
        own.public_id, READING_COLUMNS,
        tuple(
            (
                own.public_id, r.period, r.cause, r.kind, r.p_value, r.e_value, r.onset_on, r.onset_first_on, r.onset_last_on, r.size, r.size_low,
                r.size_high, r.level_before, r.level_after, r.n, r.chosen, r.difference or None, r.sentence, r.publication,
            )
            for r in readings
        ),
    )  # fmt: skip
    context = {
        "signal": own, "name": estate(viewer=viewer).name_of(own.partner), "measure": measure, "chart": chart, "readings": readings, "latest": latest,
        "headline": headline(chart, written) if chart else own.sentence, "answers": answers, "look": chart.look if chart else own.look,
        "picture": drawn(chart, written, f"{headline(chart, written)}. {answers[0]}") if chart else "",
        "drawn_how": what_is_drawn(chart) if chart else "", "refusal": refusal, "is_aside": bool(own.suppressed_until and own.suppressed_until > _today()),
        "may_acknowledge": may(viewer, "acknowledge") and not own.seen_by(viewer.side), "may_suppress": may(viewer, "suppress_signal"),
        "may_close": may(viewer, "close_signal"), "reasons": [(c.value, c.label) for c in BY_PEOPLE], "given": request.POST,
        "chances": [(KIND_WORDS[k], v) for k in KIND_WORDS if (v := (latest.probabilities if latest else {}).get(str(k)))],  # noqa: RUF100
        "alpha": ALPHA, "closed_label": Closed(own.closed_why).label if own.closed_why else "",
        "earliest_aside": _today() + dt.timedelta(days=1), "latest_aside": _today() + dt.timedelta(days=actions.LONGEST_ASIDE),
        "usual_aside": _today() + dt.timedelta(days=28),
        "query": f"grain=week&{own.scope}" if own.scope else "grain=week", "size": changed(latest.size) if latest and latest.size is not None else "",
        "near": queries.near_triggers(viewer=viewer, partner=own.partner, watch=found[0], seen=seen, on=_today()) if found else [],
        "definition": ", ".join(w for w in own.definition.split(",") if w.partition("=")[0] in measure.switches), "cells": [(r, _sized(r, changed)) for r in readings],
    }  # fmt: skip
    return answer(request, "signals/signal.html", context, table=table, status=status_of(refusal) if refusal else 200)


def _sized(reading: object, written: object) -> str:
    size, low, high, kind = (getattr(reading, n) for n in ("size", "size_low", "size_high", "kind"))
    if size is None or low is None or high is None:
        return "–"
    if kind == "more_variable":
        return f"{size:.1f} × ({low:.1f} – {high:.1f})"
    return f"{written(size)} ({written(low)} … {written(high)})"  # type: ignore[operator]


def _moved(request: Request, signal_id: str, move: str) -> HttpResponse:
    """One of the four moves; a refusal is shown on the signal's page with what was typed."""
    own, now = _mine(request, signal_id), timezone.now()
    try:
        match move:
            case "acknowledge":
                actions.acknowledge(signal=own, by=request.viewer, at=now)
            case "suppress":
                actions.suppress(
                    signal=own, until=_day(request.POST.get("until", "")), reason=request.POST.get("reason", ""), by=request.viewer, at=now
                )  # fmt: skip
            case "resume":
                actions.resume(signal=own, by=request.viewer, at=now)
            case _:
                actions.close(
                    signal=own, why=request.POST.get("why", ""), words=request.POST.get("words", ""), by=request.viewer, at=now
                )  # fmt: skip
    except Refusal as refusal:
        own.refresh_from_db()
        return _page(request, own, refusal)
    return redirect("signals:signal", own.public_id)


@require_POST
def acknowledge(request: Request, signal_id: str) -> HttpResponse:
    """One side has seen it."""
    return _moved(request, signal_id, "acknowledge")


@require_POST
def suppress(request: Request, signal_id: str) -> HttpResponse:
    """Set aside until a day."""
    return _moved(request, signal_id, "suppress")


@require_POST
def resume(request: Request, signal_id: str) -> HttpResponse:
    """Take up again."""
    return _moved(request, signal_id, "resume")


@require_POST
def close(request: Request, signal_id: str) -> HttpResponse:
    """Close with a reason."""
    return _moved(request, signal_id, "close")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        raise Refusal(
            f"“{text[:20]}” is not a day",
            where="Set aside until",
            expected="a day such as 2026-03-02",
            next_step="Choose a day.",
        ) from None


@require_safe
def method(request: Request) -> HttpResponse:
    """How a verdict comes about, and how often it is wrong."""
    context = {"alpha": ALPHA, "share": FALSE_SHARE, "watching": queries.watching(viewer=request.viewer)}
    return render(request, "signals/method.html", context)
