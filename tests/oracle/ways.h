// Every way to an image: the methods, with the schedules of passes, against the oracle.
#pragma once

#include <cstdint>

#include "tests/oracle/plan.h"
#include "tests/oracle/reference.h"

namespace oracle {

// A method and a schedule of it.
struct Way {
    int method, schedule;
};
inline constexpr Way kWays[] = {{SEPFLOW_METHOD_SEPARABLE, SEPFLOW_SCHEDULE_PLAIN},
                                {SEPFLOW_METHOD_SEPARABLE, SEPFLOW_SCHEDULE_TRANSPOSED},
                                {SEPFLOW_METHOD_DIRECT, SEPFLOW_SCHEDULE_AUTO},
                                {SEPFLOW_METHOD_FFT, SEPFLOW_SCHEDULE_AUTO}};

inline sepflow_options options_of(sepflow_type type, const Way &way, int border) {
    sepflow_options options = options_of(type);
    options.method = way.method;
    options.schedule = way.schedule;
    options.border_x = options.border_y = border;
    if (border == SEPFLOW_BORDER_CONSTANT) options.border_value = 0.25;
    return options;
}

// Taps that are all there and alike in nothing.
inline Kernel uneven_kernel(int64_t rows, int64_t columns) {
    Kernel kernel{rows, columns, {}};
    for (int64_t i = 0; i < rows * columns; ++i)
        kernel.taps.push_back(static_cast<double>(1 + i * i % 7) / 16);
    return kernel;
}

inline Options oracle_options(int border) {
    Options options;
    options.border_x = options.border_y = border;
    options.border_value = 0.25;
    return options;
}

}  // namespace oracle
