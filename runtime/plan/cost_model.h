// The model that predicts the cost of each way, in nanoseconds a sample of output on one thread.
// `sepflow bench --fit` measures the coefficients and prints them in this form. All machines and
// instruction sets use those of an AMD Zen 4 with AVX-512, so that integer images come out the
// same.
#pragma once

namespace sepflow {

// Nanoseconds of a sample, of a term (of the direct sum, a run), and of a tap.
struct Coefficients {
    double sample, term, tap;
};
inline constexpr Coefficients kPlain = {0.26, 0.0, 0.033}, kTransposed = {0.42, 0.0, 0.023},
                              kFolded = {0.58, 0.083, 0.016}, kFixed = {0.15, 0.0, 0.014},
                              kDirect = {0.24, 0.0167, 0.0147};

// Transforms: nanoseconds of a result, of a sample that is transformed, and of a sample in a block
// of 2^16 beyond that of a small block, which the caches hold.
inline constexpr double kResult = 4.3, kSample = 3.9, kSampleOfLarge = 1.5;

}  // namespace sepflow
