"""The paragraphs an agreement is made of, as its file writes them. Each checks itself; `findings` checks them together.

Levels are in the measure's unit: shares 0 to 1, times in seconds. Money is decimal. Field's terms and real figures
behind the mechanisms: docs/how-to/write-your-agreement.md.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
        raise ValueError(f"is “{value}”; expected a number")
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError(f"is “{value}”; expected a number")
    return number


def _above_zero(value: Any) -> Any:
    number = _number(value)
    if number <= 0:
        raise ValueError(f"is {value}; expected a number above zero")
    return number


def _share(value: Any) -> Any:
    number = _number(value)
    if not 0 <= number <= 1:
        raise ValueError(f"is {value}; expected a share from 0 to 1, such as 0.05 for 5 %")
    return number


def _money(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError(f"is “{value}”; expected an amount such as 2000 or “2000.00”")
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        raise ValueError(f"is “{value}”; expected an amount such as 2000 or “2000.00”") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"is “{value}”; expected an amount that is not negative")
    return amount


def _whole(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"is “{value}”; expected a whole number")
    return value


Number = Annotated[Decimal, BeforeValidator(_number)]
Above = Annotated[Decimal, BeforeValidator(_above_zero)]
Share = Annotated[Decimal, BeforeValidator(_share)]
Money = Annotated[Decimal, BeforeValidator(_money)]
Whole = Annotated[int, BeforeValidator(_whole)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=1)]
Level = Literal["expected", "minimum"]


class Paragraph(BaseModel):
    """One table of the file. Unknown keys are refused, and nothing changes once it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Better(StrEnum):
    """Which way a level is kept."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class PartOfFees(Paragraph):
    """A share of a month's fees, or a fixed amount."""

    share: Share | None = None
    amount: Money | None = None
    clause: str = ""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.share is None) == (self.amount is None):
            raise ValueError("expected exactly one of share and amount")
        return self


class Fees(Paragraph):
    """Which invoice items are the fees that shares are taken of. None named: every item that is no credit."""

    items: tuple[str, ...] = ()
    credit_items: tuple[str, ...] = ("credit",)
    clause: str = ""


class Pool(Paragraph):
    """A category of service levels with its share of the amount at risk. Pools together may exceed the whole."""

    key: str
    share: Number
    clause: str = ""


class Allocation(Paragraph):
    """Credit = pool's share × allocation × amount at risk, when a level is missed."""

    kind: Literal["allocation"]
    target: str
    pool: str
    share: Share
    on: Level = "minimum"
    clause: str = ""


class Step(Paragraph):
    """From this value on (in the unit shown: per cent or seconds) this share of the amount is credited."""

    at: Number
    share: Share


class Ladder(Paragraph):
    """A stepped malus: the worse the value, the larger the share of a fixed amount."""

    kind: Literal["ladder"]
    target: str
    amount: Money
    step: tuple[Step, ...]
    clause: str = ""


class PerPoint(Paragraph):
    """A fixed amount per point (of the unit shown) under or over the level, or per part of a point."""

    kind: Literal["per_point"]
    target: str
    amount: Money
    point: Above = Decimal(1)
    part_counts: bool = True
    on: Level = "expected"
    clause: str = ""


class SeverityPoints(Paragraph):
    """Points for a miss of the expected and of the minimum level; a repeat in the next period may double them."""

    kind: Literal["points"]
    target: str
    minor: Count = 1
    severe: Count = 3
    repeat_doubles: bool = True
    clause: str = ""


Credit = Annotated[Allocation | Ladder | PerPoint | SeverityPoints, Field(discriminator="kind")]


class PointStep(Paragraph):
    """From so many points on this share is credited."""

    points: Count = Field(alias="from")
    share: Share


class PointTable(Paragraph):
    """What severity points cost, of this month's fees or the next month's."""

    step: tuple[PointStep, ...]
    of: Literal["fees", "next_fees"] = "fees"
    clause: str = ""


class EarnBack(Paragraph):
    """A credit comes back when the level is met in each of the next months."""

    months: Count
    level: Level = "expected"
    share: Share = Decimal(1)
    not_doubled: bool = True  # a doubled failure is not earned back
    not_missing_data: bool = True
    clause: str = ""


class Bonus(PartOfFees):
    """An amount for a value beyond the expected level."""

    target: str
    reaches: Number
    only_if_all_met: bool = True


