// A kernel is a matrix of taps. This room turns text and files into kernels and knows nothing of
// images or passes. The grammar and the formula of every named kernel are in README.md in this
// folder.
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace sepflow {

// One pair of 1-D filters; as a matrix, column * row^T.
struct Factor {
    std::vector<double> column;  // one tap per kernel row, top first
    std::vector<double> row;     // one tap per kernel column, left first
};

struct Kernel {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> taps;  // rows * columns, row-major, top row first
    // 1-D filters, if the caller or the formula gives them; empty: the SVD finds them.
    std::vector<Factor> factors;

    double tap(std::size_t row, std::size_t column) const { return taps[row * columns + column]; }
};

// Returns a * b, or the least number of its sign where that rounds to zero. A tap that is not zero
// has to stay so: NaN and infinity under it reach the result.
inline double non_zero_product(double a, double b) {
    const double product = a * b;
    if (product != 0 || a == 0 || b == 0) return product;
    return std::copysign(std::numeric_limits<double>::denorm_min(), product);
}

// Most taps a kernel may have along one axis, and in all: set-up cost grows with their cube. The
// preset fuzz sets less.
#ifndef SEPFLOW_MAX_KERNEL_LENGTH
#define SEPFLOW_MAX_KERNEL_LENGTH 4095
#define SEPFLOW_MAX_KERNEL_TAPS (1 << 22)
#endif
inline constexpr std::size_t kMaxKernelLength = SEPFLOW_MAX_KERNEL_LENGTH;
inline constexpr std::size_t kMaxKernelTaps = SEPFLOW_MAX_KERNEL_TAPS;

// Reads the kernel of a file: what "file NAME" means is for the caller to say, who knows whether
// the text is trusted.
using KernelReader = std::function<Kernel(const std::string &name)>;

// Every maker below throws Error{SEPFLOW_E_PARAM} (SEPFLOW_E_IO for files) with a sentence.
Kernel kernel_from_matrix(const double *taps, std::size_t rows, std::size_t columns,
                          std::ptrdiff_t row_stride);     // stride in doubles
Kernel kernel_from_factors(std::vector<Factor> factors);  // one or more, of the same lengths
Kernel kernel_from_vectors(std::vector<double> column, std::vector<double> row);
Kernel kernel_from_text(std::string_view text);  // names no files
Kernel kernel_from_text(std::string_view text, const KernelReader &read_file);
Kernel kernel_from_file(const std::string &path);
// The core has no image library; whoever has one passes its reader in.
Kernel kernel_from_file(const std::string &path, const KernelReader &read_image);
// With any file that the process may read.
Kernel kernel_from_trusted_text(std::string_view text);

}  // namespace sepflow
