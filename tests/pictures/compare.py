#!/usr/bin/env python3
"""Filters real pictures with libsepflow and with the command, with SciPy and with OpenCV, and
compares.

    compare.py --sepflow build/release/lib/libsepflow.so --command build/release/bin/sepflow --work
    DIR

Exit code 0: all agree. 1: something differs. 77: a Debian package is missing, nothing was compared.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import warnings

PACKAGES = {"numpy": "python3-numpy", "scipy": "python3-scipy", "cv2": "python3-opencv",
            "skimage": "python3-skimage", "pydicom": "python3-pydicom", "astropy": "python3-astropy"}

missing = [package for module, package in PACKAGES.items() if importlib.util.find_spec(module) is None]
if missing:
    print("SKIPPED, nothing was compared. To compare, install", *missing)
    sys.exit(77)

import cv2
import numpy
from astropy.convolution import convolve as astropy_convolve
from scipy import ndimage

import gallery
from library import Library
from report import Report

SCIPY_MODES = {"reflect": "reflect", "reflect101": "mirror", "replicate": "nearest", "wrap": "wrap",
               "constant": "constant"}
OPENCV_BORDERS = {"reflect": cv2.BORDER_REFLECT, "reflect101": cv2.BORDER_REFLECT_101,
                  "replicate": cv2.BORDER_REPLICATE, "constant": cv2.BORDER_CONSTANT}
# What to make of a picture of a type: the type of the result, turn and turn about.
OUT_TYPES = {"uint8": ("uint8", "float32", "int16", "uint16"), "int16": ("int16", "float32"),
             "uint16": ("uint16", "float32"), "float16": ("float16", "float32"),
             "float32": ("float32",), "float64": ("float64",)}


def gaussian(sigma, radius, offset=0.0):
    taps = numpy.exp(-((numpy.arange(-radius, radius + 1) - offset) ** 2) / (2.0 * sigma ** 2))
    return taps / taps.sum()


def kernels():
    """Matrices made here, so that the library's own kernels are not compared with themselves."""
    y, x = numpy.mgrid[-6:7, -6:7]
    disc = (x * x + y * y <= 6.5 ** 2).astype(float)
    turned = numpy.exp(-((x + y) ** 2) / 50.0 - ((x - y) ** 2) / 6.0)
    random = numpy.random.default_rng(4).uniform(-0.2, 1, (4, 7))
    return {
        "gaussian, 17 x 17, rank 1": numpy.outer(gaussian(2, 8), gaussian(2, 8)),
        "shifted gaussians, 9 x 6, rank 1": numpy.outer(gaussian(1.3, 4, 0.4), gaussian(0.9, 3)[:6]),
        "disc, 13 x 13": disc / disc.sum(),
        "turned gaussian, 13 x 13": turned / turned.sum(),
        "random, 4 x 7, full rank": random / random.sum(),
        "sobel": numpy.outer([1, 2, 1], [-1, 0, 1]).astype(float),
        "laplacian": numpy.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], float),
    }


def allowed(filtered, picture, taps, border_value=0.0):
    """The plan's certificate, and the rounding of the reference's own sum."""
    largest = max(float(numpy.abs(picture.astype(numpy.float64)).max()), abs(border_value))
    return (filtered.error_bound + 1e-13 * numpy.abs(taps).sum()) * largest


def per_channel(picture, function):
    planes = [function(picture[:, :, c].astype(numpy.float64)) for c in range(picture.shape[2])]
    return numpy.stack(planes, axis=2)


def scipy_sum(picture, taps, border, border_value=0.0, convolve=False):
    function = ndimage.convolve if convolve else ndimage.correlate
    if border != "truncate":
        mode = SCIPY_MODES[border]
        return per_channel(picture, lambda p: function(p, taps, mode=mode, cval=border_value))
    share = function(numpy.ones(picture.shape[:2]), taps, mode="constant")
    return per_channel(picture, lambda p: function(p, taps, mode="constant") * taps.sum() / share)


def all_pictures():
    pictures = list(gallery.photographs()) + list(gallery.slices())
    camera = dict(pictures)["camera.png"]
    for name, scale in (("float16", 255), ("float32", 255), ("float64", 1e4)):
        pictures.append((f"camera as {name}", (camera / scale).astype(name)))
    wide = dict(pictures)["CT_small.dcm"].astype(numpy.int32) * 29
    pictures.append(("CT_small as uint16", wide.clip(0, 65535).astype(numpy.uint16)))
    # Views, as a program that filters a part of a picture has them: bottom-up, every other column,
    # mirrored.
    colour = dict(pictures)["astronaut.png"]
    pictures.append(("part of astronaut", colour[300:20:-1, 31:431:2, ::-1]))
    return pictures


