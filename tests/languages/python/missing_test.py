"""Missing pixels: NaN, masks and numpy.ma, against SciPy's sums of weights in f64 and against
astropy."""

import unittest

import numpy as np
from scipy import ndimage

import sepflow

H, W = 29, 41
RING = np.array([[1.0, 2, 1, 1], [2, 0, 0, 3], [1, 2, 4, 1]])  # the tap on the pixel itself is 0


def picture(dtype):
    return np.random.default_rng(5).integers(1, 100, (H, W)).astype(dtype)


def holes():
    """Where pixels are valid: not in a hole that is larger than the kernel, nor in places of their
    own."""
    valid = np.random.default_rng(6).random((H, W)) > 0.2
    valid[5:14, 8:27] = False
    return valid


def reference(a, weights, kernel=RING):
    """The normalised convolution, NaN where it has no support."""
    weights = np.asarray(weights, float)
    a = np.where(weights > 0, a, 0).astype(float)
    sums = [ndimage.correlate(image, kernel, mode="mirror") for image in (a * weights, weights)]
    with np.errstate(invalid="ignore"):
        return np.where(sums[1] > 1e-9, kernel.sum() * sums[0] / np.where(sums[1] > 1e-9, sums[1], 1), np.nan)


class Masks(unittest.TestCase):
    def require(self, got, expected, most=1e-3):
        self.assertTrue(np.array_equal(np.isnan(got), np.isnan(expected)))
        self.assertLessEqual(np.nanmax(np.abs(got - expected)), most)

    def test_true_is_valid_and_a_mask_implies_ignore(self):
        a, valid = picture("f4"), holes()
        for name, mask in (("bool", valid), ("list", valid.tolist()), ("view", np.asfortranarray(valid)),
                           ("0 and 255", valid * np.uint8(255)), ("floats", valid.astype("f8")),
                           ("big endian", valid.astype(">f4")), ("65535", (valid * 65535).astype(">u2"))):
            with self.subTest(name):
                self.require(sepflow.filter(a, RING, mask=mask), reference(a, valid))
        plan = sepflow.Plan(RING, "f4", missing="ignore")
        self.require(plan(a, mask=valid), reference(a, valid))

    def test_weights_count_as_they_are(self):
        a = picture("f4")
        weights = np.random.default_rng(8).random((H, W)).astype("f4")
        self.require(sepflow.filter(a, RING, mask=weights), reference(a, weights))
        # What is filled in shows that True is the whole of a pixel, and not 1/255.
        filled = sepflow.filter(a, RING, mask=holes(), missing="fill", missing_value=7)
        expected = ndimage.correlate(np.where(holes(), a, 7).astype(float), RING, mode="mirror")
        self.assertLess(np.abs(filled - expected).max(), 1e-3)

    def test_integers_that_look_like_truth_values_are_asked_about(self):
        a, valid = picture("f4"), holes()
        for dtype in ("u1", "u2", "i2", "i1", "i4", "i8", "u8"):
            with self.subTest(dtype), self.assertRaisesRegex((TypeError, ValueError), r"mask.*np.asarray\(mask, bool\).*0 \.\. 1"):
                sepflow.filter(a, RING, mask=valid.astype(dtype))
        nothing = sepflow.filter(a, RING, mask=np.zeros((H, W), "u1"))
        self.assertTrue(np.isnan(nothing).all())

    def test_a_mask_is_for_rows_and_columns_or_for_the_whole_image(self):
        a, valid = np.stack([picture("f4"), picture("f4")[::-1], picture("f4") * 2], -1), holes()
        each = np.stack([reference(a[..., c], valid) for c in range(3)], -1)
        for mask in (valid, valid[..., None], np.stack([valid] * 3, -1)):
            self.require(sepflow.filter(a, RING, mask=mask), each)
        planes = np.moveaxis(a, -1, 0)
        for mask in (valid, valid[None], np.stack([valid] * 3)):
            self.require(sepflow.filter(planes, RING, mask=mask, axes=(1, 2)), np.moveaxis(each, -1, 0))
        turned = a.transpose(1, 0, 2)
        self.require(sepflow.filter(turned, RING, mask=valid.T, axes=(1, 0)), each.transpose(1, 0, 2))
        own = np.stack([valid, valid[::-1], valid[:, ::-1]], -1)
        self.require(sepflow.filter(a, RING, mask=own), np.stack([reference(a[..., c], own[..., c]) for c in range(3)], -1))
        for mask in (valid[:-1], valid[0], valid.T, own[None]):
            with self.assertRaisesRegex(ValueError, "mask has the shape"):
                sepflow.filter(a, RING, mask=mask)

    def test_masks_that_mean_something_else_are_refused(self):
        a, valid = picture("f4"), holes()
        for part, mask in (("the opposite", np.ma.masked_array(valid)), ("the opposite", np.ma.nomask), ("the opposite", True),
                           (r"\.real", valid * 1j), ("float64", valid.astype(object)), ("float64", valid.astype("g"))):
            with self.subTest(part), self.assertRaisesRegex(TypeError, f"mask.*{part}"):
                sepflow.filter(a, RING, mask=mask)
        for call in (lambda: sepflow.filter(a, RING, mask=valid, missing="propagate"),
                     lambda: sepflow.Plan(RING, "f4")(a, mask=valid),
                     lambda: sepflow.Plan(RING, "f4")(np.ma.masked_array(a, ~valid))):
            with self.assertRaisesRegex(ValueError, "missing='propagate' takes no mask.*missing='ignore'"):
                call()


