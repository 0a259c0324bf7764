// Correlation of blocks of an image with a kernel by two-dimensional Fourier transforms (Stockham
// 1966): the transforms are multiplied, and what the wrap-around reaches is not used
// (overlap-save). In double precision, by kissfft.
//
// The arithmetic of a number does not depend on the instruction set.
#pragma once

#include <cstdint>

namespace sepflow {

// Blocks are nx x ny samples, powers of two.
constexpr int kLeastBlock = 64, kLargestBlock = 512;

struct BlockFunctions;

class BlockConvolver {
  public:
    // Makes transforms for an instruction set by name (generators/passes.h). Throws Error if there
    // are none. `block` holds the kernel's taps, tap (0, 0) first, in ny rows of nx, and zeros.
    BlockConvolver(const char *instruction_set, int nx, int ny, const double *block);
    ~BlockConvolver();
    BlockConvolver(const BlockConvolver &) = delete;

    uint64_t scratch_bytes() const;
    // Two blocks at once, as the real and the imaginary part of one. `samples`, in rows of nx, 2 ny
    // of them at least, hold the first block; the second begins `second` rows below its first row
    // and may overlap it. They become the results plus delta: row y of the first block's at y, of
    // the second's at ny + y. Right are those whose taps lie in the block. Both pieces of memory
    // are aligned to 64 bytes.
    void run(double *samples, int64_t second, double delta, void *scratch) const;

  private:
    const BlockFunctions *functions_;
    void *state_;
};

// Interface of one instruction set's object file: plain functions, since its classes are its own.
struct BlockFunctions {
    void *(*make)(int nx, int ny, const double *block);
    void (*destroy)(void *state);
    uint64_t (*scratch_bytes)(const void *state);
    void (*run)(const void *state, double *samples, int64_t second, double delta, void *scratch);
};

}  // namespace sepflow
