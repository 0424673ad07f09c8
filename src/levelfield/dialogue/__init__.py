"""What both sides say: a case with its states, moves, clocks, questions, causes and points."""

from levelfield.dialogue.causes import Why, outline, root_causes
from levelfield.dialogue.clocks import Clocked, clocked
from levelfield.dialogue.guide import GuideQuestion, guide
from levelfield.dialogue.initiative import Initiative, initiative
from levelfield.dialogue.moves import MOVES, By, Move, Transition, allowed, step
from levelfield.dialogue.points import Point, Stand, summed_up
from levelfield.dialogue.standing import CLIENT, PARTNER, Pending, Standing, State, Waits, other, waits

__all__ = [
    "CLIENT",
    "MOVES",
    "PARTNER",
    "By",
    "Clocked",
    "GuideQuestion",
    "Initiative",
    "Move",
    "Pending",
    "Point",
    "Stand",
    "Standing",
    "State",
    "Transition",
    "Waits",
    "Why",
    "allowed",
    "clocked",
    "guide",
    "initiative",
    "other",
    "outline",
    "root_causes",
    "step",
    "summed_up",
    "waits",
]
