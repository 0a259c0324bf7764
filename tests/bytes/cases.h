// Cases of the table of hashes: each one plan, or a bank of them, over one picture.
#pragma once

#include <string>
#include <vector>

#include <sepflow/sepflow.h>

#include "tests/oracle/case.h"

namespace bytes {

struct Case {
    std::string name;
    std::vector<std::string> kernels;  // more than one: a bank
    sepflow_options options;
    int64_t w = 83, h = 37;
    oracle::Layout layout = oracle::Layout::kInterleaved;
    bool has_mask = false, has_nan = false;
};

std::vector<Case> all_cases();

const char *name_of(sepflow_type type);

// A sound plan's options; those of float images are strict.
sepflow_options options_for(sepflow_type in, sepflow_type out = SEPFLOW_TYPE_NONE,
                            int channels = 1);
// The ways to take a sum that a plan can be forced to.
struct Way {
    const char *name;
    int method, schedule;
};
inline constexpr Way kWays[] = {
    {"plain", SEPFLOW_METHOD_SEPARABLE, SEPFLOW_SCHEDULE_PLAIN},
    {"transposed", SEPFLOW_METHOD_SEPARABLE, SEPFLOW_SCHEDULE_TRANSPOSED},
    {"direct", SEPFLOW_METHOD_DIRECT, SEPFLOW_SCHEDULE_AUTO},
    {"fft", SEPFLOW_METHOD_FFT, SEPFLOW_SCHEDULE_AUTO}};
inline constexpr sepflow_type kTypes[] = {SEPFLOW_U8,  SEPFLOW_U16, SEPFLOW_S16,
                                          SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64};

}  // namespace bytes
