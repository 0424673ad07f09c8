"""A promise on the numbers of a publication: could its effect be seen, has it been done, how does it go, did it work."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer

from levelfield.agreement.terms import Better
from levelfield.check_ins import effect, on_track
from levelfield.measures.catalogue import measure_named
from levelfield.measures.compute import Asked
from levelfield.measures.measure import Direction, Measure, Unit
from levelfield.measures.value import Value
from levelfield.plan import Path, achievable, glide, last_step, level_now, measurable, past_changes, reachable
from levelfield.signals.chart import chart_of
from levelfield.signals.of_values import series_of
from levelfield.signals.watch import PERIODS, definition_of
from levelfield.words import Grain, Period, Refusal, RefusalKind
from levelfield_cli.options import Home, chosen_publications, slices, store_at
from levelfield_cli.showing import Format, out, show
from levelfield_io.agreements_at_hand import newest
from levelfield_io.recompute import values_of
from levelfield_io.signals_at_hand import lines_of, whole_periods
from levelfield_io.store import Store

Floats = npt.NDArray[np.float64]

NAME = "promise"
COLUMNS = ("check_in", "expected", "low", "high")
MOST_LINES = 12  # of the past, as the pages do
LONGEST = 105  # weeks looked back on, as the pages do


def run(
    measure: Annotated[str, typer.Option("--measure", "-m", help="The measure the promise shows in.")],
    partner: Annotated[str, typer.Option("--partner", help="Whose numbers.")],
    target: Annotated[float, typer.Option("--target", help="What it should reach: 0.78 for 78 %, 20 for 20 seconds.")],
    begins: Annotated[str, typer.Option("--begins", help="The Monday on which it begins.")],
    full: Annotated[str, typer.Option("--full", help="The Monday from which it should show in full.")],
    judged: Annotated[str, typer.Option("--judged", help="The Monday on which it is judged.")],
    only: Annotated[list[str] | None, typer.Option("--only", help="Keep only this slice, such as line='Billing UK'.")] = None,
    every: Annotated[int, typer.Option("--every", help="Weeks from one check-in to the next.", min=1, max=13)] = 2,
    publication: Annotated[str | None, typer.Option("--publication", help="Id of a publication; the current one when left out.")] = None,
    home: Home = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="table, csv or json; json holds every number.")] = Format.TABLE,
) -> None:  # fmt: skip
    """Test a promise."""
    store = store_at(home)
    publications = chosen_publications(store, partner, publication)
    key, id_ = next(iter(publications.items()))
    own = measure_named(measure)
    path = Path(*(Grain.WEEK.start_of(_day(d)) for d in (begins, full, judged)))
    weeks, values, found, better = _weekly(store, key, id_, own, slices(only))
    days = [Period.parse(w).start for w in weeks]
    before = sum(d < path.begins_on for d in days)
    steps = _steps(own, better, found, weeks[:before])
    baseline = level_now(values[:before], steps)
    if baseline is None:
        raise Refusal(
            "No week before the begin has a value",
            where=f"{own.title}, {partner}",
            expected="a measure and slice with data",
            kind=RefusalKind.DEFINITION,
        )
    reachable(baseline, target, better, str(own.unit))
    sees = measurable(values[:before], target - baseline, path, written=_size(own), breaks=steps)
    sd = sees.noise.sd if sees.noise else 0.0
    span = max(2, path.weeks_under_way + path.weeks_in_full // 2)
    way = "higher" if target > baseline else "lower"
    past = [past_changes(own.label, values[:before], span, way, baseline, sd)]
    others = _other_lines(store, key, id_, own, slices(only))
    past += [past_changes(line, x, span, way, baseline, sd) for line, x in others[:MOST_LINES]]
    does = achievable(past, target - baseline, span, written=_size(own), who=store.estate.name_of(key))
    points = glide(
        baseline,
        target,
        path,
        every,
        sees.noise.sd if sees.noise else None,
        sees.noise.correlation if sees.noise else 0.0,
    )
    going, verdict = None, None
    if sees.noise is not None and before < len(weeks):
        noise = sees.noise
        going = on_track(
            days,
            values,
            baseline=baseline,
            target=target,
            path=path,
            sd=noise.sd,
            correlation=noise.correlation,
            written=_told(own),
        )
        at_full = sum(d < path.full_on for d in days)
        donors = others if slices(only).get("line") else []  # a promise on every line touches them all
        verdict = effect(
            values, begin=before, full=at_full, promised=target - baseline, written=_change(own), breaks=steps, donors=donors
        )  # fmt: skip
    if form is Format.JSON:
        body: dict[str, Any] = {
            "measure": own.name, "partner": key, "publication": id_, "baseline": baseline, "target": target,
            "measurable": {"verdict": sees.can, "sentence": sees.sentence, "power": sees.power, "weeks_needed": sees.weeks_needed, "smallest": sees.smallest},
            "achievable": {"verdict": does.can, "sentence": does.sentence, "share": does.share, "stretches": does.stretches},
            "path": [{"check_in": p.on.isoformat(), "expected": p.expected, "low": _number(p.low), "high": _number(p.high)} for p in points],
            "track": {"reading": going.track, "sentence": going.sentence} if going else None,
            "effect": {
                "verdict": verdict.outcome, "sentence": verdict.sentence, "estimate": verdict.estimate, "low": verdict.low, "high": verdict.high, "p_value": verdict.p_value,
                "weeks_more": verdict.weeks_more, "checks": [{"name": c.name, "passed": c.passed, "sentence": c.sentence} for c in verdict.checks],
            } if verdict else None,
        }  # fmt: skip
        typer.echo(json.dumps(body, ensure_ascii=False, indent=1))
        return
    if form is Format.TABLE:
        told = _told(own)
        lines = [
            f"From {told(baseline)} to {told(target)}.",
            f"{str(sees.can).capitalize()}. {sees.sentence}",
            f"{str(does.can).capitalize()}. {does.sentence}",
        ]
        lines += [going.sentence] if going else []
        early = "" if days[-1] + dt.timedelta(days=7) >= path.judged_on else "If it were judged today: "
        lines += [early + verdict.sentence, *(f"{c.name}: {c.sentence}" for c in verdict.checks)] if verdict else []
        for line in lines:
            out.print(line, markup=False, soft_wrap=True)
    rows = [(p.on.isoformat(), round(p.expected, 4), _number(p.low, 4), _number(p.high, 4)) for p in points]
    show(COLUMNS, rows, form, right=("expected", "low", "high"))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"“{text}” is not a day", expected="a day such as 2026-03-02", kind=RefusalKind.DEFINITION) from None  # fmt: skip


def _weekly(
    store: Store, partner: str, publication: str, own: Measure, only: dict[str, tuple[str, ...]]
) -> tuple[list[str], Floats, list[Value], str]:
    """The whole weeks of a publication, the values of a slice, and which way is better: as the pages read them."""
    weeks = whole_periods(store, partner, publication, Grain.WEEK)[-LONGEST:]
    if not weeks:
        raise Refusal("The publication holds no whole week", where=partner, next_step="Deliver facts by day.")
    agreement = newest(store.home, partner)
    target = next((t for t in agreement.targets if t.measure == own.name and set(only.get("line", ())) <= set(t.lines or only.get("line", ()))), None) if agreement else None  # fmt: skip
    definition = definition_of(target, agreement.currency if agreement else store.estate.currency)
    asked = Asked(((own, definition),), (), Grain.WEEK, only=only)
    found = [v for v in values_of(store, {partner: publication}, asked) if v.period in set(weeks)]
    by_week = {v.period: v.value for v in found}
    values = np.array([math.nan if by_week.get(w) is None else float(by_week[w] or 0.0) for w in weeks])
    better = own.direction
    if target is not None:
        better = Direction.HIGHER if target.better is Better.AT_LEAST else Direction.LOWER
    return weeks, values, found, str(better)


def _other_lines(store: Store, partner: str, publication: str, own: Measure, only: dict[str, tuple[str, ...]]) -> list[tuple[str, Floats]]:  # fmt: skip
    """The measure of the partner's other lines; of a partner with one line there are none."""
    lines = lines_of(store, partner, publication)
    others = [line for line in lines if line not in only.get("line", ())] if len(lines) > 1 else []
    return [(line, _weekly(store, partner, publication, own, {"line": (line,)})[1]) for line in others]


def _steps(own: Measure, better: str, found: list[Value], weeks: list[str]) -> tuple[int, ...]:
    names = weeks[-PERIODS:]
    values = [v for v in found if v.period in set(names)]
    if not names:
        return ()
    chart = chart_of(
        own.label, series_of(own, values, names, Grain.WEEK), values, names, direction=Direction(better), unit=own.unit, decimals=own.decimals, target=None, rebases=(),
        periods="weeks",
    )  # fmt: skip
    return last_step(chart, weeks)


def _told(own: Measure) -> Any:
    places = own.decimals
    match own.unit:
        case Unit.SHARE:
            return lambda x: f"{100 * x:.{places}f} %"
        case Unit.SECONDS:
            return lambda x: f"{x:.{places}f} s"
        case _:
            return lambda x: f"{x:.{places}f}"


def _change(own: Measure) -> Any:
    told = _told(own)
    return lambda x: told(x).replace(" %", " points")


def _size(own: Measure) -> Any:
    change = _change(own)
    return lambda x: change(abs(x))


def _number(x: float, places: int | None = None) -> float | None:
    if not math.isfinite(x):
        return None
    return x if places is None else round(x, places)
