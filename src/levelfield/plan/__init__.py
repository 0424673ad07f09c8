"""A short plan: at most five promises, each tested before anyone agrees, with the path it should take."""

from levelfield.plan.achievable import Achievable, CanDo, Kept, Past, PastChange, achievable, past_changes
from levelfield.plan.glide import GlidePoint, glide
from levelfield.plan.level import last_step, level_now
from levelfield.plan.measurable import CanSee, Measurable, measurable
from levelfield.plan.promise import MOST_PROMISES, Owner, Path, Promise, reachable
from levelfield.plan.ramp import Ramp, handle_time, lost_weeks, ramp
from levelfield.plan.regression import Fitted, Spread, fitted, power, spread_of
from levelfield.plan.staffing import QueueDay, Staffing, staffing

__all__ = [
    "MOST_PROMISES",
    "Achievable",
    "CanDo",
    "CanSee",
    "Fitted",
    "GlidePoint",
    "Kept",
    "Measurable",
    "Owner",
    "Past",
    "PastChange",
    "Path",
    "Promise",
    "QueueDay",
    "Ramp",
    "Spread",
    "Staffing",
    "achievable",
    "fitted",
    "glide",
    "handle_time",
    "last_step",
    "level_now",
    "lost_weeks",
    "measurable",
    "past_changes",
    "power",
    "ramp",
    "reachable",
    "spread_of",
    "staffing",
]
