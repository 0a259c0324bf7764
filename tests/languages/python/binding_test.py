"""The Python package with an installed library: NumPy arrays without copies, against SciPy's sums
in f64."""

import doctest
import pickle
import sys
import threading
import unittest

import numpy as np
from scipy import ndimage

import sepflow

H, W = 43, 67
TAPS = np.array([[1, 2, -3, 4, 5], [0, -1, 7, 2, 2], [3, -5, 1, 1, 4]], float)
MODES = {"reflect101": "mirror", "reflect": "reflect", "replicate": "nearest", "wrap": "wrap", "constant": "constant"}


def picture(shape, dtype):
    return np.random.default_rng(7).integers(0, 251, shape).astype(dtype)


def reference(a, taps=TAPS, mode="mirror", value=0.0):
    return ndimage.correlate(a.astype(float), taps, mode=mode, cval=value)


class Arrays(unittest.TestCase):
    def test_every_dtype_is_the_sum(self):
        for dtype, most in (("u1", 0.5), ("u2", 0.5), ("i2", 0.5), ("f2", 2), ("f4", 2e-2), ("f8", 1e-9)):
            with self.subTest(dtype):
                a = picture((H, W), dtype)
                expected = reference(a)
                if np.dtype(dtype).kind in "ui":
                    limits = np.iinfo(dtype)
                    expected = expected.clip(limits.min, limits.max)
                got = sepflow.filter(a, TAPS)
                self.assertEqual(got.dtype, a.dtype)
                self.assertLessEqual(np.abs(got - expected).max(), most)

    def test_any_strides_without_copies(self):
        base = picture((2 * H, 3 * W, 4), "f4")
        views = {
            "planes of pixels": base[::2, ::3, 1], "upside down": base[: H][::-1, W : 2 * W, 0],
            "mirrored": base[:H, :W, 0][:, ::-1], "Fortran": np.asfortranarray(base[:H, :W, 0]),
            "repeated": np.broadcast_to(base[:1, :W, 0], (H, W)),
        }
        for name, view in views.items():
            with self.subTest(name):
                dense = np.ascontiguousarray(view)
                wanted = sepflow.filter(dense, TAPS)
                self.assertTrue(np.array_equal(sepflow.filter(view, TAPS), wanted))
                # Written into every other pixel of another array, whose others stay.
                out = np.full((H, 2 * W), -1, "f4")
                self.assertIsNotNone(sepflow.filter(view, TAPS, out=out[:, ::2]))
                self.assertTrue(np.array_equal(out[:, ::2], wanted))
                self.assertTrue((out[:, 1::2] == -1).all())

    def test_axes_say_where_the_image_is(self):
        a = picture((H, W, 3), "u1")
        each = np.stack([sepflow.filter(np.ascontiguousarray(a[..., c]), TAPS) for c in range(3)], -1)
        self.assertTrue(np.array_equal(sepflow.filter(a, TAPS), each))
        planar = np.ascontiguousarray(a.transpose(2, 0, 1))
        self.assertTrue(np.array_equal(sepflow.filter(planar, TAPS, axes=(1, 2)), each.transpose(2, 0, 1)))
        transposed = sepflow.filter(a.transpose(1, 0, 2), TAPS, axes=(1, 0))
        self.assertTrue(np.array_equal(transposed, each.transpose(1, 0, 2)))
        stack = np.stack([a, a[::-1]])
        both = sepflow.filter(stack, TAPS, axes=(-3, -2))
        self.assertTrue(np.array_equal(both[0], each))
        self.assertTrue(np.array_equal(both[1], sepflow.filter(a[::-1], TAPS)))

    def test_memory_that_speaks_dlpack(self):
        class Tensor:
            def __init__(self, array):
                self.array = array

            def __dlpack__(self, **how):
                return self.array.__dlpack__(**how)

            def __dlpack_device__(self):
                return self.array.__dlpack_device__()

        a = picture((H, W), "f4")
        got = sepflow.filter(Tensor(a[:, ::-1]), TAPS)
        self.assertTrue(np.array_equal(got, sepflow.filter(a[:, ::-1], TAPS)))
        self.assertTrue(np.array_equal(np.from_dlpack(got), got))

    def test_what_does_not_fit_is_refused(self):
        a = picture((H, W), "f4")
        plan = sepflow.Plan(TAPS, "f4")
        for kind, text, wrong in (
            (TypeError, "the plan is for float32", lambda: plan(a.astype("f8"))),
            (ValueError, "out is", lambda: plan(a, np.empty((H, W - 1), "f4"))),
            (ValueError, "read-only", lambda: plan(a, np.broadcast_to(np.float32(0), (H, W)))),
            (sepflow.Error, "bocks", lambda: sepflow.filter(a, "bocks 3")),
            (sepflow.Error, "not allowed", lambda: sepflow.filter(a, "file k.csv", files=False)),
            (sepflow.Error, "overlap", lambda: plan(a, a)),
            (TypeError, "unexpected", lambda: sepflow.filter(a, TAPS, colour="red")),
        ):
            with self.subTest(text), self.assertRaisesRegex(kind, text):
                wrong()


