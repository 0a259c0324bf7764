// The ways to compute a plan's sums.
#pragma once

#include <array>
#include <variant>

#include "runtime/plan/direct_sum.h"
#include "runtime/plan/pass_pairs.h"
#include "runtime/plan/transforms.h"

namespace sepflow {

using Way = std::variant<PassPairs, DirectSum, Transforms>;

// The ways as sepflow.h numbers and names them: SEPFLOW_METHOD_SEPARABLE, DIRECT and FFT.
enum class Method { kSeparable, kDirect, kFft };

inline constexpr size_t kMethods = std::variant_size_v<Way>;

// Predicted nanoseconds a sample (cost_model.h), by method. Infinite where a way cannot be taken.
using Costs = std::array<double, kMethods>;

inline const Arithmetic &arithmetic_of(const PassPairs &pairs) {
    return pairs.arithmetic;
}
inline const Arithmetic &arithmetic_of(const DirectSum &sum) {
    return sum.arithmetic;
}
inline const Arithmetic &arithmetic_of(const Transforms &transforms) {
    return transforms.direct.arithmetic;
}
inline const Arithmetic &arithmetic_of(const Way &way) {
    return std::visit([](const auto &one) -> const Arithmetic & { return arithmetic_of(one); },
                      way);
}

inline Method method_of(const Way &way) {
    return static_cast<Method>(way.index());
}

inline const char *name_of(Method method) {
    constexpr const char *names[] = {"separable", "direct", "fft"};
    return names[static_cast<int>(method)];
}

}  // namespace sepflow
