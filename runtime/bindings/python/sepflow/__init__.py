"""Convolves images with any 2-D kernel by a few 1-D passes: the functions of libsepflow over NumPy
arrays.

    import sepflow
    blurred = sepflow.filter(photo, "gaussian 3")            # rows, columns[, channels]
    plan = sepflow.Plan("disc 7.5", "float32", border="wrap")
    for frame in frames: plan(frame, out=frame_out)

Arrays of any strides are used without copies. Other byte orders and integers are converted where no
value is lost. In a mask True is a valid pixel. A np.ma.MaskedArray brings its own mask.
`sepflow.dask` does the same for arrays larger than memory.
"""

from ._library import Error, lib, text
from ._plan import Plan, filter

__version__ = text(lib.sepflow_version())
__all__ = ["Error", "Plan", "filter"]
