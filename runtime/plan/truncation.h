// The error under the border `truncate`: sums of fewer taps, rescaled to the sum S of all.
//
// With R the taps that lie inside, K the kernel, L what runs and E = K - L, the output is f (sum
// over R of L I + roundings), where f = S / sum over R of L, the exact one S / (sum over R of K)
// times sum over R of K I, and so
//
//     |output - exact| <= |f| max|I| (sum over R of |E| + roundings
//                         + |sum over R of E| (sum over R of |K|) / |sum over R of K|).
#pragma once

#include <vector>

#include "runtime/plan/request.h"

namespace sepflow {

// L, as a way sums it.
struct Running {
    std::vector<long double> taps,
        magnitudes;  // as the kernel's; of a tap, the magnitudes that it is the sum of
    // Bound on what all sums round, in whatever order, for |image| <= 1; infinite if it is not
    // known how parts round.
    long double rounding = 0;
};
Running running_factors(const Kernel &kernel, const std::vector<Factor> &factors,
                        Precision precision);
Running running_taps(const Kernel &kernel, Precision precision);

// The largest of these, for |image| <= 1, over all R that the border of an image no smaller than
// the kernel can cut; the whole kernel is one of them. `certificate` is that of the sums without
// truncation.
double truncated_error(const Request &request, Precision precision, const Certificate &certificate,
                       const Running &running);

}  // namespace sepflow
