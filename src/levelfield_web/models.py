"""The stored models of every room, gathered for Django, in the order of the story."""

from levelfield_web.agreement.models import Acceptance
from levelfield_web.audit.models import Move
from levelfield_web.measures.models import RebasePoint
from levelfield_web.own_house.models import Announcement, ClientRequest, DutyAnswer
from levelfield_web.people.models import Invitation, Partner, SignInAttempt, User
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
    "ClientRequest",
    "Delivery",
    "Dispute",
    "DutyAnswer",
    "ExcuseClaim",
    "FiledCircumstance",
    "ForecastLock",
    "Invitation",
    "Move",
    "Partner",
    "RebasePoint",
    "Review",
    "Seen",
    "SignInAttempt",
    "Signal",
    "SignalReading",
    "Sponsor",
    "StoredReason",
    "SurveyAnswer",
    "User",
    "Weighing",
]
