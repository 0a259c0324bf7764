"""Kernels as callers pass them: text, a matrix, or the column and the row of a separable kernel."""

import os
from typing import Any, Tuple, Union

import numpy as np
from numpy.typing import ArrayLike

from ._abi import ffi
from ._image import as_array, exactly
from ._library import call, lib

Kernel = Union[str, ArrayLike, Tuple[ArrayLike, ArrayLike]]
Frozen = Union[str, np.ndarray, Tuple[np.ndarray, np.ndarray]]


def frozen(kernel: Kernel) -> Frozen:
    """Returns text unchanged, and taps as a float64 copy."""
    if isinstance(kernel, str):
        if "\0" in kernel:
            raise ValueError("the kernel's text holds a NUL character")
        return kernel
    if isinstance(kernel, (bytes, os.PathLike)):
        raise TypeError(f"the kernel is {type(kernel).__name__}: text is a str, such as 'gaussian 3' or 'file k.csv'")
    if isinstance(kernel, tuple) and len(kernel) == 2:
        return _taps(kernel[0], 1, "the kernel's column"), _taps(kernel[1], 1, "the kernel's row")
    return _taps(kernel, 2, "the kernel")


def _taps(given: Any, axes: int, name: str) -> np.ndarray:
    taps = as_array(given, name)
    if isinstance(taps, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array: fill it, as with .filled(0)")
    taps = np.array(exactly(taps, np.dtype("f8"), name), order="C")
    if taps.ndim == axes:
        return taps
    if axes == 1:
        raise ValueError(f"{name} has the shape {taps.shape}, not one axis: in a tuple of two they are the column and the row; "
                         "a matrix is a list or an array")
    raise ValueError(f"{name} has the shape {taps.shape}, not two axes, rows and columns: a single filter is ([1], taps) "
                     "along the rows, (taps, [1]) along the columns")


def create(kernel: Frozen, options):
    """Returns a plan, which frees itself."""
    plan = ffi.new("sepflow_plan **")
    if isinstance(kernel, str):
        call(lib.sepflow_plan_from_text, kernel.encode(errors="surrogateescape"), options, plan)
    elif isinstance(kernel, tuple):
        column, row = kernel
        call(lib.sepflow_plan_from_vectors, _pointer(column), len(column), _pointer(row), len(row), options, plan)
    else:
        call(lib.sepflow_plan_create, _pointer(kernel), *kernel.shape, kernel.shape[1], options, plan)
    return ffi.gc(plan[0], lib.sepflow_plan_free)


def _pointer(taps: np.ndarray):
    return ffi.cast("double *", taps.ctypes.data)
