// Taps as the passes take them.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

namespace sepflow {

// Taps of one of several types. Copied by assignment: a std::variant of vectors that is constructed
// as a copy is destroyed without one if there is no memory for it (GCC 12).
template <typename... Types>
struct TapsOf : std::variant<std::vector<Types>...> {
    using Variant = std::variant<std::vector<Types>...>;
    using Variant::operator=;
    TapsOf() = default;
    TapsOf(const TapsOf &other) : Variant() { Variant::operator=(other); }
    TapsOf(TapsOf &&) = default;
    TapsOf &operator=(const TapsOf &) = default;
    TapsOf &operator=(TapsOf &&) = default;
};

// The filters of all terms along one axis, one after the other.
struct Taps {
    int32_t length = 0;
    int32_t terms = 0;
    std::vector<double> f64;
    // In the samples' type. Where a pass folds, the middle tap is halved, as it meets its pixel
    // twice.
    TapsOf<double, float, int16_t> passed;
};

}  // namespace sepflow
