"""Judges filtered pictures pixel by pixel and keeps the score."""

import numpy


class Report:
    def __init__(self):
        self.comparisons, self.samples, self.ties, self.failures = 0, 0, 0, []
        self.worst = {}  # per reference, the largest float error as a part of what was allowed

    def judge(self, reference, label, got, exact, allowed):
        """got: of any type. exact: float64, before conversion. allowed: error before conversion.

        Integers must equal `exact` rounded to nearest even and saturated, except where `exact` lies
        within `allowed` of a tie: there they may be the neighbour. Floats may be off by `allowed`
        and half a unit in the last place.
        """
        self.comparisons += 1
        self.samples += got.size
        values = got.astype(numpy.float64)
        if got.shape != exact.shape:
            self.failures.append(f"{reference}: {label}: {got.shape} instead of {exact.shape}")
            return
        if got.dtype.kind in "iu":
            limits = numpy.iinfo(got.dtype)
            wanted = numpy.clip(numpy.rint(exact), limits.min, limits.max)
            differs = values != wanted
            near_tie = numpy.abs(exact - numpy.floor(exact) - 0.5) <= allowed
            self.ties += int(numpy.count_nonzero(differs & near_tie))
            excess = numpy.where(differs, numpy.abs(values - wanted), 0.0)
            excess = numpy.where(near_tie, excess - 1, excess)
        else:
            wanted = exact
            limit = numpy.finfo(got.dtype)
            step = numpy.spacing(numpy.clip(numpy.abs(exact), limit.tiny, limit.max).astype(got.dtype))
            permitted = allowed + step.astype(numpy.float64) / 2
            error = numpy.abs(values - exact)
            self.worst[reference] = max(self.worst.get(reference, 0.0), float((error / permitted).max()))
            excess = error - permitted
        excess = numpy.where(numpy.isnan(values), numpy.inf, excess)
        if not excess.max() <= 0:
            y, x, c = numpy.unravel_index(int(numpy.argmax(excess)), excess.shape)
            bad = int(numpy.count_nonzero(excess > 0))
            self.failures.append(
                f"{reference}: {label}: {bad} of {got.size} samples wrong, worst at x {x} y {y} "
                f"channel {c}: {values[y, x, c]!r} instead of {wanted[y, x, c]!r}")

    def close(self):
        for failure in self.failures:
            print("FAILED", failure)
        for reference, part in self.worst.items():
            print(f"{reference}: floats used at most {100 * part:.0f} % of the error allowed")
        print(f"{self.comparisons} comparisons, {self.samples} samples, {self.ties} on the other side "
              f"of a tie, {len(self.failures)} failures")
        return 1 if self.failures or self.comparisons == 0 else 0
