// Kernels for the tests of this folder, and what the tests ask of factors, each written from its
// definition.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "runtime/factor/factor.h"

namespace sepflow_test {

using Filter = std::vector<double>;

template <typename F>
sepflow::Kernel kernel_of(size_t rows, size_t columns, F tap) {
    sepflow::Kernel kernel;
    kernel.rows = rows;
    kernel.columns = columns;
    for (size_t y = 0; y < rows; ++y) {
        for (size_t x = 0; x < columns; ++x) kernel.taps.push_back(tap(y, x));
    }
    return kernel;
}

// f(x, y) with the origin in the middle.
template <typename F>
sepflow::Kernel centred(size_t rows, size_t columns, F f) {
    return kernel_of(rows, columns, [&](size_t y, size_t x) {
        return f(static_cast<double>(x) - static_cast<double>(columns - 1) / 2,
                 static_cast<double>(y) - static_cast<double>(rows - 1) / 2);
    });
}

inline sepflow::Kernel outer(const Filter &column, const Filter &row) {
    return kernel_of(column.size(), row.size(),
                     [&](size_t y, size_t x) { return column[y] * row[x]; });
}

inline sepflow::Kernel scaled(sepflow::Kernel kernel, double factor) {
    for (double &tap : kernel.taps) tap *= factor;
    return kernel;
}

inline sepflow::Kernel normalised(sepflow::Kernel kernel) {
    double sum = 0;
    for (double tap : kernel.taps) sum += tap;
    return scaled(std::move(kernel), 1 / sum);
}

inline sepflow::Kernel as_floats(sepflow::Kernel kernel) {
    for (double &tap : kernel.taps) tap = static_cast<float>(tap);
    return kernel;
}

inline sepflow::Kernel transposed(const sepflow::Kernel &kernel) {
    return kernel_of(kernel.columns, kernel.rows,
                     [&](size_t y, size_t x) { return kernel.tap(x, y); });
}

inline double bell(double x, double y, double sigma) {
    return std::exp(-(x * x + y * y) / (2 * sigma * sigma));
}

inline sepflow::Kernel gaussian(size_t rows, size_t columns, double sigma) {
    return normalised(
        centred(rows, columns, [&](double x, double y) { return bell(x, y, sigma); }));
}

inline sepflow::Kernel rotated_gaussian(size_t size, double along, double across, double degrees) {
    const double c = std::cos(degrees * 3.14159265358979 / 180),
                 s = std::sin(degrees * 3.14159265358979 / 180);
    return normalised(centred(size, size, [&](double x, double y) {
        const double u = (x * c + y * s) / along, v = (y * c - x * s) / across;
        return std::exp(-(u * u + v * v) / 2);
    }));
}

inline sepflow::Kernel disc(int radius) {
    const auto size = static_cast<size_t>(2 * radius + 1);
    return normalised(centred(size, size, [&](double x, double y) {
        return x * x + y * y <= radius * radius ? 1.0 : 0.0;
    }));
}

inline sepflow::Kernel laplacian_of_gaussian(size_t size, double sigma) {
    return centred(size, size, [&](double x, double y) {
        return (x * x + y * y - 2 * sigma * sigma) * bell(x, y, sigma);
    });
}

// xorshift64*, the same numbers everywhere.
class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed * 2654435769u + 1) {}
    double operator()() {  // in -1 .. 1
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return static_cast<double>((state_ * 2685821657736338717u) >> 11) / 4503599627370496.0 - 1;
    }
    size_t below(size_t count) {
        return std::min(count - 1,
                        static_cast<size_t>(((*this)() + 1) / 2 * static_cast<double>(count)));
    }

  private:
    uint64_t state_;
};

inline Filter random_filter(size_t length, Random &random) {
    Filter filter(length);
    for (double &tap : filter) tap = random();
    return filter;
}

inline sepflow::Kernel random_kernel(size_t rows, size_t columns, size_t rank, Random &random) {
    sepflow::Kernel sum = kernel_of(rows, columns, [](size_t, size_t) { return 0.0; });
    for (size_t t = 0; t < rank; ++t) {
        const sepflow::Kernel term =
            outer(random_filter(rows, random), random_filter(columns, random));
        for (size_t i = 0; i < sum.taps.size(); ++i) sum.taps[i] += term.taps[i];
    }
    return sum;
}

inline long double sum_of(const Filter &taps) {
    long double sum = 0;
    for (double tap : taps) sum += tap;
    return sum;
}

// Returns the gain of the factors on a constant image.
inline long double gain(const sepflow::Factoring &factoring) {
    long double sum = 0;
    for (const auto &factor : factoring.factors) sum += sum_of(factor.column) * sum_of(factor.row);
    return sum;
}

inline long double rebuilt(const sepflow::Factoring &factoring, size_t y, size_t x) {
    long double sum = 0;
    for (const auto &factor : factoring.factors)
        sum += static_cast<long double>(factor.column[y]) * factor.row[x];
    return sum;
}

inline long double distance_1(const sepflow::Kernel &kernel, const sepflow::Factoring &factoring) {
    long double sum = 0;
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x)
            sum += std::fabs(kernel.tap(y, x) - rebuilt(factoring, y, x));
    }
    return sum;
}

inline long double norm_1(const sepflow::Kernel &kernel) {
    long double sum = 0;
    for (double tap : kernel.taps) sum += std::fabs(tap);
    return sum;
}

inline bool mirrored(const Filter &filter, double sign) {
    for (size_t i = 0; i < filter.size(); ++i) {
        if (filter[i] != sign * filter[filter.size() - 1 - i]) return false;
    }
    return true;
}

inline bool foldable(const Filter &filter) {
    return mirrored(filter, 1) || mirrored(filter, -1);
}

inline size_t rank_of(const sepflow::Kernel &kernel, sepflow::Precision precision) {
    sepflow::Budget budget;
    budget.precision = precision;
    return sepflow::factor_kernel(kernel, budget).rank();
}

constexpr sepflow::Precision kPrecisions[] = {sepflow::Precision::kSingle,
                                              sepflow::Precision::kDouble};

}  // namespace sepflow_test
