#include "runtime/factor/symmetry.h"

#include <algorithm>
#include <cmath>

#include "runtime/factor/balance.h"

namespace sepflow {

namespace {

enum class Parity { kNone, kEven, kOdd };

// Even if `mirrored(y, x)` gives the taps again, odd if it gives their negatives.
template <typename Mirrored>
Parity parity_under(const Kernel &kernel, double allowance, Mirrored mirrored) {
    double to_even = 0, to_odd = 0;  // twice |K - its even part|_1 and |K - its odd part|_1
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x) {
            to_even += std::fabs(kernel.tap(y, x) - mirrored(y, x));
            to_odd += std::fabs(kernel.tap(y, x) + mirrored(y, x));
        }
    }
    return to_even <= 2 * allowance  ? Parity::kEven
           : to_odd <= 2 * allowance ? Parity::kOdd
                                     : Parity::kNone;
}

// Parities along y and x of one part of the kernel.
struct Parities {
    Parity y, x;
};

// A kernel with a mirror axis is one part. One with point symmetry only, K(y, x) = K(-y, -x), is
// the sum of two, even-even and odd-odd (even-odd and odd-even if K(y, x) = -K(-y, -x)), whose
// ranks add up to the kernel's.
std::vector<Parities> parities_of(const Kernel &kernel, double allowance) {
    const size_t last_y = kernel.rows - 1, last_x = kernel.columns - 1;
    const Parity y = parity_under(kernel, allowance, [&](size_t row, size_t column) {
        return kernel.tap(last_y - row, column);
    });
    const Parity x = parity_under(kernel, allowance, [&](size_t row, size_t column) {
        return kernel.tap(row, last_x - column);
    });
    if (y != Parity::kNone || x != Parity::kNone) return {{y, x}};
    switch (parity_under(kernel, allowance, [&](size_t row, size_t column) {
        return kernel.tap(last_y - row, last_x - column);
    })) {
        case Parity::kEven:
            return {{Parity::kEven, Parity::kEven}, {Parity::kOdd, Parity::kOdd}};
        case Parity::kOdd:
            return {{Parity::kEven, Parity::kOdd}, {Parity::kOdd, Parity::kEven}};
        default:
            return {{Parity::kNone, Parity::kNone}};
    }
}

const double kRootHalf = std::sqrt(0.5);

// Coordinates in the orthonormal basis (e_i +- e_mirror(i)) / sqrt(2), and e_middle if even and of
// odd length.
std::vector<double> fold(const std::vector<double> &filter, Parity parity) {
    if (parity == Parity::kNone) return filter;
    const double sign = parity == Parity::kEven ? 1 : -1;
    std::vector<double> folded;
    for (size_t i = 0, j = filter.size() - 1; i < j; ++i, --j)
        folded.push_back((filter[i] + sign * filter[j]) * kRootHalf);
    if (filter.size() % 2 == 1 && parity == Parity::kEven)
        folded.push_back(filter[filter.size() / 2]);
    return folded;
}

std::vector<double> unfold(const std::vector<double> &folded, Parity parity, size_t length) {
    if (parity == Parity::kNone) return folded;
    const double sign = parity == Parity::kEven ? 1 : -1;
    std::vector<double> filter(length);
    for (size_t i = 0, j = length - 1; i < j; ++i, --j) {
        filter[i] = folded[i] * kRootHalf;
        filter[j] = sign * filter[i];
    }
    if (length % 2 == 1 && parity == Parity::kEven) filter[length / 2] = folded.back();
    return filter;
}

Kernel transposed(const Kernel &kernel) {
    Kernel result;
    result.rows = kernel.columns;
    result.columns = kernel.rows;
    result.taps.reserve(kernel.taps.size());
    for (size_t x = 0; x < kernel.columns; ++x) {
        for (size_t y = 0; y < kernel.rows; ++y) result.taps.push_back(kernel.tap(y, x));
    }
    return result;
}

Kernel with_folded_rows(const Kernel &kernel, Parity parity) {
    Kernel result;
    result.rows = kernel.rows;
    for (size_t y = 0; y < kernel.rows; ++y) {
        const auto row = kernel.taps.begin() + static_cast<std::ptrdiff_t>(y * kernel.columns);
        const std::vector<double> folded =
            fold({row, row + static_cast<std::ptrdiff_t>(kernel.columns)}, parity);
        result.columns = folded.size();
        result.taps.insert(result.taps.end(), folded.begin(), folded.end());
    }
    return result;
}

Kernel folded_part(const Kernel &kernel, Parities parities) {
    const Kernel narrow = with_folded_rows(kernel, parities.x);
    return transposed(with_folded_rows(transposed(narrow), parities.y));
}

// Merges terms, each part's in descending order already. Tied ones keep the order of the parts.
void merge(std::vector<SingularTerm> &terms, std::vector<SingularTerm> part) {
    if (terms.empty() || part.empty()) {
        terms.insert(terms.end(), part.begin(), part.end());
        return;
    }
    const double tie = kTie * std::max(terms.front().value, part.front().value);
    std::vector<SingularTerm> merged;
    auto a = terms.begin(), b = part.begin();
    while (a != terms.end() || b != part.end()) {
        const bool from_a = b == part.end() || (a != terms.end() && a->value >= b->value - tie);
        merged.push_back(std::move(from_a ? *a++ : *b++));
    }
    terms = std::move(merged);
}

template <typename Opposite>
bool matches(const std::vector<double> &filter, Opposite opposite) {
    for (size_t i = 0, j = filter.size() - 1; i < filter.size(); ++i, --j) {
        if (filter[i] != opposite(filter[j])) return false;
    }
    return true;
}

}  // namespace

std::vector<SingularTerm> symmetric_terms(const Kernel &kernel, double allowance) {
    // So that sums of taps do not overflow, nor products of denormal ones vanish.
    const int exponent = exponent_of_largest(kernel.taps);
    Kernel scaled = kernel;
    times_power_of_two(scaled.taps, -exponent);

    std::vector<SingularTerm> terms;
    for (const Parities parities : parities_of(scaled, std::ldexp(allowance, -exponent))) {
        const Kernel part = folded_part(scaled, parities);
        if (std::all_of(part.taps.begin(), part.taps.end(), [](double tap) { return tap == 0; }))
            continue;
        std::vector<SingularTerm> found = singular_terms(part);
        for (SingularTerm &term : found) {
            Factor &vectors = term.vectors;
            vectors.column = unfold(vectors.column, parities.y, kernel.rows);
            vectors.row = unfold(vectors.row, parities.x, kernel.columns);
        }
        merge(terms, std::move(found));
    }
    for (SingularTerm &term : terms) term.value = std::ldexp(term.value, exponent);
    return terms;
}

bool is_even(const std::vector<double> &filter) {
    return matches(filter, [](double tap) { return tap; });
}

bool is_odd(const std::vector<double> &filter) {
    return matches(filter, [](double tap) { return -tap; });
}

}  // namespace sepflow
