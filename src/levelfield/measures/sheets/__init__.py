"""All sheets by name."""

from levelfield.measures.sheet import Sheet
from levelfield.measures.sheets.contacts import CONTACTS, REPEATS, TIMES
from levelfield.measures.sheets.forecast_error import FORECAST_ERROR
from levelfield.measures.sheets.money_and_tickets import INVOICES, TICKETS
from levelfield.measures.sheets.people import HEADCOUNT, SCHEDULES
from levelfield.measures.sheets.voice_of_customer import CALIBRATION, EVALUATIONS, SURVEYS
from levelfield.measures.sheets.volume import VOLUME

SHEETS: dict[str, Sheet] = {
    sheet.name: sheet
    for sheet in (
        VOLUME, CONTACTS, REPEATS, TIMES, FORECAST_ERROR, SCHEDULES, HEADCOUNT, SURVEYS, EVALUATIONS, CALIBRATION, INVOICES, TICKETS,
    )
}  # fmt: skip
