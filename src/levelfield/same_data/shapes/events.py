"""Dated circumstances: what happened, and whose it is."""

from levelfield.same_data.shape import DAY, PARTNER, PLACE, Column, Kind, Shape, dimensions, text

EVENTS = Shape(
    name="events",
    title="Events",
    about="A release, outage, campaign, holiday, storm, new team: anything that may explain a number.",
    grain="one row per event",
    key=("partner", "day", "event_id"),
    columns=(
        PARTNER,
        DAY,
        text("event_id", "Number of the event.", needed=True),
        Column("starts_at", Kind.MOMENT, "When it began.", needed=True),
        Column("ends_at", Kind.MOMENT, "When it ended; empty while it lasts or for a single moment."),
        *dimensions(*PLACE),
        text("owner", "client, partner or outside.", needed=True, dimension=True),
        text(
            "what",
            "release, outage, campaign, policy, training, leadership, site, weather, holiday, other.",
            needed=True,
            dimension=True,
        ),
        text("title", "A few words for the chart.", needed=True),
    ),
)
