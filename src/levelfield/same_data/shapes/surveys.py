"""What customers answered, and how many were asked."""

from levelfield.same_data.shape import DAY, PARTNER, PLACE, Column, Kind, Shape, dimensions, flag, text

SURVEYS = Shape(
    name="surveys",
    title="Surveys",
    about="One question to one customer, answered or not.",
    grain="one row per response and question; a row without an answer is an invitation that was not taken up",
    key=("partner", "day", "response_id", "question"),
    columns=(
        PARTNER,
        DAY,
        text("response_id", "The survey tool's own number.", needed=True),
        text("question", "csat, nps or fcr.", needed=True),
        text("wording", "The question as asked, so that both sides can see that it is the same."),
        text("contact_id", "The contact it is about."),
        Column("answered_at", Kind.MOMENT, "When the customer answered."),
        *dimensions(*PLACE, "language", "tenure_band", "reason"),
        Column("agent", Kind.KEY, "Who served the contact."),
        flag("responded", "Did the customer answer?", needed=True),
        Column("score_milli", Kind.THOUSANDTHS, "The answer on the scale.", negative=True),
        Column("scale_low_milli", Kind.THOUSANDTHS, "Lowest point of the scale.", negative=True),
        Column("scale_high_milli", Kind.THOUSANDTHS, "Highest point of the scale."),
        flag("resolved", "For fcr: did the customer say the issue was solved at the first contact?"),
    ),
)
