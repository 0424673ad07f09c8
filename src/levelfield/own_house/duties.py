"""The thirteen areas of the client's own house, as duties.

Source: restated from practice, with the addresses of each area; ISO 18295-2:2017 asks the client for information a
centre needs (https://theiteh.com/catalog/standards/cen/b62ef29d-3283-419a-a4a0-1b70e9eeebe2/en-iso-18295-2-2017).
"""

from __future__ import annotations

from levelfield.own_house.duty import Duty

EITK = "https://execsintheknow.com/magazines/october-2021-issue/the-three-ms-of-vendor-management/"
TELUS = "https://telusinternational-europe.com/5-step-plan-to-creating-strategic-outsourcing-partnerships-part-1/"
BPG = "http://www.bestpracticegroup.com/4-issues-you-could-be-contributing-to-that-are-holding-back-your-bpo-provider/"
CALLZILLA = "https://www.callzilla.cx/blog/choosing-the-right-contact-center-outsourcing-partner/"
FORECASTS = "https://ccplanning.net/courses/measuring-forecast-accuracy"
VOLUME = "https://www.markettransfer.info/clause/volume-forecasts/_5"
ISO = "https://theiteh.com/catalog/standards/cen/b62ef29d-3283-419a-a4a0-1b70e9eeebe2/en-iso-18295-2-2017"
HUMACH = "https://humach.com/partner-performance-need-improvement-consider/"
CREDITS = "https://clearviewlegal.co.uk/services-credits/"

DUTIES: dict[str, Duty] = {
    duty.key: duty
    for duty in (
        Duty("reasons", 1, "The reasons to outsource still hold", "Why the work was given away, and whether that is still what is asked for.",
             "Are the reasons for which this work was outsourced still the ones that count today?", "the charter's reasons and the agreement", CALLZILLA),
        Duty("one_owner", 2, "One executive stands behind it", "A person with the power to decide, who attends the reviews.",
             "Is there one executive owner who attends the reviews and decides what is escalated?", "the charter's sponsors", HUMACH),
        Duty("same_goals", 3, "Both sides work for the same goals", "What was agreed can be measured, and what is measured carries weight.",
             "Do both sides name the same three goals for this work?", "the agreement, the facts delivered for it, and the survey of both sides", EITK),
        Duty("forecast", 4, "The locked forecast is good", "The partner staffs for what was forecast; a forecast far off, or always too low, cannot be staffed for.",
             "Was the forecast good enough to staff for?", "forecasts and intervals", FORECASTS),
        Duty("lock", 4, "The forecast is locked in time", "A forecast that comes late cannot be staffed for, however good it is.",
             "Did the locked forecast come in time to make schedules of it?", "forecasts with the moment they were made", VOLUME),
        Duty("beyond_forecast", 4, "Misses are not the forecast's", "How much of what was answered late fell where more came than was forecast.",
             "Do the misses fall where more came than was forecast?", "forecasts and intervals", FORECASTS),
        Duty("incidents", 5, "The client's systems work", "Minutes in which the client's systems were down, and what was answered late in them.",
             "Were there outages or slow tools of the client's in these weeks?", "events of the client and intervals", ISO),
        Duty("system_time", 5, "People can work while they are paid", "Paid time lost because systems did not work.",
             "Did people sit paid and unable to work?", "schedules with time lost to systems", ISO),
        Duty("access", 5, "Access is given in time", "Days from asking for access to having it.",
             "Did new people wait for access?", "requests recorded here", BPG),
        Duty("notice", 6, "Changes are announced in time", "A policy, product or price that changes overnight meets people who were not trained for it.",
             "Were the client's changes announced early enough to prepare for them?", "events of the client and announcements recorded here", BPG),
        Duty("after_changes", 6, "Changes do not bring waves of contacts", "A contact reason that jumps within two weeks of a change of the client's.",
             "Did a change of the client's bring contacts nobody expected?", "contacts with reasons and events of the client", ISO),
        Duty("decisions", 7, "Decisions are not waited for", "What the partner asked and the client has not answered.",
             "Does the partner wait for decisions of the client?", "requests, claims and disputes recorded here", BPG),
        Duty("training", 8, "Training and material are supplied", "Trainers, experts and material that were promised.",
             "Was the training the client owes given, and the material delivered?", "requests recorded here", ISO),
        Duty("calibration", 8, "Both sides score alike", "The difference of both sides' scores on the same contacts.",
             "Do both sides score quality alike?", "contacts evaluated by both sides", EITK),
        Duty("together", 9, "Others who do the same work", "Where several partners move the same way in the same weeks, the cause is looked for upstream first.",
             "Did others who do the same work move the same way?", "figures of two or more partners", HUMACH),
        Duty("upstream", 9, "Nothing upstream creates the contacts", "Contacts per order, and repeats owed to the back office.",
             "Did contacts per order or customer rise, or did the client's back office leave issues open?", "", ISO),
        Duty("yardstick", 10, "All are measured alike", "The same definition for every partner that does the same work.",
             "Is every partner, and the client's own team, measured by the same definitions?", "the agreements of all partners", EITK),
        Duty("room", 11, "The agreement leaves room to succeed", "Credits, ramp times and prices that a partner can live with.",
             "Can a well-run partner meet this agreement and earn its living?", "statements and invoices", CREDITS),
        Duty("overdue", 12, "The client's actions are done", "What the client promised and has not done by its day.",
             "Are actions of the client's overdue?", "requests, claims and disputes recorded here", BPG),
        Duty("reviews", 12, "Reviews take place", "Reviews are held, and enough people manage the partners.",
             "Were the reviews of the last quarter held, with the people who decide?", "", TELUS),
        Duty("feeds", 13, "Data the partner needs arrive", "How old the files are that the client owes.",
             "Does the partner get the data it needs, and in time?", "the client's deliveries", "http://www.bpovoice.com/profiles/blogs/you-want-process-performance"),
    )
}  # fmt: skip
AREAS = {
    1: "Reasons", 2: "Sponsors", 3: "Goals", 4: "Forecast", 5: "Tools and access", 6: "Changes", 7: "Decisions", 8: "Training and calibration",
    9: "Upstream", 10: "Same yardstick", 11: "The agreement", 12: "Governance", 13: "Data for the partner",
}  # fmt: skip
