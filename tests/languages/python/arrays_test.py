"""Arrays and kernels as NumPy users have them: taken where no value is lost, compared with SciPy's
sums in f64, or refused with the way out."""

import array
import unittest

import numpy as np
from scipy import ndimage

import sepflow

H, W = 37, 53
TAPS = np.array([[1, 2, -3, 4, 5], [0, -1, 7, 2, 2], [3, -5, 1, 1, 4]], float)


def picture(shape, dtype, most=120):
    return np.random.default_rng(11).integers(0, most, shape).astype(dtype)


def reference(a, taps=TAPS):
    return ndimage.correlate(np.asarray(a, float), taps, mode="mirror")


class Images(unittest.TestCase):
    def require(self, a, expected, dtype, most, **options):
        got = sepflow.filter(a, TAPS, **options)
        self.assertIs(type(got), np.ndarray)
        self.assertEqual(got.dtype, np.dtype(dtype))
        self.assertLessEqual(np.abs(got - expected).max(), most)

    def test_every_byte_order_gives_the_bytes_of_the_native_one(self):
        for dtype in ("u2", "i2", "f2", "f4", "f8"):
            native = sepflow.filter(picture((H, W), dtype), TAPS)
            for order in ("<", ">", "="):
                with self.subTest(order + dtype):
                    a = picture((H, W), order + dtype)
                    got = sepflow.filter(a, TAPS)
                    self.assertTrue(got.dtype.isnative)
                    self.assertEqual(got.tobytes(), native.tobytes())
                    self.assertEqual(sepflow.Plan(TAPS, order + dtype)(a).tobytes(), native.tobytes())
                    into = np.empty((H, W), order + dtype)
                    self.assertIs(sepflow.filter(a, TAPS, out=into), into)
                    self.assertTrue(np.array_equal(into, native))
                    self.assertEqual(sepflow.filter(a, TAPS, out_dtype=order + dtype).dtype.str, np.dtype(order + dtype).str)

    def test_other_dtypes_are_converted_without_loss(self):
        for dtype, result, most in (("?", "f8", 1e-9), ("i1", "i2", 0.5), ("i4", "f8", 1e-5), (">i4", "f8", 1e-5),
                                    ("u4", "f8", 1e-5), ("i8", "f8", 1e-5), (">u8", "f8", 1e-5)):
            with self.subTest(dtype):
                a = picture((H, W), dtype, 2 if dtype == "?" else 120)
                if np.dtype(dtype).itemsize >= 4:
                    a = a * a.dtype.type(16777259)  # more bits than f32 holds
                self.require(a, reference(a), result, most)
                self.require(np.asfortranarray(a)[::-1], reference(a[::-1]), result, most)
                self.require(a, reference(a), "f4", 1e5, out_dtype="f4")

    def test_integers_are_taken_as_far_as_doubles_hold_them(self):
        for dtype, values in (("i8", (2**53, -(2**53), 2**53 + 2, 2**62 + 2**10, -(2**63))), ("u8", (2**64 - 2**11, 2**63))):
            for value in values:
                a = np.zeros((3, 4), dtype)
                a[1, 2] = value
                self.assertEqual(sepflow.filter(a, [[1.0]])[1, 2], float(value))
        for dtype, values in (("i8", (2**53 + 1, 2**63 - 1, -(2**53) - 1)), ("u8", (2**64 - 1, 2**53 + 1))):
            for value in values:
                a = np.zeros((3, 4), dtype)
                a[1, 2] = value
                with self.assertRaisesRegex(ValueError, rf"the image.*float64.*{value}.*astype\('float64'\)"):
                    sepflow.filter(a, [[1.0]])
        with self.assertRaisesRegex(ValueError, "the kernel is int64"):
            sepflow.filter(np.zeros((3, 4)), np.array([[2**53 + 1]]))

    def test_sequences_buffers_and_objects_that_are_arrays(self):
        a = picture((H, W), "f4")

        class Series:  # as of pandas or xarray
            def __array__(self, dtype=None, copy=None):
                return a

        class Interface:  # as of PIL
            __array_interface__ = a.__array_interface__
            kept = a

        expected = reference(a)
        for name, image, dtype in (("list", a.astype(int).tolist(), "f8"), ("list of floats", a.tolist(), "f8"),
                                   ("tuples", tuple(map(tuple, a.tolist())), "f8"), ("rows", list(a), "f4"),
                                   ("memoryview", memoryview(a), "f4"), ("matrix", a.view(np.matrix), "f4"),
                                   ("__array__", Series(), "f4"), ("__array_interface__", Interface(), "f4"),
                                   ("array.array", [array.array("f", row) for row in a], "f8")):
            with self.subTest(name):
                got = sepflow.filter(image, TAPS)
                self.assertIs(type(got), np.ndarray)
                self.assertLess(np.abs(got - expected).max(), 2e-2)

    def test_memory_that_the_library_cannot_read_is_copied(self):
        packed = np.zeros((H, W), [("flag", "u1"), ("value", "f4")])
        packed["value"] = picture((H, W), "f4")
        self.require(packed["value"], reference(packed["value"]), "f4", 2e-2)
        sepflow.filter(packed["value"].copy(), TAPS, out=packed["value"])
        self.assertLess(np.abs(packed["value"] - reference(picture((H, W), "f4"))).max(), 2e-2)
        self.assertFalse(packed["flag"].any())
        # its address fits, its strides do not
        one = np.full((1, 1), 7, [("value", "f4"), ("flag", "u1")])["value"]
        self.assertEqual(sepflow.filter(one, [[2.0]]), 14)
        a = picture((H, W), "f4")
        shifted = np.frombuffer(b"\0" + a.tobytes(), "f4", offset=1).reshape(H, W)
        self.require(shifted, reference(a), "f4", 2e-2)

    def test_nothing_is_cut(self):
        a = picture((H, W), "f8")
        for part, wrong in (
            ("real", a + 1j), ("real", a.astype("c8")), ("float64", a.astype("g")), ("float64", a.astype(object)),
            ("int64", a.astype("M8[s]")), ("int64", a.astype("m8[s]")), ("read the file", a.astype(str)),
            ("read the file", "photo.png"), ("one field", np.zeros((3, 4), "u1, f4")), ("None", None), ("float64", object()),
            ("one length", [[1, 2, 3], [4, 5]]),
        ):
            with self.subTest(part), self.assertRaisesRegex((TypeError, ValueError), f"the image.*{part}"):
                sepflow.filter(wrong, TAPS)

    def test_a_plan_takes_what_its_pixels_hold(self):
        a = picture((H, W), "u1")
        plan = sepflow.Plan(TAPS, "f4")
        self.assertEqual(plan(a).tobytes(), plan(a.astype("f4")).tobytes())
        self.assertEqual(sepflow.Plan(TAPS, "i8")(a.astype("i4")).dtype, np.float64)
        for dtype in ("f8", "i4", "c8"):
            with self.subTest(dtype), self.assertRaisesRegex(TypeError, r"astype|\.real"):
                plan(a.astype(dtype))

    def test_without_pixels_there_is_no_result(self):
        for shape in ((0, 5), (5, 0), (0, 0), (4, 5, 0), (0, 5, 3)):
            with self.subTest(shape):
                self.assertEqual(sepflow.filter(np.zeros(shape, "f4"), "box 3").shape, shape)
        for a, part in ((np.float32(3), "rows and columns"), (np.zeros(9), r"a\[np.newaxis\], and its taps the kernel")):
            with self.subTest(part), self.assertRaisesRegex(ValueError, part):
                sepflow.filter(a, "box 3")


