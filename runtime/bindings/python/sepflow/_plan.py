"""Plans: a kernel is factored once and applied to any number of arrays."""

from functools import cached_property
from inspect import signature
from typing import Any, Dict, Optional, Tuple, Union

import numpy as np

from . import _options as check
from ._abi import ffi
from ._image import (as_array, describe, dtype_of, exactly, lies_in_place, memory_of, out_dtype_of, pixel_dtype,
                     result_dtype, rows_first, type_code)
from ._kernel import Frozen, Kernel, create, frozen
from ._library import call, lib, new, text
from ._mask import spread, weights_of, where_valid
from ._options import Pair


class Plan:
    """Kernel prepared for arrays of one dtype and number of channels.

    A plan is immutable. Any number of threads may use it.

    Parameters
    ----------
    kernel : str, matrix, or tuple (column, row)
        Text such as "gaussian 3", the taps of a 2-D kernel, or the two 1-D filters of which it is
        the product. Taps are real numbers.
    dtype : dtype
        The dtype of the arrays. A plan accepts every array whose values its pixel type can hold;
        see the README's table.
    channels : int
        Number of channels along the last axis that is neither rows nor columns. With 1, each plane
        is an image of its own.
    out_dtype : dtype, optional
        The dtype of results: uint8, uint16, int16, float16, float32 or float64. The default is that
        of the arrays; int16 for int8, and float64 for bool and for integers of 32 and 64 bits.
    border : str or (str, str)
        The pixels outside the image: "reflect101" (d c b | a b c d | c b a), "reflect"
        (c b a | a b c d), "replicate" (a a a | a b c d), "wrap", "constant", or "truncate", which
        leaves taps out and rescales the others. Two words set rows and columns.
    border_value : float
        The value of border pixels for "constant".
    extent : str
        "same" size as the image, "valid" where the kernel lies wholly inside, "full" where it
        touches the image.
    convolve : bool
        True flips the kernel (convolution). False is correlation.
    anchor : (int, int), optional
        Row and column of the kernel that lie on the result's pixel, from 0. The default is the
        middle: rows // 2, columns // 2.
    tolerance : float
        The largest error, as a part (0 .. 1) of the result's full scale. 0 is half a unit for
        integers, otherwise the precision of the arithmetic.
    rank : int, optional
        The exact number of pairs of 1-D passes. The default is as many as the tolerance needs.
    scale, delta : float
        The result is delta + scale * sum. scale is not 0.
    method : str
        "auto", "separable", "direct" or "fft".
    schedule : str
        "auto", "plain" or "transposed": the form of the passes.
    missing : str
        Treatment of NaN and of masked pixels. "propagate": NaN spreads, and a mask is refused.
        "ignore": the other pixels are rescaled. "fill": missing_value replaces them.
    missing_value : float, optional
        The value that "fill" fills in, and the result of "ignore" where no pixel is left. The
        default is 0 for "fill" and for integer results, NaN for float results.
    keep_missing : bool
        True sets results to missing_value where their own pixel is missing.
    strict : bool
        True makes the bytes of float images the same on every instruction set.
    files : bool
        False refuses kernel text "file NAME". Set it for untrusted text.
    variant : str, optional
        The instruction set, such as "avx2". The default is the best that this CPU runs.

    Raises
    ------
    TypeError, ValueError
        An argument has the wrong type or value.
    sepflow.Error
        The library refuses the kernel or an option. It is a ValueError.

    Examples
    --------
    >>> import numpy as np, sepflow
    >>> plan = sepflow.Plan("box 3", "uint8")
    >>> plan
    <sepflow.Plan 3 x 3, uint8, separable, rank 1, ...>
    >>> plan(np.full((2, 3), 9, "uint8"))
    array([[9, 9, 9],
           [9, 9, 9]], dtype=uint8)
    """

    def __init__(self, kernel: Kernel, dtype: Any, *, channels: int = 1, out_dtype: Any = None,
                 border: Union[str, Tuple[str, str]] = "reflect101", border_value: float = 0.0,
                 extent: str = "same", convolve: bool = False, anchor: Optional[Pair] = None,
                 tolerance: float = 0.0, rank: Optional[int] = None, scale: float = 1.0, delta: float = 0.0,
                 method: str = "auto", schedule: str = "auto", missing: str = "propagate",
                 missing_value: Optional[float] = None, keep_missing: bool = False, strict: bool = False,
                 files: bool = True, variant: Optional[str] = None):
        self.dtype = dtype_of(dtype, "dtype").newbyteorder("=")
        self._pixels = pixel_dtype(self.dtype, "dtype")
        self.out_dtype = result_dtype(self.dtype, "dtype") if out_dtype is None else out_dtype_of(out_dtype)
        self.channels = channels
        if missing_value is None:
            missing_value = np.nan if missing == "ignore" and self.out_dtype.kind == "f" else 0.0
        self._options: Dict[str, Any] = dict(
            channels=channels, border=border, border_value=border_value, extent=extent, convolve=convolve, anchor=anchor,
            tolerance=tolerance, rank=rank, scale=scale, delta=delta, method=method, schedule=schedule, missing=missing,
            missing_value=missing_value, keep_missing=keep_missing, strict=strict, files=files, variant=variant)
        options, variant = check.struct(self._options, type_code(self._pixels), type_code(self.out_dtype))
        self._kernel = frozen(kernel)
        self._plan = create(self._kernel, options)
        self._ask()

    def _ask(self) -> None:
        info, said = new("sepflow_plan_info"), new("sepflow_plan_description")
        lib.sepflow_plan_query(self._plan, info)
        lib.sepflow_plan_describe(self._plan, said)
        self.rank: int = said.rank
        self.halo: Tuple[Pair, Pair] = ((info.top, info.bottom), (info.left, info.right))
        self.method, self.variant, self.reason = text(said.method), text(said.variant), text(said.reason)
        self.arithmetic, self.exactness = text(said.arithmetic), text(said.exactness)
        self.is_exact: bool = bool(said.is_exact)
        self.error_bound: float = said.error_bound
        self.output_error_bound: float = said.output_error_bound

        def copy(pointer, *shape: int) -> np.ndarray:
            size = int(np.prod(shape)) * ffi.sizeof("double")
            return np.frombuffer(ffi.buffer(pointer, size), np.float64).reshape(shape).copy()

        self.taps = copy(said.taps, said.rows, said.columns)
        self.column_taps = copy(said.column_taps, said.rank, said.rows)
        self.row_taps = copy(said.row_taps, said.rank, said.columns)
        self.singular_values = copy(said.singular_values, said.singular_value_count)

    def __reduce__(self):
        # Keeps the instruction set, so that another machine computes the same bytes or refuses.
        options = dict(self._options, dtype=self.dtype, out_dtype=self.out_dtype, variant=self.variant)
        return _remake, (self._kernel, options)

    def output_domain(self, shape: Pair) -> Tuple[Pair, Pair]:
        """Returns first pixel (row, column) and size (rows, columns) of the result for `shape`."""
        rows, columns = check.pair("shape", shape, 0)
        into, out = ffi.new("sepflow_rect *", {"w": columns, "h": rows}), ffi.new("sepflow_rect *")
        lib.sepflow_plan_output_domain(self._plan, into, out)
        return (out.y, out.x), (out.h, out.w)

    def input_region(self, origin: Pair, shape: Pair, domain: Pair) -> Tuple[Pair, Pair]:
        """Returns the region (first pixel and size) of an image of shape `domain` that a region of
        the result reads."""
        (y, x), (rows, columns) = check.pair("origin", origin), check.pair("shape", shape, 0)
        height, width = check.pair("domain", domain, 0)
        out = ffi.new("sepflow_rect *", {"x": x, "y": y, "w": columns, "h": rows})
        whole, into = ffi.new("sepflow_rect *", {"w": width, "h": height}), ffi.new("sepflow_rect *")
        lib.sepflow_plan_input_region(self._plan, out, whole, into)
        return (into.y, into.x), (into.h, into.w)

    def __call__(self, a: Any, out: Any = None, *, mask: Any = None, axes: Optional[Pair] = None,
                 threads: int = 0) -> np.ndarray:
        """Returns the filtered array, as sepflow.filter does."""
        a = as_array(a, "the image")
        rows, columns = axes = check.axes(axes, a.shape, self.channels)
        origin, size = self.output_domain((a.shape[rows], a.shape[columns]))
        return self.region(a, origin, size, out, mask=mask, axes=axes, threads=threads)

    def region(self, a: Any, origin: Pair, size: Pair, out: Any = None, *, mask: Any = None,
               axes: Optional[Pair] = None, threads: int = 0, first: Pair = (0, 0),
               domain: Optional[Pair] = None) -> np.ndarray:
        """Returns the part of the result that begins at `origin`.

        `a` and the mask may be parts of an image of shape `domain`. They then begin at `first` and
        hold the pixels of input_region.
        """
        a = as_array(a, "the image")
        axes = check.axes(axes, a.shape, self.channels)
        self._check_channels(a, axes)
        weights = self._weights(a, mask, axes)
        place = (check.pair("first", first), domain if domain is None else check.pair("domain", domain, 0),
                 check.pair("origin", origin), check.whole("threads", threads, 0))
        shape = list(a.shape)
        shape[axes[0]], shape[axes[1]] = check.pair("size", size, 0)
        result = np.empty(shape, self.out_dtype) if out is None else self._checked_out(out, tuple(shape))
        written = result if lies_in_place(result) else np.empty(shape, self.out_dtype.newbyteorder("="))
        image, into = rows_first(exactly(a, self._pixels, "the image"), axes), rows_first(written, axes)
        weights = None if weights is None else rows_first(weights, axes)
        self._run(image, into, weights, *place)
        if written is not result:
            result[...] = written
        if out is not None:
            return out
        if isinstance(a, np.ma.MaskedArray):
            return np.ma.masked_array(result, np.moveaxis(self._lacking(image, into, weights, *place), (0, 1), axes))
        return result

    def _check_channels(self, a: np.ndarray, axes: Pair) -> None:
        others = [length for axis, length in enumerate(a.shape) if axis not in axes]
        if self.channels > 1 and others[-1:] != [self.channels]:
            raise ValueError(f"the plan is for {self.channels} channels along the last of the other axes, and the array has "
                             f"the shape {a.shape}: make a plan with other channels, or say axes")

    def _require_missing(self) -> None:
        if self._options["missing"] == "propagate":
            raise ValueError("missing='propagate' takes no mask and no masked array: the plan needs missing='ignore' or "
                             "missing='fill'")

    def _weights(self, a: np.ndarray, mask: Any, axes: Pair) -> Optional[np.ndarray]:
        masked = isinstance(a, np.ma.MaskedArray)
        if mask is None and not masked:
            return None
        self._require_missing()
        weights = None if mask is None else spread(weights_of(mask), a.shape, axes)
        return weights if np.ma.getmask(a) is np.ma.nomask else where_valid(~np.ma.getmaskarray(a), weights)

    def _checked_out(self, out: Any, shape: Tuple[int, ...]) -> np.ndarray:
        result = memory_of(out)
        if result.shape != shape or result.dtype.newbyteorder("=") != self.out_dtype.newbyteorder("="):
            raise ValueError(f"out is {result.dtype} {result.shape}, not {self.out_dtype} {shape}")
        if not result.flags.writeable:
            raise ValueError("out is read-only: pass a writeable array of NumPy's")
        return result

    # From here on rows and columns are the first two axes. `place` holds first, domain, origin,
    # threads.
    def _run(self, image: np.ndarray, out: np.ndarray, weights: Optional[np.ndarray], *place) -> None:
        planes = image.shape[2:] if self.channels == 1 else image.shape[2:-1]
        for plane in np.ndindex(*planes):
            at = (slice(None), slice(None)) + plane
            self._process(image[at], out[at], None if weights is None else weights[at], *place)

    def _process(self, a, out, mask, first, domain, origin, threads) -> None:
        inputs = [describe(a, first, domain)] + ([] if mask is None else [describe(mask, first, domain)])
        images = ffi.new("sepflow_image[]", [image[0] for image in inputs])
        result = describe(out, origin)
        process = new("sepflow_process", input_count=len(inputs), output_count=1, inputs=images, outputs=result,
                      region=result.bounds, max_threads=threads)
        call(lib.sepflow_process_plan, self._plan, process)

    def _lacking(self, image: np.ndarray, result: np.ndarray, weights: Optional[np.ndarray], *place) -> np.ndarray:
        """Returns the mask of the result of a masked array."""
        if self._options["missing"] == "fill" and not self._options["keep_missing"]:
            return np.zeros(result.shape, bool)
        if self._options["missing"] == "ignore" and np.isnan(self._options["missing_value"]):
            return np.isnan(result)
        if image.dtype.kind == "f":
            weights = where_valid(~np.isnan(image), weights)
        ones = np.broadcast_to(image.dtype.type(1), image.shape)
        seen = np.empty(result.shape, self._seeing.out_dtype)
        self._seeing._run(ones, seen, weights, *place)
        return np.isnan(seen)

    @cached_property
    def _seeing(self) -> "Plan":
        """Plan for images of 1 whose results are NaN exactly where this plan's are missing."""
        out_dtype = "f8" if np.dtype("f8") in (self._pixels, self.out_dtype) else "f4"
        if self._options["missing"] == "fill":  # missing where the pixel itself is
            return Plan([[1.0]], self._pixels, channels=self.channels, out_dtype=out_dtype, border="constant",
                        missing="ignore")
        return Plan(self._kernel, self._pixels, out_dtype=out_dtype, **dict(self._options, missing_value=np.nan))

    def __repr__(self) -> str:
        rows, columns = self.taps.shape
        return f"<sepflow.Plan {rows} x {columns}, {self.dtype}, {self.method}, rank {self.rank}, {self.variant}>"


