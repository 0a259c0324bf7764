// Rectangles: half-open in x and y, with no pixel where a size is 0 or negative.
#pragma once

#include <algorithm>
#include <cstdint>

#include <sepflow/node.h>

namespace sepflow {

inline bool is_empty(const sepflow_rect &rect) {
    return rect.w <= 0 || rect.h <= 0;
}

inline bool same(const sepflow_rect &a, const sepflow_rect &b) {
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

inline bool contains(const sepflow_rect &outer, const sepflow_rect &inner) {
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

// Returns the pixels that both hold. An axis along which they do not meet has size 0, never less.
inline sepflow_rect intersected(const sepflow_rect &a, const sepflow_rect &b) {
    const int64_t x = std::max(a.x, b.x), y = std::max(a.y, b.y);
    return {x, y, std::max<int64_t>(std::min(a.x + a.w, b.x + b.w) - x, 0),
            std::max<int64_t>(std::min(a.y + a.h, b.y + b.h) - y, 0)};
}

// Returns the smallest rectangle that holds both. An empty one adds nothing.
inline sepflow_rect united(const sepflow_rect &a, const sepflow_rect &b) {
    if (is_empty(a)) return b;
    if (is_empty(b)) return a;
    const int64_t x = std::min(a.x, b.x), y = std::min(a.y, b.y);
    return {x, y, std::max(a.x + a.w, b.x + b.w) - x, std::max(a.y + a.h, b.y + b.h) - y};
}

}  // namespace sepflow
