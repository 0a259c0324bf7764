"""Convolves mapped images with SciPy, one request of JSON a line, and answers each with the seconds it took."""
import json
import sys
import time

import numpy
from scipy.ndimage import correlate1d

for line in sys.stdin:
    request = json.loads(line)
    shape, dtype = tuple(request["shape"]), request["dtype"]
    image = numpy.memmap(request["in"], dtype=dtype, mode="r", shape=shape)
    out = numpy.memmap(request["out"], dtype=dtype, mode="r+", shape=shape)
    between = numpy.float64 if dtype == "float64" else numpy.float32
    start = time.process_time()
    middle = correlate1d(image, request["row"], axis=1, output=between, mode="mirror")
    correlate1d(middle, request["column"], axis=0, output=out, mode="mirror")
    print(time.process_time() - start, flush=True)
