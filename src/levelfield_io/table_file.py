"""A table of leaves from a CSV or Parquet file."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from levelfield.words import Refusal, RefusalKind

LARGEST = 2_000_000_000  # bytes


def read_table(path: Path) -> pa.Table:
    """The file as it stands. Refuses a file that is not there, too large, or neither CSV nor Parquet."""
    if not path.is_file():
        raise Refusal("There is no such file", where=str(path), expected="a CSV or Parquet file", kind=RefusalKind.FILE)
    if path.stat().st_size > LARGEST:
        raise Refusal(
            f"The file holds {path.stat().st_size:,} bytes",
            where=path.name,
            expected=f"at most {LARGEST:,}",
            kind=RefusalKind.FILE,
        )
    try:
        return pq.read_table(path) if path.suffix == ".parquet" else pc.read_csv(path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as wrong:
        raise Refusal(
            f"It cannot be read: {str(wrong).splitlines()[0][:160]}",
            where=path.name,
            expected="a CSV or Parquet file",
            kind=RefusalKind.FILE,
        ) from None
