"""Options of a caller, checked one by one. Each error names the option and its valid values."""

import operator
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Dict, Iterable, Tuple

import numpy as np

from ._abi import ffi
from ._library import lib, new

Pair = Tuple[int, int]

_INT32 = 2**31 - 1
_INT64 = 2**63 - 1

# Names in SciPy, NumPy, astropy and scikit-image.
_BORDERS = {"mirror": "reflect101", "symmetric": "reflect", "grid-mirror": "reflect", "nearest": "replicate",
            "edge": "replicate", "extend": "replicate", "grid-wrap": "wrap", "fill": "constant",
            "grid-constant": "constant", "zero": "constant", "periodic": "wrap", "circular": "wrap"}
_NAMES = {"mode": "border", "boundary": "border", "cval": "border_value", "fill_value": "border_value",
          "output": "out", "weights": "kernel", "origin": "anchor", "nan_treatment": "missing",
          "preserve_nan": "keep_missing", "channel_axis": "axes", "multichannel": "axes", "axis": "axes",
          "workers": "threads", "dtype": "out_dtype", "out_type": "out_dtype"}


def names(given: Iterable[str], known: Iterable[str]) -> None:
    """Raises TypeError for an option that is not in `known`."""
    known = list(known)
    for name in given:
        if name in known:
            continue
        if name == "channels":
            raise TypeError("channels is the array's own: axes says which two axes are rows and columns")
        near = _NAMES.get(name) or next(iter(get_close_matches(name, known, 1)), None)
        hint = f"it is called {near} here" if near else f"options are {', '.join(known)}"
        raise TypeError(f"{name} is an unexpected option: {hint}")


@lru_cache(maxsize=None)
def _words(option: str) -> Dict[str, int]:
    start = f"SEPFLOW_{option}_".upper()
    return {name[len(start):].lower(): getattr(lib, name) for name in dir(lib) if name.startswith(start)}


def word(option: str, given: Any) -> int:
    """Returns the header's constant: ("method", "fft") is SEPFLOW_METHOD_FFT."""
    known = _words(option)
    if isinstance(given, str) and given in known:
        return known[given]
    hint = f": here that is '{_BORDERS[given]}'" if option == "border" and isinstance(given, str) and given in _BORDERS else ""
    kind = ValueError if isinstance(given, str) else TypeError
    raise kind(f"{option} is one of {', '.join(known)}, not {given!r:.60}{hint}")


def borders(given: Any) -> Pair:
    """Returns the constants for rows and columns."""
    if isinstance(given, str):
        return word("border", given), word("border", given)
    try:
        y, x = given
    except (TypeError, ValueError):
        raise TypeError(f"border is one word, or two for (rows, columns), not {given!r:.60}") from None
    return word("border", y), word("border", x)


def whole(option: str, given: Any, least: int, most: int = _INT32) -> int:
    try:
        number = operator.index(given) if not isinstance(given, bool) else None
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{option} is a whole number, not {given!r:.60}")
    if not least <= number <= most:
        limit = f"{least} or more" if number < least else f"{most} at most"
        raise ValueError(f"{option} is {limit}, not {number}")
    return number


def number(option: str, given: Any) -> float:
    try:
        if isinstance(given, (str, bytes)) or getattr(given, "ndim", 0) != 0:
            raise TypeError
        return float(given)
    except (OverflowError, TypeError, ValueError):
        raise TypeError(f"{option} is a number, not {given!r:.60}") from None


def flag(option: str, given: Any) -> bool:
    if not isinstance(given, (bool, np.bool_, int)) or given not in (0, 1):
        raise TypeError(f"{option} is True or False, not {given!r:.60}")
    return bool(given)


def pair(option: str, given: Any, least: int = -_INT64) -> Pair:
    """Returns two whole numbers: for rows, for columns."""
    try:
        if isinstance(given, str):
            raise TypeError
        y, x = given
    except (TypeError, ValueError):
        raise TypeError(f"{option} is a pair of whole numbers, for rows and for columns, not {given!r:.60}") from None
    return whole(option, y, least, _INT64), whole(option, x, least, _INT64)


_FLAGS = {"convolve": lib.SEPFLOW_OPTION_CONVOLVE, "keep_missing": lib.SEPFLOW_OPTION_KEEP_MISSING,
          "strict": lib.SEPFLOW_OPTION_STRICT}


def struct(o: Dict[str, Any], in_type: int, out_type: int):
    """Returns sepflow_options for options by name, and the memory that must outlive it."""
    options = new("sepflow_options", in_type=in_type, out_type=out_type, channels=whole("channels", o["channels"], 1))
    options.border_y, options.border_x = borders(o["border"])
    for option in ("extent", "method", "schedule", "missing"):
        setattr(options, option, word(option, o[option]))
    for option in ("border_value", "tolerance", "scale", "delta", "missing_value"):
        setattr(options, option, number(option, o[option]))
    if options.scale == 0:  # C reads 0 as 1
        raise ValueError("scale must not be 0: the result would be delta everywhere")
    if o["rank"] is not None:
        options.rank = whole("rank", o["rank"], 1)
    if o["anchor"] is not None:
        options.flags |= lib.SEPFLOW_OPTION_ANCHOR
        options.anchor_y, options.anchor_x = pair("anchor", o["anchor"], 0)
    for option, bit in _FLAGS.items():
        options.flags |= bit if flag(option, o[option]) else 0
    options.flags |= 0 if flag("files", o["files"]) else lib.SEPFLOW_OPTION_NO_FILES
    if o["keep_missing"] and o["missing"] == "propagate":
        raise ValueError("keep_missing=True needs missing='ignore' or missing='fill'")
    variant = o["variant"]
    if variant is not None and (not isinstance(variant, str) or "\0" in variant):
        raise TypeError(f"variant is a word such as 'avx2', or None, not {variant!r:.60}")
    name = ffi.new("char[]", variant.encode()) if variant else ffi.NULL
    options.variant = name
    return options, name


def axes(given: Any, shape: Tuple[int, ...], channels: int) -> Pair:
    """Returns the axes of rows and of columns. Raises ValueError if they are ambiguous.

    The default is the first two, if there is no other or if the third looks like channels: it has
    up to four, or as many as the plan.
    """
    count = len(shape)
    if count < 2:
        raise ValueError(f"an image has two axes, rows and columns, not the shape {shape}: a signal is an image of one row, "
                         "a[np.newaxis], and its taps the kernel ([1], taps)")
    if given is None:
        if count == 2 or (count == 3 and (shape[2] <= 4 or shape[2] == channels)):
            return 0, 1
        raise ValueError(f"axes must say where rows and columns are in an array of the shape {shape}: axes=(0, 1) for images "
                         f"of {shape[0]} x {shape[1]}, axes=(1, 2) for images of {shape[1]} x {shape[2]}")
    rows, columns = pair("axes", given, -count)
    if max(rows, columns) >= count or rows % count == columns % count:
        raise ValueError(f"axes are two different ones of the array's {count}, from 0, not {given!r:.60}")
    return rows % count, columns % count
