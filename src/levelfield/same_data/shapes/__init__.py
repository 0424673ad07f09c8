"""The ten fact tables. A publication holds any of them; adding one means adding a file here."""

from levelfield.same_data.shape import Shape
from levelfield.same_data.shapes.contacts import CONTACTS
from levelfield.same_data.shapes.evaluations import EVALUATIONS
from levelfield.same_data.shapes.events import EVENTS
from levelfield.same_data.shapes.forecasts import FORECASTS
from levelfield.same_data.shapes.headcount import HEADCOUNT
from levelfield.same_data.shapes.intervals import INTERVALS
from levelfield.same_data.shapes.invoices import INVOICES
from levelfield.same_data.shapes.schedules import SCHEDULES
from levelfield.same_data.shapes.surveys import SURVEYS
from levelfield.same_data.shapes.tickets import TICKETS

SHAPES: dict[str, Shape] = {
    shape.name: shape
    for shape in (INTERVALS, CONTACTS, FORECASTS, SCHEDULES, SURVEYS, EVALUATIONS, HEADCOUNT, INVOICES, EVENTS, TICKETS)
}
