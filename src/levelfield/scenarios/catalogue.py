"""The sixteen circumstances of a partner that are known to move results, and own words for every other.

Source: signs of partnerships in trouble as partners themselves list them, a study of 140 agreements, and accounts of
ramps and of people leaving; each with its address. What is no delivered measure is named as missing, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from levelfield.drill_down.explanation import Owner
from levelfield.scenarios.scenario import Scenario, Sign
from levelfield.words import Refusal, RefusalKind, nearest

TELUS = "https://telusinternational-europe.com/8-signs-your-outsourcing-partnership-is-in-trouble-part-1/"
TELUS_2 = "https://telusinternational-europe.com/8-signs-your-outsourcing-partnership-is-in-trouble-part-2/"
STUDY = "https://blog.softjourn.com/2011/03/"
NELSON = "https://id.scribd.com/document/5758800/Planning-For-Contract-Termination"
RAMPS = "https://www.rethinkcx.com/blog/how-to-outsource-customer-support-without-losing-quality"
ATTRITION = "https://km2solutions.com/resources/attrition"
COST_OF_ATTRITION = "https://cxperts.us/2025/06/the-hidden-cost-of-attrition-in-bpo-firms"
PIPELINE = "https://blog.contactcenterpipeline.com/2023/05/working-with-a-bpo-in-a-digital-world/"
OWN = "own"

SCENARIOS: Mapping[str, Scenario] = MappingProxyType({
    scenario.key: scenario
    for scenario in (
        Scenario(
            "attrition", 1, "More people leave",
            "More people leave than usual, often within their first 90 days. Those who stay carry more, and those who follow are new.",
            Owner.PARTNER,
            (
                Sign("attrition", True, "More people leave a year of work."),
                Sign("early_attrition", True, "More of those who leave have only just begun."),
                Sign("new_hire_share", True, "People who left are replaced by new ones."),
                Sign("occupancy", True, "Fewer people carry the same work."),
            ),
            "Who leaves, after how long, and what do leavers say is the reason?", ATTRITION, ("leavers' reasons", "leavers by class"), slow=True, passes=False,
        ),
        Scenario(
            "new_people", 2, "Many new people",
            "A larger part of the contacts is served by people of up to 90 days. New people need longer and solve less at first.",
            Owner.PARTNER,
            (
                Sign("new_hire_contacts", True, "More contacts are served by new people."),
                Sign("new_hire_share", True, "More of the people are new."),
                Sign("aht", True, "New people need longer for a contact."),
                Sign("transfers", True, "New people pass on what they cannot solve yet."),
                Sign("shrinkage_training", True, "New people are trained and coached."),
            ),
            "Which classes began, and how do people of up to 90 days compare with the others?", PIPELINE, passes=False,
        ),
        Scenario(
            "ramp", 3, "A ramp faster than people can be found or trained",
            "More seats are due than are filled, or classes enter before they are ready. Short ramps are often asked for, and often agreed to.",
            Owner.SHARED,
            (
                Sign("new_hire_share", True, "Classes enter in quick succession."),
                Sign("headcount", True, "The number of people in production grows."),
                Sign("shrinkage_training", True, "Time goes into training and nesting."),
                Sign("early_attrition", True, "Some of the new people leave soon."),
                Sign("occupancy", True, "Seats that are not filled yet load those that are."),
            ),
            "How many people are in training, nesting and production beside the plan, and how many of each class pass?", RAMPS,
            ("people in nesting", "the ramp plan", "pass rates of classes"), slow=True, passes=False,
        ),
        Scenario(
            "moved_people", 4, "Experienced people move to other work",
            "People with long experience move to another account or role. Their knowledge moves with them.",
            Owner.PARTNER,
            (
                Sign("new_hire_contacts", True, "New people serve what experienced ones served."),
                Sign("fcr_agent", False, "Less is solved at the first contact."),
                Sign("aht", True, "Those who follow need longer."),
                Sign("quality_score", False, "Those who follow make more mistakes."),
            ),
            "Who moved to other work, how experienced are they, and who serves their contacts now?", STUDY,
            ("people who moved away, by name key",), slow=True, passes=False,
        ),
        Scenario(
            "leadership", 5, "New leaders or a new account team",
            "The people who lead the site or the account change. Priorities and habits are set anew.",
            Owner.PARTNER,
            (
                Sign("adherence", False, "Schedules are followed less while leadership changes hands."),
                Sign("shrinkage_meeting", True, "People are brought together more often."),
                Sign("calibration_spread", True, "Quality is scored by new people, and less alike."),
            ),
            "Who leads the account since when, and what is done differently now?", NELSON, ("who attends the reviews",), slow=True, passes=False,
        ),
        Scenario(
            "ownership", 6, "A merger, a sale or an owner in distress",
            "The partner's company is bought, merged or short of money. Plans, pay and attention are uncertain for a while.",
            Owner.PARTNER,
            (
                Sign("attrition", True, "People leave when their future is uncertain."),
                Sign("absence", True, "Absence rises with uncertainty."),
                Sign("headcount", False, "Places are not filled again."),
            ),
            "What changes for this account, for its people and their pay, and until when?", NELSON,
            ("whether pay comes in time", "the partner's margin"), slow=True, passes=False,
        ),
        Scenario(
            "shared_people", 7, "Another client's launch or season at the partner",
            "The partner serves another large client or a season. People, trainers and managers are shared for a while.",
            Owner.PARTNER,
            (
                Sign("headcount", False, "People are lent to other work."),
                Sign("adherence", False, "People serve other queues in scheduled time."),
                Sign("occupancy", True, "Those who stay carry more."),
                Sign("asa", True, "Customers wait longer for fewer people."),
            ),
            "Are people, trainers or managers of this account shared with other work, and until when?", STUDY,
            ("people shared with other clients", "the recruitment pipeline"), passes=True,
        ),
        Scenario(
            "wages", 8, "Better pay nearby", "Pay nearby rises, by law or by a new employer. People leave for it and new ones are harder to find.",
            Owner.OUTSIDE,
            (
                Sign("attrition", True, "People leave for better pay."),
                Sign("headcount", False, "Places stay open for longer."),
                Sign("absence", True, "People look for other work."),
                Sign("cost_per_hour", True, "An hour of work costs more."),
            ),
            "How does pay compare with what is paid nearby, and how many offers are accepted?", COST_OF_ATTRITION,
            ("offers made and accepted", "pay beside the local market"), slow=True, passes=False,
        ),
        Scenario(
            "migration", 9, "A move of site, of home working or of telephony",
            "People or systems move: to another site, to or from their homes, to another platform. For some days or weeks less works as usual.",
            Owner.PARTNER,
            (
                Sign("shrinkage_system", True, "Paid time is lost while systems are moved."),
                Sign("adherence", False, "Schedules are followed less in the move."),
                Sign("transfers", True, "Contacts arrive where they do not belong."),
                Sign("repeat_contacts", True, "Customers whose contact broke off come again."),
            ),
            "What moved, when, who was affected, and how was it tested?", STUDY, ("dropped contacts", "where people work"), passes=True,
        ),
        Scenario(
            "disruption", 10, "A local disruption",
            "A storm, a power cut, a strike, a public holiday or a rule keeps people or systems away for some days.",
            Owner.OUTSIDE,
            (
                Sign("absence", True, "People cannot come to work."),
                Sign("shrinkage_absence", True, "Scheduled time is lost to unplanned absence."),
                Sign("abandonment", True, "Customers wait longer and more of them give up."),
                Sign("asa", True, "Fewer people answer."),
            ),
            "Which days and which site were affected, and how was work moved elsewhere?", STUDY, ("a claim for excused days",), passes=True,
        ),
        Scenario(
            "volume_or_mix", 11, "Other contacts than were planned for",
            "More, fewer or other contacts come than the locked forecast says: a campaign, a product, a policy or a season.",
            Owner.CLIENT,
            (
                Sign("offered", True, "More contacts come."),
                Sign("forecast_bias", False, "More contacts come than were forecast."),
                Sign("forecast_wape_day", True, "The forecast is further off."),
                Sign("aht", True, "Other contacts take longer."),
                Sign("occupancy", True, "The same people carry more."),
            ),
            "When was it seen that other contacts come, and what was done on the day?", STUDY, passes=True,
        ),
        Scenario(
            "second_location", 12, "Work served from another place",
            "Part of the work is served by a subcontractor or from another location. It may need approval and training of its own.",
            Owner.PARTNER,
            (
                Sign("fcr_agent", False, "Less is solved at the first contact there."),
                Sign("transfers", True, "More is passed back."),
                Sign("quality_score", False, "Quality differs there."),
            ),
            "From where is each contact served, and is every place approved?", STUDY,
            ("the place every contact is served from", "the list of approved places"), passes=None,
        ),
        Scenario(
            "pricing", 13, "The price no longer carries the work",
            "What is paid no longer covers what the work costs. People are stretched further, or hours are saved.",
            Owner.SHARED,
            (
                Sign("occupancy", True, "Fewer hours serve the same contacts."),
                Sign("attrition", True, "Work that never pauses wears people out."),
                Sign("shrinkage_training", False, "Training is saved."),
                Sign("cost_per_contact", False, "Less is paid for a contact."),
            ),
            "Which terms no longer fit the work, and what would make it carry itself again?", STUDY,
            ("hours paid and hours worked", "the partner's margin"), slow=True, passes=False,
        ),
        Scenario(
            "letter_of_law", 14, "More notices and meetings, less talking",
            "Both sides write formal notices, dispute and meet. Time goes into it that the work then lacks.",
            Owner.SHARED,
            (
                Sign("shrinkage_meeting", True, "Scheduled time goes into meetings."),
                Sign("calibration_spread", True, "Both sides score the same contacts further apart."),
            ),
            "Which notices, disputes and meetings of the last weeks can be settled together?", TELUS_2, ("hours in meetings", "formal notices"), slow=True, passes=None,
        ),
        Scenario(
            "less_coaching", 15, "Less coaching, training or evaluation",
            "Coaching, training or evaluations are turned down, mostly to have more people on the queues.",
            Owner.PARTNER,
            (
                Sign("shrinkage_training", False, "Less time goes into training and coaching."),
                Sign("calibration_spread", True, "Both sides score less alike."),
                Sign("quality_score", False, "Quality falls some weeks later."),
                Sign("repeat_contacts", True, "What was not solved comes again."),
            ),
            "How many evaluations and hours of coaching does a person get beside the plan?", TELUS, ("evaluations planned for each person",), slow=True, passes=False,
        ),
        Scenario(
            "to_the_figure", 16, "Work that follows the figure",
            "A figure can be met in a way that does not help the customer. It is often the target that invites it.",
            Owner.SHARED,
            (
                Sign("fcr_agent", True, "More is marked as solved."),
                Sign("repeat_contacts", True, "Customers come again after it was marked as solved."),
                Sign("transfers", True, "Contacts are passed on to be counted elsewhere."),
                Sign("calibration_gap", False, "The partner scores its contacts higher than the client does."),
            ),
            "Which target is hard to meet by serving customers well, and what should be counted instead?", TELUS_2,
            ("call-backs that clear the queue", "the client's own count of the same contacts"), passes=None,
        ),
        Scenario(
            OWN, 0, "In own words",
            "A circumstance that is none of the sixteen; whoever files it says what it is.",
            Owner.SHARED, (), "What happened, where, and until when?", passes=None,
        ),
    )
})  # fmt: skip

# What a delivered event most likely is, by its word and its owner; people can say otherwise. A release or an outage of the
# client's is in own words: what it does differs from case to case, and no sign of the sixteen is promised for it.
KINDS_OF_EVENTS: Mapping[tuple[str, str], str] = MappingProxyType({
    ("release", "client"): OWN, ("release", "partner"): "migration", ("release", "outside"): OWN,
    ("outage", "client"): OWN, ("outage", "partner"): "disruption", ("outage", "outside"): "disruption",
    ("campaign", "client"): "volume_or_mix", ("campaign", "partner"): "volume_or_mix", ("campaign", "outside"): "volume_or_mix",
    ("policy", "client"): "volume_or_mix", ("policy", "partner"): OWN, ("policy", "outside"): OWN,
    ("training", "client"): OWN, ("training", "partner"): "new_people", ("training", "outside"): OWN,
    ("leadership", "client"): OWN, ("leadership", "partner"): "leadership", ("leadership", "outside"): OWN,
    ("site", "client"): OWN, ("site", "partner"): "migration", ("site", "outside"): "disruption",
    ("weather", "client"): "disruption", ("weather", "partner"): "disruption", ("weather", "outside"): "disruption",
    ("holiday", "client"): "disruption", ("holiday", "partner"): "disruption", ("holiday", "outside"): "disruption",
    ("other", "client"): OWN, ("other", "partner"): OWN, ("other", "outside"): OWN,
})  # fmt: skip


def scenario_of(key: str) -> Scenario:
    """The scenario of a key; an unknown one is refused with the nearest known.

    >>> scenario_of("attrition").title
    'More people leave'
    """
    if key in SCENARIOS:
        return SCENARIOS[key]
    near = nearest(key, SCENARIOS)
    raise Refusal(
        f"“{key[:40]}” is no known scenario", where="Scenarios",
        expected=f"“{near[0]}”, which is the nearest known" if near else f"one of {', '.join(SCENARIOS)}",
        next_step=f"Choose one of the {len(SCENARIOS) - 1}, or “{OWN}” and say what it is.",
        kind=RefusalKind.DEFINITION, options=near,
    )  # fmt: skip


def scenario_of_event(what: str, owner: str) -> str:
    """The key of what a delivered event most likely is; own words where its word is not known.

    >>> scenario_of_event("weather", "outside"), scenario_of_event("parade", "outside")
    ('disruption', 'own')
    """
    return KINDS_OF_EVENTS.get((what.casefold(), owner.casefold()), OWN)
