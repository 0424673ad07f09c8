"""Work that is opened, waits, and is solved later."""

from levelfield.same_data.shape import DAY, PARTNER, PLACE, Column, Kind, Shape, count, dimensions, duration, text

TICKETS = Shape(
    name="tickets",
    title="Tickets",
    about="One ticket from opening to its last solution.",
    grain="one row per ticket",
    key=("partner", "day", "ticket_id"),
    columns=(
        PARTNER,
        DAY,
        text("ticket_id", "The ticket system's own number.", needed=True),
        Column("opened_at", Kind.MOMENT, "When it was opened.", needed=True),
        Column("solved_at", Kind.MOMENT, "When it was last solved; empty while it is open."),
        Column("solved_on", Kind.DAY, "Local date of that moment."),
        *dimensions(*PLACE, "language", "reason"),
        Column("agent", Kind.KEY, "Who solved it."),
        Column("customer", Kind.KEY, "Who asked."),
        duration("first_reply_ms", "Time to the first reply."),
        duration("resolution_ms", "Time from opening to the last solution."),
        count("reopens", "How often it was opened again."),
        count("replies", "Replies sent."),
        Column("updated_at", Kind.MOMENT, "When the record last changed; the latest one wins."),
    ),
)
