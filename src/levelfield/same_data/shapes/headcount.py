"""People in production, training and leaving, by tenure band."""

from levelfield.same_data.shape import DAY, PARTNER, Column, Kind, Shape, count, dimensions

HEADCOUNT = Shape(
    name="headcount",
    title="Headcount",
    about="How many people a partner has on the work over a period, and how many came, left or were absent.",
    grain="one row per partner, program, site, line, tenure band and period",
    key=("partner", "day", "length_s", "program", "site", "line", "tenure_band"),
    columns=(
        PARTNER,
        DAY,
        count("length_s", "Length of the period in seconds.", needed=True),
        *dimensions("program", "site", "line", "tenure_band"),
        Column("headcount_milli", Kind.THOUSANDTHS, "Average people in production over the period.", needed=True),
        count("starters", "People who entered production."),
        count("leavers", "People who left."),
        count("leavers_0_90", "Leavers within 90 days of their start."),
        count("transfers_out", "People moved to another client's work."),
        count("in_training", "People in training or nesting, on average."),
        Column("absent_days_milli", Kind.THOUSANDTHS, "Working days lost to unplanned absence."),
        Column("planned_days_milli", Kind.THOUSANDTHS, "Working days planned."),
    ),
)
