"""The words of a chart, computed from the same object as the picture: headline, short reading, two answers."""

from __future__ import annotations

from collections.abc import Callable

from levelfield.signals.chart import Chart, Drawing
from levelfield.signals.outlook import Outlook
from levelfield.signals.verdict import Kind, Reading

Told = Callable[[float], str]

SURELY, UNSURELY = 0.95, 0.05


def headline(chart: Chart, told: Told) -> str:
    """The message of a chart in about ten words, present tense; `told` writes a value with its unit."""
    dot, reading = chart.latest_known, chart.reading
    if dot is None or dot.value is None:
        return f"{chart.title}: nothing delivered yet"
    now = f"{chart.title} is {told(dot.value)}"
    if reading.kind is Kind.CANNOT_JUDGE:
        return f"{now}; it cannot be judged yet"
    if reading.kind is Kind.USUAL:
        return f"{chart.title} is as usual at {told(dot.value)}"
    return f"{chart.title} {episode(chart, told)}"


def episode(chart: Chart, told: Told) -> str:
    """What happened, from which period on, and from where to where."""
    reading, onset = chart.reading, chart.label_of_onset
    before, after = reading.level_before or 0.0, reading.level_after or 0.0
    verb = "rose" if reading.rose else "fell"
    match reading.kind:
        case Kind.ONE_OFF if reading.going_on is None:
            return f"{verb} in {onset} from {told(before)} to {told(after)}; too early to say whether it stays"
        case Kind.ONE_OFF:
            last = chart.dots[(reading.end or 1) - 1].label
            when = f"in {onset}" if last == onset else f"from {onset} to {last}"
            return f"{verb} {when} to about {told(after)} and came back to {told(before)}"
        case Kind.SUSTAINED:
            return f"{verb} in {onset} from {told(before)} to {told(after)} and has stayed there"
        case Kind.DRIFT:
            return f"has drifted since {onset} from {told(before)} to {told(after)}"
        case Kind.MORE_VARIABLE:
            return f"has varied {reading.size or 1:.1f} times as much since {onset}"
        case _:
            return ""


def short_reading(chart: Chart) -> str:
    """Two or three words for a table row."""
    dot, reading = chart.latest_known, chart.reading
    if dot is None or dot.value is None:
        return (chart.latest.word if chart.latest else "") or "not delivered"
    verb = "Higher" if reading.rose else "Lower"
    match reading.kind:
        case Kind.CANNOT_JUDGE:
            return "cannot judge yet"
        case Kind.USUAL:
            return "as usual"
        case Kind.ONE_OFF if reading.going_on is None:
            return f"{verb} in {chart.label_of_onset}"
        case Kind.ONE_OFF:
            return "as usual again"
        case Kind.SUSTAINED:
            return f"{verb} since {chart.label_of_onset}"
        case Kind.DRIFT:
            return f"Drifting {'up' if reading.rose else 'down'}"
        case _:
            return f"More variable since {chart.label_of_onset}"


def did_it_change(chart: Chart, told: Told, told_change: Told | None = None) -> str:
    """The first of the two answers under a chart: the verdict with its error rate, onset, size.

    `told_change` writes a difference of two values; shares differ by points.
    """
    reading = chart.reading
    if reading.kind is Kind.CANNOT_JUDGE:
        return f"Cannot say yet: {reading.why}."
    chance = f"A stable series looks like this or more so in {_chance(reading.p_value)}"
    if reading.kind is Kind.USUAL:
        return f"No. {chance}."
    parts = [f"Yes. {chance}."]
    first, last = (chart.dots[i].label for i in reading.onset_range or (0, 0))
    began = f"in {first}" if first == last else f"between {first} and {last}"
    parts.append(f"It began {began} (with 90\u00a0% certainty).")
    parts.append(_sized(reading, told_change or told))
    likely = reading.probabilities.get(str(reading.kind), 0.0)
    others = [k for k, p in reading.probabilities.items() if k != reading.kind and p >= 0.1]
    kinds = f"Most likely {KIND_WORDS[reading.kind]} ({100 * likely:.0f} %)"
    if others:
        other = max(others, key=lambda k: reading.probabilities[k])
        kinds += f", else {KIND_WORDS[Kind(other)]} ({100 * reading.probabilities[other]:.0f} %)"
    parts.append(f"{kinds}.")
    return " ".join(part for part in parts if part)


