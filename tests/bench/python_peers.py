"""Convolves mapped images with SciPy or astropy, one request of JSON a line, and answers each with
the seconds it took."""
import json
import sys
import time

import numpy


def scipy(request, image, out):
    from scipy.ndimage import correlate1d

    between = numpy.float64 if image.dtype == "float64" else numpy.float32
    start = time.process_time()
    middle = correlate1d(image, request["row"], axis=1, output=between, mode="mirror")
    correlate1d(middle, request["column"], axis=0, output=out, mode="mirror")
    return time.process_time() - start


def astropy(request, image, out):
    from astropy.convolution import convolve

    kernel = numpy.array(request["kernel"])
    start = time.process_time()
    out[...] = convolve(image, kernel, boundary="fill", nan_treatment="interpolate")
    return time.process_time() - start


for line in sys.stdin:
    request = json.loads(line)
    shape, dtype = tuple(request["shape"]), request["dtype"]
    image = numpy.memmap(request["in"], dtype=dtype, mode="r", shape=shape)
    out = numpy.memmap(request["out"], dtype=dtype, mode="r+", shape=shape)
    print({"scipy": scipy, "astropy": astropy}[request["peer"]](request, image, out), flush=True)
