"""How many contacts are expected and how many come: week, season, trend, holidays, and noise that lasts for days."""

from __future__ import annotations

import datetime as dt

import holidays
import numpy as np

from levelfield_worlds.arrays import Floats
from levelfield_worlds.frame import Frame

WEEK = {
    "voice": np.array([1.28, 1.16, 1.10, 1.08, 1.12, 0.72, 0.54]),
    "chat": np.array([1.15, 1.08, 1.04, 1.03, 1.06, 0.86, 0.78]),
}
COUNTRIES = {"UK": ("GB",), "Ireland": ("IE",), "Germany": ("DE",), "Poland": ("PL",), "Iberia": ("ES", "PT")}
HOLIDAY = 0.45  # share of a usual day's contacts that come on a public holiday
SEASON = {"Returns": 0.18, "Delivery": 0.22, "Orders": 0.2, "Bookings": -0.2}  # swing around December; others 0.08
TREND = {"chat": 0.08, "voice": -0.02}  # per year
DAY_NOISE, DAY_MEMORY, MARKET_NOISE = 0.07, 0.6, 0.03
SLOT_NOISE = 0.08
DAY_LENGTH_H = 12.0


def expected_per_day(frame: Frame) -> Floats:
    """Contacts an honest planner would expect, `(series, days)`."""
    dates = frame.dates
    weekday = np.array([date.weekday() for date in dates])
    year_share = np.array([date.timetuple().tm_yday for date in dates]) / 365.25
    years = np.arange(len(dates)) / 365.25
    closed = {market: _holiday_share(dates, countries) for market, countries in COUNTRIES.items()}
    rows = []
    for line in frame.estate.lines:
        swing = SEASON.get(line.topic, 0.08)
        season = 1 + swing * np.cos(2 * np.pi * (year_share - 350 / 365.25))
        trend = (1 + TREND[line.channel]) ** years
        quiet = 1 - (1 - HOLIDAY) * closed[line.market]
        rows.append(line.volume * WEEK[line.channel][weekday] * season * trend * quiet)
    expected: Floats = np.array(rows)[frame.line_index] * frame.share[:, None]
    return expected


def day_effects(frame: Frame, rng: np.random.Generator) -> Floats:
    """How far a line's days lie off the expectation, `(series, days)`; equal for all who serve the line."""
    lines, days = len(frame.estate.lines), len(frame.dates)
    markets = sorted({line.market for line in frame.estate.lines})
    own = _with_memory(rng.normal(0, DAY_NOISE, (lines, days)))
    shared = _with_memory(rng.normal(0, MARKET_NOISE, (len(markets), days)))
    market_of = np.array([markets.index(line.market) for line in frame.estate.lines])
    effect: Floats = np.exp(own + shared[market_of])[frame.line_index]
    return effect


def profile(frame: Frame) -> Floats:
    """Share of a day's contacts in each interval, `(series, slots)`: a morning peak, a lower one after work."""
    hour = (np.arange(frame.estate.slots) + 0.5) * frame.estate.interval_s / 3600
    morning, evening = np.exp(-(((hour - 2.7) / 2.2) ** 2)), np.exp(-(((hour - 8.6) / 2.6) ** 2))
    shapes = {"voice": 0.25 + morning + 0.65 * evening, "chat": 0.3 + 0.7 * morning + evening}
    rows: Floats = np.array([shapes[line.channel] / shapes[line.channel].sum() for line in frame.lines])
    return rows


def slot_noise(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Noise of single intervals beyond chance, with mean one."""
    noise: Floats = np.exp(rng.normal(-(SLOT_NOISE**2) / 2, SLOT_NOISE, shape))
    return noise


def _with_memory(shocks: Floats) -> Floats:
    """First-order autoregression along the days, started in its steady state."""
    out = np.empty_like(shocks)
    out[:, 0] = shocks[:, 0]
    step = np.sqrt(1 - DAY_MEMORY**2)
    for day in range(1, shocks.shape[1]):
        out[:, day] = DAY_MEMORY * out[:, day - 1] + step * shocks[:, day]
    return out


def _holiday_share(dates: tuple[dt.date, ...], countries: tuple[str, ...]) -> Floats:
    """Share of the market's countries that keep a public holiday on each day."""
    years = range(dates[0].year, dates[-1].year + 1)
    kept = [holidays.country_holidays(country, years=years) for country in countries]
    return np.array([sum(date in calendar for calendar in kept) / len(kept) for date in dates])
