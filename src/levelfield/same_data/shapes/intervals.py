"""Counts and seconds per queue and interval: what most platforms and workforce systems export."""

from levelfield.same_data.shape import DAY, FREE, PARTNER, PLACE, Column, Kind, Shape, count, dimensions, duration

INTERVALS = Shape(
    name="intervals",
    title="Intervals",
    about="Counts and times of one queue over one interval, from five minutes to a month, "
    "with the threshold they were counted at.",
    grain="one row per partner, site, line, queue, channel, language and interval",
    key=("partner", "day", "start_at", "length_s", *PLACE, "language", *FREE),
    columns=(
        PARTNER,
        DAY,
        Column("start_at", Kind.MOMENT, "Moment the interval begins; empty when only the day or month is known."),
        count(
            "length_s",
            "Length of the interval in seconds: 300 for five minutes, 86,400 for a day.",
            needed=True,
        ),
        *dimensions(*PLACE, "language", *FREE),
        duration("threshold_ms", "The answer threshold the counts below were made at."),
        duration("short_ms", "A caller who gives up sooner than this is a short abandon."),
        count("offered", "Contacts that reached the queue."),
        count("answered", "Contacts answered by a person."),
        count("answered_within", "Contacts answered within the threshold."),
        count("abandoned", "Contacts given up by the customer before an answer."),
        count("abandoned_within", "Contacts abandoned within the threshold."),
        count("short_abandoned", "Contacts abandoned before the short-abandon time."),
        count("overflow_in", "Contacts that arrived from another queue."),
        count("overflow_out", "Contacts sent on to another queue unanswered."),
        count("transferred", "Answered contacts passed on to somebody else."),
        count("callbacks", "Customers who were offered a call-back instead of waiting."),
        count("callbacks_within_10min", "Call-backs made within ten minutes."),
        duration("wait_answered_ms", "Sum of the waits of answered contacts."),
        duration("wait_abandoned_ms", "Sum of the waits of abandoned contacts."),
        duration("longest_wait_ms", "Longest single wait in the interval; not a sum."),
        duration("talk_ms", "Sum of talk time."),
        duration("hold_ms", "Sum of hold time."),
        duration("wrap_ms", "Sum of after-contact work."),
        duration("staffed_ms", "Sum of signed-in agent time."),
        duration("available_ms", "Sum of agent time waiting for a contact."),
        count("referred", "Answered contacts assessed or triaged further."),
    ),
)
