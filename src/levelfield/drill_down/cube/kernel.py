"""Tallies of every place of a cube, and their update when leaves are explained: as machine code.

A place is a cell of the cube to which every dimension was given one more label, "all": its index names the labels it
fixes. Four tallies are kept of each: Σ w, Σ w x, Σ w x² and Σ y of values of a leaf, which a model names; without
weights, Σ w is the number of leaves.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from levelfield.words.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer]
Gains = npt.NDArray[np.float32]

EMPTY = 1e-6  # leaves; the lightest weighs a thousandth
CACHED = 16_384  # cells of four tallies: half a megabyte


@compiled
def add_up(tally: Floats, first: int, last: int, stride: int, size: int) -> None:
    """Totals over one dimension, in a stretch of the cube."""
    for start in range(first, last, stride * (size + 1)):
        top = start + size * stride
        for label in range(size):
            low = start + label * stride
            for j in range(stride):
                for m in range(4):
                    tally[top + j, m] += tally[low + j, m]


@compiled
def whole_cube(x: Floats, y: Floats, w: Floats, codes: Codes, sizes: Ints) -> Floats:
    """Tallies of every place, (cells, 4): leaves are added to the finest cells, then every dimension is added up."""
    dims = len(sizes)
    strides = np.ones(dims, dtype=np.int64)
    for k in range(dims - 2, -1, -1):
        strides[k] = strides[k + 1] * (sizes[k + 1] + 1)
    cells = strides[0] * (sizes[0] + 1)
    tally = np.zeros((cells, 4))
    for i in range(len(x)):
        at, own = 0, w[i] if len(w) else 1.0
        for k in range(dims):
            at += strides[k] * codes[k, i]
        tally[at, 0] += own
        tally[at, 1] += own * x[i]
        tally[at, 2] += own * x[i] * x[i]
        tally[at, 3] += y[i]
    # The inner dimensions are added up block by block while a block is in the cache, and so are the totals it adds to
    # over the dimensions around it: an added label stands last, so its block comes when all that it sums are done.
    inner = dims - 1
    while inner > 0 and strides[inner - 1] <= CACHED:
        inner -= 1
    block = strides[inner - 1] if inner > 0 else cells
    for start in range(0, cells, block):
        total = False  # a block of totals is done already
        for k in range(inner):
            total = total or (start // strides[k]) % (sizes[k] + 1) == sizes[k]
        if not total:
            for k in range(dims - 1, inner - 1, -1):
                add_up(tally, start, start + block, strides[k], sizes[k])
        for k in range(inner - 1, -1, -1):
            label = (start // strides[k]) % (sizes[k] + 1)
            if label == sizes[k]:
                break  # it adds to the others as its parts did
            top = start + (sizes[k] - label) * strides[k]
            for j in range(block):
                for m in range(4):
                    tally[top + j, m] += tally[start + j, m]
    return tally


@compiled
def listed_cuboids(x: Floats, y: Floats, w: Floats, codes: Codes, steps: Ints, offsets: Ints) -> Floats:
    """Tallies of the places of a list of cuboids, and of everything at the end."""
    tally = np.zeros((offsets[-1] + 1, 4))
    dims = codes.shape[0]
    for c in range(len(steps)):
        for i in range(len(x)):
            at, own = offsets[c], w[i] if len(w) else 1.0
            for k in range(dims):
                at += steps[c, k] * codes[k, i]
            tally[at, 0] += own
            tally[at, 1] += own * x[i]
            tally[at, 2] += own * x[i] * x[i]
            tally[at, 3] += y[i]
    return tally


@compiled
def take_out(
    leaves: Ints, x: Floats, y: Floats, w: Floats, codes: Codes, tally: Floats, strides: Ints, sizes: Ints, touched: npt.NDArray[np.bool_]
) -> Ints:  # fmt: skip
    """Take leaves out of every place they lie in, leaf by leaf; the places touched, each once."""
    dims = len(sizes)
    many = 1 << dims
    room, used = 1024, 0
    found = np.empty(room, dtype=np.int64)
    for i in leaves:
        own = w[i] if len(w) else 1.0
        for fixed in range(many):
            at = 0
            for k in range(dims):
                at += strides[k] * (codes[k, i] if fixed >> k & 1 else sizes[k])
            tally[at, 0] -= own
            tally[at, 1] -= own * x[i]
            tally[at, 2] -= own * x[i] * x[i]
            tally[at, 3] -= y[i]
            if not touched[at]:
                touched[at] = True
                if used == room:
                    more = np.empty(2 * room, dtype=np.int64)
                    more[:used] = found
                    found, room = more, 2 * room
                found[used] = at
                used += 1
    for j in range(used):
        touched[found[j]] = False
    return found[:used]


@compiled
def take_part_out(part: Floats, sizes: Ints, strides: Ints, offsets: Ints, tally: Floats) -> Ints:
    """Take a part of the cube, added up already, out of every place it lies in; the places touched.

    `sizes`, `strides`: of the dimensions that are free within the part; `offsets`: where it lies, with each of the
    dimensions it fixes named or not.
    """
    found = np.empty(len(part) * len(offsets), dtype=np.int64)
    used = 0
    dims = len(sizes)
    for j in range(len(part)):
        if part[j, 0] < EMPTY:
            continue
        rest, inner = j, 0
        for k in range(dims - 1, -1, -1):
            inner += strides[k] * (rest % (sizes[k] + 1))
            rest //= sizes[k] + 1
        for offset in offsets:
            at = offset + inner
            for m in range(4):
                tally[at, m] -= part[j, m]
            found[used] = at
            used += 1
    return found[:used]


@compiled
def take_listed_out(
    leaves: Ints, x: Floats, y: Floats, w: Floats, codes: Codes, steps: Ints, offsets: Ints, tally: Floats, touched: npt.NDArray[np.bool_]
) -> Ints:  # fmt: skip
    """Take leaves out of every listed place they lie in; the places touched, each once."""
    dims = codes.shape[0]
    found = np.empty(min(len(leaves) * len(steps), offsets[-1]), dtype=np.int64)
    used = 0
    for c in range(len(steps)):
        for i in leaves:
            at, own = offsets[c], w[i] if len(w) else 1.0
            for k in range(dims):
                at += steps[c, k] * codes[k, i]
            tally[at, 0] -= own
            tally[at, 1] -= own * x[i]
            tally[at, 2] -= own * x[i] * x[i]
            tally[at, 3] -= y[i]
            if not touched[at]:
                touched[at] = True
                found[used] = at
                used += 1
    for j in range(used):
        touched[found[j]] = False
    return found[:used]


@compiled
def best_of(gains: Gains) -> int:
    """The place with the largest gain."""
    best, at = gains[0], 0
    for i in range(1, len(gains)):
        if gains[i] > best:
            best, at = gains[i], i
    return at


@compiled
def listed_twice(codes: Codes, sizes: Ints, cells: int) -> bool:
    """Does any combination of labels stand in two rows?"""
    seen = np.zeros(cells, dtype=np.uint8)
    for i in range(codes.shape[1]):
        at = 0
        for k in range(len(sizes)):
            at = at * sizes[k] + codes[k, i]
        if seen[at]:
            return True
        seen[at] = 1
    return False


@compiled
def holding(v: Floats, f: Floats) -> npt.NDArray[np.bool_]:
    """Which leaves hold anything."""
    out = np.empty(len(v), dtype=np.bool_)
    for i in range(len(v)):
        out[i] = v[i] != 0 or f[i] != 0
    return out
