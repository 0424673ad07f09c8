"""Forecasts as they were made: every version stays, with the moment it was made."""

from levelfield.same_data.shape import DAY, PARTNER, PLACE, Column, Kind, Shape, count, dimensions, duration, text

FORECASTS = Shape(
    name="forecasts",
    title="Forecasts",
    about="Expected contacts and handling time of one queue over one interval, in one version.",
    grain="one row per version, partner, site, line, queue, channel and interval",
    key=("partner", "day", "version", "start_at", "length_s", *PLACE),
    columns=(
        PARTNER,
        DAY,
        text("version", "Name of the forecast version.", needed=True),
        Column("made_at", Kind.MOMENT, "When this version was made.", needed=True),
        Column("start_at", Kind.MOMENT, "Moment the interval begins; empty when only the day or month is known."),
        count("length_s", "Length of the interval in seconds.", needed=True),
        *dimensions(*PLACE),
        Column("volume_milli", Kind.THOUSANDTHS, "Expected contacts offered.", needed=True),
        duration("aht_ms", "Expected average handling time."),
        Column("required_milli", Kind.THOUSANDTHS, "Agents required on the queue."),
    ),
)