class Axes(unittest.TestCase):
    def test_up_to_four_channels_are_told_by_their_number(self):
        for channels in (1, 2, 3, 4):
            a = picture((H, W, channels), "f8")
            each = np.stack([reference(a[..., c]) for c in range(channels)], -1)
            self.assertLess(np.abs(sepflow.filter(a, TAPS) - each).max(), 1e-9)
        many = picture((H, W, 7), "f8")
        self.assertEqual(sepflow.Plan(TAPS, "f8", channels=7)(many).tobytes(), sepflow.filter(many, TAPS, axes=(0, 1)).tobytes())

    def test_any_other_third_axis_is_asked_about(self):
        for shape in ((19, 25, 27), (3, 25, 27), (25, 27, 5), (2, 19, 25, 3)):
            with self.subTest(shape):
                a = picture(shape, "f8")
                for call in (sepflow.Plan(TAPS, "f8"), lambda image: sepflow.filter(image, TAPS)):
                    with self.assertRaisesRegex(ValueError, r"axes=\(0, 1\).*axes=\(1, 2\)"):
                        call(a)
                stack = np.stack([np.stack([reference(m) for m in np.moveaxis(image, -1, 0)], -1) if a.ndim > 3
                                  else reference(image) for image in a])
                self.assertLess(np.abs(sepflow.filter(a, TAPS, axes=(1, 2)) - stack).max(), 1e-9)

    def test_channels_that_are_not_the_plans_are_named(self):
        plan = sepflow.Plan(TAPS, "f8", channels=3)
        for shape in ((H, W), (H, W, 4)):
            with self.subTest(shape), self.assertRaisesRegex(ValueError, "the plan is for 3 channels"):
                plan(np.zeros(shape))


