"""Arrays as images: dtypes that are read in place, dtypes that are converted, and the structs that
point to them."""

from typing import Any, Optional, Tuple

import numpy as np

from ._abi import ffi
from ._library import lib, new

# The library's constants by dtype.str without its byte order.
_TYPES = {
    "u1": lib.SEPFLOW_U8,
    "u2": lib.SEPFLOW_U16,
    "i2": lib.SEPFLOW_S16,
    "f2": lib.SEPFLOW_F16,
    "f4": lib.SEPFLOW_F32,
    "f8": lib.SEPFLOW_F64,
}

# The types that other dtypes are read as, without loss, and the types of their results.
_CONVERTED = {
    "b1": ("u1", "f8"),
    "i1": ("i2", "i2"),
    "i4": ("f8", "f8"),
    "u4": ("f8", "f8"),
    "i8": ("f8", "f8"),
    "u8": ("f8", "f8"),
}

_WAYS_OUT = {
    "c": "take .real and .imag by themselves and add the results as re + 1j * im",
    "f": "convert it with .astype('float64') if that is precise enough",
    "O": "convert these Python objects with .astype('float64')",
    "M": "convert it with .astype('int64')",
    "m": "convert it with .astype('int64')",
    "U": "this is text; read the file first and pass its pixels",
    "S": "this is text; read the file first and pass its pixels",
}


def _converted(dtype: np.dtype, name: str) -> Tuple[str, str]:
    code = dtype.str[1:]
    if code in _TYPES:
        return code, code
    if code not in _CONVERTED:
        way_out = _WAYS_OUT.get(dtype.kind, "convert it with .astype('float32')")
        if dtype.names:
            way_out = "pass one field of it, as in a['name']"
        raise TypeError(f"{name} is {dtype}, not real numbers of up to 64 bits: {way_out}")
    return _CONVERTED[code]


def dtype_of(given: Any, name: str) -> np.dtype:
    try:
        if given is None:  # float64 to NumPy
            raise TypeError
        return np.dtype(given)
    except TypeError:
        raise TypeError(f"{name} is a dtype, such as 'uint8', not {given!r:.60}") from None


def out_dtype_of(given: Any) -> np.dtype:
    dtype = dtype_of(given, "out_dtype")
    if dtype.str[1:] not in _TYPES:
        names = ", ".join(np.dtype(code).name for code in _TYPES)
        raise TypeError(f"out_dtype is one of {names}, not {dtype}: take float64 and convert the result, as with "
                        "np.rint(result).astype(...)")
    return dtype


def type_code(dtype: np.dtype) -> int:
    """Returns the library's constant for a dtype of pixels."""
    return _TYPES[dtype.str[1:]]


def pixel_dtype(dtype: np.dtype, name: str) -> np.dtype:
    """Returns the dtype as which the library reads arrays of `dtype`. Raises TypeError if values
    would be lost."""
    return np.dtype(_converted(dtype, name)[0])


def result_dtype(dtype: np.dtype, name: str) -> np.dtype:
    """Returns the dtype of results for arrays of `dtype`, if out_dtype is not given."""
    return np.dtype(_converted(dtype, name)[1])


def as_array(a: Any, name: str) -> np.ndarray:
    """Returns an array over the same memory (DLPack, buffer protocol, __array__), or a copy if
    there is none.

    A np.ma.MaskedArray stays one. Other subclasses become plain arrays.
    """
    if not isinstance(a, np.ndarray):
        a = _imported(a, name)
    return a if isinstance(a, np.ma.MaskedArray) else np.asarray(a)


def _imported(a: Any, name: str) -> np.ndarray:
    if a is None:
        raise TypeError(f"{name} is None, not an array: what made it may have failed")
    if hasattr(a, "__dlpack__"):
        try:
            return np.from_dlpack(a)
        except Exception as error:  # exporters raise errors of their own
            if not hasattr(a, "__array__"):
                raise TypeError(f"{name} cannot be read by DLPack: {error}; copy it to the CPU first") from error
    try:
        return np.asanyarray(a)
    except ValueError as error:
        raise ValueError(f"{name} cannot be read as an array; its rows must be of one length: {error}") from error


def memory_of(out: Any) -> np.ndarray:
    """Returns an array over the memory of the results."""
    if isinstance(out, np.ma.MaskedArray):
        raise TypeError("out is a masked array: pass its data, out.data")
    try:
        if not isinstance(out, np.ndarray):
            out = np.from_dlpack(out) if hasattr(out, "__dlpack__") else memoryview(out)
        return np.asarray(out)
    except Exception as error:
        raise TypeError(f"out is {type(out).__name__}, not an array to write into: {error}") from None


def exactly(a: np.ndarray, dtype: np.dtype, name: str) -> np.ndarray:
    """Returns the values of `a` for the library: in place, or converted if no value is lost."""
    if pixel_dtype(a.dtype, name) != dtype and not np.can_cast(a.dtype, dtype, "safe"):
        raise TypeError(f"the plan is for {dtype}, and {name} is {a.dtype}: make a plan for {a.dtype}, or convert the array "
                        f"with .astype('{dtype}')")
    if a.dtype.kind == "b":
        a = a.view(np.uint8)
    if a.dtype == dtype and lies_in_place(a):
        return np.asarray(a)
    if isinstance(a, np.ma.MaskedArray):
        a = a.filled(0)  # values under the mask need not fit
    if a.dtype.kind in "iu" and a.dtype.itemsize == 8 and dtype.kind == "f":
        _require_doubles(a, name)
    return a.astype(dtype)


def _require_doubles(a: np.ndarray, name: str) -> None:
    least, most = (int(a.min()), int(a.max())) if a.size else (0, 0)
    if -(2**53) <= least and most <= 2**53:
        return
    # A double holds 53 bits, from the highest that is set to the lowest.
    magnitude = np.abs(a).astype(np.uint64)
    lowest = magnitude & (~magnitude + np.uint64(1))
    if not ((magnitude >> np.uint64(53) < lowest) | (magnitude == 0)).all():
        raise ValueError(f"{name} is {a.dtype}, which is computed as float64; that holds whole numbers up to 2**53, and these "
                         f"lie in {least} .. {most}: if they may be rounded, convert them with .astype('float64')")


def lies_in_place(a: np.ndarray) -> bool:
    """Returns whether the library can read and write `a` in place."""
    return a.dtype.isnative and a.flags.aligned and all(stride % a.itemsize == 0 for stride in a.strides)


def rows_first(a: np.ndarray, axes: Tuple[int, int]) -> np.ndarray:
    """Returns a view whose first two axes are rows and columns."""
    return a if axes == (0, 1) else np.moveaxis(a, axes, (0, 1))


def describe(a: np.ndarray, origin: Tuple[int, int] = (0, 0), domain: Optional[Tuple[int, int]] = None):
    """Returns the struct for a view of rows, columns and perhaps channels, whose first pixel is
    `origin`."""
    image = new("sepflow_image")
    image.type = type_code(a.dtype)
    image.channels = a.shape[2] if a.ndim > 2 else 1
    image.data = ffi.cast("void *", a.ctypes.data)
    image.bounds = {"x": origin[1], "y": origin[0], "w": a.shape[1], "h": a.shape[0]}
    if domain is not None:
        image.domain = {"x": 0, "y": 0, "w": domain[1], "h": domain[0]}
    image.stride_y, image.stride_x = a.strides[:2]
    image.stride_c = a.strides[2] if a.ndim > 2 else a.itemsize
    return image
