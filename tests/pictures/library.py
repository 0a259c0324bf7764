"""libsepflow through ctypes: what the comparison needs of include/sepflow/sepflow.h."""

import ctypes
from ctypes import POINTER, byref, c_char, c_char_p, c_double, c_int32, c_int64, c_uint32, c_void_p

import numpy

TYPES = {"uint8": 0x108, "uint16": 0x110, "int16": 0x210, "float16": 0x310, "float32": 0x320,
         "float64": 0x340}
BORDERS = {"reflect101": 0, "reflect": 1, "replicate": 2, "wrap": 3, "constant": 4, "truncate": 5}
MISSING = {"propagate": 0, "ignore": 1, "fill": 2}


class Error(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("code", c_int32), ("param_index", c_int32),
                ("message", c_char * 240)]


class Rect(ctypes.Structure):
    _fields_ = [("x", c_int64), ("y", c_int64), ("w", c_int64), ("h", c_int64)]


class Image(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("type", c_int32), ("channels", c_int32),
                ("flags", c_uint32), ("data", c_void_p), ("bounds", Rect), ("domain", Rect),
                ("stride_x", c_int64), ("stride_y", c_int64), ("stride_c", c_int64)]


class Options(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("in_type", c_int32),
                ("out_type", c_int32), ("channels", c_int32), ("border_x", c_int32),
                ("border_y", c_int32), ("extent", c_int32), ("border_value", c_double),
                ("anchor_x", c_int64), ("anchor_y", c_int64), ("tolerance", c_double),
                ("rank", c_int32), ("schedule", c_int32), ("scale", c_double), ("delta", c_double),
                ("variant", c_char_p), ("method", c_int32), ("missing", c_int32),
                ("missing_value", c_double)]


class Description(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("rank", c_int32), ("rows", c_int64),
                ("columns", c_int64), ("anchor_x", c_int64), ("anchor_y", c_int64),
                ("taps", POINTER(c_double)), ("column_taps", POINTER(c_double)),
                ("row_taps", POINTER(c_double)), ("singular_values", POINTER(c_double)),
                ("singular_value_count", c_int64), ("non_zero_taps", c_int64),
                ("tolerance", c_double), ("kernel_norm_1", c_double),
                ("remainder_norm_1", c_double), ("remainder_frobenius", c_double),
                ("rounding_bound", c_double), ("error_bound", c_double), ("method", c_char_p),
                ("reason", c_char_p), ("variant", c_char_p), ("schedule", c_char_p),
                ("arithmetic", c_char_p)]


def sized(struct):
    return struct(struct_size=ctypes.sizeof(struct))


def image_of(array):
    """The array (rows, columns, channels), of any strides, as the library sees it."""
    image = sized(Image)
    image.type = TYPES[array.dtype.name]
    image.channels = array.shape[2]
    image.data = array.ctypes.data
    image.bounds = Rect(0, 0, array.shape[1], array.shape[0])
    image.stride_y, image.stride_x, image.stride_c = array.strides
    return image


class Filtered:
    """The filtered array and what the plan promised: its taps (as correlated), rank and error
    bound."""

    def __init__(self, array, rank, error_bound, taps):
        self.array, self.rank, self.error_bound, self.taps = array, rank, error_bound, taps


class Library:
    def __init__(self, path):
        self.calls = ctypes.CDLL(path)
        for name in ("sepflow_plan_create", "sepflow_plan_from_text", "sepflow_plan_describe",
                     "sepflow_apply"):
            getattr(self.calls, name).restype = c_int32
        self.calls.sepflow_plan_free.restype = None

    def filter(self, picture, kernel, border, out=None, border_value=0.0, convolve=False, threads=0,
               missing="propagate", missing_value=0.0, keep_missing=False):
        """Filters (rows, columns, channels) with a matrix or a kernel text; border is a name or (x,
        y)."""
        border_x, border_y = (border, border) if isinstance(border, str) else border
        options, error, plan = sized(Options), sized(Error), c_void_p()
        options.flags = (1 if convolve else 0) | (4 if keep_missing else 0)
        options.missing, options.missing_value = MISSING[missing], missing_value
        options.in_type = TYPES[picture.dtype.name]
        options.out_type = TYPES[numpy.dtype(out or picture.dtype).name]
        options.channels = picture.shape[2]
        options.border_x, options.border_y = BORDERS[border_x], BORDERS[border_y]
        options.border_value = border_value
        if isinstance(kernel, str):
            status = self.calls.sepflow_plan_from_text(kernel.encode(), byref(options),
                                                         byref(plan), byref(error))
        else:
            taps = numpy.ascontiguousarray(kernel, numpy.float64)
            rows, columns = taps.shape
            status = self.calls.sepflow_plan_create(
                taps.ctypes.data_as(POINTER(c_double)), c_int64(rows), c_int64(columns),
                c_int64(columns), byref(options), byref(plan), byref(error))
        if status != 0:
            raise RuntimeError(error.message.decode())
        try:
            description = sized(Description)
            if self.calls.sepflow_plan_describe(plan, byref(description)) != 0:
                raise RuntimeError("the plan cannot be described")
            result = numpy.empty(picture.shape, out or picture.dtype)
            if self.calls.sepflow_apply(plan, byref(image_of(picture)), byref(image_of(result)),
                                          None, c_int32(threads), byref(error)) != 0:
                raise RuntimeError(error.message.decode())
            shape = (description.rows, description.columns)
            taps = numpy.ctypeslib.as_array(description.taps, shape).copy()
            return Filtered(result, description.rank, description.error_bound, taps)
        finally:
            self.calls.sepflow_plan_free(plan)
