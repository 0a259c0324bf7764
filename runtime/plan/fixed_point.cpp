#include "runtime/plan/fixed_point.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/plan/dyadic.h"

namespace sepflow {

namespace {

constexpr double kLargestTap = 32767;
constexpr int kSampleBits = 8;
constexpr int kMostBits = 8;
constexpr int kLeastBits = 4;          // fewer are not worth it
constexpr int kExactBitsOfFloat = 16;  // 24, less those of a pixel

// Sums of a filter's taps by sign, both >= 0.
struct Weight {
    double positive = 0, negative = 0;
    double sum() const { return positive - negative; }
    double norm() const { return positive + negative; }
};

Weight weigh(const FixedFilter &filter) {
    Weight weight;
    for (int32_t k = 0; k < filter.length; ++k) {
        (filter.taps[k] < 0 ? weight.negative : weight.positive) += std::fabs(filter.taps[k]);
    }
    return weight;
}

// Returns the weight of both filters, one after the other.
Weight product(const Weight &a, const Weight &b) {
    return {a.positive * b.positive + a.negative * b.negative,
            a.positive * b.negative + a.negative * b.positive};
}

// Where the filtered values of pixels -128 .. 127 lie.
struct Range {
    double low, high;
};

Range range_of(const Weight &weight) {
    return {-128 * weight.positive - 127 * weight.negative,
            127 * weight.positive + 128 * weight.negative};
}

bool fits(const Range &range, int bits, double slack) {
    return std::ldexp(range.low, bits) - slack >= -32768 &&
           std::ldexp(range.high, bits) + slack <= 32767;
}

// More than any that matters, if the taps are not dyadic.
int fraction_bits(const FixedFilter &filter) {
    return sepflow::fraction_bits(filter.taps, filter.taps + filter.length, kExactBitsOfFloat + 1);
}

// The taps times 2^bits, rounded; nothing if one does not fit. `error` is what rounding them, and
// the products, may add to a sum, in its units.
struct Quantised {
    std::vector<int16_t> taps;
    double error = 0;
};

std::optional<Quantised> quantise(const FixedFilter &filter, int bits, bool exact) {
    Quantised result;
    for (int32_t k = 0; k < filter.length; ++k) {
        const double tap = std::ldexp(filter.taps[k], bits), rounded = std::nearbyint(tap);
        if (std::fabs(rounded) > kLargestTap) return std::nullopt;
        result.taps.push_back(static_cast<int16_t>(rounded));
        // A product is at most 2^15 times the tap's error over 2^16 off, and floor, with its bias,
        // half a unit.
        if (!exact) result.error += std::fabs(rounded - tap) / 2 + 0.5;
    }
    return result;
}

// A filter at the most bits of fraction with which its sums fit, of values that may be `carried`
// off, and its taps.
struct Scaled {
    int bits;
    Quantised taps;
};

template <typename TapBits>
std::optional<Scaled> scale(const FixedFilter &filter, const Range &range, double carried,
                            bool exact, int least, TapBits tap_bits) {
    for (int bits = kMostBits; bits >= std::max(least, kLeastBits); --bits) {
        std::optional<Quantised> taps = quantise(filter, tap_bits(bits), exact);
        if (!taps) continue;
        const double slack =
            exact ? 0 : taps->error + std::ldexp(carried, bits) + 0.5 * filter.length + 2;
        if (fits(range, bits, slack)) return Scaled{bits, std::move(*taps)};
    }
    return std::nullopt;
}

std::optional<FixedPoint> fixed_point(const FixedFilter &column, const FixedFilter &row,
                                      double delta, bool exact, int least_mid, int least_output) {
    const Weight c = weigh(column), r = weigh(row), both = product(c, r);
    const auto column_bits = [](int bits) { return 16 + bits - kSampleBits; };
    const auto mid = scale(column, range_of(c), 0, exact, least_mid, column_bits);
    if (!mid) return std::nullopt;
    const double mid_error = std::ldexp(mid->taps.error, -mid->bits);

    // The sums lack the middle of the pixels' range, and delta. The fraction goes into the bias.
    const double offset = 128 * both.sum() + delta, fraction = offset - std::floor(offset);
    if (std::fabs(offset) > 1 << 14) return std::nullopt;
    Range range = range_of(both);
    range.high += fraction + 0.5;  // half a pixel value is added to round
    const auto row_bits = [&](int bits) { return 16 + bits - mid->bits; };
    const auto output = scale(row, range, mid_error * r.norm(), exact, least_output, row_bits);
    if (!output) return std::nullopt;

    FixedPoint fixed;
    fixed.output_shift = output->bits;
    fixed.output_offset = static_cast<int32_t>(std::floor(offset));
    const auto mean_of_floor = [&](const FixedFilter &filter) {
        return exact ? 0 : 0.5 * filter.length;
    };
    const double column_bias = mean_of_floor(column),
                 row_bias = mean_of_floor(row) + std::ldexp(fraction, output->bits);
    fixed.column_bias = static_cast<int32_t>(std::nearbyint(column_bias));
    fixed.row_bias = static_cast<int32_t>(std::nearbyint(row_bias));
    if (exact && fixed.row_bias != row_bias) return std::nullopt;
    fixed.error =
        (mid_error + std::ldexp(std::fabs(fixed.column_bias - column_bias), -mid->bits)) *
            r.norm() +
        std::ldexp(output->taps.error + std::fabs(fixed.row_bias - row_bias), -output->bits);
    fixed.column_taps = mid->taps.taps;
    fixed.row_taps = output->taps.taps;
    return fixed;
}

}  // namespace

std::optional<FixedPoint> fixed_point(const FixedFilter &column, const FixedFilter &row,
                                      double delta) {
    const int column_bits = fraction_bits(column), row_bits = fraction_bits(row);
    // mid needs the bits of the column taps, the output those of both.
    if (column_bits + row_bits <= kExactBitsOfFloat)
        return fixed_point(column, row, delta, true, column_bits, column_bits + row_bits);
    return fixed_point(column, row, delta, false, 0, 0);
}

}  // namespace sepflow
