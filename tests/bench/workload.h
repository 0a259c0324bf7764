// Workload to measure: an image, a pair of filters, and how they run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

namespace bench {

struct PixelType {
    const char *name;
    sepflow_type type;
    size_t bytes;
};
extern const std::vector<PixelType> kPixelTypes;
const PixelType &pixel_type(const std::string &name);

// Filters of one length for both axes. Symmetric: a Gaussian, sum one. Antisymmetric: its
// derivative along x, the Gaussian along y. Arbitrary: a ramp, sum one.
enum class Taps { kSymmetric, kAntisymmetric, kArbitrary };
Taps taps_kind(const std::string &name);  // "sym", "anti", "any"
const char *name_of(Taps kind);

struct Workload {
    PixelType type = {};
    int64_t width = 0, height = 0;
    int channels = 1;
    Taps kind = Taps::kSymmetric;
    int length = 3;
    int threads = 1;
    std::string variant;  // "": the best
    int schedule = SEPFLOW_SCHEDULE_AUTO;
    int rank = 1;          // above one: a kernel of that rank with filters of that length
    bool by_wall = false;  // time one thread by the wall too
    int calls = 1;         // timed together, for work that is short compared with reading a clock

    std::vector<double> column() const;
    std::vector<double> row() const;
    double delta() const;  // keeps a derivative inside unsigned types
    int64_t samples() const { return width * height * channels; }
    size_t bytes() const { return static_cast<size_t>(samples()) * type.bytes; }
    std::string size_text() const;
};

// The largest sigma for which a Gaussian of that length has something in its outermost taps;
// OpenCV's rule.
double sigma_of(int length);

}  // namespace bench
