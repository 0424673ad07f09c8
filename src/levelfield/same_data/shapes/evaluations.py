"""Quality evaluations: errors by class, who scored, and how the contact was chosen."""

from levelfield.same_data.shape import DAY, PARTNER, PLACE, Column, Kind, Shape, count, dimensions, text

EVALUATIONS = Shape(
    name="evaluations",
    title="Evaluations",
    about="One contact scored by one evaluator.",
    grain="one row per evaluation; a contact scored by both sides has two",
    key=("partner", "day", "evaluation_id"),
    columns=(
        PARTNER,
        DAY,
        text("evaluation_id", "The quality tool's own number.", needed=True),
        text("contact_id", "The contact it is about; needed for calibration."),
        Column("evaluated_at", Kind.MOMENT, "When it was scored."),
        *dimensions(*PLACE, "language", "tenure_band", "reason"),
        Column("agent", Kind.KEY, "Who served the contact."),
        text("scored_by", "client or partner.", needed=True, dimension=True),
        text(
            "sample",
            "random, risk or targeted: how the contact was chosen. Only random samples speak for a program.",
            needed=True,
            dimension=True,
        ),
        Column("score_milli", Kind.THOUSANDTHS, "Score in per cent."),
        count("customer_critical", "Errors that hurt the customer."),
        count("business_critical", "Errors that cost money or revenue."),
        count("compliance_critical", "Errors against law or regulation."),
    ),
)
