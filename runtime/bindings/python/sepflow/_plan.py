"""Plans: a kernel, factored once, to be applied to any number of arrays."""

from typing import Any, Dict, Optional, Sequence, Tuple, Union

import numpy as np

from ._abi import ffi
from ._image import as_array, describe, spatial_first, type_of
from ._library import call, lib, new, text

Kernel = Union[str, "np.typing.ArrayLike", Tuple["np.typing.ArrayLike", "np.typing.ArrayLike"]]
Pair = Tuple[int, int]


def _constant(option: str, word: str) -> int:
    """The header's constant: ("method", "fft") is SEPFLOW_METHOD_FFT."""
    value = getattr(lib, f"SEPFLOW_{option}_{word}".upper(), None)
    if value is None:
        known = [name for name in dir(lib) if name.startswith(f"SEPFLOW_{option}_".upper())]
        words = ", ".join(name.split("_")[-1].lower() for name in known)
        raise ValueError(f"{option} is one of {words}, not {word!r}")
    return value


def _options(dtype, out_dtype, channels, border, anchor, convolve, keep_missing, strict, files, variant,
             rest):
    options = new("sepflow_options", in_type=type_of(dtype), channels=channels)
    options.out_type = type_of(out_dtype) if out_dtype is not None else 0
    border_y, border_x = (border, border) if isinstance(border, str) else border
    options.border_y, options.border_x = _constant("border", border_y), _constant("border", border_x)
    if anchor is not None:
        options.flags |= lib.SEPFLOW_OPTION_ANCHOR
        options.anchor_y, options.anchor_x = anchor
    options.flags |= lib.SEPFLOW_OPTION_CONVOLVE if convolve else 0
    options.flags |= lib.SEPFLOW_OPTION_KEEP_MISSING if keep_missing else 0
    options.flags |= lib.SEPFLOW_OPTION_STRICT if strict else 0
    options.flags |= 0 if files else lib.SEPFLOW_OPTION_NO_FILES
    for name, value in rest.items():
        setattr(options, name, _constant(name, value) if isinstance(value, str) else value)
    variant = ffi.new("char[]", variant.encode()) if variant is not None else ffi.NULL
    options.variant = variant
    return options, variant  # which must outlive the call


def _create(kernel: Kernel, options):
    plan = ffi.new("sepflow_plan **")
    if isinstance(kernel, str):
        call(lib.sepflow_plan_from_text, kernel.encode(), options, plan)
    elif isinstance(kernel, tuple):
        column, row = (np.ascontiguousarray(side, np.float64) for side in kernel)
        if column.ndim != 1 or row.ndim != 1:
            raise ValueError("a kernel of two filters is (column, row), each of one dimension")
        pointers = (ffi.cast("double *", side.ctypes.data) for side in (column, row))
        column_pointer, row_pointer = pointers
        call(lib.sepflow_plan_from_vectors, column_pointer, len(column), row_pointer, len(row), options, plan)
    else:
        taps = np.ascontiguousarray(kernel, np.float64)
        if taps.ndim != 2:
            raise ValueError("a kernel is text, a matrix, or (column, row)")
        pointer = ffi.cast("double *", taps.ctypes.data)
        call(lib.sepflow_plan_create, pointer, *taps.shape, taps.shape[1], options, plan)
    return ffi.gc(plan[0], lib.sepflow_plan_free)


