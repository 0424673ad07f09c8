"""The readers of moves."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from levelfield_web.audit.chain import BEGINNING, seal
from levelfield_web.audit.models import Move
from levelfield_web.fields.viewer import Side, Viewer

PRIVATE = "note_privately"


def moves(*, viewer: Viewer, object_kind: str = "", object_id: object = "") -> QuerySet[Move]:
    """The moves a viewer may see, newest first: the client all, a partner those that name it or that its people made.

    That somebody noted something for their own side is for that side alone.
    """
    rows = Move.objects.order_by("-id").filter(~Q(verb=PRIVATE) | Q(side=viewer.side))
    if object_kind:
        rows = rows.filter(object_kind=object_kind, object_id=str(object_id))
    if viewer.side == Side.CLIENT:
        return rows
    if viewer.side == Side.PARTNER and viewer.partner:
        return rows.filter(Q(partner=viewer.partner) | Q(side=Side.PARTNER, by__partner=viewer.partner))
    return rows.none()


def check_chain() -> int | None:
    """The id of the first move that does not fit the one before it, or None when the chain is whole.

    Moves cut off at the end leave no trace in the chain itself: keep the last hash elsewhere to notice that.
    """
    previous = BEGINNING
    for move in Move.objects.order_by("id").iterator(chunk_size=1000):
        if move.previous_hash != previous or not fits(move):
            return move.id
        previous = move.hash
    return None


def last_hash() -> str:
    """The hash of the newest move, worth keeping outside the database."""
    return Move.objects.order_by("-id").values_list("hash", flat=True).first() or BEGINNING


def fits(move: Move) -> bool:
    """Whether the hash of a move is the hash of what it says."""
    try:
        return seal(move) == move.hash
    except TypeError:
        return False
