"""Which role may make which move. The table is the rule: pages, actions and tests read it from here."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from levelfield.words import Refusal, RefusalKind
from levelfield_web.fields.viewer import HOUSE_ROLE, Side, Viewer
from levelfield_web.people.models import CLIENT_ROLES, PARTNER_ROLES, Role

Standing = tuple[str, str]  # side and role, because an analyst exists on both


def client(*roles: Role) -> set[Standing]:
    """People of the client with one of these roles."""
    return {(Side.CLIENT.value, role.value) for role in roles}


def partner(*roles: Role) -> set[Standing]:
    """People of a partner with one of these roles."""
    return {(Side.PARTNER.value, role.value) for role in roles}


PERMISSIONS: dict[str, frozenset[Standing]] = {
    name: frozenset(standings)
    for name, standings in {
        "invite": client(Role.ADMINISTRATOR, Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER),
        "deactivate": client(Role.ADMINISTRATOR) | partner(Role.ACCOUNT_MANAGER),
        "manage_people": client(Role.ADMINISTRATOR) | partner(Role.ACCOUNT_MANAGER),
        "upload": client(Role.ADMINISTRATOR, Role.VENDOR_MANAGER, Role.ANALYST) | partner(*PARTNER_ROLES),
        "publish": client(Role.ADMINISTRATOR, Role.VENDOR_MANAGER, Role.ANALYST),
        "acknowledge": client(Role.EXECUTIVE, Role.VENDOR_MANAGER, Role.ANALYST) | partner(*PARTNER_ROLES),
        "rebase": client(Role.VENDOR_MANAGER, Role.ANALYST) | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "suppress_signal": client(Role.VENDOR_MANAGER, Role.ANALYST)
        | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "close_signal": client(Role.VENDOR_MANAGER, Role.ANALYST)
        | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "add_agreement": client(Role.ADMINISTRATOR, Role.VENDOR_MANAGER),
        "lock_forecast": client(Role.VENDOR_MANAGER),
        "acknowledge_lock": partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "claim_excuse": client(Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "answer_excuse": client(Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "dispute": client(Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER),
        "answer_dispute": client(Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER),
        "ask_client": client(Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "answer_request": client(Role.ADMINISTRATOR, Role.VENDOR_MANAGER),
        "announce": client(Role.ADMINISTRATOR, Role.VENDOR_MANAGER),
        "answer_duty": client(Role.EXECUTIVE, Role.VENDOR_MANAGER)
        | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "file_scenario": client(Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "raise_case": client(Role.EXECUTIVE, Role.VENDOR_MANAGER)
        | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "move_case": client(Role.EXECUTIVE, Role.VENDOR_MANAGER)
        | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "talk": client(Role.EXECUTIVE, Role.VENDOR_MANAGER, Role.ANALYST) | partner(*PARTNER_ROLES),
        "set_ladder": client(Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER),
        "write_plan": client(Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "answer_plan": client(Role.EXECUTIVE, Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER),
        "hold_check_in": client(Role.EXECUTIVE, Role.VENDOR_MANAGER)
        | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "keep_charter": client(Role.EXECUTIVE, Role.VENDOR_MANAGER),
        "weigh_reasons": client(Role.EXECUTIVE, Role.VENDOR_MANAGER),
        "name_sponsor": client(Role.EXECUTIVE, Role.VENDOR_MANAGER) | partner(Role.ACCOUNT_MANAGER),
        "say_buy_in": client(*CLIENT_ROLES) | partner(*PARTNER_ROLES),
        "answer_survey": client(Role.EXECUTIVE, Role.VENDOR_MANAGER)
        | partner(Role.ACCOUNT_MANAGER, Role.OPERATIONS_MANAGER),
        "export": client(*CLIENT_ROLES) | partner(*PARTNER_ROLES),
    }.items()
}

WORDS = {
    "invite": gettext_lazy("invite people"),
    "deactivate": gettext_lazy("deactivate people"),
    "manage_people": gettext_lazy("manage the access of people"),
    "upload": gettext_lazy("deliver files"),
    "publish": gettext_lazy("publish facts"),
    "acknowledge": gettext_lazy("acknowledge a signal"),
    "rebase": gettext_lazy("let the lines of a series start anew"),
    "suppress_signal": gettext_lazy("set a signal aside"),
    "close_signal": gettext_lazy("close a signal"),
    "add_agreement": gettext_lazy("add an agreement"),
    "lock_forecast": gettext_lazy("lock a forecast"),
    "acknowledge_lock": gettext_lazy("acknowledge a locked forecast"),
    "claim_excuse": gettext_lazy("claim that an event be left out"),
    "answer_excuse": gettext_lazy("answer a claim"),
    "dispute": gettext_lazy("dispute a line of a statement"),
    "answer_dispute": gettext_lazy("answer a dispute"),
    "ask_client": gettext_lazy("ask the client for something"),
    "answer_request": gettext_lazy("answer a request to the client"),
    "announce": gettext_lazy("announce a change"),
    "answer_duty": gettext_lazy("say how a duty of the client stands"),
    "file_scenario": gettext_lazy("file a circumstance"),
    "raise_case": gettext_lazy("raise a case"),
    "move_case": gettext_lazy("move a case"),
    "talk": gettext_lazy("speak in a case"),
    "set_ladder": gettext_lazy("name people of the escalation ladder"),
    "write_plan": gettext_lazy("write a plan"),
    "answer_plan": gettext_lazy("answer a plan"),
    "hold_check_in": gettext_lazy("hold a check-in"),
    "keep_charter": gettext_lazy("keep the reasons of a charter"),
    "weigh_reasons": gettext_lazy("weigh the reasons of a charter"),
    "name_sponsor": gettext_lazy("name sponsors"),
    "say_buy_in": gettext_lazy("record what a sponsor says"),
    "answer_survey": gettext_lazy("answer the survey of both sides"),
    "export": gettext_lazy("download tables"),
}


def may(viewer: Viewer, move: str) -> bool:
    """Whether the viewer's role may make the move at all; whose things it may touch is another question."""
    return viewer.role == HOUSE_ROLE or (viewer.side, viewer.role) in PERMISSIONS[move]


def require(viewer: Viewer, move: str) -> None:
    """Let the move pass, or refuse it with the roles that may make it."""
    if may(viewer, move):
        return
    raise Refusal(
        _("Your role may not %(move)s") % {"move": WORDS[move]},
        expected=_("one of these roles on your side: %(roles)s") % {"roles": roles_for(move, viewer.side)},
        next_step=_("Ask a person with such a role."),
        kind=RefusalKind.PERMISSION,
    )


def roles_for(move: str, side: str) -> str:
    """The roles of one side that may make the move, in words."""
    names = [str(Role(role).label) for place, role in sorted(PERMISSIONS[move]) if place == side]
    return ", ".join(names) or _("none")
