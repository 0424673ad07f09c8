"""Who serves whom: the client, the partners and the names by which files know them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from levelfield.same_data.zones import zone_named
from levelfield.words import Refusal, RefusalKind, nearest


@dataclass(frozen=True)
class Queue:
    """What a platform's queue stands for."""

    queue: str
    line: str | None = None
    site: str | None = None
    channel: str | None = None
    program: str | None = None


@dataclass(frozen=True)
class Merge:
    """From a date on, several names go on under one: told as a merge, not as partners that vanish."""

    names: tuple[str, ...]
    into: str
    on: dt.date


@dataclass(frozen=True)
class Partner:
    """One partner: a key for addresses and files, a name for people, and other names seen in files."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    queues: tuple[Queue, ...] = ()


@dataclass(frozen=True)
class Estate:
    """The client and its partners. `zone` and `currency` hold where no agreement says otherwise."""

    client: str = "Client"
    zone: str = "UTC"
    currency: str = "GBP"
    country: str = "GB"
    partners: tuple[Partner, ...] = ()
    merges: tuple[Merge, ...] = ()
    lock_days: int = 10
    free: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Partner:
        for partner in self.partners:
            if partner.key == key:
                return partner
        raise Refusal(
            f"There is no partner with the key “{key}”",
            expected="one of " + ", ".join(p.key for p in self.partners) if self.partners else "",
            kind=RefusalKind.DEFINITION,
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all partners, sorted by name."""
        return tuple(p.key for p in sorted(self.partners, key=lambda p: p.name.casefold()))

    def name_of(self, key: str) -> str:
        """The name people use for a partner."""
        return next((p.name for p in self.partners if p.key == key), key)

    @property
    def known_names(self) -> dict[str, str]:
        """Every name, alias and key of a partner, folded, with its key."""
        return {n.casefold(): p.key for p in self.partners for n in (p.key, p.name, *p.aliases)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Estate:
        """Read the parsed `estate.toml`; unknown keys are refused with the nearest known one."""
        _only(data, ("client", "zone", "currency", "country", "partner", "merge", "lock_days", "free"), "estate.toml")
        partners = []
        for entry in data.get("partner", []):
            _only(
                entry,
                ("key", "name", "aliases", "lines", "sites", "queues"),
                f"estate.toml, partner {entry.get('key')}",
            )
            queues = tuple(Queue(**q) for q in entry.get("queues", []))
            partners.append(
                Partner(
                    key=entry["key"],
                    name=entry.get("name", entry["key"]),
                    aliases=tuple(entry.get("aliases", ())),
                    lines=tuple(entry.get("lines", ())),
                    sites=tuple(entry.get("sites", ())),
                    queues=queues,
                )
            )
        merges = tuple(Merge(tuple(m["from"]), m["to"], m["on"]) for m in data.get("merge", []))
        zone_named(data.get("zone", "UTC"))
        return cls(
            client=data.get("client", "Client"),
            zone=data.get("zone", "UTC"),
            currency=data.get("currency", "GBP"),
            country=data.get("country", "GB"),
            partners=tuple(partners),
            merges=merges,
            lock_days=data.get("lock_days", 10),
            free=dict(data.get("free", {})),
        )

    def to_data(self) -> dict[str, Any]:
        """The estate as plain data for `estate.toml`."""
        partners = []
        for p in self.partners:
            entry: dict[str, Any] = {"key": p.key, "name": p.name}
            for name in ("aliases", "lines", "sites"):
                if getattr(p, name):
                    entry[name] = list(getattr(p, name))
            if p.queues:
                entry["queues"] = [{k: v for k, v in vars(q).items() if v is not None} for q in p.queues]
            partners.append(entry)
        data: dict[str, Any] = {
            "client": self.client,
            "zone": self.zone,
            "currency": self.currency,
            "country": self.country,
            "lock_days": self.lock_days,
        }
        if self.free:
            data["free"] = dict(self.free)
        data["partner"] = partners
        if self.merges:
            data["merge"] = [{"from": list(m.names), "to": m.into, "on": m.on} for m in self.merges]
        return data


def _only(data: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    """Refuse unknown keys in the words a person needs."""
    for key in data:
        if key not in known:
            near = nearest(key, known)
            raise Refusal(
                f"“{key}” is not a key of this file",
                where=where,
                expected=f"“{near[0]}”?" if near else "one of " + ", ".join(known),
                kind=RefusalKind.DEFINITION,
            )
