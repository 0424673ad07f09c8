"""Arrow's functions without type stubs, which know fewer arguments than the functions take."""

from typing import Any, TypeAlias

import pyarrow
import pyarrow.compute
import pyarrow.csv
from pyarrow import Table

arrow: Any = pyarrow
compute: Any = pyarrow.compute
arrow_csv: Any = pyarrow.csv
Column: TypeAlias = Any  # an Arrow array, chunked or not

__all__ = ["Column", "Table", "arrow", "arrow_csv", "compute"]
