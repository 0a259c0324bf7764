// Border rules as index functions: which pixel of a domain of 0 .. size-1 stands for pixel i.
#pragma once

#include <cstdint>

#include <sepflow/sepflow.h>

namespace sepflow {

inline constexpr int64_t kOutside = -1;  // no pixel: the border value

inline int64_t positive_modulo(int64_t i, int64_t n) {
    const int64_t r = i % n;
    return r < 0 ? r + n : r;
}

inline int64_t border_index(int64_t i, int64_t size, int32_t border) {
    if (i >= 0 && i < size) return i;
    switch (border) {
        case SEPFLOW_BORDER_REPLICATE:
            return i < 0 ? 0 : size - 1;
        case SEPFLOW_BORDER_WRAP:
            return positive_modulo(i, size);
        case SEPFLOW_BORDER_REFLECT: {  // period 2n: 0 .. n-1, n-1 .. 0
            const int64_t r = positive_modulo(i, 2 * size);
            return r < size ? r : 2 * size - 1 - r;
        }
        case SEPFLOW_BORDER_REFLECT101: {  // period 2n-2: 0 .. n-1, n-2 .. 1
            if (size == 1) return 0;
            const int64_t r = positive_modulo(i, 2 * size - 2);
            return r < size ? r : 2 * size - 2 - r;
        }
        default:
            return kOutside;
    }
}

}  // namespace sepflow
