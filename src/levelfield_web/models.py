"""The stored models of every room, gathered for Django, in the order of the story."""

from levelfield_web.agreement.models import Acceptance
from levelfield_web.audit.models import Move
from levelfield_web.check_ins.models import CalendarFeed, CheckIn, Reminder, Saying
from levelfield_web.dialogue.models import Case, CaseStep, Entry, PrivateNote, Rung
from levelfield_web.measures.models import RebasePoint
from levelfield_web.own_house.models import Announcement, ClientRequest, DutyAnswer
from levelfield_web.people.models import Invitation, Partner, SignInAttempt, User
from levelfield_web.plan.models import Plan, StoredPromise
from levelfield_web.reasons.models import BuyIn, Sponsor, StoredReason, SurveyAnswer, Weighing
from levelfield_web.same_data.models import Delivery, Seen
from levelfield_web.scenarios.models import FiledCircumstance
from levelfield_web.settlement.models import Dispute, ExcuseClaim, ForecastLock
from levelfield_web.signals.models import Review, Signal, SignalReading

# A room adds one line above, `from levelfield_web.<room>.models import …`, and its names below.
__all__ = [
    "Acceptance",
    "Announcement",
    "BuyIn",
    "CalendarFeed",
    "Case",
    "CaseStep",
    "CheckIn",
    "ClientRequest",
    "Delivery",
    "Dispute",
    "DutyAnswer",
    "Entry",
    "ExcuseClaim",
    "FiledCircumstance",
    "ForecastLock",
    "Invitation",
    "Move",
    "Partner",
    "Plan",
    "PrivateNote",
    "RebasePoint",
    "Reminder",
    "Review",
    "Rung",
    "Saying",
    "Seen",
    "SignInAttempt",
    "Signal",
    "SignalReading",
    "Sponsor",
    "StoredPromise",
    "StoredReason",
    "SurveyAnswer",
    "User",
    "Weighing",
]
