"""NumPy arrays as images of the ABI: pointers into their memory, whatever their strides."""

from typing import Any, Optional, Sequence, Tuple

import numpy as np

from ._abi import ffi
from ._library import lib, new

_TYPES = {
    "uint8": lib.SEPFLOW_U8,
    "uint16": lib.SEPFLOW_U16,
    "int16": lib.SEPFLOW_S16,
    "float16": lib.SEPFLOW_F16,
    "float32": lib.SEPFLOW_F32,
    "float64": lib.SEPFLOW_F64,
}


def type_of(dtype: Any) -> int:
    dtype = np.dtype(dtype)
    if dtype.name not in _TYPES or not dtype.isnative:
        raise TypeError(f"pixels are {', '.join(_TYPES)} in this machine's byte order, not {dtype!r}")
    return _TYPES[dtype.name]


def as_array(a: Any) -> np.ndarray:
    """An array over the same memory: of what speaks DLPack or the buffer protocol; others are copied, as NumPy does."""
    if isinstance(a, np.ndarray):
        return a
    if hasattr(a, "__dlpack__"):
        return np.from_dlpack(a)
    return np.asarray(a)


def spatial_first(a: np.ndarray, axes: Sequence[int]) -> np.ndarray:
    """A view whose first two axes are rows and columns."""
    return np.moveaxis(a, axes, (0, 1))


def describe(a: np.ndarray, origin: Tuple[int, int] = (0, 0), domain: Optional[Tuple[int, int]] = None):
    """The image of a view of rows, columns and perhaps channels, of which the pixel `origin` is the first."""
    image = new("sepflow_image")
    image.type = type_of(a.dtype)
    image.channels = a.shape[2] if a.ndim > 2 else 1
    image.data = ffi.cast("void *", a.ctypes.data)
    image.bounds = {"x": origin[1], "y": origin[0], "w": a.shape[1], "h": a.shape[0]}
    if domain is not None:
        image.domain = {"x": 0, "y": 0, "w": domain[1], "h": domain[0]}
    image.stride_y, image.stride_x = a.strides[:2]
    image.stride_c = a.strides[2] if a.ndim > 2 else a.itemsize
    return image
