#include "tests/bench/workload.h"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace bench {

const std::vector<PixelType> kPixelTypes = {{"u8", SEPFLOW_U8, 1},   {"u16", SEPFLOW_U16, 2},
                                            {"s16", SEPFLOW_S16, 2}, {"f16", SEPFLOW_F16, 2},
                                            {"f32", SEPFLOW_F32, 4}, {"f64", SEPFLOW_F64, 8}};

const PixelType &pixel_type(const std::string &name) {
    for (const PixelType &type : kPixelTypes) {
        if (type.name == name) return type;
    }
    throw std::invalid_argument("there is no pixel type '" + name + "'");
}

namespace {

constexpr const char *kKindNames[] = {"sym", "anti", "any"};

// As floats, so that whoever runs in f32 has the same taps.
void normalise(std::vector<double> &taps) {
    double norm = 0;
    for (double tap : taps) norm += std::fabs(tap);
    for (double &tap : taps) tap = static_cast<float>(tap / norm);
}

std::vector<double> gaussian(int length, bool derivative) {
    const double sigma = sigma_of(length), middle = (length - 1) / 2.0;
    std::vector<double> taps(static_cast<size_t>(length));
    for (int k = 0; k < length; ++k) {
        const double x = (k - middle) / sigma;
        taps[static_cast<size_t>(k)] = std::exp(-x * x / 2) * (derivative ? x : 1);
    }
    normalise(taps);
    return taps;
}

std::vector<double> ramp(int length) {
    std::vector<double> taps(static_cast<size_t>(length));
    std::iota(taps.begin(), taps.end(), 1.0);
    normalise(taps);
    return taps;
}

}  // namespace

Taps taps_kind(const std::string &name) {
    for (const Taps kind : {Taps::kSymmetric, Taps::kAntisymmetric, Taps::kArbitrary}) {
        if (name == name_of(kind)) return kind;
    }
    throw std::invalid_argument("taps are sym, anti or any, not '" + name + "'");
}

const char *name_of(Taps kind) {
    return kKindNames[static_cast<int>(kind)];
}

double sigma_of(int length) {
    return 0.3 * ((length - 1) * 0.5 - 1) + 0.8;
}

std::vector<double> Workload::column() const {
    return kind == Taps::kArbitrary ? ramp(length) : gaussian(length, false);
}

std::vector<double> Workload::row() const {
    return kind == Taps::kArbitrary ? ramp(length) : gaussian(length, kind == Taps::kAntisymmetric);
}

double Workload::delta() const {
    if (kind != Taps::kAntisymmetric) return 0;
    return type.type == SEPFLOW_U8 ? 128 : type.type == SEPFLOW_U16 ? 32768 : 0;
}

std::string Workload::size_text() const {
    const std::string text = std::to_string(width) + "x" + std::to_string(height);
    return channels == 1 ? text : text + "x" + std::to_string(channels);
}

}  // namespace bench
