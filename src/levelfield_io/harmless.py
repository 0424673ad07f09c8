"""Text in a file that opens in a spreadsheet: none of it may run as a formula there."""

from __future__ import annotations

# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Text with an apostrophe before it where a spreadsheet would run it; a name such as “-3” is text as well.

    >>> harmless("-2+3"), harmless("Billing"), harmless("'-2+3")
    ("'-2+3", 'Billing', "'-2+3")
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


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
