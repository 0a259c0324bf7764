"""Real pictures that Debian packages carry: photographs of python3-skimage, slices of
python3-pydicom."""

import importlib.util
import os

import numpy

PHOTOGRAPHS = ("astronaut.png", "coffee.png", "chelsea.png", "camera.png", "coins.png", "page.png",
               "rocket.jpg", "chessboard_GRAY_U16.tif")
SLICES = ("CT_small.dcm", "MR_small.dcm", "MR_small_bigendian.dcm")


def folder(package):
    return importlib.util.find_spec(package).submodule_search_locations[0]


def as_picture(array):
    """(rows, columns, channels), native byte order."""
    array = array if array.ndim == 3 else array[:, :, numpy.newaxis]
    return numpy.ascontiguousarray(array, array.dtype.newbyteorder("="))


def photographs():
    import cv2

    for name in PHOTOGRAPHS:
        path = os.path.join(folder("skimage"), "data", name)
        array = cv2.imread(path, cv2.IMREAD_UNCHANGED) if os.path.isfile(path) else None
        if array is not None:
            yield name, as_picture(array)


def slices():
    import pydicom

    for name in SLICES:
        path = os.path.join(folder("pydicom"), "data", "test_files", name)
        if os.path.isfile(path):
            yield name, as_picture(pydicom.dcmread(path).pixel_array)