def against_scipy(library, pictures, report):
    turn = 0
    for name, picture in pictures:
        for kernel, taps in kernels().items():
            borders = list(SCIPY_MODES) + (["truncate"] if taps.min() >= 0 else [])
            if picture.size > 200000:  # a large picture: three borders, turn and turn about
                borders = [borders[(turn + 2 * i) % len(borders)] for i in range(3)]
            for border in borders:
                turn += 1
                out = OUT_TYPES[picture.dtype.name][turn % len(OUT_TYPES[picture.dtype.name])]
                convolve, value = turn % 3 == 0, 100.0 if border == "constant" else 0.0
                filtered = library.filter(picture, taps, border, out, value, convolve)
                exact = scipy_sum(picture, taps, border, value, convolve)
                label = f"{name}, {kernel}, {border}, to {out}{', convolved' if convolve else ''}"
                report.judge("scipy.ndimage", label, filtered.array, exact,
                             allowed(filtered, picture, taps, value))


ASTROPY_BOUNDARIES = {"constant": "fill", "wrap": "wrap", "replicate": "extend"}


def against_astropy(library, pictures, report):
    """Pictures with holes: NaN left out, kept, or filled."""
    random = numpy.random.default_rng(8)
    camera = dict(pictures)["camera as float64"][200:329, 100:260]
    y, x = numpy.mgrid[-15:16, -15:16]
    own = {"disc, 31 x 31": (x * x + y * y <= 15.5 ** 2) / numpy.sum(x * x + y * y <= 15.5 ** 2),
           "gaussian, 9 x 9": numpy.outer(gaussian(1.5, 4), gaussian(1.5, 4)),
           "shifted gaussians, 5 x 7": numpy.outer(gaussian(1.3, 2, 0.4), gaussian(0.9, 3, -0.3))}
    for share in (0.02, 0.5):
        holes = camera.copy()
        holes[random.random(holes.shape) < share] = numpy.nan
        holes[40:60, 30:90] = numpy.nan
        for kernel, taps in own.items():
            for border, boundary in ASTROPY_BOUNDARIES.items():
                for keep in (False, True):
                    filtered = library.filter(holes, taps, border, None, 0.0, True, 0, "ignore",
                                              numpy.nan, keep)
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")  # where a hole is larger than the kernel
                        exact = astropy_convolve(holes[:, :, 0], taps, boundary=boundary,
                                                 preserve_nan=keep)[:, :, numpy.newaxis]
                    label = f"{share} missing, {kernel}, {border}{', kept' if keep else ''}"
                    if not numpy.array_equal(numpy.isnan(filtered.array), numpy.isnan(exact)):
                        report.failures.append(f"astropy: {label}: other pixels are missing")
                    # The bound grows with what is left out: a single tap may have to do.
                    report.judge("astropy", label, numpy.nan_to_num(filtered.array), numpy.nan_to_num(exact),
                                 allowed(filtered, numpy.nan_to_num(holes), taps) / taps[taps > 0].min())
                filled = library.filter(holes, taps, border, None, 0.0, True, 0, "fill", 12.5)
                exact = astropy_convolve(holes[:, :, 0], taps, boundary=boundary, nan_treatment="fill",
                                         fill_value=12.5)[:, :, numpy.newaxis]
                if border != "constant":  # astropy has one value for both
                    report.judge("astropy", f"{share} filled, {kernel}, {border}", filled.array, exact,
                                 2 * allowed(filled, numpy.nan_to_num(holes), taps, 12.5))


