// One comparison of the library with the oracle: filters an image of any layout and judges every
// pixel.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

#include "tests/oracle/pixels.h"

namespace oracle {

// How a kernel reaches the library.
enum class Form { kMatrix, kVectors };

struct Case {
    sepflow_type in_type = SEPFLOW_F32, out_type = SEPFLOW_F32;
    int64_t w = 20, h = 15;
    int channels = 1;
    Kernel kernel;
    std::vector<double> column, row;  // for Form::kVectors
    Form form = Form::kMatrix;
    Options options;
    int extent = SEPFLOW_EXTENT_SAME;
    int schedule = SEPFLOW_SCHEDULE_AUTO;
    int method = SEPFLOW_METHOD_AUTO;
    const char *variant = nullptr;
    bool strict = false;
    double tolerance = 0;
    int rank = 0;
    int threads = 1;
    Layout in_layout = Layout::kInterleaved, out_layout = Layout::kInterleaved;
    uint64_t seed = 1;

    std::string text() const;  // for messages
};

// Outcome of the library, for comparisons between runs.
struct Outcome {
    Image out;
    sepflow_rect domain;
};

Image random_image(int64_t w, int64_t h, int channels, sepflow_type type, std::mt19937_64 &random);
// Positive and negative taps that a float holds exactly, the sum away from zero.
Kernel random_kernel(int64_t rows, int64_t columns, int64_t rank, std::mt19937_64 &random);
// Equal to its mirror image times `sign`.
std::vector<double> mirrored_filter(int64_t length, double sign, std::mt19937_64 &random);
void set_vectors(Case &c, std::vector<double> column, std::vector<double> row);
void set_random_vectors(Case &c, int64_t rows, int64_t columns, std::mt19937_64 &random);

// Filters a random image and requires every pixel to be right: floats within the plan's own bound,
// integers the rounded exact value unless that lies within the bound of a tie.
Outcome check(const Case &c);

// Variants that this CPU runs.
std::vector<const char *> variants();

}  // namespace oracle
