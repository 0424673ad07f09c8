"""Planned and worked time, by component, so that shrinkage can be computed as either side defines it."""

from levelfield.same_data.shape import DAY, PARTNER, PLACE, Column, Kind, Shape, count, dimensions, duration

SCHEDULES = Shape(
    name="schedules",
    title="Schedules",
    about="Paid, scheduled and worked time of a team over an interval or day, with the time lost by cause.",
    grain="one row per partner, site, line, queue, channel, agent where delivered, and interval",
    key=("partner", "day", "start_at", "length_s", *PLACE, "agent"),
    columns=(
        PARTNER,
        DAY,
        Column("start_at", Kind.MOMENT, "Moment the interval begins; empty when only the day is known."),
        count("length_s", "Length of the interval in seconds.", needed=True),
        *dimensions(*PLACE),
        Column("agent", Kind.KEY, "The agent, when delivered per person."),
        duration("paid_ms", "Time paid."),
        duration("scheduled_ms", "Time scheduled to be on contacts."),
        duration("adhered_ms", "Scheduled time actually spent in the scheduled state."),
        duration("leave_ms", "Planned leave."),
        duration("absence_ms", "Unplanned absence."),
        duration("training_ms", "Training and coaching."),
        duration("meeting_ms", "Meetings and briefings."),
        duration("break_ms", "Breaks."),
        duration("system_ms", "Time lost because tools or access did not work."),
        duration("other_ms", "Other lost time."),
    ),
)
