"""The five accounts of a series, as rows of its evidence. Light to import: the compiled arithmetic is loaded at first use."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

USUAL, ONE_OFF, SUSTAINED, DRIFT, MORE_VARIABLE = range(5)
KINDS = 5
