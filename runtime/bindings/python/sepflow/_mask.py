"""Masks as weights of the library, and np.ma.MaskedArray as an image with a mask.

In `mask` True is a valid pixel. In numpy.ma's own mask True is a missing one."""

from typing import Any, Optional, Sequence, Tuple

import numpy as np

from ._image import as_array, exactly

_TURNED_ROUND = ("in mask True is a valid pixel, the opposite of numpy.ma's mask: pass ~np.ma.getmaskarray(a), or the "
                 "masked array itself as the image")


def weights_of(mask: Any) -> np.ndarray:
    """Returns the weights of a mask: True has full weight, floats are weights, integers are parts
    of their largest value."""
    mask = as_array(mask, "mask")
    if isinstance(mask, np.ma.MaskedArray) or mask.ndim == 0:
        what = "a masked array" if mask.ndim else "a single value"
        raise TypeError(f"mask is {what}: {_TURNED_ROUND}")
    if mask.dtype.kind == "b":
        return np.multiply(mask, np.uint8(255), dtype=np.uint8)
    if mask.dtype.kind in "iu":
        _require_weights(mask)
    return exactly(mask, mask.dtype.newbyteorder("="), "mask")


def _require_weights(mask: np.ndarray) -> None:
    """Raises if integers look like truth values and not like parts of the type's largest value."""
    way_out = "pass np.asarray(mask, bool), where True is a valid pixel, or weights 0 .. 1 as floats"
    if mask.dtype.name not in ("uint8", "uint16", "int16"):
        raise TypeError(f"mask has the dtype {mask.dtype}, which has no full weight: {way_out}")
    if mask.size and mask.max() == 1:
        raise ValueError(f"mask holds nothing above 1, and the full weight of {mask.dtype} is {np.iinfo(mask.dtype).max}: "
                         f"{way_out}")


def spread(mask: Any, shape: Sequence[int], axes: Tuple[int, int]) -> Any:
    """Returns a view of a NumPy or Dask mask in the shape of the image. A mask of two axes serves
    all planes."""
    spread_out = mask
    if mask.ndim == 2:
        spread_out = np.expand_dims(mask, [axis for axis in range(len(shape)) if axis not in axes])
    try:
        if spread_out.ndim != len(shape):
            raise ValueError
        return np.broadcast_to(spread_out, shape)
    except ValueError:
        raise ValueError(f"mask has the shape {mask.shape}, not that of the image, {tuple(shape)}, or of its rows and "
                         "columns alone") from None


def where_valid(valid: np.ndarray, weights: Optional[np.ndarray]) -> np.ndarray:
    """Returns the weights, with 0 where `valid` is False. Without weights, valid pixels have full
    weight."""
    return weights_of(valid) if weights is None else np.where(valid, weights, weights.dtype.type(0))
