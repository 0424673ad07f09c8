"""Where a change comes from and whose it is: contributions that sum to it, or the few places in a table that carry it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer

from levelfield.drill_down.cause import Causes
from levelfield.drill_down.explanation import Explanation, Owner, evenly, sentence_of
from levelfield.drill_down.spans import span_of
from levelfield.measures.catalogue import measure_named
from levelfield.measures.measure import Measure, Unit
from levelfield.signals.watch import definition_of
from levelfield.words import Refusal, RefusalKind
from levelfield_cli.options import Home, chosen_publications, slices, store_at
from levelfield_cli.showing import Format, err, out, show
from levelfield_io.agreements_at_hand import newest
from levelfield_io.explaining import Wanted, explain
from levelfield_io.recompute import values_of
from levelfield_io.store import Store
from levelfield_io.table_file import read_table

NAME = "explain"
COLUMNS = ("what", "where", "whose", "amount", "low", "high", "share", "evidence", "needed")
CAUSE_COLUMNS = ("where", "change", "share", "shift", "leaves", "certainty", "runner_up", "runner_up_odds")


def run(
    measure: Annotated[str | None, typer.Option("--measure", "-m", help="The measure whose change is explained.")] = None,
    before: Annotated[str | None, typer.Option("--before", help="The span before: 2026-02, or 2026-W10..2026-W17, the last one included.")] = None,
    after: Annotated[str | None, typer.Option("--after", help="The span after.")] = None,
    partner: Annotated[str | None, typer.Option("--partner", help="Only this partner; all together, by partner, when left out.")] = None,
    publication: Annotated[str | None, typer.Option("--publication", help="Id of a publication; the current ones when left out.")] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Keep only this slice, such as line='Billing UK'.")] = None,
    by: Annotated[list[str] | None, typer.Option("--by", help="Split by this dimension instead; may be given several times.")] = None,
    table: Annotated[Path | None, typer.Option("--table", help="Search a CSV or Parquet file of leaves instead.")] = None,
    dims: Annotated[str | None, typer.Option("--dims", help="Its dimensions: names with commas between.")] = None,
    actual: Annotated[str | None, typer.Option("--actual", help="Its column of what came.")] = None,
    expected: Annotated[str | None, typer.Option("--expected", help="Its column of what was expected.")] = None,
    numerator: Annotated[str | None, typer.Option("--numerator", help="Of a rate: the column above the line.")] = None,
    denominator: Annotated[str | None, typer.Option("--denominator", help="Of a rate: the column below the line.")] = None,
    baseline_numerator: Annotated[str | None, typer.Option("--baseline-numerator", help="The same before.")] = None,
    baseline_denominator: Annotated[str | None, typer.Option("--baseline-denominator", help="The same before.")] = None,
    home: Home = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="table, csv or json; json holds all parts, questions and notes.")] = Format.TABLE,
) -> None:  # fmt: skip
    """Explain a change."""
    if table is not None:
        _show_causes(
            _of_table(
                table, dims, actual, expected, (numerator, denominator, baseline_numerator, baseline_denominator)
            ),
            form,
        )
        return
    if measure is None or before is None or after is None:
        raise Refusal(
            "A change needs a measure and two spans",
            expected="--measure service_level --before 2026-02 --after 2026-03, say",
            kind=RefusalKind.DEFINITION,
        )
    store = store_at(home)
    publications = chosen_publications(store, partner, publication)
    own = measure_named(measure)
    agreement = newest(store.home, next(iter(publications))) if len(publications) == 1 else None
    target = next((t for t in agreement.targets if t.measure == own.name), None) if agreement is not None else None
    definition = definition_of(target, store.estate.currency)
    wanted = Wanted(
        own, definition, span_of(before), span_of(after), slices(only), agreement.lock_days if agreement is not None else 10, tuple(by or ()),
    )  # fmt: skip
    found = explain(store, publications, lambda asked: values_of(store, publications, asked), wanted)
    _show(found, own, store, form)


def _writer(measure: Measure) -> tuple[float, float, str]:
    """What an amount is multiplied by, the step it is rounded to, and its unit."""
    match measure.unit:
        case Unit.SHARE:
            return 100.0, 10.0**-measure.decimals, " points"
        case Unit.SECONDS:
            return measure.times, 10.0**-measure.decimals, " s"
        case _:
            return measure.times, 10.0**-measure.decimals, ""


def _show(found: Explanation, measure: Measure, store: Store, form: Format) -> None:
    scale, step, unit = _writer(measure)
    places = max(0, -round(math.log10(step)))

    def changed(amount: float) -> str:
        return f"{abs(amount * scale):,.{places}f}{unit}"

    def whose(owner: Owner) -> str:
        return str(owner)

    def where(place: tuple[tuple[str, str], ...]) -> str:
        return ", ".join(store.estate.name_of(label) if d == "partner" else label for d, label in place)

    plain = evenly(found, step / scale)
    rounded = [c.amount * scale for c in plain.contributions]
    sentence = sentence_of(plain, measure.label, changed, whose)
    rows = [
        (
            c.words or measure.label, where(c.where), str(c.owner), round(r, places), None if c.low is None else round(c.low * scale, places + 1),
            None if c.high is None else round(c.high * scale, places + 1), round(c.amount / found.change, 3) if found.change else None, c.evidence, c.needed,
        )
        for c, r in zip(found.contributions, rounded, strict=False)
    ]  # fmt: skip
    if found.has_remainder:
        rows.append(
            (
                found.remainder_words,
                "",
                "",
                round(plain.remainder * scale, places),
                None,
                None,
                round(found.remainder / found.change, 3) if found.change else None,
                "",
                "",
            )
        )
    if form is Format.JSON:
        body = {
            "sentence": sentence, "measure": measure.name, "before": found.before.name, "after": found.after.name, "value_before": found.value_before * measure.times,
            "value_after": found.value_after * measure.times, "change": found.change * measure.times, "method": found.method, "publication": found.publication,
            "contributions": [_plain(c, measure.times) for c in found.contributions], "not_explained": found.remainder * measure.times,
            "reversal": found.reversal or None, "notes": list(found.notes), "questions": [{"to": str(q.to), "words": q.words} for q in found.questions],
        }  # fmt: skip
        typer.echo(json.dumps(body, ensure_ascii=False, indent=1))
        return
    if form is Format.TABLE:
        out.print(sentence, markup=False, soft_wrap=True)
    show(COLUMNS, rows, form, right=("amount", "low", "high", "share"))
    if form is Format.TABLE:
        for text in (found.reversal, *found.notes):
            if text:
                err.print(text, markup=False, soft_wrap=True)
        for question in found.questions:
            out.print(f"To the {question.to}: {question.words}", markup=False, soft_wrap=True)
        out.print(f"By {found.method}, from {found.publication}.", markup=False, soft_wrap=True)


def _plain(part: Any, times: float) -> dict[str, Any]:
    return {
        "what": part.words, "where": dict(part.where), "whose": str(part.owner), "amount": part.amount * times, "low": None if part.low is None else part.low * times,
        "high": None if part.high is None else part.high * times, "evidence": part.evidence or None, "needed": part.needed or None,
        "parts": [_plain(p, times) for p in part.parts],
    }  # fmt: skip


def _of_table(
    path: Path, dims: str | None, actual: str | None, expected: str | None, rate: tuple[str | None, ...]
) -> Causes:
    from levelfield.drill_down import localise, localise_rate

    data = read_table(path)
    named = [d.strip() for d in (dims or "").split(",") if d.strip()]
    if actual and expected:
        return localise(data, named, actual, expected)
    given = [name for name in rate if name]
    if len(given) == 4:
        return localise_rate(data, named, *given)
    raise Refusal(
        "A table needs the columns to compare", where=str(path),
        expected="--actual and --expected, or --numerator, --denominator, --baseline-numerator and --baseline-denominator", kind=RefusalKind.DEFINITION,
    )  # fmt: skip


def _show_causes(found: Causes, form: Format) -> None:
    rows = [
        (
            " & ".join(f"{k}={v}" for k, v in c.where.items()), round(c.change, 6), round(c.share, 4), round(c.shift, 4), c.leaves, round(c.certainty, 4),
            " & ".join(f"{k}={v}" for k, v in (c.runner_up or {}).items()), round(c.runner_up_odds, 4),
        )
        for c in found
    ]  # fmt: skip
    if rows or form is not Format.TABLE:
        show(CAUSE_COLUMNS, rows, form, right=CAUSE_COLUMNS[1:6])
    if form is Format.TABLE and not rows:
        out.print(
            "There is no place that carries the change: what moved is within the noise of ordinary leaves.",
            markup=False,
            soft_wrap=True,
        )
    if form is Format.TABLE:
        for note in found.notes:
            err.print(note, markup=False, soft_wrap=True)
