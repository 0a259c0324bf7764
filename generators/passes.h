// The compiled passes, one set for each instruction set: what the generators of this folder made.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "generators/form.h"

struct halide_buffer_t;  // of HalideRuntime.h

namespace sepflow {

// Samples that a column pass reads, in its own precision. Integer pixels, and floats of strict
// plans, are filtered in f32 without fused multiply-add, which not every instruction set has, so
// that they come out the same on all of them; in f64, by the last set.
enum class Samples { kF32, kF32FromIntegers, kF64 };
inline constexpr int kSamples = 3;
// Pixels that a pass reads from an image.
enum class InputPixel { kU8, kU16, kS16, kF32 };
inline constexpr int kInputPixels = 4;
// Pixels that a row pass writes.
enum class OutputPixel { kU8, kU16, kS16, kF32, kF32FromIntegers, kF64 };
inline constexpr int kOutputPixels = 6;

// pixels(x, y) -> samples(x, y); see load_pass.cpp.
using LoadPass = int (*)(halide_buffer_t *pixels, halide_buffer_t *samples);
// in(x, y), taps(k, t) -> mid(x, y, t); see column_pass.cpp.
using ColumnPass = int (*)(halide_buffer_t *in, halide_buffer_t *taps, int32_t bias,
                           halide_buffer_t *mid);
// in(x, y), taps(k, g), places(0 .. 1, g) -> out(x, y); see direct_pass.cpp.
using DirectPass = int (*)(halide_buffer_t *in, halide_buffer_t *taps, halide_buffer_t *places,
                           int32_t reach_x, int32_t reach_y, double delta, halide_buffer_t *out);
// mid(x, y, t), taps(k, t) -> out(x, y); see row_pass.cpp.
using RowPass = int (*)(halide_buffer_t *mid, halide_buffer_t *taps, int32_t step, double delta,
                        int32_t shift, int32_t offset, halide_buffer_t *out);

struct PassSet {
    const char *name;  // "avx2"
    bool (*runs_here)();
    int vector_bytes;
    LoadPass load[kInputPixels];             // into f32
    ColumnPass direct_column[kInputPixels];  // plain, from pixels of an image to f32
    ColumnPass column[kForms][kSamples];
    RowPass row[kForms][kOutputPixels];
    DirectPass direct[kOutputPixels];
    // Fixed point, from u8 to u8; plain.
    LoadPass fixed_load;
    ColumnPass fixed_column;
    RowPass fixed_row;

    // Least columns of a load pass.
    int load_columns(int sample_bytes) const { return vector_bytes / sample_bytes; }
    // Least extents of mid and out along x and y, in samples of `sample_bytes` (2, 4 or 8). Both
    // passes move their last tile inwards at a ragged end. The plain form takes any more,
    // the others exactly block_rows rows.
    int block_columns(Form form, int sample_bytes) const;
    int block_rows(Form form, int sample_bytes) const;
};

// Every set that was compiled in, best first. The last runs everywhere.
const std::vector<PassSet> &pass_sets();

}  // namespace sepflow
