"""What the node, the command and the C library refuse, the Python package refuses: by the option's
name, with the way out."""

import unittest

import numpy as np

import sepflow

A = np.random.default_rng(4).random((13, 17)).astype("f4")
NAN, INFINITY = float("nan"), float("inf")

# Option, values, what the refusal says.
REFUSED = (
    ("scale", (0, 0.0, -0.0), "scale must not be 0"),
    ("scale", (NAN, INFINITY), "scale is not a finite number"),
    ("scale", ("2", None, 1j, [2], 10**400, np.ones(1)), "scale is a number, not"),
    ("delta", (NAN, -INFINITY), "delta is not a finite number"),
    ("delta", ("1", None), "delta is a number, not"),
    ("tolerance", (-1e-9, 1.1, NAN, INFINITY), r"tolerance must lie in 0 \.\. 1"),
    ("tolerance", ("half", None), "tolerance is a number, not"),
    ("rank", (0, -1), "rank is 1 or more, not"),
    ("rank", (4, 4095), "rank .* is above the full rank"),
    ("rank", (2**31,), "rank is 2147483647 at most"),
    ("rank", (1.0, "1", True, NAN), "rank is a whole number, not"),
    ("border", ("reflect_101", ""), "border is one of .*reflect101.*, not"),
    ("border", ("mirror",), "not 'mirror': here that is 'reflect101'"),
    ("border", (None, 3, ("wrap",) * 3, ()), r"border is one word, or two for \(rows, columns\), not"),
    ("border", (("wrap", None), ("wrap", 3)), "border is one of .*, not"),
    ("border_value", (NAN, INFINITY), "border_value is not a finite number"),
    ("border_value", (1e39,), "border_value is not a pixel value"),
    ("border_value", (None, "0"), "border_value is a number, not"),
    ("extent", ("inner", None, 1), "extent is one of full, same, valid, not"),
    ("method", ("fast", None, 1), "method is one of auto, direct, fft, separable, not"),
    ("schedule", ("fast", None, 1), "schedule is one of auto, plain, transposed, not"),
    ("missing", ("drop", None, 1), "missing is one of fill, ignore, propagate, not"),
    ("missing_value", ("nan", 1j), "missing_value is a number, not"),
    ("anchor", (1, (1,), (1, 1, 1), "middle"), "anchor is a pair of whole numbers, for rows and for columns, not"),
    ("anchor", ((1.5, 0), (0, None)), "anchor is a whole number, not"),
    ("anchor", ((-1, 0), (0, -1)), "anchor is 0 or more, not -1"),
    ("anchor", ((3, 0), (0, 5)), r"anchor_. . lies outside the kernel, which has 0 \.\."),
    ("convolve", ("no", None, 2, [True]), "convolve is True or False, not"),
    ("strict", ("no", None), "strict is True or False, not"),
    ("files", ("no", None), "files is True or False, not"),
    ("keep_missing", ("no", None), "keep_missing is True or False, not"),
    ("keep_missing", (True,), "keep_missing=True needs missing='ignore' or missing='fill'"),
    ("variant", ("mmx",), "unknown variant 'mmx': this build has"),
    ("variant", (3, "avx2\0"), "variant is a word such as 'avx2'"),
    ("threads", (-1,), "threads is 0 or more"),
    ("threads", (2**31,), "threads is 2147483647 at most"),
    ("threads", (1.5, None, "all"), "threads is a whole number, not"),
    ("axes", (0, (0,), (0, 1, 2), "yx"), "axes is a pair of whole numbers, for rows and for columns, not"),
    ("axes", ((0, 0), (0, 2), (1, -1), (-2, 0)), "axes are two different ones of the array's 2"),
    ("axes", ((0, -3),), "axes is -2 or more"),
    ("out_dtype", ("i4", "i8", "?", "c8", "g", "O"), "out_dtype is one of uint8, .*, not .*take float64"),
    ("out_dtype", ("f5", 3, ()), "out_dtype is a dtype, such as 'uint8', not"),
    ("out", (A[1:], A.astype("f8")), "out is float.*, not float32"),
    ("out", (A.tolist(), "result"), "out is .*, not an array to write into"),
    ("out", (A,), "overlap"),
    ("channels", (3,), "channels is the array's own: axes"),
    ("mode", ("mirror",), "mode is an unexpected option: it is called border here"),
    ("cval", (0,), "it is called border_value here"),
    ("channel_axis", (-1,), "it is called axes here"),
    ("bordr", ("wrap",), "bordr is an unexpected option: it is called border here"),
    ("colour", ("red",), "colour is an unexpected option: options are .*border"),
)


class Options(unittest.TestCase):
    def test_every_refusal_names_the_option_and_the_way_out(self):
        for option, values, said in REFUSED:
            for value in values:
                with self.subTest(option, value=value), self.assertRaisesRegex((TypeError, ValueError), said):
                    sepflow.filter(A, "box 5 3", **{option: value})

    def test_a_plan_refuses_the_same(self):
        for option, values, said in REFUSED:
            for value in values:
                if option not in sepflow._plan.OPTIONS:
                    continue
                with self.subTest(option, value=value), self.assertRaisesRegex((TypeError, ValueError), said):
                    sepflow.Plan("box 5 3", "f4", **{option: value})
        for said, wrong in (("channels is 1 or more", lambda: sepflow.Plan("box 3", "f4", channels=0)),
                            ("channels is a whole number", lambda: sepflow.Plan("box 3", "f4", channels=3.0)),
                            ("dtype is a dtype", lambda: sepflow.Plan("box 3", None)),
                            ("dtype is complex64", lambda: sepflow.Plan("box 3", "c8")),
                            ("shape is a pair", lambda: sepflow.Plan("box 3", "f4").output_domain(3)),
                            ("origin is a pair", lambda: sepflow.Plan("box 3", "f4").region(A, 3, (4, 5))),
                            ("size is 0 or more", lambda: sepflow.Plan("box 3", "f4").region(A, (0, 0), (-1, 5)))):
            with self.subTest(said), self.assertRaisesRegex((TypeError, ValueError), said):
                wrong()

    def test_numbers_of_every_kind_are_numbers(self):
        plain = sepflow.filter(A, "box 5 3", scale=2.0, anchor=(1, 0), threads=1, convolve=True)
        other = sepflow.filter(A, "box 5 3", scale=np.float32(2), anchor=np.array([1, 0]), threads=np.int64(1),
                               convolve=np.True_, rank=np.uint8(1), axes=[-2, -1])
        self.assertEqual(plain.tobytes(), other.tobytes())


if __name__ == "__main__":
    unittest.main()
