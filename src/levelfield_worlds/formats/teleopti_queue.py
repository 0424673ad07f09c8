"""The queue file of Teleopti, now Calabrio: no header, semicolons, 21 fields, whole seconds, zero for nothing.

Source: help.calabrio.com, "Queue data file format" (21 fields in fixed order).
"""

from __future__ import annotations

from collections.abc import Iterator

from levelfield_worlds.arrow import Column, Table, arrow, compute
from levelfield_worlds.formats.cells import each_once, stamps
from levelfield_worlds.formats.own_csv import rows_of

FIELDS = (
    "interval", "date", "time", "queue", "queue_name", "offd_direct_call_cnt", "overflow_in_call_cnt",
    "aband_call_cnt", "overflow_out_call_cnt", "answ_call_cnt", "queued_and_answ_call_dur",
    "queued_and_aband_call_dur", "talking_call_dur", "wrap_up_dur", "queued_answ_longest_que_dur",
    "queued_aband_longest_que_dur", "avg_avail_member_cnt", "ans_servicelevel_cnt", "wait_dur",
    "aband_short_call_cnt", "aband_within_sl_cnt",
)  # fmt: skip


def teleopti_queue(table: Table, zone: str) -> Iterator[bytes]:
    """Interval rows as the file's lines, in the wall-clock time of the partner's zone.

    The format has no hold time, so talking holds it, and it keeps the longest wait of answered and abandoned contacts
    apart, which our table does not: the longest stands with the answered where there are any.
    """

    def seconds(name: str) -> Column:
        return compute.divide(table[name], 1000)

    def in_zone(pattern: str) -> Column:
        return each_once(table["start_at"], lambda moments: stamps(moments, pattern, zone))

    longest, some = seconds("longest_wait_ms"), compute.greater(table["answered"], 0)
    columns = (
        compute.divide(table["length_s"], 60),
        in_zone("%Y%m%d"),
        in_zone("%H:%M"),
        table["queue"],
        table["line"],
        compute.subtract(table["offered"], table["overflow_in"]),
        table["overflow_in"],
        table["abandoned"],
        table["overflow_out"],
        table["answered"],
        seconds("wait_answered_ms"),
        seconds("wait_abandoned_ms"),
        compute.add(seconds("talk_ms"), seconds("hold_ms")),
        seconds("wrap_ms"),
        compute.if_else(some, longest, 0),
        compute.if_else(some, 0, longest),
        compute.divide(seconds("staffed_ms"), table["length_s"]),
        table["answered_within"],
        seconds("available_ms"),
        table["short_abandoned"],
        table["abandoned_within"],
    )
    yield rows_of(arrow.table(list(columns), names=list(FIELDS)), ";")
