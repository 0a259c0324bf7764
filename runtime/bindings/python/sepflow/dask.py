"""sepflow.filter over Dask arrays: images larger than memory or than one machine.

Every chunk of the result is a task of its own. The plan says which pixels the task reads, and the
task gets only these. The library knows where in the whole image they lie. Borders therefore apply
at the outer edge only, and every byte equals that of a single call.
"""

from bisect import bisect_right
from itertools import product
from operator import getitem
from typing import Any, Dict, Optional, Tuple

import numpy as np
from dask.array import Array, empty, from_array
from dask.array.ma import masked_array
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph

from . import _options as check
from ._image import pixel_dtype
from ._mask import spread, weights_of
from ._plan import OPTIONS, Kernel, Pair, Plan


def filter(array: Array, kernel: Kernel, *, mask: Any = None, axes: Optional[Pair] = None, **options: Any) -> Array:
    """Returns the result of sepflow.filter as a Dask array with the chunks of the image.

    Parameters
    ----------
    array : dask.array.Array
        The image, in any chunks, of a dtype that sepflow.filter accepts, or of np.ma.MaskedArray.
        Integers of 64 bits that are too large are refused when they are computed.
    kernel : str, matrix, or tuple (column, row)
        As for Plan.
    mask : array, optional
        A Dask or NumPy array: truth values (True is a valid pixel), or floats as weights
        from 0 to 1.
    axes : (int, int), optional
        The axes of rows and columns, as for sepflow.filter. Other axes may be chunked too.
    options
        Options of Plan.

    Examples
    --------
    >>> import dask.array as da, sepflow.dask
    >>> image = da.ones((4000, 6000), chunks=1000, dtype="uint16")
    >>> sepflow.dask.filter(image, "gaussian 5")[:2, :3].compute()
    array([[1, 1, 1],
           [1, 1, 1]], dtype=uint16)
    """
    check.names(options, [*OPTIONS, "mask", "axes"])
    if not isinstance(array, Array):
        raise TypeError(f"the image is {type(array).__name__}, not a Dask array: dask.array.from_array makes one; "
                        "sepflow.filter takes others")
    if np.isnan(array.shape).any():
        raise ValueError("the image's chunks have sizes that are not known: call array.compute_chunk_sizes() first")
    pixel_dtype(array.dtype, "the image")
    axes = check.axes(axes, array.shape, 1)
    weights = None if mask is None else _mask_like(mask, array, axes)
    is_masked = isinstance(array._meta, np.ma.MaskedArray)
    if weights is not None or is_masked:
        options.setdefault("missing", "ignore")
    others = [axis for axis in range(array.ndim) if axis not in axes]
    interleaved = bool(others) and array.numblocks[others[-1]] == 1
    plan = Plan(kernel, array.dtype, channels=max(array.shape[others[-1]], 1) if interleaved else 1, **options)
    if weights is not None or is_masked:
        plan._require_missing()
    domain = (array.shape[axes[0]], array.shape[axes[1]])
    start, size = plan.output_domain(domain)
    chunks = list(array.chunks)
    for axis, first, length in zip(axes, start, size):
        chunks[axis] = _cut(array.chunks[axis], first, length)
    if 0 in size:
        nothing = empty([sum(sizes) for sizes in chunks], dtype=plan.out_dtype)
        return masked_array(nothing) if is_masked else nothing
    name = "sepflow-" + tokenize(array, kernel, axes, options, weights)
    tasks: Dict[Any, Any] = {name + "-plan": plan}
    for index in product(*(range(len(sizes)) for sizes in chunks)):
        y, x = (start[i] + sum(chunks[axis][: index[axis]]) for i, axis in enumerate(axes))
        rows, columns = (chunks[axis][index[axis]] for axis in axes)
        origin, shape = (y, x), (rows, columns)
        first, read = plan.input_region(origin, shape, domain)
        pieces = _pieces(array, name + "-piece", index, axes, first, read, tasks)
        valid = None if weights is None else _pieces(weights, name + "-mask", index, axes, first, read, tasks)
        tasks[(name, *index)] = (_apply, name + "-plan", pieces, valid, axes, origin, shape, first, domain)
    graph = HighLevelGraph.from_collections(name, tasks, dependencies=[array] if weights is None else [array, weights])
    meta = np.empty((0,) * array.ndim, plan.out_dtype)
    return Array(graph, name, chunks, meta=np.ma.masked_array(meta) if is_masked else meta)


