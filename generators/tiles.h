// Register tiles of the passes by vector length: how many accumulators stay in registers while the
// taps run. Shared by the generators and by the table of compiled passes (passes.cpp).
//
// Measured 2026-11-23 on a Zen 4 (AVX-512) core, 4096 x 4096 f32, ms for the pass alone at 9 / 21 /
// 63 taps:
//   column, 64-byte vectors: 4x4 5.9 / 10.0 / 26.2 (vectors x rows), 2x8 6.1 / 11.3 / 33.9,
//                            6x4 7.4 / 14.7 / 37.9; 3x8 spills: 8.4 / 17.5 / 50.6
//   column, 32-byte vectors: 2x4 7.2 / 16.9 / 41.9, 3x4 8.0 / 16.9 / 49.8, 1x8 11.1 / 25.2 / 66.6
//   row: every tile within 5% (unaligned loads bound it)
#pragma once

namespace sepflow {

struct RegisterTile {
    int vectors;  // along x
    int rows;
    int taps;  // unrolled, so that the rows they share are loaded once
};

// Vectors of fixed point are at most 32 bytes: Halide 14 splits the high multiply of wider ones.
constexpr int vector_bytes_of(int natural_bytes, bool is_float) {
    return is_float || natural_bytes < 32 ? natural_bytes : 32;
}

// Returns the number of registers of x86-64. arm-64 has 32, but its vectors are as short as SSE2's,
// so that a wide tile gains little.
constexpr int registers(int natural_bytes) {
    return natural_bytes == 64 ? 32 : 16;
}

// `registers`: how many vector registers there are.
constexpr RegisterTile plain_tile(int registers) {
    return registers == 32 ? RegisterTile{4, 4, 4} : RegisterTile{2, 4, 4};
}

// Taps in a vertical run of the direct pass, at most: more would share few loads and hit more taps
// that are zero.
constexpr int kLongestRun = 4;

// A block of lanes x lanes: as many rows (columns, in the row pass) as a vector has lanes. Two taps
// at once, no more: from version 16 on, LLVM sorts the terms of a longer sum by when their operands
// were loaded, which differs between the pixels of a block, and so would their bytes.
constexpr RegisterTile transposed_tile(int lanes) {
    return {1, lanes, 2};
}

}  // namespace sepflow