class Persistent(Paragraph):
    """An extra credit of yearly fees when failures pile up over rolling months."""

    failures: Count
    months: Count = 12
    share: Share
    level: Level = "minimum"
    clause: str = ""


class Resource(Paragraph):
    """Additional and reduced resource charges around a baseline, outside a dead-band."""

    key: str
    measure: str
    lines: tuple[str, ...] = ()
    baseline: Number
    dead_band: Share
    outer_band: Number
    additional: Money
    reduced: Money
    clause: str = ""


class Relief(Paragraph):
    """What the agreement excuses when volume exceeds the locked forecast by more than a variance."""

    applies: Literal["surplus", "all_or_nothing"]
    above: Share
    per: Literal["interval", "day", "month"] = "day"
    removes: Literal["missed_first", "in_proportion"] = "in_proportion"
    targets: tuple[str, ...] = ()
    clause: str = ""


class Shortfall(Paragraph):
    """What the client pays when volume stays under the locked forecast: up to a floor share of it, per contact."""

    floor: Share
    rate: Money
    per: Literal["day", "month"] = "month"
    clause: str = ""


class Forecast(Paragraph):
    """How a forecast becomes binding, and what follows from it."""

    lock_days: Annotated[int, BeforeValidator(_whole), Field(ge=0)] = 10
    relief: Relief | None = None
    shortfall: Shortfall | None = None
    clause: str = ""


class Excused(Paragraph):
    """Events that are left out of numerator and denominator once they are claimed in time and accepted."""

    claim_days: Count = 5
    never: tuple[str, ...] = ("staffing",)
    clause: str = ""


class Others(Paragraph):
    """Whether the partner may be told how others did in the same weeks: as a group, without names, never a small one."""

    told: bool = False
    smallest_group: Annotated[int, BeforeValidator(_whole), Field(ge=3)] = (
        3  # of fewer, one who knows one knows the other
    )
    clause: str = ""


class Changes(Paragraph):
    """How many days before it takes effect the client announces a change of policy, product, price or content."""

    notice_days: Count
    clause: str = ""


class Improvement(Paragraph):
    """The expected level rises with what was reached; one reset moves it by at most a share of the way to perfect."""

    every_months: Count = 12
    most_of_gap: Share
    targets: tuple[str, ...] = ()
    clause: str = ""


class Clock(Paragraph):
    """So many working days for a move, and what silence means."""

    days: Count
    silence: str
    clause: str = ""


class Clocks(Paragraph):
    """The moves that run against a clock."""

    dispute: Clock | None = None
    review: Clock | None = None
    plan: Clock | None = None
    plan_answer: Clock | None = None
    lock_acknowledge: Clock | None = None
    claim_answer: Clock | None = None
    case_acknowledge: Clock | None = None
    case_session: Clock | None = None
    case_cause: Clock | None = None


class _Trigger(Paragraph):
    key: str
    gives: str = "a right to terminate"
    exercise_days: Count | None = None
    clause: str = ""


class CountTrigger(_Trigger):
    """A level missed in at least k of the last n months, by the same target or by any of them."""

    kind: Literal["count"]
    targets: tuple[str, ...] = ()
    level: Level = "minimum"
    k: Count
    of: Count
    same_target: bool = True


class ConsecutiveTrigger(_Trigger):
    """A level missed in k months in a row."""

    kind: Literal["consecutive"]
    targets: tuple[str, ...] = ()
    level: Level = "minimum"
    k: Count
    same_target: bool = True


class AverageTrigger(_Trigger):
    """The plain average of a target's last n monthly values beyond a floor."""

    kind: Literal["rolling_average"]
    target: str
    floor: Number
    of: Count


class CreditShareTrigger(_Trigger):
    """Credits of at least a share of the fees in k of the last n months."""

    kind: Literal["credit_share"]
    share: Share
    k: Count
    of: Count


class CapTrigger(_Trigger):
    """Credits at the cap in k of the last n months."""

    kind: Literal["cap_hit"]
    k: Count
    of: Count


Trigger = Annotated[
    CountTrigger | ConsecutiveTrigger | AverageTrigger | CreditShareTrigger | CapTrigger, Field(discriminator="kind")
]


class Calibration(Paragraph):
    """The first months: both sides measure, differences are reconciled, no credit falls due."""

    months: Count
    clause: str = ""