def _mask_like(mask: Any, array: Array, axes: Pair) -> Array:
    """Returns the mask in the shape and the chunks of the image."""
    mask = mask if isinstance(mask, Array) else from_array(np.asanyarray(mask))
    if isinstance(mask._meta, np.ma.MaskedArray):
        weights_of(mask._meta)  # refuses it
    if mask.dtype.kind not in "bf":  # chunks cannot tell truth values from weights
        raise TypeError(f"mask is {mask.dtype}, not truth values (True is a valid pixel) or weights 0 .. 1 as floats: pass "
                        "mask > 0, or mask / 255")
    return spread(mask, array.shape, axes).rechunk(array.chunks)


def _cut(sizes: Tuple[int, ...], first: int, length: int) -> Tuple[int, ...]:
    """Returns the input's chunks, shrunk or grown at both ends to first .. first + length."""
    edges = np.cumsum((0,) + tuple(sizes))
    inner = [int(edge) for edge in edges[1:-1] if first < edge < first + length]
    return tuple(np.diff([first, *inner, first + length]).tolist())


def _pieces(array, name, index, axes, first, read, tasks):
    """Adds tasks that cut the pixels to read out of their chunks. Returns the tasks' keys, in rows
    and columns."""
    rows, columns = (list(_parts(array.chunks[axis], first[i], read[i])) for i, axis in enumerate(axes))
    keys = []
    for row, row_slice in rows:
        keys.append([])
        for column, column_slice in columns:
            chunk, cut = list(index), [slice(None)] * array.ndim
            chunk[axes[0]], cut[axes[0]] = row, row_slice
            chunk[axes[1]], cut[axes[1]] = column, column_slice
            key = (name, *index, row, column)
            tasks[key] = (getitem, (array.name, *chunk), tuple(cut))
            keys[-1].append(key)
    return keys


def _parts(sizes, first, length):
    """Yields the chunks that first .. first + length lies in, and the slice of each."""
    edges = np.cumsum((0,) + tuple(sizes)).tolist()
    chunk = bisect_right(edges, first) - 1
    while chunk < len(sizes) and edges[chunk] < first + length:
        begin, end = max(first, edges[chunk]), min(first + length, edges[chunk + 1])
        if begin < end:
            yield chunk, slice(begin - edges[chunk], end - edges[chunk])
        chunk += 1


def _apply(plan, pieces, valid, axes, origin, shape, first, domain):
    # Dask runs a task on each core.
    mask = None if valid is None else _joined(valid, axes)
    return plan.region(_joined(pieces, axes), origin, shape, mask=mask, axes=axes, threads=1, first=first, domain=domain)


def _joined(pieces, axes):
    """Returns the pieces side by side. Nested np.concatenate would copy them twice, into new pages
    each time."""
    bottoms = np.cumsum([row[0].shape[axes[0]] for row in pieces])
    rights = np.cumsum([piece.shape[axes[1]] for piece in pieces[0]])
    if bottoms.size * rights.size == 1:
        return pieces[0][0]
    shape = list(pieces[0][0].shape)
    shape[axes[0]], shape[axes[1]] = bottoms[-1], rights[-1]
    is_masked = any(isinstance(piece, np.ma.MaskedArray) for row in pieces for piece in row)
    image = (np.ma.masked_all if is_masked else np.empty)(shape, pieces[0][0].dtype)
    place = [slice(None)] * len(shape)
    for row, bottom in zip(pieces, bottoms):
        for piece, right in zip(row, rights):
            place[axes[0]] = slice(bottom - piece.shape[axes[0]], bottom)
            place[axes[1]] = slice(right - piece.shape[axes[1]], right)
            image[tuple(place)] = piece
    return image
