#include "runtime/factor/svd.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "runtime/base/error.h"
#include "runtime/factor/balance.h"
#include "runtime/factor/lapack.h"
#include "runtime/factor/ties.h"

namespace sepflow {

namespace {

void check(lapack_int info) {
    check_memory(info);
    if (info != 0) {
        throw Error(SEPFLOW_E_INTERNAL,
                    "the singular value decomposition failed, LAPACK info " + std::to_string(info));
    }
}

// Returns the largest remainder of a zero after the decomposition, which is backward stable: a few
// units of rounding of the largest value (Golub and Van Loan, Matrix Computations, 5.4.1).
double noise(size_t rows, size_t columns, double largest) {
    constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
    return 2 * kEpsilon * static_cast<double>(std::max(rows, columns)) * largest;
}

}  // namespace

std::vector<SingularTerm> singular_terms(const Kernel &kernel) {
    const size_t rows = kernel.rows, columns = kernel.columns, count = std::min(rows, columns);
    // So that squares neither overflow nor vanish.
    const int exponent = exponent_of_largest(kernel.taps);
    Kernel scaled = kernel;
    times_power_of_two(scaled.taps, -exponent);

    std::vector<double> matrix = scaled.taps;  // overwritten
    std::vector<double> values(count), left(rows * count), right(count * columns),
        unconverged(count);
    const auto m = static_cast<lapack_int>(rows), n = static_cast<lapack_int>(columns),
               k = static_cast<lapack_int>(count);
    check(LAPACKE_dgesvd(LAPACK_ROW_MAJOR, 'S', 'S', m, n, matrix.data(), n, values.data(),
                         left.data(), k, right.data(), n, unconverged.data()));

    std::vector<SingularTerm> terms;
    for (size_t t = 0; t < count && values[t] > noise(rows, columns, values[0]); ++t) {
        terms.push_back({values[t], {}});
        for (size_t y = 0; y < rows; ++y) terms[t].vectors.column.push_back(left[y * count + t]);
        const double *row = right.data() + t * columns;
        terms[t].vectors.row.assign(row, row + columns);
    }
    settle_ties(scaled, terms);
    for (SingularTerm &term : terms) term.value = std::ldexp(term.value, exponent);
    return terms;
}

}  // namespace sepflow