class NoSupport(unittest.TestCase):
    def test_floats_without_support_are_nan(self):
        for dtype in ("f2", "f4", "f8"):
            a = np.where(holes(), picture(dtype), np.nan).astype(dtype)
            got = sepflow.filter(a, RING, missing="ignore")
            self.assertTrue(np.array_equal(np.isnan(got), np.isnan(reference(picture(dtype), holes()))))
            self.assertGreater(np.isnan(got).sum(), 0)
            self.assertFalse(np.isnan(sepflow.filter(a, RING, missing="fill")).any())
            self.assertEqual(sepflow.filter(a, RING, missing="ignore", missing_value=-5)[9, 15], -5)

    def test_integers_without_support_are_zero(self):
        self.assertEqual(sepflow.filter(picture("u1"), RING, mask=holes())[9, 15], 0)
        self.assertTrue(np.isnan(sepflow.filter(picture("u1"), RING, mask=holes(), out_dtype="f4")[9, 15]))
        self.assertTrue(np.isnan(sepflow.filter(picture("i4"), RING, mask=holes())[9, 15]))


class MaskedArrays(unittest.TestCase):
    def test_a_masked_array_is_its_data_and_a_mask(self):
        valid = holes()
        for dtype in ("f4", ">f4", "f8", "u1", "u2", "i2", "i1", "i4", "i8", "?"):
            with self.subTest(dtype):
                a = picture(dtype)
                under = {"f": 1e9, "b": True}.get(a.dtype.kind) or np.iinfo(a.dtype).max
                got = sepflow.filter(np.ma.masked_array(np.where(valid, a, under).astype(dtype), ~valid), RING)
                self.assertIsInstance(got, np.ma.MaskedArray)
                expected = reference(a, valid)
                self.assertTrue(np.array_equal(np.ma.getmaskarray(got), np.isnan(expected)))
                if got.dtype.kind != "f":
                    limits = np.iinfo(got.dtype)
                    expected = np.rint(expected).clip(limits.min, limits.max)
                self.assertLessEqual(np.nanmax(np.abs(got.filled(0) - expected)), 1e-2)

    def test_values_under_the_mask_need_not_fit(self):
        a = np.ma.masked_array(np.full((4, 5), 7), mask=np.eye(4, 5))
        a.data[a.mask] = 2**63 - 1
        self.assertLess(np.abs(sepflow.filter(a, "box 3") - 7).max(), 1e-12)

    def test_both_masks_are_joined(self):
        a, valid = picture("f4"), holes()
        other = np.random.default_rng(9).random((H, W)) > 0.3
        masked = np.ma.masked_array(a, ~valid)
        for mask in (other, other.astype("f4"), other * np.uint8(255)):
            got = sepflow.filter(masked, RING, mask=mask)
            self.assertLess(np.nanmax(np.abs(got.filled(np.nan) - reference(a, valid & other))), 1e-3)

    def test_keep_missing_keeps_the_mask(self):
        valid = holes()
        own = {"same": ~valid, "valid": ~valid[1:-1, 2:-1], "full": np.pad(~valid, ((1, 1), (1, 2)))}
        for dtype in ("f4", "u1"):
            masked = np.ma.masked_array(picture(dtype), ~valid)
            for extent in own:
                with self.subTest(dtype, extent=extent):
                    kept = sepflow.filter(masked, RING, keep_missing=True, extent=extent)
                    gone = sepflow.filter(masked, RING, extent=extent)
                    self.assertTrue(np.array_equal(kept.mask, gone.mask | own[extent]))
                    filled = sepflow.filter(masked, RING, missing="fill", keep_missing=True, extent=extent)
                    self.assertTrue(np.array_equal(filled.mask, own[extent]))
                    self.assertFalse(np.ma.getmaskarray(sepflow.filter(masked, RING, missing="fill", extent=extent)).any())

    def test_nan_in_a_masked_array_is_missing_too(self):
        a, valid = picture("f4"), holes()
        masked = np.ma.masked_array(np.where(valid[::-1], a, np.nan), ~valid)
        expected = reference(a, valid & valid[::-1])
        for missing_value in (np.nan, -1):
            got = sepflow.filter(masked, RING, missing_value=missing_value)
            self.assertTrue(np.array_equal(got.mask, np.isnan(expected)))

    def test_channels_have_masks_of_their_own(self):
        a = np.stack([picture("u1"), picture("u1")[::-1]], -1)
        valid = np.stack([holes(), holes()[:, ::-1]], -1)
        got = sepflow.filter(np.ma.masked_array(a, ~valid), RING)
        for c in range(2):
            self.assertTrue(np.array_equal(got.mask[..., c], np.isnan(reference(a[..., c], valid[..., c]))))

    def test_nothing_masked_is_a_masked_array_all_the_same(self):
        a = picture("f4")
        got = sepflow.filter(np.ma.masked_array(a), RING)
        self.assertIsInstance(got, np.ma.MaskedArray)
        self.assertFalse(np.ma.getmaskarray(got).any())

    def test_out_is_plain_memory(self):
        masked, out = np.ma.masked_array(picture("f4"), ~holes()), np.empty((H, W), "f4")
        self.assertIs(sepflow.filter(masked, RING, out=out), out)
        self.assertTrue(np.isnan(out[9, 15]))
        with self.assertRaisesRegex(TypeError, "out.data"):
            sepflow.filter(masked, RING, out=np.ma.masked_array(out))


