"""One row per contact: the finest facts, from which every count can be made at any threshold."""

from levelfield.same_data.shape import (
    DAY,
    FREE,
    PARTNER,
    PLACE,
    Column,
    Kind,
    Shape,
    count,
    dimensions,
    duration,
    flag,
    text,
)

CONTACTS = Shape(
    name="contacts",
    title="Contacts",
    about="One customer's contact from arrival to the end of after-contact work.",
    grain="one row per contact; a contact that passed through several segments is one row",
    key=("partner", "day", "contact_id"),
    chunk="day",
    columns=(
        PARTNER,
        DAY,
        text("contact_id", "The platform's own number of the contact.", needed=True),
        Column("arrived_at", Kind.MOMENT, "Moment the contact reached the queue.", needed=True),
        *dimensions(*PLACE, "language", "tenure_band", "reason", *FREE),
        Column("agent", Kind.KEY, "Who answered."),
        Column("customer", Kind.KEY, "Who asked; needed to see repeat contacts."),
        flag("answered", "Was the contact answered by a person?", needed=True),
        duration("wait_ms", "Wait in queue until the answer, or until the customer gave up."),
        duration("talk_ms", "Talk time."),
        duration("hold_ms", "Hold time."),
        duration("wrap_ms", "After-contact work."),
        flag("callback", "Did the customer take a call-back instead of waiting?"),
        flag("transferred", "Was the answered contact passed on?"),
        flag("resolved", "Did the agent mark the issue as solved?"),
        count("segments", "How many segments the platform recorded for this contact."),
        Column("updated_at", Kind.MOMENT, "When the platform last changed the record; the latest one wins."),
    ),
)
