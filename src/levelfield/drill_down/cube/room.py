"""Dimensions as they fit into memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.cube.geometry import pairs_fit, whole_fits

Codes = npt.NDArray[np.integer[Any]]

COMMON = 400  # labels of a dimension that is searched in part
OTHERS = "other, rarer labels"


def make_room(
    codes: Codes, dims: tuple[str, ...], labels: tuple[tuple[str, ...], ...], notes: list[str]
) -> tuple[Codes, list[tuple[str, ...]]]:
    """Codes and labels of a cube that fits: of a dimension with very many labels the most common stay, the others are one."""
    kept = list(labels)
    while not (whole_fits(sizes := [len(own) for own in kept]) or pairs_fit(sizes)):
        widest = max(range(len(kept)), key=lambda k: len(kept[k]))
        most = max(COMMON, len(kept[widest]) // 64)
        if most + 1 >= len(kept[widest]):
            break
        counts = np.bincount(codes[widest], minlength=len(kept[widest]))
        common = np.sort(np.argsort(-counts, kind="stable")[:most])
        back = np.full(len(kept[widest]), len(common), dtype=codes.dtype)
        back[common] = np.arange(len(common), dtype=codes.dtype)
        codes[widest] = back[codes[widest]]
        notes.append(
            f"“{dims[widest]}” has {len(kept[widest]):,} labels; its {len(common)} most common ones were searched."
        )
        kept[widest] = (*(kept[widest][c] for c in common), OTHERS)
    return codes, kept