class BesideAstropy(unittest.TestCase):
    """README.md says where results are those of astropy's convolve."""

    @classmethod
    def setUpClass(cls):
        try:
            from astropy import log
            from astropy.convolution import convolve
        except ImportError as missing:
            raise unittest.SkipTest(str(missing))
        cls.convolve = staticmethod(convolve)
        log.setLevel("ERROR")  # convolve warns of holes larger than the kernel

    def both(self, a, kernel, border):
        boundary = {"replicate": "extend", "constant": "fill", "wrap": "wrap"}[border]
        theirs = self.convolve(a, kernel, boundary=boundary, nan_treatment="interpolate", normalize_kernel=True)
        return theirs, sepflow.filter(a, kernel / kernel.sum(), border=border, missing="ignore", convolve=True)

    def test_results_are_those_of_convolve(self):
        for dtype, most in (("f8", 1e-9), (">f4", 1e-3)):
            a = np.where(holes(), picture("f8"), np.nan).astype(dtype)
            for kernel in (np.outer([1.0, 3, 2], [1, 2, 5, 2, 1]), np.random.default_rng(2).random((5, 3))):
                for border in ("replicate", "constant", "wrap"):
                    with self.subTest(dtype, border=border):
                        theirs, ours = self.both(a, kernel, border)
                        self.assertGreater(np.isnan(theirs).sum(), 0)
                        self.assertTrue(np.array_equal(np.isnan(theirs), np.isnan(ours)))
                        self.assertLess(np.nanmax(np.abs(theirs - ours)), most)

    def test_its_kernels_and_images_are_taken(self):
        from astropy.convolution import Gaussian2DKernel
        from astropy.nddata import CCDData

        kernel = Gaussian2DKernel(1)
        a = picture("f4")
        expected = sepflow.filter(np.ma.masked_array(a, ~holes()), np.array(kernel))
        got = sepflow.filter(CCDData(a.astype(">f4"), mask=~holes(), unit="adu"), kernel)
        self.assertTrue(np.array_equal(got.mask, expected.mask))
        self.assertEqual(got.tobytes(), expected.tobytes())

    def test_but_not_where_only_the_pixel_itself_is_left_under_a_tap_of_zero(self):
        a = np.full((9, 11), np.nan)
        a[4, 5] = 7
        ring = np.ones((3, 3))
        ring[1, 1] = 0
        theirs, ours = self.both(a, ring, "wrap")
        self.assertEqual(theirs[4, 5], 7)
        self.assertTrue(np.isnan(ours[4, 5]))
        theirs[4, 5] = np.nan
        self.assertTrue(np.array_equal(np.isnan(theirs), np.isnan(ours)))
        self.assertTrue(np.allclose(theirs, ours, equal_nan=True))


if __name__ == "__main__":
    unittest.main()
