"""Text in a file that opens in a spreadsheet: none of it may run as a formula there."""

from __future__ import annotations

import re
import unicodedata

# What a spreadsheet takes for the beginning of a formula, or of a command (“|”); wide forms are the same to some.
FORMULA_STARTS = ("=", "+", "-", "@", "|", "\t", "\r", "\n")
UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")
INNER = re.compile(r"([;\t]\s*)(?=[=+@|-])")  # where the list separator is “;”, a cell ends there and another begins


def harmless(text: str) -> str:
    """Text with an apostrophe before it where a spreadsheet would run it; a name such as “-3” is text as well.

    >>> harmless("-2+3"), harmless("Billing"), harmless("'-2+3")
    ("'-2+3", 'Billing', "'-2+3")
    >>> harmless("\uff1d1+1"), harmless("Billing;=1+1")
    ("'\uff1d1+1", "Billing;'=1+1")
    """
    if not text:
        return text
    first = next((sign for sign in text if unicodedata.category(sign) not in UNSEEN), "")
    starts = text.startswith(FORMULA_STARTS) or unicodedata.normalize("NFKC", first).startswith(FORMULA_STARTS)
    return INNER.sub(r"\1'", f"'{text}" if starts else text)


def harmless_cell(cell: object) -> object:
    """A cell of which nobody says whether it is text: as `harmless`, but what is a number stays one.

    >>> harmless_cell("-3,5"), harmless_cell("-SUM(A1)"), harmless_cell(-3)
    ('-3,5', "'-SUM(A1)", -3)
    """
    if not isinstance(cell, str):
        return cell
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return harmless(cell)
    return cell
