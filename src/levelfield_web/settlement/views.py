"""Statements of account, the ledger, disputes, trials, forecast locks, excused events."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from levelfield.settlement.ledger import Outcome
from levelfield.settlement.statement import Statement, canonical
from levelfield.settlement.trail import shown
from levelfield.words import Refusal
from levelfield_io.settling import moves_to_data
from levelfield_web.fields.viewer import Request
from levelfield_web.parts.answers import Table, answer, format_of
from levelfield_web.parts.refusals import status_of
from levelfield_web.people.permissions import may
from levelfield_web.settlement import actions, queries
from levelfield_web.settlement.account import Account
from levelfield_web.settlement.forms import ClaimForm, TrialForm, moment_of
from levelfield_web.settlement.trial import tried

STATEMENT_COLUMNS = (
    "partner", "month", "part", "line", "measure", "expected", "minimum", "value", "standing", "value_with_relief", "standing_with_relief",
    "n", "amount", "amount_without_relief", "points", "currency", "clause", "dispute", "publication",
)  # fmt: skip
MONTH_COLUMNS = (
    "partner", "month", "version", "complete", "met", "missed_expected", "missed_minimum", "not_judged", "changed_by_relief", "credits", "total",
    "currency", "disputes", "nearest_trigger", "publication",
)  # fmt: skip


def _on() -> dt.date:
    return timezone.now().date()


def _account(request: Request, partner: str) -> Account | None:
    """The account; a 404 for nobody's and for somebody else's alike, None where there is nothing to settle yet."""
    if not queries.visible(viewer=request.viewer, partner=partner):
        raise Http404
    return queries.account(viewer=request.viewer, partner=partner, on=_on())


def _there(request: Request, partner: str) -> Account:
    found = _account(request, partner)
    if found is None:
        raise Http404
    return found


def _named(request: Request, partner: str) -> dict[str, Any]:
    return {"partner": partner, "name": queries.name_of(viewer=request.viewer, partner=partner)}


def _nothing(request: Request, partner: str, what: str, columns: tuple[str, ...]) -> HttpResponse:
    """A page that says what is missing before there can be anything to settle."""
    context = {**_named(request, partner), "missing": queries.why_none(viewer=request.viewer, partner=partner)}
    return answer(request, "settlement/nothing.html", context, table=Table(f"{partner}-{what}", columns, ()))


def _month_cells(partner: str, s: Statement, counts: Mapping[str, int], flips: int, disputes: int) -> tuple[Any, ...]:
    trigger = queries.nearest(s)
    return (
        partner, s.month, s.version, s.ended, counts["met"], counts["missed_expected"], counts["missed_minimum"], counts["not_judged"], flips,
        s.relieved.payable, s.total, s.currency, disputes, trigger.sentence if trigger else "", s.publication,
    )  # fmt: skip


@require_safe
def statements(request: Request, format: str = "html") -> HttpResponse:
    """The last complete month of every partner the viewer may see."""
    found = queries.overviews(viewer=request.viewer, on=_on())
    rows = tuple(_month_cells(o.partner, o.statement, o.counts, o.flips, o.disputes) for o in found if o.statement)
    return answer(
        request,
        "settlement/statements.html",
        {"overviews": found},
        table=Table("statements", MONTH_COLUMNS, rows),
    )


@require_safe
def months(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """Every statement of one partner."""
    account = _account(request, partner)
    if account is None:
        return _nothing(request, partner, "statements", MONTH_COLUMNS)
    found = queries.months(viewer=request.viewer, account=account)
    rows = tuple(_month_cells(partner, r.statement, r.counts, r.flips, r.disputes) for r in found)
    context = {**_named(request, partner), "account": account, "rows": found}
    return answer(request, "settlement/months.html", context, table=Table(f"{partner}-statements", MONTH_COLUMNS, rows))


@require_safe
def statement(request: Request, partner: str, month: str, format: str = "html") -> HttpResponse:
    """The statement of account of one month."""
    return _statement(request, partner, month)


def _statement(
    request: Request, partner: str, month: str, refusal: Refusal | None = None, given: Mapping[str, str] | None = None
) -> HttpResponse:
    account = _account(request, partner)
    if account is None:
        return _nothing(request, partner, "statement", STATEMENT_COLUMNS)
    page = queries.statement_page(viewer=request.viewer, account=account, month=month, on=_on())
    if page is None:
        raise Http404
    s = page.statement
    files = " ".join(f"--agreement {a.partner}-{a.version:03d}.toml" for a in account.versions)
    context = {
        **_named(request, partner), "page": page, "s": s, "account": account, "refusal": refusal, "given": given or {},
        "command": f"levelfield settle {files} --publication {s.publication} --month {s.month} --moves moves.json --format json",
        "month_name": date_format(page.last, "F Y"),
        "may_dispute": page.may_dispute and may(request.viewer, "dispute"), "may_answer": may(request.viewer, "answer_dispute"),
        "credits_changed": s.relief_given, "owed": None if s.total is None else abs(s.total),
    }  # fmt: skip
    table = Table(f"{partner}-{month}-statement", STATEMENT_COLUMNS, tuple(_statement_rows(partner, page)))
    status = status_of(refusal) if refusal else 200
    return answer(request, "settlement/statement.html", context, table=table, status=status)


def _statement_rows(partner: str, page: queries.Page) -> list[tuple[Any, ...]]:
    s = page.statement
    held = {r.dispute.line: r.dispute.outcome for r in page.disputes}
    rows: list[tuple[Any, ...]] = []
    for pair in s.pairs:
        p, r = pair.plain, pair.relieved
        rows.append(
            (
                partner, s.month, "target", p.target, p.measure, shown(p.level), None if p.least is None else shown(p.least),
                None if p.value is None else shown(p.value), str(p.standing), None if r.value is None else shown(r.value), str(r.standing),
                r.n, None, None, None, None, p.clause, held.get(p.target), s.publication,
            )
        )  # fmt: skip
    for line in (*page.credits, *page.others):
        rows.append(
            (
                partner, s.month, line.part, line.key, None, None, None, None, None, None, None, None, line.amount, line.before, line.points or None,
                s.currency, line.clause, held.get(line.key), s.publication,
            )
        )  # fmt: skip
    for part, amount in (("credits payable", s.relieved.payable), ("total in the partner's favour", s.total)):
        rows.append(
            (partner, s.month, part, "", *(None,) * 8, amount, s.plain.payable if part == "credits payable" else None, None, s.currency, "", None, s.publication)
        )  # fmt: skip
    return rows


def _month_of(request: Request, partner: str, month: str) -> tuple[Account, Statement]:
    account = _there(request, partner)
    found = account.statement(month)
    if found is None:
        raise Http404
    return account, found


@require_safe
def canonical_bytes(request: Request, partner: str, month: str) -> HttpResponse:
    """The bytes both sides compare."""
    return _file(canonical(_month_of(request, partner, month)[1]), f"{partner}-{month}-statement.json")


@require_safe
def moves(request: Request, partner: str, month: str) -> HttpResponse:
    """What people did that enters the statement, as the command line takes it."""
    account, _ = _month_of(request, partner, month)
    body = json.dumps(moves_to_data(account.moves), indent=1, ensure_ascii=False) + "\n"
    return _file(body.encode(), "moves.json")


def _file(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def raise_dispute(request: Request, partner: str, month: str) -> HttpResponse:
    """Dispute a line."""
    account, _ = _month_of(request, partner, month)
    given = {name: request.POST.get(name, "") for name in ("line", "reason", "evidence", "link")}
    try:
        actions.raise_dispute(account=account, month=month, **given, by=request.viewer, at=timezone.now())
    except Refusal as refusal:
        return _statement(request, partner, month, refusal, given)
    return redirect("settlement:statement", partner, month)


@require_POST
def answer_dispute(request: Request, partner: str, month: str) -> HttpResponse:
    """Answer the dispute of a line."""
    line = request.POST.get("line", "")
    _month_of(request, partner, month)
    found = queries.dispute(viewer=request.viewer, partner=partner, month=month, line=line)
    if found is None:
        raise Http404
    given = {"line": line, "answer": request.POST.get("answer", "")}
    try:
        actions.answer_dispute(
            dispute=found,
            upheld=request.POST.get("outcome") == Outcome.UPHELD.value,
            words=given["answer"],
            by=request.viewer,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _statement(request, partner, month, refusal, given)
    return redirect("settlement:statement", partner, month)


LEDGER_COLUMNS = (
    "partner", "month", "opening", "credits", "earned_back", "bonus", "charges", "disputed", "fallen", "settled", "closing", "currency",
    "fees", "invoice_missing", "complete", "publication",
)  # fmt: skip


@require_safe
def account_book(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """The account, month by month."""
    account = _account(request, partner)
    if account is None:
        return _nothing(request, partner, "ledger", LEDGER_COLUMNS)
    rows = queries.account_rows(viewer=request.viewer, account=account)
    table = Table(
        f"{partner}-ledger",
        LEDGER_COLUMNS,
        tuple(
            (
                partner, r.row.month, r.row.opening, r.row.credits, r.row.earned_back, r.row.bonuses, r.row.charges, r.row.disputed, r.row.fallen,
                r.row.settled, r.row.closing, r.statement.currency, r.statement.fees, r.without_invoice, r.statement.ended, r.statement.publication,
            )
            for r in rows
        ),
    )  # fmt: skip
    context = {
        **_named(request, partner), "account": account, "rows": list(reversed(rows)), "last": rows[-1] if rows else None,
        "currency": account.latest.currency, "missing_invoices": sum(r.without_invoice for r in rows),
        "owed": abs(rows[-1].row.closing) if rows else None,
    }  # fmt: skip
    return answer(request, "settlement/ledger.html", context, table=table)


TRIAL_COLUMNS = (
    "partner", "month", "credits_before", "credits_after", "total_before", "total_after", "currency", "standing_changes", "publication",
)  # fmt: skip


@require_safe
def what_if(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """The last two years under other terms; nothing is stored."""
    account = _account(request, partner)
    if account is None:
        return _nothing(request, partner, "what-if", TRIAL_COLUMNS)
    form = TrialForm(request.GET if request.GET.get("target") else None, account=account)
    rows: list[queries.TrialRow] = []
    refusal: Refusal | None = None
    asked = form.is_bound and form.is_valid() and form.changes.any
    if asked:
        try:
            rows = queries.trial_rows(account, tried(account, form.changes))
        except Refusal as found:
            if format_of(request) != "html":
                raise
            refusal = found
    before, after = (_sum([r.credits[side] for r in rows]) for side in (0, 1))
    context = {
        **_named(request, partner), "account": account, "form": form, "rows": rows, "refusal": refusal, "asked": asked,
        "findings": _findings(refusal) if refusal else [], "currency": account.latest.currency, "before": before, "after": after,
        "changed": sum(r.changed for r in rows), "agreed": account.latest.targets, "flips": sum(len(r.standings) for r in rows),
        "more": None if before is None or after is None else after - before,
        "less": None if before is None or after is None else before - after,
    }  # fmt: skip
    table = Table(
        f"{partner}-what-if", TRIAL_COLUMNS,
        tuple(
            (
                partner, r.before.month, *r.credits, r.before.total, r.after.total, r.before.currency,
                [f"{key}: {was} → {now}" for key, was, now in r.standings], r.before.publication,
            )
            for r in rows
        ),
    )  # fmt: skip
    status = status_of(refusal) if refusal else 422 if form.is_bound and not form.is_valid() else 200
    return answer(request, "settlement/what_if.html", context, table=table, status=status)


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    known = [a for a in amounts if a is not None]
    return sum(known, Decimal(0)) if known else None


def _findings(refusal: Refusal) -> list[str]:
    """The findings of an agreement, one by one; the refusal holds them in one sentence."""
    _, colon, rest = refusal.what.partition(": ")
    return rest.split("; ") if colon and refusal.what.startswith("The agreement has") else [refusal.what]


LOCK_COLUMNS = (
    "partner", "month", "made_at", "days", "intervals", "volume", "locked_by", "locked_at", "acknowledged_by", "acknowledged_at", "acknowledge_until",
    "binds",
)  # fmt: skip


@require_safe
def locks(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """Delivered versions of the forecast, and which one binds."""
    return _locks(request, partner)


def _locks(request: Request, partner: str, refusal: Refusal | None = None) -> HttpResponse:
    account = _account(request, partner)
    if account is None:
        return _nothing(request, partner, "forecast-locks", LOCK_COLUMNS)
    rows = queries.lock_rows(viewer=request.viewer, account=account, on=_on())
    cells = []
    for r in rows:
        for v in r.versions:
            own = r.lock if r.lock is not None and r.lock.made_at == v.made_at else None
            cells.append(
                (
                    partner, r.month, v.made_at, v.days, v.intervals, v.volume, own.by_name if own else None, own.at if own else None,
                    (own.acknowledged_by_name or None) if own else None, own.acknowledged_at if own else None,
                    r.acknowledge_until if own else None, r.binds if own else None,
                )
            )  # fmt: skip
    context = {
        **_named(request, partner), "account": account, "agreement": account.latest, "rows": rows, "refusal": refusal,
        "clock": account.latest.clocks.lock_acknowledge, "may_lock": may(request.viewer, "lock_forecast"),
        "may_acknowledge": may(request.viewer, "acknowledge_lock"),
    }  # fmt: skip
    table = Table(f"{partner}-forecast-locks", LOCK_COLUMNS, tuple(cells))
    return answer(request, "settlement/locks.html", context, table=table, status=status_of(refusal) if refusal else 200)


@require_POST
def lock(request: Request, partner: str) -> HttpResponse:
    """Lock a version."""
    account = _there(request, partner)
    try:
        actions.lock_forecast(
            account=account,
            month=request.POST.get("month", ""),
            made_at=moment_of(request.POST.get("made_at", "")),
            by=request.viewer,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _locks(request, partner, refusal)
    return redirect("settlement:locks", partner)


@require_POST
def acknowledge_lock(request: Request, partner: str) -> HttpResponse:
    """Acknowledge a lock."""
    _there(request, partner)
    try:
        actions.acknowledge_lock(
            partner=partner, month=request.POST.get("month", ""), by=request.viewer, at=timezone.now()
        )
    except Refusal as refusal:
        return _locks(request, partner, refusal)
    return redirect("settlement:locks", partner)


CLAIM_COLUMNS = (
    "partner", "claim", "start_at", "end_at", "lines", "kind", "reason", "side", "claimed_by", "claimed_at", "accepted", "answer", "answered_by",
    "answered_at", "answer_until",
)  # fmt: skip


@require_safe
def excused(request: Request, partner: str, format: str = "html") -> HttpResponse:
    """Events that one side wants to be left out."""
    return _excused(request, partner)


def _excused(
    request: Request, partner: str, refusal: Refusal | None = None, form: ClaimForm | None = None, given: str = ""
) -> HttpResponse:
    account = _account(request, partner)
    if account is None:
        return _nothing(request, partner, "excused", CLAIM_COLUMNS)
    rows = queries.claims(viewer=request.viewer, account=account, on=_on())
    table = Table(
        f"{partner}-excused",
        CLAIM_COLUMNS,
        tuple(
            (
                partner, r.claim.public_id, r.claim.start_at, r.claim.end_at, list(r.claim.lines), r.claim.kind, r.claim.reason, r.claim.side,
                r.claim.by_name, r.claim.at, r.claim.accepted, r.claim.answer or None, r.claim.answered_by_name or None, r.claim.answered_at,
                r.answer_until,
            )
            for r in rows
        ),
    )  # fmt: skip
    rule = account.latest.excused
    context = {
        **_named(request, partner), "account": account, "rows": rows, "refusal": refusal, "rule": rule, "zone": account.latest.zone,
        "clock": account.latest.clocks.claim_answer, "form": form or _claim_form(request, account), "given": given,
        "may_claim": rule is not None and may(request.viewer, "claim_excuse"), "may_answer": may(request.viewer, "answer_excuse"),
    }  # fmt: skip
    wrong = form is not None and form.is_bound and not form.is_valid()
    status = status_of(refusal) if refusal else 422 if wrong else 200
    return answer(request, "settlement/excused.html", context, table=table, status=status)


def _claim_form(request: Request, account: Account) -> ClaimForm:
    lines = queries.known_lines(viewer=request.viewer, partner=account.partner)
    return ClaimForm(request.POST or None, zone=account.latest.zone, lines=lines)


@require_POST
def claim(request: Request, partner: str) -> HttpResponse:
    """Claim an event."""
    account = _there(request, partner)
    form = _claim_form(request, account)
    if not form.is_valid():
        return _excused(request, partner, form=form)
    try:
        actions.claim_excuse(
            account=account, start=form.moment("start"), end=form.moment("end"), lines=form.cleaned_data.get("lines", ()),
            kind=form.cleaned_data["kind"], reason=form.cleaned_data["reason"], by=request.viewer, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _excused(request, partner, refusal, form)
    return redirect("settlement:excused", partner)


@require_POST
def answer_claim(request: Request, partner: str, claim_id: str) -> HttpResponse:
    """Accept or refuse a claim."""
    account = _there(request, partner)
    found = queries.claim(viewer=request.viewer, partner=partner, claim_id=claim_id)
    if found is None:
        raise Http404
    words = request.POST.get("answer", "")
    try:
        actions.answer_excuse(
            claim=found,
            accept=request.POST.get("outcome") == "accepted",
            words=words,
            by=request.viewer,
            at=timezone.now(),
        )
    except Refusal as refusal:
        blank = ClaimForm(zone=account.latest.zone, lines=queries.known_lines(viewer=request.viewer, partner=partner))
        return _excused(request, partner, refusal, blank, words)
    return redirect("settlement:excused", partner)
