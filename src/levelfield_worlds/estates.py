"""Ready-made estates: the demo, a small one for tests, and one of any size for the benchmarks."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from levelfield_worlds.plan import Assignment, Estate, Line, Partner

CLIENT = "Brightwater"

PARTNERS = (
    Partner("north", "Partner North", "Europe/London", "GB", ("Sunderland", "Leeds"), "GBP", 1.02, 0.055, 0.35, 0.02, 3.0,
            queue_by_site=True),
    Partner("south", "Partner South", "Asia/Manila", "PH", ("Cebu", "Manila"), "USD", 1.03, 0.05, 0.45, 0.0, 5.0,
            queue_by_site=True),
    Partner("east", "Partner East", "Europe/Warsaw", "PL", ("Krakow", "Gdansk"), "EUR", 0.99, 0.06, 0.3, 0.03, 2.0,
            queue_by_site=True),
    Partner("west", "Partner West", "Europe/Dublin", "IE", ("Cork", "Belfast"), "EUR", 1.0, 0.065, 0.4, 0.01, 4.0,
            overflows=True),
    Partner("harbour", "Partner Harbour", "Europe/Lisbon", "PT", ("Porto", "Lisbon"), "EUR", 0.98, 0.07, 0.5, -0.02, 6.0,
            queue_by_site=True),
)  # fmt: skip

# Topic: code, weight of its volume, handling seconds, channel.
TOPICS = {
    "Billing": ("BILL", 1.6, 340, "voice"),
    "Orders": ("ORD", 1.4, 420, "chat"),
    "Returns": ("RET", 1.0, 300, "voice"),
    "Delivery": ("DEL", 1.5, 260, "voice"),
    "Accounts": ("ACC", 0.9, 310, "voice"),
    "Technical help": ("TECH", 1.2, 560, "voice"),
    "Complaints": ("COMP", 0.6, 620, "voice"),
    "Loyalty": ("LOY", 0.5, 380, "chat"),
    "Payments": ("PAY", 1.1, 280, "voice"),
    "Bookings": ("BOOK", 0.9, 450, "chat"),
    "Subscriptions": ("SUB", 0.8, 400, "chat"),
    "Claims": ("CLM", 0.5, 540, "voice"),
}
# Market: code, language, weight, who may serve it (in turn).
MARKETS = {
    "UK": ("UK", "en", 1.5, ("north", "south", "north", "west")),
    "Ireland": ("IE", "en", 0.8, ("west", "north", "south")),
    "Germany": ("DE", "de", 1.1, ("east", "harbour")),
    "Poland": ("PL", "pl", 0.8, ("east", "west")),
    "Iberia": ("IB", "es", 0.8, ("harbour", "south")),
}
AVERAGE_VOLUME = 104.0  # per line and day in the demo: about 350,000 contacts in eight weeks
SECOND_PARTNER = frozenset({0, 3, 6, 10})  # topics, by position, that two partners share in every market
BOTH_SITES = frozenset({"Billing UK", "Delivery UK", "Technical help Germany", "Orders Iberia"})


def demo_estate(end: dt.date) -> Estate:
    """Two years, five partners and sixty lines, some of them served by two partners."""
    lines = tuple(_line(topic, market, AVERAGE_VOLUME) for market in MARKETS for topic in TOPICS)
    assignments: list[Assignment] = []
    for market, (_, _, _, able) in MARKETS.items():
        for number, topic in enumerate(TOPICS):
            first, second = able[number % len(able)], able[(number + 1) % len(able)]
            shares = {first: 0.6, second: 0.4} if number in SECOND_PARTNER else {first: 1.0}
            for partner, share in shares.items():
                assignments += _at_sites(partner, f"{topic} {market}", share, number)
    start = (
        end.replace(year=end.year - 2) if (end.month, end.day) != (2, 29) else end.replace(year=end.year - 2, day=28)
    )
    return Estate(CLIENT, PARTNERS, lines, tuple(assignments), start, end)


def small_estate(start: dt.date, days: int, partners: int = 2, lines: int = 3, volume: float = 120.0) -> Estate:
    """A few UK lines, each served by every partner with an equal share, at the first site of each."""
    chosen = PARTNERS[:partners]
    topics = list(TOPICS)[:lines]
    return Estate(
        CLIENT,
        chosen,
        tuple(_line(topic, "UK", volume) for topic in topics),
        tuple(Assignment(p.key, p.sites[0], f"{t} UK", 1 / partners) for t in topics for p in chosen),
        start,
        start + dt.timedelta(days=days),
    )


def estate_of_size(contacts: int, seed: int, end: dt.date = dt.date(2026, 7, 1)) -> Estate:
    """An estate that takes about so many contacts over its life: more days first, up to two years, then busier lines."""
    rng = np.random.default_rng(seed)
    count = int(np.clip(round(math.sqrt(contacts) / 40), 3, 60))
    days = int(np.clip(round(contacts / (count * 100.0)), 14, 730))
    names = [(topic, market) for market in MARKETS for topic in TOPICS]
    chosen = [names[i] for i in sorted(rng.choice(len(names), count, replace=False))]
    weights = rng.lognormal(0.0, 0.5, count)
    volumes = contacts / days * weights / weights.sum()
    lines, assignments = [], []
    for number, ((topic, market), volume) in enumerate(zip(chosen, volumes, strict=True)):
        lines.append(_line(topic, market, 1.0, float(volume)))
        able = MARKETS[market][3]
        first, second = able[number % len(able)], able[(number + 1) % len(able)]
        for partner, share in ((first, 0.6), (second, 0.4)):
            assignments += _at_sites(partner, f"{topic} {market}", share, number)
    return Estate(CLIENT, PARTNERS, tuple(lines), tuple(assignments), end - dt.timedelta(days=days), end)


def queue_map(estate: Estate) -> list[dict[str, str]]:
    """What every partner's queue code stands for; an estate file carries this so that files without a line can be read."""
    return [
        {
            "partner": a.partner,
            "queue": estate.queue_of(a),
            "line": a.line,
            "site": a.site,
            "channel": estate.line_by_name[a.line].channel,
            "program": estate.client,
        }
        for a in estate.assignments
    ]


def _line(topic: str, market: str, average: float, volume: float | None = None) -> Line:
    code, weight, handle_s, channel = TOPICS[topic]
    market_code, language, market_weight, _ = MARKETS[market]
    patience_s = 270.0 if channel == "voice" else 420.0
    taken = average * weight * market_weight if volume is None else volume
    return Line(
        f"{code}_{market_code}", f"{topic} {market}", topic, market, channel, language, taken, handle_s, patience_s
    )


def _at_sites(partner: str, line: str, share: float, number: int) -> list[Assignment]:
    sites = next(p.sites for p in PARTNERS if p.key == partner)
    if line in BOTH_SITES:
        return [Assignment(partner, site, line, share / len(sites)) for site in sites]
    return [Assignment(partner, sites[number // 2 % len(sites)], line, share)]
