// The compiled passes, one set for each instruction set: what the generators of this folder made.
#pragma once

#include <HalideRuntime.h>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sepflow {

// How a pass moves pixels; see row_pass.cpp.
enum class Schedule { kPlain, kTransposed };
inline constexpr int kSchedules = 2;

// Where a column pass reads and a row pass writes. Integer pixels are filtered in f32 without fused
// multiply-add, which not every instruction set has, so that they come out the same on all of them.
// f16 pixels are converted outside.
enum class InputPixel { kU8, kU16, kS16, kF32, kF64 };
enum class OutputPixel { kU8, kU16, kS16, kF32, kF32FromIntegers, kF64 };
inline constexpr int kInputPixels = 5;
inline constexpr int kOutputPixels = 6;

// in(x, y), taps(k, t) -> mid(x, y, t); see column_pass.cpp.
using ColumnPass = int (*)(halide_buffer_t *in, halide_buffer_t *taps, halide_buffer_t *mid);
// mid(x, y, t), taps(k, t) -> out(x, y); see row_pass.cpp.
using RowPass = int (*)(halide_buffer_t *mid, halide_buffer_t *taps, int32_t step, double delta,
                        halide_buffer_t *out);

struct PassSet {
    const char *name;  // "avx2"
    bool (*runs_here)();
    int vector_bytes;
    ColumnPass column[kSchedules][kInputPixels];
    RowPass row[kSchedules][kOutputPixels];

    // Least extents of mid and out along x and y, in samples of `sample_bytes` (4 or 8). Both
    // passes move their last tile inwards at a ragged end. The transposed passes take exactly
    // block_rows rows.
    int block_columns(Schedule schedule, int sample_bytes) const;
    int block_rows(Schedule schedule, int sample_bytes) const;
};

// Every set that was compiled in, best first. The last runs everywhere.
const std::vector<PassSet> &pass_sets();

}  // namespace sepflow
