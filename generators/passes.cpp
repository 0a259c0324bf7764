#include "generators/passes.h"

#include <algorithm>

#include "generators/tiles.h"
#include "sepflow_passes.h"  // declares every compiled pass; written by variants.cmake

namespace sepflow {

namespace {

// The two schedules of one pass.
#define SEPFLOW_COLUMN_PASSES(isa, suffix)                                                    \
    {                                                                                         \
        sepflow_column_pass_u8##suffix##_##isa, sepflow_column_pass_u16##suffix##_##isa,      \
            sepflow_column_pass_s16##suffix##_##isa, sepflow_column_pass_f32##suffix##_##isa, \
            sepflow_column_pass_f64##suffix##_##isa                                           \
    }
#define SEPFLOW_ROW_PASSES(isa, suffix)                                                 \
    {                                                                                   \
        sepflow_row_pass_u8##suffix##_##isa, sepflow_row_pass_u16##suffix##_##isa,      \
            sepflow_row_pass_s16##suffix##_##isa, sepflow_row_pass_f32##suffix##_##isa, \
            sepflow_row_pass_f32_from_integers##suffix##_##isa,                         \
            sepflow_row_pass_f64##suffix##_##isa                                        \
    }
#define SEPFLOW_PASS_SET(isa, name, runs_here, vector_bytes)                           \
    PassSet {                                                                          \
        name, runs_here, vector_bytes,                                                 \
            {SEPFLOW_COLUMN_PASSES(isa, ), SEPFLOW_COLUMN_PASSES(isa, _transposed)}, { \
            SEPFLOW_ROW_PASSES(isa, ), SEPFLOW_ROW_PASSES(isa, _transposed)            \
        }                                                                              \
    }

bool always() {
    return true;
}

#if defined(__x86_64__)
// libgcc asks the operating system too whether it saves the wide registers (XGETBV); Halide's own
// detection does not before 2026.
bool has_avx2() {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("f16c");
}

bool has_avx512() {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

}  // namespace

int PassSet::block_columns(Schedule schedule, int sample_bytes) const {
    const int lanes = vector_bytes / sample_bytes;
    if (schedule == Schedule::kTransposed) return lanes;
    return lanes * std::max(column_tile(vector_bytes).vectors, row_tile(vector_bytes).vectors);
}

int PassSet::block_rows(Schedule schedule, int sample_bytes) const {
    if (schedule == Schedule::kTransposed) return vector_bytes / sample_bytes;
    return std::max(column_tile(vector_bytes).rows, row_tile(vector_bytes).rows);
}

const std::vector<PassSet> &pass_sets() {
    static const std::vector<PassSet> sets = {
#if defined(__x86_64__)
        SEPFLOW_PASS_SET(avx512, "avx512", has_avx512, 64),
        SEPFLOW_PASS_SET(avx2, "avx2", has_avx2, 32),
        SEPFLOW_PASS_SET(sse2, "sse2", always, 16),
#elif defined(__aarch64__)
        SEPFLOW_PASS_SET(neon, "neon", always, 16),
#else
#error "no passes are compiled for this processor: add its target to generators/variants.cmake"
#endif
    };
    return sets;
}

}  // namespace sepflow
