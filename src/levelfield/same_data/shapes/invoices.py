"""What was billed, line by line."""

from levelfield.same_data.shape import DAY, PARTNER, Column, Kind, Shape, count, dimensions, text

INVOICES = Shape(
    name="invoices",
    title="Invoices",
    about="One line of one invoice; credits are negative.",
    grain="one row per invoice and line",
    key=("partner", "day", "invoice_id", "invoice_line"),
    columns=(
        PARTNER,
        DAY,
        count("length_s", "Length of the billed period in seconds.", needed=True),
        text("invoice_id", "The partner's invoice number.", needed=True),
        count("invoice_line", "Line number.", needed=True),
        *dimensions("program", "site", "line"),
        text(
            "item",
            "What is billed: contacts, hours, minutes, seats, fixed, credit, bonus, training …",
            needed=True,
            dimension=True,
        ),
        Column("quantity_milli", Kind.THOUSANDTHS, "How many units.", negative=True),
        Column("amount_minor", Kind.MONEY, "Amount without tax.", needed=True, negative=True),
        text("currency", "Three-letter code.", needed=True, dimension=True),
    ),
)
