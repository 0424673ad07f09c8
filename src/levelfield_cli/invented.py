"""An invented world written to disk as delivered files, ready to come in through the front door."""

from __future__ import annotations

from pathlib import Path

from levelfield.same_data.estate import Estate, Partner, Queue
from levelfield_io.looking import Progress, silent
from levelfield_io.publishing import Parcel
from levelfield_worlds import plan
from levelfield_worlds.deliveries import deliveries
from levelfield_worlds.estates import queue_map
from levelfield_worlds.grow import World


def estate_data(estate: plan.Estate) -> Estate:
    """What estate.toml says about an invented estate."""
    queues: dict[str, list[Queue]] = {}
    for entry in queue_map(estate):
        queues.setdefault(entry["partner"], []).append(Queue(**{k: v for k, v in entry.items() if k != "partner"}))
    partners = tuple(
        Partner(
            key=p.key,
            name=p.name,
            lines=tuple(sorted({q.line for q in queues.get(p.key, []) if q.line})),
            sites=tuple(s if isinstance(s, str) else s.name for s in p.sites),
            queues=tuple(queues.get(p.key, [])),
        )
        for p in estate.partners
    )
    return Estate(client=estate.client, zone=estate.zone, partners=partners)


def write_deliveries(world: World, folder: Path, progress: Progress = silent) -> list[Parcel]:
    """Write every file of a world; the parcels say with which profile and options each is read."""
    parcels = []
    for delivery in deliveries(world):
        path = folder / delivery.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            for chunk in delivery.chunks:
                stream.write(chunk)
        options = {k: v for k, v in delivery.options.items() if k not in ("delimiter", "decimal")}
        parcels.append(Parcel(path, delivery.profile, {"partner": delivery.partner, **options}, delivery.name))
        progress(f"writing {delivery.name}", 0.3)
    return parcels
