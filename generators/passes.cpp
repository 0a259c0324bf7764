#include "generators/passes.h"

#include "generators/f16c.h"
#include "generators/tiles.h"
#include "sepflow_passes.h"  // declares every compiled pass; written by variants.cmake

namespace sepflow {

namespace {

#define SEPFLOW_LOAD_PASSES(isa)                                           \
    {                                                                      \
        sepflow_load_pass_uint8_##isa, sepflow_load_pass_uint16_##isa,     \
            sepflow_load_pass_int16_##isa, sepflow_load_pass_float32_##isa \
    }
#define SEPFLOW_DIRECT_COLUMN_PASSES(isa)                                              \
    {                                                                                  \
        sepflow_column_pass_uint8_plain_##isa, sepflow_column_pass_uint16_plain_##isa, \
            sepflow_column_pass_int16_plain_##isa, sepflow_column_pass_f32_plain_##isa \
    }
#define SEPFLOW_COLUMN_PASSES(isa, form)                          \
    {                                                             \
        sepflow_column_pass_f32_##form##_##isa,                   \
            sepflow_column_pass_f32_from_integers_##form##_##isa, \
            sepflow_column_pass_f64_##form##_##isa                \
    }
#define SEPFLOW_ROW_PASSES(isa, form)                                                              \
    {                                                                                              \
        sepflow_row_pass_u8_##form##_##isa, sepflow_row_pass_u16_##form##_##isa,                   \
            sepflow_row_pass_s16_##form##_##isa, sepflow_row_pass_f32_##form##_##isa,              \
            sepflow_row_pass_f32_from_integers_##form##_##isa, sepflow_row_pass_f64_##form##_##isa \
    }
#define SEPFLOW_DIRECT_PASSES(isa)                                                     \
    {                                                                                  \
        sepflow_direct_pass_u8_##isa, sepflow_direct_pass_u16_##isa,                   \
            sepflow_direct_pass_s16_##isa, sepflow_direct_pass_f32_##isa,              \
            sepflow_direct_pass_f32_from_integers_##isa, sepflow_direct_pass_f64_##isa \
    }
// One pass in all its forms.
#define SEPFLOW_FORMS(passes, isa)                                                 \
    {                                                                              \
        passes(isa, plain), passes(isa, transposed), passes(isa, transposed_even), \
            passes(isa, transposed_odd)                                            \
    }
#define SEPFLOW_PASS_SET(isa, name, runs_here, vector_bytes)                              \
    PassSet {                                                                             \
        name, runs_here, vector_bytes, SEPFLOW_LOAD_PASSES(isa),                          \
            SEPFLOW_DIRECT_COLUMN_PASSES(isa), SEPFLOW_FORMS(SEPFLOW_COLUMN_PASSES, isa), \
            SEPFLOW_FORMS(SEPFLOW_ROW_PASSES, isa), SEPFLOW_DIRECT_PASSES(isa),           \
            sepflow_load_pass_fixed_##isa, sepflow_column_pass_fixed_##isa,               \
            sepflow_row_pass_fixed_##isa                                                  \
    }

bool always() {
    return true;
}

#if defined(__x86_64__)
// libgcc asks the operating system too whether it saves the wide registers (XGETBV); Halide's own
// detection does not before 2026.
bool has_avx2() {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && processor_has_f16c();
}

bool has_avx512() {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

}  // namespace

int PassSet::block_columns(Form form, int sample_bytes) const {
    const int bytes = vector_bytes_of(vector_bytes, sample_bytes > 2);
    const int lanes = bytes / sample_bytes;
    return form == Form::kPlain ? lanes * plain_tile(registers(vector_bytes)).vectors : lanes;
}

int PassSet::block_rows(Form form, int sample_bytes) const {
    return form == Form::kPlain ? plain_tile(registers(vector_bytes)).rows
                                : vector_bytes / sample_bytes;
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
