// Memory as the compiled passes take it.
#pragma once

#include <HalideRuntime.h>
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string>

#include <sepflow/node.h>

#include "runtime/base/error.h"
#include "runtime/base/image.h"

namespace sepflow {

// Tells whether a pass can walk `rows` rows: Halide counts the samples of a buffer in 31 bits.
inline bool fits_a_pass(int64_t stride_bytes, int64_t rows, int sample_bytes) {
    const auto most = static_cast<uint64_t>((int64_t{1} << 30) / std::max<int64_t>(rows, 1));
    return magnitude(stride_bytes) / static_cast<uint64_t>(sample_bytes) < most;
}

// A buffer as the passes take it.
class PassBuffer {
  public:
    struct Dimension {
        int64_t extent, stride;
    };
    PassBuffer(const void *samples, sepflow_type type,
               std::initializer_list<Dimension> dimensions) {
        constexpr halide_type_code_t codes[] = {halide_type_uint, halide_type_int,
                                                halide_type_float};
        buffer_.host = static_cast<uint8_t *>(const_cast<void *>(samples));
        buffer_.type = halide_type_t(codes[(type >> 8) - 1], static_cast<uint8_t>(type & 0xff));
        buffer_.dim = dims_;
        for (const Dimension &d : dimensions) {
            dims_[buffer_.dimensions++] = halide_dimension_t(0, static_cast<int32_t>(d.extent),
                                                             static_cast<int32_t>(d.stride));
        }
    }
    PassBuffer(const PassBuffer &) = delete;
    operator halide_buffer_t *() { return &buffer_; }

  private:
    halide_dimension_t dims_[3];
    halide_buffer_t buffer_ = {};
};

inline void check_pass(int code) {
    if (code != 0)
        throw Error(SEPFLOW_E_INTERNAL, "a pass refused its buffers, code " + std::to_string(code));
}

}  // namespace sepflow