def against_scipy_filters(library, pictures, report):
    """Filters that SciPy has by name, with a border of its own on each axis."""
    named = {
        "gaussian 3": lambda p, modes: ndimage.gaussian_filter(p, 3, mode=modes, truncate=4),
        "box 9 4": lambda p, modes: ndimage.uniform_filter(p, (4, 9), mode=modes),
        "sobel x": lambda p, modes: ndimage.sobel(p, axis=1, mode=modes),
        "prewitt y": lambda p, modes: ndimage.prewitt(p, axis=0, mode=modes),
    }
    names = list(SCIPY_MODES)
    turn = 0
    for name, picture in pictures:
        for text, function in named.items():
            turn += 1
            border = (names[turn % 5], names[turn // 5 % 5])
            modes = [SCIPY_MODES[border[1]], SCIPY_MODES[border[0]]]
            out = "float64" if picture.dtype.name == "float64" else "float32"
            filtered = library.filter(picture, text, border, out)
            exact = per_channel(picture, lambda p: function(p, modes))
            report.judge("scipy's own filters", f"{name}, {text}, {border[0]} and {border[1]}",
                         filtered.array, exact, allowed(filtered, picture, filtered.taps))


def against_opencv(library, pictures, report):
    for name, picture in pictures:
        doubles = numpy.ascontiguousarray(picture, numpy.float64)
        largest = float(numpy.abs(doubles).max())
        out = "float64" if picture.dtype.name == "float64" else "float32"
        for border, flag in OPENCV_BORDERS.items():
            for kernel, taps in kernels().items():
                filtered = library.filter(picture, taps, border, out)
                exact = cv2.filter2D(doubles, cv2.CV_64F, taps, borderType=flag)
                # From 11 x 11 on filter2D goes through a Fourier transform.
                slack = 1e-11 * largest
                report.judge("cv2.filter2D", f"{name}, {kernel}, {border}", filtered.array,
                             exact.reshape(picture.shape), allowed(filtered, picture, taps) + slack)
            across, down = gaussian(2, 5, 0.5), gaussian(1, 4, -0.2)
            filtered = library.filter(picture, numpy.outer(down, across), border, out)
            exact = cv2.sepFilter2D(doubles, cv2.CV_64F, across, down, borderType=flag)
            report.judge("cv2.sepFilter2D", f"{name}, 9 x 11, {border}", filtered.array,
                         exact.reshape(picture.shape),
                         allowed(filtered, picture, numpy.outer(down, across)))
            filtered = library.filter(picture, "gaussian 2", border, out)
            exact = cv2.GaussianBlur(doubles, (17, 17), 2, borderType=flag)
            report.judge("cv2.GaussianBlur", f"{name}, {border}", filtered.array,
                         exact.reshape(picture.shape), allowed(filtered, picture, filtered.taps))


def through_files(command, library, pictures, work, report):
    """The command on files gives what the library gives in memory, byte for byte."""
    os.makedirs(work, exist_ok=True)
    pictures = dict(pictures)
    chosen = {"astronaut.png": ".png", "camera.png": ".tif", "CT_small as uint16": ".png",
              "CT_small.dcm": ".tif", "camera as float32": ".tif"}
    borders = [(border, border) for border in list(SCIPY_MODES) + ["truncate"]] + [("wrap", "constant")]
    for name, suffix in chosen.items():
        picture = pictures[name]
        source, result = os.path.join(work, "in" + suffix), os.path.join(work, "out" + suffix)
        if not cv2.imwrite(source, picture):
            report.failures.append(f"cannot write {source}")
            continue
        for border in borders:
            for text in ("gaussian 1.7", "disc 5.5", "2x3 1 2 3 4 5 6 norm"):
                run = subprocess.run([command, "filter", source, result, "--quiet", "--kernel", text,
                                      "--border", ",".join(border)], capture_output=True, text=True)
                label = f"{name}, {text}, {border[0]} and {border[1]}"
                if run.returncode != 0:
                    report.failures.append(f"sepflow filter: {label}: {run.stderr.strip()}")
                    continue
                filtered = library.filter(picture, text, border)
                got = gallery.as_picture(cv2.imread(result, cv2.IMREAD_UNCHANGED))
                if got.dtype.itemsize == picture.dtype.itemsize:
                    got = got.view(picture.dtype)  # OpenCV takes s16 files for u16
                report.judge("sepflow filter", label, got, filtered.array.astype(numpy.float64), 0.0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sepflow", required=True)
    parser.add_argument("--command", required=True)
    parser.add_argument("--work", required=True, help="a folder for files")
    arguments = parser.parse_args()

    library, report = Library(arguments.sepflow), Report()
    pictures = all_pictures()
    print(f"{len(pictures)} pictures; NumPy {numpy.__version__}, OpenCV {cv2.__version__}")
    against_scipy(library, pictures, report)
    against_astropy(library, pictures, report)
    against_scipy_filters(library, pictures, report)
    against_opencv(library, pictures, report)
    through_files(arguments.command, library, pictures, arguments.work, report)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
