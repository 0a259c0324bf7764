#include "runtime/factor/ties.h"

#include <algorithm>
#include <cmath>

#include "runtime/factor/norms.h"

namespace sepflow {

namespace {

using Vectors = std::vector<std::vector<double>>;

// The coordinate that lies most within span(basis); within rounding of the most, the first.
size_t nearest_coordinate(const Vectors &basis) {
    std::vector<double> within(basis.front().size());
    for (const auto &vector : basis) {
        for (size_t i = 0; i < within.size(); ++i) within[i] += vector[i] * vector[i];
    }
    const double most = *std::max_element(within.begin(), within.end());
    const auto first = std::find_if(within.begin(), within.end(),
                                    [&](double w) { return w >= most * (1 - 1e-6); });
    return static_cast<size_t>(first - within.begin());
}

// Rotates the basis, by a Householder reflection of its coefficients, so that its last vector
// points to the projection of coordinate i and the others are orthogonal to it; takes that vector
// out.
std::vector<double> take_projection(Vectors &basis, size_t i) {
    const size_t count = basis.size();
    std::vector<double> axis(count);
    for (size_t k = 0; k < count; ++k) axis[k] = basis[k][i];
    const double length = std::copysign(norm_2(axis), axis.back());
    axis.back() += length;
    double squares = 0;
    for (double a : axis) squares += a * a;
    for (size_t x = 0; x < basis.front().size(); ++x) {
        double along = 0;
        for (size_t k = 0; k < count; ++k) along += basis[k][x] * axis[k];
        for (size_t k = 0; k < count; ++k) basis[k][x] -= 2 * along / squares * axis[k];
    }
    std::vector<double> taken = std::move(basis.back());
    basis.pop_back();
    return taken;
}

// K = K P + rest, where P = sum of row * row^T over the tie: with column = K row the terms of the
// tie add up to the same for every orthonormal choice of rows.
SingularTerm term_of(const Kernel &kernel, std::vector<double> row) {
    std::vector<double> column(kernel.rows);
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x) column[y] += kernel.tap(y, x) * row[x];
    }
    const double value = norm_2(column);
    for (double &tap : column) tap /= value;
    return {value, {std::move(column), std::move(row)}};
}

}  // namespace

void settle_ties(const Kernel &kernel, std::vector<SingularTerm> &terms) {
    for (size_t begin = 0, end; begin < terms.size(); begin = end) {
        end = begin + 1;
        while (end < terms.size() &&
               terms[end - 1].value - terms[end].value <= kTie * terms.front().value)
            ++end;
        if (end - begin == 1) continue;
        Vectors basis;
        for (size_t t = begin; t < end; ++t) basis.push_back(std::move(terms[t].vectors.row));
        for (size_t t = begin; t < end; ++t)
            terms[t] = term_of(kernel, take_projection(basis, nearest_coordinate(basis)));
    }
}

}  // namespace sepflow
