"""Others that moved the same way, told by name to the client and as a group to a partner."""

from __future__ import annotations

from collections.abc import Sequence

from levelfield.own_house.duty import Found, Verdict

FEWEST_OTHERS = 3  # fewer partners in a group could be told apart by anyone who knows one of them


def together(moves: Sequence[tuple[str, int, bool, str]], of: int) -> Found:
    """Measures in which this partner and others moved the same way: measure, how many others, rose?, since when.

    `of`: the other partners whose figures could be judged.
    """
    if not of:
        return Found(Verdict.CANNOT_JUDGE, "There is no other partner whose figures could be compared.", None, 0)
    if not moves:
        return Found(Verdict.KEPT, f"None of {of} others moved the same way in the same weeks.", 0.0, of)
    measure, others, rose, since = max(moves, key=lambda m: m[1])
    more = f", and so it is in {len(moves) - 1} other measure{'s' if len(moves) > 2 else ''}" if len(moves) > 1 else ""
    return Found(
        Verdict.FIRST,
        f"{measure} {'rose' if rose else 'fell'} at {others} of {of} others as well, from {since} on{more}. A cause upstream is looked for first.",
        float(others), of, lately=True,
    )  # fmt: skip


def room_for_doubt(of: int, smallest: int) -> bool:
    """Is a group so large that a statement on its smallest part leaves out at least one, whichever that is?

    >>> room_for_doubt(4, 3), room_for_doubt(3, 3), room_for_doubt(3, 1)
    (True, False, False)
    """
    return of > max(smallest, FEWEST_OTHERS)


def may_be_told(others: int, allowed: bool, smallest: int) -> bool:
    """May a partner be told of others as a group: does the agreement allow it, and is the group large enough?

    >>> may_be_told(4, True, 3), may_be_told(4, False, 3), may_be_told(2, True, 1)
    (True, False, False)
    """
    return allowed and others >= max(smallest, FEWEST_OTHERS)