class Service(Paragraph):
    """A service with its lines and channels; a target may name it instead of them."""

    key: str
    title: str = ""
    lines: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class Target(Paragraph):
    """What was agreed of one measure on some lines and channels."""

    key: str = ""
    measure: str
    definition: dict[str, Any] = {}
    at_least: Number | None = None
    at_most: Number | None = None
    least: Number | None = Field(default=None, alias="minimum")
    window: Literal["interval", "day", "week", "month", "quarter", "rolling"] = "month"
    months: Count | None = None  # of a rolling window
    windows_met: Share = Decimal(1)  # of intervals, days or weeks: which share of them must reach the level
    service: str = ""
    lines: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    fewest: Count = 30
    decimals: Annotated[int, BeforeValidator(_whole), Field(ge=0, le=6)] | None = None
    rounding: Literal["half_up", "half_even", "down", "up"] = "half_up"
    round_when: Literal["before", "after"] = "before"  # before or after it is compared with the level
    average_with_previous: bool = False
    critical: bool = True  # a key measurement is reported and carries no credit
    delivered_by: Literal["partner", "client"] = "partner"
    when_missing: Literal["missed_minimum", "cannot_judge"] = "cannot_judge"
    clause: str = ""

    @model_validator(mode="after")
    def _levels(self) -> Self:
        wrong = []
        if (self.at_least is None) == (self.at_most is None):
            wrong.append("expected exactly one of at_least and at_most")
        elif self.least is not None and (
            self.least > self.level if self.at_least is not None else self.least < self.level
        ):
            wrong.append(f"the minimum {self.least} is stricter than the expected level {self.level}")
        if (self.window == "rolling") != (self.months is not None):
            wrong.append("a rolling window needs months, and no other window has them")
        if self.windows_met != 1 and self.window not in ("interval", "day", "week"):
            wrong.append("windows_met speaks of intervals, days or weeks; the window is the " + self.window)
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def level(self) -> Decimal:
        """The expected level."""
        level = self.at_least if self.at_least is not None else self.at_most
        return Decimal(0) if level is None else level

    @property
    def better(self) -> Better:
        """Which way the level is kept."""
        return Better.AT_LEAST if self.at_least is not None else Better.AT_MOST

    @property
    def expected(self) -> float:
        """The expected level for a picture; settlement uses `level`."""
        return float(self.level)

    @property
    def minimum(self) -> float | None:
        """The minimum level for a picture."""
        return None if self.least is None else float(self.least)

    @property
    def fine(self) -> bool:
        """Is each interval, day or week judged on its own?"""
        return self.window in ("interval", "day", "week")

    def covers(self, line: str | None, channel: str | None) -> bool:
        """Does the target speak of this line and channel?"""
        return (not self.lines or line in self.lines) and (not self.channels or channel in self.channels)

    def reaches(self, value: Decimal, level: Decimal) -> bool:
        """A level reached exactly is met."""
        return value >= level if self.better is Better.AT_LEAST else value <= level


class Agreement(Paragraph):
    """One version of the agreement with one partner."""

    partner: str
    title: str
    version: Count
    valid_from: dt.date
    zone: str = "UTC"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "GBP"
    month_starts_on: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=28)] = 1
    calendar: str = ""  # a country or country-subdivision whose public holidays are no working days
    service: tuple[Service, ...] = ()
    targets: tuple[Target, ...] = Field(alias="target")
    fees: Fees = Fees()
    at_risk: PartOfFees | None = None
    cap: PartOfFees | None = None
    pool: tuple[Pool, ...] = ()
    credit: tuple[Credit, ...] = ()
    points: PointTable | None = None
    earn_back: EarnBack | None = None
    bonus: tuple[Bonus, ...] = ()
    persistent: Persistent | None = None
    resource: tuple[Resource, ...] = ()
    forecast: Forecast = Forecast()
    excused: Excused | None = None
    improvement: Improvement | None = None
    others: Others = Others()
    changes: Changes | None = None
    calibration: Calibration | None = None
    clocks: Clocks = Clocks()
    trigger: tuple[Trigger, ...] = ()
    content: str = ""

    @property
    def lock_days(self) -> int:
        """How many days before its day a forecast must have been made to bind."""
        return self.forecast.lock_days

    def target_for(self, measure: str, line: str | None = None, channel: str | None = None) -> Target | None:
        """The most particular target of a measure: one that names the line before one for all."""
        found = [t for t in self.targets if t.measure == measure and t.covers(line, channel)]
        return max(found, key=lambda t: (bool(t.lines), bool(t.channels)), default=None)

    def target(self, key: str) -> Target | None:
        """The target of a key."""
        return next((t for t in self.targets if t.key == key), None)
