// The gain of refining factors over cutting the singular value decomposition: terms at a tolerance,
// and the error at a rank.
#include <cmath>
#include <cstdio>
#include <numeric>

#include "runtime/factor/factor.h"
#include "runtime/factor/symmetry.h"
#include "tests/bench/tables.h"

namespace bench {

namespace {

using sepflow::Factor;
using sepflow::Kernel;

template <typename F>
Kernel centred(int radius, F tap) {
    Kernel kernel;
    kernel.rows = kernel.columns = static_cast<size_t>(2 * radius + 1);
    for (int y = -radius; y <= radius; ++y) {
        for (int x = -radius; x <= radius; ++x) kernel.taps.push_back(tap(x, y));
    }
    return kernel;
}

// A camera's aperture of six blades.
Kernel hexagon(double radius) {
    const double half = radius * std::sqrt(0.75);
    return centred(static_cast<int>(std::ceil(radius)), [=](double x, double y) {
        const bool inside =
            std::fabs(y) <= half && std::fabs(x) * std::sqrt(0.75) + std::fabs(y) / 2 <= half;
        return inside ? 1.0 : 0.0;
    });
}

Kernel rotated_gaussian(double along, double across, double degrees) {
    const double angle = degrees * std::acos(-1.0) / 180, c = std::cos(angle), s = std::sin(angle);
    return centred(static_cast<int>(std::ceil(4 * along)), [=](double x, double y) {
        const double u = (x * c + y * s) / along, v = (y * c - x * s) / across;
        return std::exp(-(u * u + v * v) / 2);
    });
}

struct Named {
    std::string name;
    Kernel kernel;
};

std::vector<Named> kernels() {
    std::vector<Named> all;
    for (const char *text : {"disc 5", "disc 10", "disc 25", "motion 15 30", "motion 31 10"})
        all.push_back({text, sepflow::kernel_from_text(text)});
    all.push_back({"hexagon 6", hexagon(6)});
    all.push_back({"hexagon 12", hexagon(12)});
    all.push_back({"gaussian 5 1.5 at 30", rotated_gaussian(5, 1.5, 30)});
    all.push_back({"gaussian 8 2 at 45", rotated_gaussian(8, 2, 45)});
    return all;
}

double sum_of_magnitudes(const std::vector<double> &taps) {
    return std::accumulate(taps.begin(), taps.end(), 0.0,
                           [](double sum, double tap) { return sum + std::fabs(tap); });
}

// |K - first t terms|_1 / |K|_1 for t = 0, 1 .. of the decomposition as it is.
std::vector<double> truncated(const Kernel &kernel) {
    std::vector<double> rest = kernel.taps;
    const double whole = sum_of_magnitudes(rest);
    std::vector<double> errors = {1};
    for (const sepflow::SingularTerm &term : symmetric_terms(kernel, 1e-9 * whole)) {
        for (size_t y = 0; y < kernel.rows; ++y) {
            for (size_t x = 0; x < kernel.columns; ++x)
                rest[y * kernel.columns + x] -=
                    term.value * term.vectors.column[y] * term.vectors.row[x];
        }
        errors.push_back(sum_of_magnitudes(rest) / whole);
    }
    return errors;
}

size_t fewest(const std::vector<double> &errors, double tolerance) {
    size_t rank = 1;
    while (rank + 1 < errors.size() && errors[rank] > tolerance) ++rank;
    return rank;
}

}  // namespace

Row refined_table(const Settings &) {
    Table table(
        "Factors refined in the 1-norm, stored as floats that keep a constant image, against the "
        "first terms of the decomposition: those that a tolerance takes, and the error |E|_1 / "
        "|K|_1 of as many.",
        {"kernel", "tolerance", "truncated", "refined", "error then", "error now"});
    size_t all_truncated = 0, all_refined = 0;
    for (const auto &[name, kernel] : kernels()) {
        const std::vector<double> errors = truncated(kernel);
        for (const double tolerance : {0.2, 0.1, 0.05, 0.02, 0.01, 1 / 510.0}) {
            sepflow::Budget budget;
            budget.tolerance = tolerance;
            const sepflow::Factoring factoring = sepflow::factor_kernel(kernel, budget);
            const size_t plain = fewest(errors, tolerance);
            table.add(
                {{"kernel", name},
                 {"tolerance", tolerance},
                 {"truncated", plain},
                 {"refined", factoring.rank()},
                 {"error then", errors[factoring.rank()]},
                 {"error now", factoring.certificate.remainder_norm_1 / factoring.kernel_norm_1}});
            all_truncated += plain;
            all_refined += factoring.rank();
        }
    }
    std::printf("\nterms in all: %zu truncated, %zu refined (%.1f%%)\n", all_truncated, all_refined,
                100.0 * static_cast<double>(all_refined) / static_cast<double>(all_truncated));
    return table.rows();
}

}  // namespace bench
