"""A calendar as programs read it (iCalendar, RFC 5545), and the digest of a day as a letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry

from levelfield_web.check_ins.queries import Due, Event


def calendar_file(events: Sequence[Event], name: str, base: str, at: dt.datetime) -> bytes:
    """All-day entries; the same entry keeps its name, so that a calendar updates it and does not add it again."""
    found = Calendar()
    found.add("prodid", "-//Levelfield//check-ins//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", name)
    for event in events:
        entry = Entry()
        entry.add("uid", f"{event.key}@levelfield")
        entry.add("dtstamp", at)
        entry.add("dtstart", event.on)
        entry.add("dtend", event.on + dt.timedelta(days=1))
        entry.add("summary", event.title)
        entry.add("description", event.about)
        entry.add("url", f"{base}{event.address}")
        found.add_component(entry)
    return bytes(found.to_ical())


def letter(name: str, found: Sequence[Due], base: str) -> tuple[str, str]:
    """Subject and text of a digest. It names cases and days; figures stay behind the sign-in."""
    late = sum(d.overdue for d in found)
    subject = _("Levelfield: %(n)s waiting") % {"n": len(found)} + (_(", %(n)s overdue") % {"n": late} if late else "")
    lines = [_("%(name)s, this waits for your side:") % {"name": name}, ""]
    for one in found:
        day = _(" until %(day)s") % {"day": one.on} if one.on else ""
        lines += [
            f"- {one.case.title}: {one.words}{day}{_(' (overdue)') if one.overdue else ''}",
            f"  {base}{one.address}",
        ]
    return subject, "\n".join(lines) + "\n"
