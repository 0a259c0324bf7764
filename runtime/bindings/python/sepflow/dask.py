"""sepflow.filter over Dask arrays: images larger than memory or than one machine.

Every chunk of the result is a task of its own, which asks the plan what it reads and is sent these pixels, no others. The
library knows where in the whole image they lie, so that borders are right at the outer edge only and every byte is that of
the single call.
"""

from bisect import bisect_right
from itertools import product
from operator import getitem
from typing import Any, Tuple

import numpy as np
from dask.array import Array, empty
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph

from ._plan import Kernel, Pair, Plan


def filter(array: Array, kernel: Kernel, *, axes: Pair = (0, 1), **options: Any) -> Array:
    """As sepflow.filter, for a Dask array. Other axes than `axes` may be chunked too. Options are those of Plan."""
    axes = (axes[0] % array.ndim, axes[1] % array.ndim)
    others = [axis for axis in range(array.ndim) if axis not in axes]
    interleaved = bool(others) and array.numblocks[others[-1]] == 1
    plan = Plan(kernel, array.dtype, channels=array.shape[others[-1]] if interleaved else 1, **options)
    domain = (array.shape[axes[0]], array.shape[axes[1]])
    start, size = plan.output_domain(domain)
    chunks = list(array.chunks)
    for axis, first, length in zip(axes, start, size):
        chunks[axis] = _cut(array.chunks[axis], first, length)
    if 0 in size:
        return empty([sum(sizes) for sizes in chunks], dtype=plan.out_dtype)
    name = "sepflow-" + tokenize(array, kernel, axes, options)
    graph = {name + "-plan": plan}
    for index in product(*(range(len(sizes)) for sizes in chunks)):
        origin = tuple(start[i] + sum(chunks[axis][: index[axis]]) for i, axis in enumerate(axes))
        shape = tuple(chunks[axis][index[axis]] for axis in axes)
        first, read = plan.input_region(origin, shape, domain)
        pieces = _pieces(array, name, index, axes, first, read, graph)
        graph[(name, *index)] = (_apply, name + "-plan", pieces, axes, origin, shape, first, domain)
    graph = HighLevelGraph.from_collections(name, graph, dependencies=[array])
    return Array(graph, name, chunks, plan.out_dtype)


def _cut(sizes: Tuple[int, ...], first: int, length: int) -> Tuple[int, ...]:
    """The input's chunks, shrunk or grown at both ends to first .. first + length."""
    edges = np.cumsum((0,) + tuple(sizes))
    inner = [int(edge) for edge in edges[1:-1] if first < edge < first + length]
    return tuple(np.diff([first, *inner, first + length]).tolist())


def _pieces(array, name, index, axes, first, read, graph):
    """Tasks that cut what is read out of the chunks where it lies; returns their keys, in rows and columns."""
    rows, columns = (list(_parts(array.chunks[axis], first[i], read[i])) for i, axis in enumerate(axes))
    keys = []
    for row, row_slice in rows:
        keys.append([])
        for column, column_slice in columns:
            chunk, cut = list(index), [slice(None)] * array.ndim
            chunk[axes[0]], cut[axes[0]] = row, row_slice
            chunk[axes[1]], cut[axes[1]] = column, column_slice
            key = (name + "-piece", *index, row, column)
            graph[key] = (getitem, (array.name, *chunk), tuple(cut))
            keys[-1].append(key)
    return keys


def _parts(sizes, first, length):
    """The chunks that first .. first + length lies in, and the slice of each."""
    edges = np.cumsum((0,) + tuple(sizes)).tolist()
    chunk = bisect_right(edges, first) - 1
    while chunk < len(sizes) and edges[chunk] < first + length:
        begin, end = max(first, edges[chunk]), min(first + length, edges[chunk + 1])
        if begin < end:
            yield chunk, slice(begin - edges[chunk], end - edges[chunk])
        chunk += 1


def _apply(plan, pieces, axes, origin, shape, first, domain):
    # Dask runs a task on each core.
    return plan.region(_joined(pieces, axes), origin, shape, axes=axes, threads=1, first=first, domain=domain)


def _joined(pieces, axes):
    """The pieces side by side. Nested np.concatenate would copy them twice, into pages that are new each time."""
    bottoms = np.cumsum([row[0].shape[axes[0]] for row in pieces])
    rights = np.cumsum([piece.shape[axes[1]] for piece in pieces[0]])
    if bottoms.size * rights.size == 1:
        return pieces[0][0]
    shape = list(pieces[0][0].shape)
    shape[axes[0]], shape[axes[1]] = bottoms[-1], rights[-1]
    image, place = np.empty(shape, pieces[0][0].dtype), [slice(None)] * len(shape)
    for row, bottom in zip(pieces, bottoms):
        for piece, right in zip(row, rights):
            place[axes[0]] = slice(bottom - piece.shape[axes[0]], bottom)
            place[axes[1]] = slice(right - piece.shape[axes[1]], right)
            image[tuple(place)] = piece
    return image
