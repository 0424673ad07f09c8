"""Run as a program: the first sheet of a spreadsheet, as an Arrow file.

The reader of spreadsheets lays a sheet out cell by cell up to its last one. A file of two kilobytes can name a cell at
the far end, and the process that believes it dies. So it is another process, with a limit on its memory.
"""

from __future__ import annotations

import resource
import sys

import fastexcel
import pyarrow as pa

MOST_BYTES = 6 << 30  # of addresses, not of memory in use: a million rows of fifty columns fit


def write_first_sheet(source: str, target: str) -> str:
    """Write the first sheet as text columns; returns its name."""
    book = fastexcel.read_excel(source)
    table = pa.table(book.load_sheet(0, header_row=None, dtypes="string").to_arrow())
    with pa.OSFile(target, "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    return str(book.sheet_names[0])


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sys.stdout.write(write_first_sheet(sys.argv[1], sys.argv[2]))
    except Exception as wrong:  # the reader raises several unrelated kinds
        sys.exit(str(wrong).splitlines()[0][:300] or type(wrong).__name__)
