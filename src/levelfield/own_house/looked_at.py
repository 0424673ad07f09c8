"""What the own house reads of contacts: how many of each reason, which no measure of an agreement is."""

from __future__ import annotations

from levelfield.measures.catalogue.service import column
from levelfield.measures.measure import Form, Measure, Unit

SINGLE_CONTACTS = Measure(
    "single_contacts", "Single contacts", "Contacts known one by one.", "Σ contacts", "contacts", Unit.COUNT, column("contacts"), form=Form.SUM,
    n=column("contacts"), fewest=0, decimals=0,
)  # fmt: skip