KIND_WORDS = {
    Kind.USUAL: "nothing but chance",
    Kind.ONE_OFF: "a one-off",
    Kind.SUSTAINED: "a sustained shift",
    Kind.DRIFT: "a drift",
    Kind.MORE_VARIABLE: "a change of spread",
    Kind.CANNOT_JUDGE: "unknown",
}


def _sized(reading: Reading, told: Told) -> str:
    if reading.size is None or reading.size_range is None:
        return ""
    low, high = reading.size_range
    if reading.kind is Kind.MORE_VARIABLE:
        return f"The spread is {reading.size:.1f} times what it was ({low:.1f} to {high:.1f})."
    verb = "rose" if reading.size > 0 else "fell"
    near, far = sorted((abs(low), abs(high))) if low * high > 0 else (0.0, max(abs(low), abs(high)))
    return f"It {verb} by {told(abs(reading.size))} ({told(near)} to {told(far)}, 95\u00a0%)."


def _chance(p: float) -> str:
    """A p-value as so many of so many.

    >>> _chance(0.43), _chance(0.031), _chance(0.00021), _chance(1e-9)
    ('43 of 100 cases', '3 of 100 cases', '2 of 10,000 cases', 'less than 1 of 100,000 cases')
    """
    if p >= 0.0095:
        return f"{100 * p:.0f} of 100 cases"
    for many in (1_000, 10_000, 100_000):
        if p * many >= 0.95:
            return f"{p * many:.0f} of {many:,} cases"
    return "less than 1 of 100,000 cases"


def will_it_meet(chart: Chart, told: Told, ahead: str = "the periods ahead") -> str:
    """The second answer: how likely the agreed level is to be met by what the series does now."""
    target, seen = chart.target, chart.outlook
    if target is None:
        return "Nothing was agreed for this measure."
    if seen is None or seen.meets_expected is None:
        return f"Cannot say yet. Agreed: {told(target)}."
    return f"{_likely(seen.meets_expected)} {_expects(seen, told, ahead, target)}"


def _likely(p: float) -> str:
    """How likely, in a word."""
    if p >= SURELY:
        return "Reliably, as long as nothing changes."
    if p <= UNSURELY:
        return "Not without a change."
    if p >= 0.6:
        return "Probably."
    return "Sometimes, by chance." if p >= 0.4 else "Probably not."


def _expects(seen: Outlook, told: Told, ahead: str, target: float) -> str:
    chance = f"{100 * (seen.meets_expected or 0):.0f} %"
    if (seen.meets_expected or 0) > 0.995:
        chance = "more than 99 %"
    if (seen.meets_expected or 0) < 0.005:
        chance = "less than 1 %"
    minimum = ""
    if seen.meets_minimum is not None:
        minimum = f"; the minimum level with {100 * seen.meets_minimum:.0f} %"
    return (
        f"Over {ahead} we expect {told(seen.expected)} ({told(seen.low)} to {told(seen.high)}): "
        f"the agreed {told(target)} is met with a probability of {chance}{minimum}."
    )


def what_is_drawn(chart: Chart) -> str:
    """How the lines of the picture were made, in a sentence."""
    return DRAWN[chart.drawing]


DRAWN = {
    Drawing.XMR: "Mean, and 2.66 mean moving ranges either side of it (XmR).",
    Drawing.P: "Pooled share, and three binomial standard deviations of each period's size (p chart). Shares vary more than that almost always; see p′.",
    Drawing.P_PRIME: "Pooled share, and three standard deviations of each period's size, widened by what the shares vary beyond chance (Laney p′).",
    Drawing.C: "Mean count, and three Poisson standard deviations (c chart). Counts vary more than that almost always; see u′.",
    Drawing.U_PRIME: "Mean count, and three Poisson standard deviations, widened by what the counts vary beyond chance (Laney u′).",
    Drawing.EWMA: "Exponentially weighted mean, a fifth for the newest period, with limits of 2.96 standard deviations of it (EWMA).",
    Drawing.CUSUM: "Sum of what lies more than half a standard deviation off the mean, up and down, with a decision limit of five (CUSUM). Unit: standard deviations.",
}