class Plan:
    """A kernel made ready for arrays of one dtype and number of channels. Immutable; any number of threads may use it.

    kernel  text ("gaussian 3"), a matrix, or a tuple (column, row) of two 1-D filters
    border, anchor  for the axes (rows, columns); one word of border is for both
    files  False for text of somebody who is not trusted: "file NAME" is refused
    Other options are those of sepflow.h, with the words of its constants: extent="valid", method="fft" ...
    """

    def __init__(self, kernel: Kernel, dtype: Any, *, channels: int = 1, out_dtype: Any = None,
                 border: Union[str, Tuple[str, str]] = "reflect101", border_value: float = 0.0,
                 extent: str = "same", convolve: bool = False, anchor: Optional[Pair] = None,
                 tolerance: float = 0.0, rank: int = 0, scale: float = 1.0, delta: float = 0.0,
                 method: str = "auto", schedule: str = "auto", missing: str = "propagate",
                 missing_value: float = 0.0, keep_missing: bool = False, strict: bool = False,
                 files: bool = True, variant: Optional[str] = None):
        rest = dict(border_value=border_value, extent=extent, tolerance=tolerance, rank=rank, scale=scale,
                    delta=delta, method=method, schedule=schedule, missing=missing, missing_value=missing_value)
        options, self._variant = _options(dtype, out_dtype, channels, border, anchor, convolve, keep_missing,
                                          strict, files, variant, rest)
        self._made_of: Tuple[Kernel, Dict[str, Any]] = (kernel, dict(
            rest, dtype=np.dtype(dtype), channels=channels, out_dtype=out_dtype, border=border,
            convolve=convolve, anchor=anchor, keep_missing=keep_missing, strict=strict, files=files))
        self._plan = _create(kernel, options)
        self.dtype = np.dtype(dtype)
        self.out_dtype = np.dtype(out_dtype) if out_dtype is not None else self.dtype
        self.channels = channels
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
        # With the instruction set, so that another machine computes the same bytes, or refuses.
        kernel, options = self._made_of
        return _remake, (kernel, dict(options, variant=self.variant))

    def output_domain(self, shape: Pair) -> Tuple[Pair, Pair]:
        """First pixel (row, column) and size (rows, columns) of the result for an image of `shape`."""
        into, out = ffi.new("sepflow_rect *", {"w": shape[1], "h": shape[0]}), ffi.new("sepflow_rect *")
        lib.sepflow_plan_output_domain(self._plan, into, out)
        return (out.y, out.x), (out.h, out.w)

    def input_region(self, origin: Pair, shape: Pair, domain: Pair) -> Tuple[Pair, Pair]:
        """The pixels of an image of shape `domain` that this region of the result reads: first pixel and size."""
        out = ffi.new("sepflow_rect *", {"x": origin[1], "y": origin[0], "w": shape[1], "h": shape[0]})
        whole, into = ffi.new("sepflow_rect *", {"w": domain[1], "h": domain[0]}), ffi.new("sepflow_rect *")
        lib.sepflow_plan_input_region(self._plan, out, whole, into)
        return (into.y, into.x), (into.h, into.w)

    def __call__(self, a: Any, out: Any = None, *, mask: Any = None, axes: Pair = (0, 1),
                 threads: int = 0) -> np.ndarray:
        """The filtered array. `axes` are those of rows and columns; along all others images lie side by side, and the
        last of them is the plan's channels, unless those are 1. `out` must have the result's shape."""
        a = as_array(a)
        shape = (a.shape[axes[0]], a.shape[axes[1]])
        origin, size = self.output_domain(shape)
        return self.region(a, origin, size, out, mask=mask, axes=axes, threads=threads)

    def region(self, a: Any, origin: Pair, size: Pair, out: Any = None, *, mask: Any = None, axes: Pair = (0, 1),
               threads: int = 0, first: Pair = (0, 0), domain: Optional[Pair] = None) -> np.ndarray:
        """The part of the result that begins at `origin`. `a` may be a part of the image too: the one that begins at
        `first` in an image of shape `domain`, and holds what input_region says."""
        image = spatial_first(as_array(a), axes)
        if image.dtype != self.dtype:
            raise TypeError(f"the plan is for {self.dtype}, the array is {image.dtype}")
        if out is None:
            shape = list(as_array(a).shape)
            shape[axes[0]], shape[axes[1]] = size
            out = np.empty(shape, self.out_dtype)
        result = spatial_first(as_array(out), axes)
        if result.shape != tuple(size) + image.shape[2:] or result.dtype != self.out_dtype:
            raise ValueError(f"out is {result.dtype} {result.shape}, not {self.out_dtype} {tuple(size) + image.shape[2:]}")
        if not result.flags.writeable:
            raise ValueError("out is read-only")
        mask = None if mask is None else spatial_first(as_array(mask), axes)
        planes = image.shape[2:] if self.channels == 1 else image.shape[2:-1]
        for plane in np.ndindex(*planes):
            at = (slice(None), slice(None)) + plane
            masked = mask if mask is None or mask.ndim < 2 + len(planes) else mask[at]
            self._process(image[at], result[at], masked, first, domain, origin, threads)
        return out

    def _process(self, a, out, mask, first, domain, origin, threads) -> None:
        inputs = [describe(a, first, domain)] + ([] if mask is None else [describe(mask, first, domain)])
        images = ffi.new("sepflow_image[]", [image[0] for image in inputs])
        result = describe(out, origin)
        process = new("sepflow_process", input_count=len(inputs), output_count=1, inputs=images, outputs=result,
                      region=result.bounds, max_threads=threads)
        call(lib.sepflow_process_plan, self._plan, process)

    def __repr__(self) -> str:
        rows, columns = self.taps.shape
        return f"<sepflow.Plan {rows} x {columns}, {self.dtype}, {self.method}, rank {self.rank}, {self.variant}>"


def _remake(kernel: Kernel, options: Dict[str, Any]) -> Plan:
    return Plan(kernel, **options)


def filter(a: Any, kernel: Kernel, *, out: Any = None, mask: Any = None, axes: Pair = (0, 1), threads: int = 0,
           **options: Any) -> np.ndarray:
    """Filters an array: Plan(kernel, a.dtype, **options) applied to it, all of an image's channels at once."""
    a = as_array(a)
    if a.ndim < 2:
        raise ValueError("an image has two axes at least")
    others = spatial_first(a, axes).shape[2:]
    plan = Plan(kernel, a.dtype, channels=others[-1] if others else 1, **options)
    return plan(a, out, mask=mask, axes=axes, threads=threads)
