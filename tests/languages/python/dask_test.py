"""sepflow.dask: chunks of any shape give the bytes of the single call, in this process, in several,
and when one dies."""

import doctest
import os
import signal
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

try:
    import dask.array as da
    from distributed import Client, LocalCluster
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(77)

import sepflow
import sepflow.dask

H, W = 203, 157
OPTIONS = (
    {}, {"border": "wrap"}, {"border": ("truncate", "constant"), "border_value": 3.0}, {"border": "replicate"},
    {"extent": "valid"}, {"extent": "full"}, {"method": "fft"}, {"method": "direct", "border": "reflect"},
    {"out_dtype": "f8", "scale": 0.5}, {"convolve": True, "anchor": (0, 1)},
)


def picture(shape, dtype):
    return (np.random.default_rng(3).random(shape) * 250).astype(dtype)


def die_once(block, flag):
    """Ends its process by SIGKILL the first time it is called."""
    try:
        os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return block
    os.kill(os.getpid(), signal.SIGKILL)


class Chunks(unittest.TestCase):
    def require_same(self, a, chunks, kernel, **options):
        whole = sepflow.filter(a, kernel, **options)
        lazy = sepflow.dask.filter(da.from_array(a, chunks), kernel, **options)
        self.assertEqual((lazy.shape, lazy.dtype), (whole.shape, whole.dtype))
        got = lazy.compute(scheduler="sync")
        self.assertIs(type(got), type(whole))
        self.assertIs(type(lazy._meta), type(whole))
        self.assertEqual(np.asarray(got).tobytes(), np.asarray(whole).tobytes())
        if isinstance(whole, np.ma.MaskedArray):
            self.assertTrue(np.array_equal(np.ma.getmaskarray(got), np.ma.getmaskarray(whole)))

    def test_every_border_extent_and_method(self):
        matrix = np.random.default_rng(4).random((8, 13))
        for kernel in ("gaussian 2 5", "disc 6.5", matrix):
            for options in OPTIONS:
                with self.subTest(kernel=str(kernel)[:12], **options):
                    self.require_same(picture((H, W), "f4"), (50, 64), kernel, **options)

    def test_types_channels_and_chunks(self):
        for dtype, shape, chunks in (("u1", (H, W, 3), (50, 64, 3)), ("u2", (H, W, 3), (37, W, 1)),
                                     ("f8", (91, H), (91, 7)), ("i2", (40, 30), ((1, 38, 1), (30,)))):
            with self.subTest(dtype, chunks=chunks):
                self.require_same(picture(shape, dtype), chunks, "disc 6.5")

    def test_dtypes_that_are_converted(self):
        a = picture((H, W), "f8") / 2
        for dtype in (">f4", ">u2", "?", "i1", "i4", "u8"):
            with self.subTest(dtype):
                self.require_same(a > 60 if dtype == "?" else a.astype(dtype), (50, 64), "disc 6.5")
        large = da.from_array(np.array([[2**53 + 1]]), (1, 1))
        with self.assertRaisesRegex(ValueError, "float64"):
            sepflow.dask.filter(large, "box 3").compute(scheduler="sync")

    def test_masks_and_masked_arrays(self):
        valid = np.random.default_rng(5).random((H, W)) > 0.4
        valid[40:80, 30:90] = False
        for dtype in (">f4", "u1"):
            a = picture((H, W), dtype)
            masked = np.ma.masked_array(a, ~valid)
            for options in ({}, {"keep_missing": True}, {"border": "wrap", "extent": "valid"}, {"extent": "full"},
                            {"missing": "fill", "missing_value": 3, "keep_missing": True}):
                with self.subTest(dtype, **options):
                    self.require_same(masked, (50, 64), "disc 6.5", **options)
                    self.require_same(masked, (50, 64), "disc 6.5", mask=valid[::-1], **options)
                    whole = sepflow.filter(a, "disc 6.5", mask=valid, **options)
                    for mask in (valid, da.from_array(valid, (H, 20)), da.from_array(valid.astype(">f8"), (31, 64))):
                        lazy = sepflow.dask.filter(da.from_array(a, (50, 64)), "disc 6.5", mask=mask, **options)
                        self.assertEqual(lazy.compute(scheduler="sync").tobytes(), whole.tobytes())
        self.require_same(picture((30, 41, 0), "f4"), (7, 11, 1), "box 3")
        self.require_same(np.ma.masked_array(picture((30, 41), "f4")), (7, 11), "box 95 61", extent="valid")

    def test_a_mask_is_for_all_planes(self):
        valid = np.random.default_rng(6).random((H, W)) > 0.4
        a = picture((H, W, 3), "u1")
        whole = sepflow.filter(a, "gaussian 2", mask=valid)
        for chunks in ((50, 64, 3), (50, 64, 1)):
            lazy = sepflow.dask.filter(da.from_array(a, chunks), "gaussian 2", mask=valid)
            self.assertEqual(lazy.compute(scheduler="sync").tobytes(), whole.tobytes())
        planes = sepflow.dask.filter(da.from_array(np.moveaxis(a, -1, 0), (1, 50, 64)), "gaussian 2", mask=valid, axes=(1, 2))
        self.assertEqual(planes.compute(scheduler="sync").tobytes(), np.moveaxis(whole, -1, 0).tobytes())

    def test_what_does_not_fit_is_refused(self):
        a = da.from_array(picture((H, W), "f4"), (50, 64))
        for part, wrong in (
            ("not a Dask array", lambda: sepflow.dask.filter(picture((H, W), "f4"), "box 3")),
            ("compute_chunk_sizes", lambda: sepflow.dask.filter(a[a.sum(axis=1) > 9], "box 3")),
            (r"\.real", lambda: sepflow.dask.filter(a * 1j, "box 3")),
            (r"axes=\(1, 2\)", lambda: sepflow.dask.filter(da.zeros((9, 20, 30)), "box 3")),
            ("mask > 0", lambda: sepflow.dask.filter(a, "box 3", mask=(a > 9).astype("u1"))),
            ("True is a valid pixel", lambda: sepflow.dask.filter(a, "box 3", mask=da.ma.masked_array(a > 9))),
            ("mask has the shape", lambda: sepflow.dask.filter(a, "box 3", mask=a[:, 1:] > 9)),
            ("missing='propagate' takes no mask", lambda: sepflow.dask.filter(a, "box 3", mask=a > 9, missing="propagate")),
            ("called border here", lambda: sepflow.dask.filter(a, "box 3", mode="wrap")),
            ("scale must not be 0", lambda: sepflow.dask.filter(a, "box 3", scale=0)),
        ):
            with self.subTest(part), self.assertRaisesRegex((TypeError, ValueError), part):
                wrong()

    def test_kernels_larger_than_chunks_and_image(self):
        for border in ("reflect101", "wrap", "constant"):
            with self.subTest(border):
                self.require_same(picture((30, 41), "f4"), (7, 11), "box 95 61", border=border)
        # nothing is left
        self.require_same(picture((30, 41), "f4"), (7, 11), "box 95 61", extent="valid")

    def test_planes_before_rows(self):
        a = picture((4, H, W), "u1")
        lazy = sepflow.dask.filter(da.from_array(a, (2, 50, 64)), "gaussian 2", axes=(1, 2))
        self.assertEqual(lazy.compute(scheduler="sync").tobytes(), sepflow.filter(a, "gaussian 2", axes=(1, 2)).tobytes())


class Cluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.cluster = LocalCluster(n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None,
                                   local_directory=cls.folder.name)
        cls.client = Client(cls.cluster)

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.cluster.close()
        cls.folder.cleanup()

    def test_several_processes(self):
        a = picture((H, W), "f4")
        lazy = sepflow.dask.filter(da.from_array(a, (40, 40)), "disc 6.5", border="wrap")
        self.assertEqual(self.client.compute(lazy).result().tobytes(), sepflow.filter(a, "disc 6.5", border="wrap").tobytes())

    def test_a_worker_that_dies_in_the_middle(self):
        a, flag = picture((H, W), "f4"), str(Path(self.folder.name, "died"))
        source = da.from_array(a, (40, 40))
        blocks = source.map_blocks(lambda block: block, dtype=source.dtype)
        last = blocks[160:, 120:].map_blocks(die_once, flag, meta=source._meta)
        mixed = da.block([[blocks[:160, :120], blocks[:160, 120:]], [blocks[160:, :120], last]])
        lazy = sepflow.dask.filter(mixed, "disc 6.5")
        self.assertEqual(self.client.compute(lazy).result().tobytes(), sepflow.filter(a, "disc 6.5").tobytes())
        self.assertTrue(os.path.exists(flag))


def load_tests(loader, tests, pattern):
    """The example of the docstring, too."""
    tests.addTests(doctest.DocTestSuite(sepflow.dask))
    return tests


if __name__ == "__main__":
    unittest.main()
