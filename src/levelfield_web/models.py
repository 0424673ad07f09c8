"""The stored models of every room, gathered for Django, in the order of the story."""

from levelfield_web.audit.models import Move
from levelfield_web.people.models import Invitation, Partner, SignInAttempt, User

# A room adds one line above, `from levelfield_web.<room>.models import …`, and its names below.
__all__ = ["Invitation", "Move", "Partner", "SignInAttempt", "User"]