def _remake(kernel: Frozen, options: Dict[str, Any]) -> Plan:
    return Plan(kernel, **options)


OPTIONS = [name for name in signature(Plan).parameters if name not in ("kernel", "dtype", "channels")]


def filter(a: Any, kernel: Kernel, *, out: Any = None, mask: Any = None, axes: Optional[Pair] = None, threads: int = 0,
           **options: Any) -> np.ndarray:
    """Returns an array filtered with a kernel: Plan(kernel, a.dtype, **options) applied to it.

    Parameters
    ----------
    a : array
        The image: a NumPy array, a list, or any object with DLPack, the buffer protocol or
        __array__. It holds real numbers of any byte order. Dtypes in which the library does not
        compute are converted if no value is lost (int32 to float64).
    kernel : str, matrix, or tuple (column, row)
        As for Plan.
    out : array, optional
        An array of the result's shape and dtype to write into. It must not overlap `a`.
    mask : array, optional
        A mask of the shape of the image, or of its rows and columns. True is a valid pixel and
        False a missing one, the opposite of numpy.ma's mask. Floats are weights from 0 to 1; uint8,
        uint16 and int16 are weights in parts of their largest value. With a mask, missing="ignore"
        is the default.
    axes : (int, int), optional
        The axes of rows and columns. All other axes stack images. The default is (0, 1) if there
        are no others, or up to four channels along a third. With more axes or channels, axes is
        required.
    threads : int
        Number of threads. 1 is the calling thread alone, 0 is one thread per CPU.
    options
        Those of Plan: border, scale, out_dtype, missing ...

    Returns
    -------
    array
        The filtered array, or `out` if it was given. Without out_dtype it has the dtype of `a`;
        int16 for int8, and float64 for bool and for integers of 32 and 64 bits. For a
        np.ma.MaskedArray the result is one, too. It is masked where no pixel is left to compute a
        result, and with keep_missing=True also where the pixel itself was masked. Units, labels and
        coordinates are dropped.

    Raises
    ------
    TypeError, ValueError, sepflow.Error
        As for Plan. Complex numbers, objects and text are refused.

    Examples
    --------
    >>> import numpy as np, sepflow
    >>> a = np.array([[1, 1, 1, 1], [1, 9, 1, 1], [1, 1, 1, 1]], ">f4")
    >>> sepflow.filter(a, "box 3", border="replicate").round(2)
    array([[1.89, 1.89, 1.89, 1.  ],
           [1.89, 1.89, 1.89, 1.  ],
           [1.89, 1.89, 1.89, 1.  ]], dtype=float32)
    >>> sepflow.filter(a, "box 3", mask=a < 5)[1]
    array([1., 1., 1., 1.], dtype=float32)
    >>> stack = np.zeros((20, 30, 40), "uint16")
    >>> sepflow.filter(stack, "gaussian 2", axes=(1, 2)).shape
    (20, 30, 40)
    """
    check.names(options, [*OPTIONS, "out", "mask", "axes", "threads"])
    a = as_array(a, "the image")
    pixel_dtype(a.dtype, "the image")
    axes = check.axes(axes, a.shape, 1)
    others = [length for axis, length in enumerate(a.shape) if axis not in axes]
    if mask is not None or isinstance(a, np.ma.MaskedArray):
        options.setdefault("missing", "ignore")
    plan = Plan(kernel, a.dtype, channels=max(others[-1], 1) if others else 1, **options)
    return plan(a, out, mask=mask, axes=axes, threads=threads)