class Kernels(unittest.TestCase):
    def test_kernels_of_every_real_type(self):
        a = picture((H, W), "f8")
        whole = TAPS.astype(int)
        for name, kernel in (("ints", whole), ("big endian", TAPS.astype(">f4")), ("lists", whole.tolist()),
                             ("tuples", tuple(map(tuple, whole.tolist()))), ("matrix", TAPS.view(np.matrix)),
                             ("mirrored view", TAPS[::-1][::-1])):
            with self.subTest(name):
                self.assertLess(np.abs(sepflow.filter(a, kernel) - reference(a)).max(), 1e-9)
        footprint = TAPS > 0
        self.assertLess(np.abs(sepflow.filter(a, footprint) - reference(a, footprint)).max(), 1e-9)
        both = sepflow.filter(a, ([1, 2, 4], np.array([3, -1, 2], "i1")))
        self.assertLess(np.abs(both - reference(a, np.outer([1, 2, 4], [3, -1, 2]))).max(), 1e-9)

    def test_nothing_of_a_kernel_is_cut(self):
        a = picture((H, W), "f8")
        for part, kernel in (
            (r"complex128.*\.real.*\.imag", TAPS * 1j), (r"complex128.*\.real", [[1, 2j]]),
            (r"row is complex128.*\.real", ([1, 2], [1, 2j])), ("float64", TAPS.astype("g")), ("float64", TAPS.astype(object)),
            ("masked array.*filled", np.ma.masked_array(TAPS)), ("text is a str", b"box 3"), ("NUL", "box 3\0 5"),
            (r"\(\[1\], taps\)", [1, 2, 1]), ("two axes", np.ones((3, 3, 3))), ("matrix", (TAPS, TAPS)), ("None", None),
            ("one length", [[1, 2], [3]]), ("at least 1", np.zeros((0, 3))), ("at least 1", ([], [1])),
            ("finite", [[np.nan]]),
        ):
            with self.subTest(part), self.assertRaisesRegex((TypeError, ValueError), part):
                sepflow.filter(a, kernel)

    def test_a_plan_keeps_the_kernel_that_it_was_made_of(self):
        taps, a = TAPS.copy(), picture((H, W), "f8")
        plan = sepflow.Plan(taps, "f8")
        taps[:] = 0
        function, arguments = plan.__reduce__()
        self.assertEqual(function(*arguments)(a).tobytes(), plan(a).tobytes())


if __name__ == "__main__":
    unittest.main()
