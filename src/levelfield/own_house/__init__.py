"""Is it us? The client's duties, measured where data can say, asked where they cannot."""

from levelfield.own_house.duties import AREAS, DUTIES
from levelfield.own_house.duty import Duty, Finding, Found, Opinion, Verdict
from levelfield.own_house.house import House, house

__all__ = ["AREAS", "DUTIES", "Duty", "Finding", "Found", "House", "Opinion", "Verdict", "house"]