class Plans(unittest.TestCase):
    def test_options_arrive(self):
        a = picture((H, W), "f8")
        for border, mode in MODES.items():
            got = sepflow.filter(a, TAPS, border=border, border_value=9.0)
            self.assertLess(np.abs(got - reference(a, TAPS, mode, 9.0)).max(), 1e-9, border)
        got = sepflow.filter(a, TAPS, border=("wrap", "replicate"))
        padded = np.pad(np.pad(a, ((1, 1), (0, 0)), "wrap"), ((0, 0), (2, 2)), "edge")
        self.assertLess(np.abs(got - reference(padded)[1:-1, 2:-2]).max(), 1e-9)
        flipped = sepflow.filter(a, TAPS, convolve=True, scale=2, delta=1)
        self.assertLess(np.abs(flipped - 1 - 2 * reference(a, TAPS[::-1, ::-1])).max(), 1e-9)
        # The kernel's corner on the pixel: what the middle gave, two columns to the left and one
        # row down.
        shifted = sepflow.filter(a, TAPS, anchor=(2, 0))
        self.assertLess(np.abs(shifted[2:, :-4] - reference(a)[1:-1, 2:-2]).max(), 1e-9)
        self.assertEqual(sepflow.filter(a, TAPS, extent="valid").shape, (H - 2, W - 4))
        self.assertEqual(sepflow.filter(a, TAPS, extent="full").shape, (H + 2, W + 4))
        self.assertEqual(sepflow.filter(picture((H, W), "u1"), TAPS, out_dtype="f4").dtype, np.float32)

    def test_kernels_of_every_kind(self):
        a = picture((H, W), "f8")
        column, row = [1.0, 2.0, 4.0], [3.0, -1.0, 0.5, 2.0, 1.0]
        matrix = np.outer(column, row)
        self.assertLess(np.abs(sepflow.filter(a, (column, row)) - reference(a, matrix)).max(), 1e-9)
        self.assertLess(np.abs(sepflow.filter(a, np.asfortranarray(matrix)) - reference(a, matrix)).max(), 1e-9)
        self.assertLess(np.abs(sepflow.filter(a, "box 5 3") - ndimage.uniform_filter(a, (3, 5), mode="mirror")).max(), 1e-9)

    def test_a_plan_tells_what_it_is(self):
        plan = sepflow.Plan(TAPS, "f8", method="separable")
        self.assertEqual((plan.rank, plan.halo, plan.method), (3, ((1, 1), (2, 2)), "separable"))
        self.assertTrue(np.array_equal(plan.taps, TAPS))
        self.assertLess(np.abs(plan.column_taps.T @ plan.row_taps - TAPS).max(), 1e-12)
        self.assertLess(np.abs(plan.singular_values - np.linalg.svd(TAPS)[1]).max(), 1e-12)

    def test_pickled_it_computes_the_same_bytes(self):
        a = picture((H, W), "f4")
        plan = sepflow.Plan("disc 6.5", "f4", border="wrap")
        again = pickle.loads(pickle.dumps(plan))
        self.assertEqual(again.variant, plan.variant)
        self.assertEqual(again(a).tobytes(), plan(a).tobytes())

    def test_missing_pixels(self):
        a, mask = picture((H, W), "f4"), np.ones((H, W), "u1") * 255
        mask[5:9, 20:31] = 0
        holes = np.where(mask == 0, np.nan, a).astype("f4")
        masked = sepflow.filter(a, "gaussian 1", mask=mask, missing="ignore")
        self.assertTrue(np.allclose(masked, sepflow.filter(holes, "gaussian 1", missing="ignore"), rtol=1e-5))
        self.assertGreater(np.abs(masked - sepflow.filter(a, "gaussian 1")).max(), 1)

    def test_other_threads_run_meanwhile(self):
        a, done, seen = picture((4000, 3000), "f4"), threading.Event(), []
        plan, started = sepflow.Plan(np.random.default_rng(1).random((31, 31)), "f4", method="direct"), threading.Event()

        def work():
            started.set()
            plan(a, threads=1)
            done.set()

        # Nobody takes the interpreter from a thread that does not let it go.
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1000)
        try:
            thread = threading.Thread(target=work)
            thread.start()
            started.wait()
            seen.append(done.is_set())
            thread.join()
        finally:
            sys.setswitchinterval(interval)
        self.assertEqual(seen, [False])


def load_tests(loader, tests, pattern):
    """The examples of the docstrings, too."""
    for module in (sepflow, sepflow._plan):
        tests.addTests(doctest.DocTestSuite(module, optionflags=doctest.ELLIPSIS))
    return tests


if __name__ == "__main__":
    unittest.main()
