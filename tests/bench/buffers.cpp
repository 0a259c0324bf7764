#include "tests/bench/buffers.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

namespace bench {

Buffer::Buffer(size_t bytes) : file_(memfd_create("sepflow-bench", 0)), bytes_(bytes) {
    if (file_ < 0 || ftruncate(file_, static_cast<off_t>(bytes)) != 0)
        throw std::runtime_error("no memory");
    data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file_, 0);
    if (data_ == MAP_FAILED) throw std::runtime_error("no memory");
}

Buffer::~Buffer() {
    munmap(data_, bytes_);
    close(file_);
}

std::string Buffer::path() const {
    return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(file_);
}

namespace {

void fill_with_noise(const Workload &w, void *data) {
    std::mt19937 random(1);
    const auto fill = [&](auto sample) {
        std::generate_n(static_cast<decltype(sample()) *>(data), w.samples(), sample);
    };
    const auto unit = [&] { return static_cast<double>(random()) / 4294967296.0; };
    switch (w.type.type) {
        case SEPFLOW_F64:
            return fill(unit);
        case SEPFLOW_F32:
            return fill([&] { return static_cast<float>(unit()); });
        case SEPFLOW_F16:  // 0.5 .. 1
            return fill([&] { return static_cast<uint16_t>(0x3800 + (random() >> 22)); });
        case SEPFLOW_U8:
            return fill([&] { return static_cast<uint8_t>(random() >> 24); });
        default:
            return fill([&] { return static_cast<uint16_t>(random() >> 16); });
    }
}

}  // namespace

Buffers::Buffers(const Workload &w)
    : workload(w), in(w.bytes()), ours(w.bytes()), theirs(w.bytes()) {
    fill_with_noise(w, in.data());
}

sepflow_image Buffers::image(const Buffer &buffer) const {
    return sepflow_image_dense(buffer.data(), workload.type.type, workload.width, workload.height,
                               workload.channels);
}

namespace {

template <typename T>
double difference(const Buffer &a, const Buffer &b, int64_t samples) {
    const T *p = static_cast<const T *>(a.data()), *q = static_cast<const T *>(b.data());
    double worst = 0;
    for (int64_t i = 0; i < samples; ++i)
        worst = std::max(worst, std::fabs(static_cast<double>(p[i]) - static_cast<double>(q[i])));
    return worst;
}

}  // namespace

double largest_difference(const PixelType &type, const Buffer &a, const Buffer &b,
                          int64_t samples) {
    switch (type.type) {
        case SEPFLOW_U8:
            return difference<uint8_t>(a, b, samples);
        case SEPFLOW_U16:
            return difference<uint16_t>(a, b, samples);
        case SEPFLOW_S16:
            return difference<int16_t>(a, b, samples);
        case SEPFLOW_F32:
            return difference<float>(a, b, samples);
        case SEPFLOW_F64:
            return difference<double>(a, b, samples);
        default:
            throw std::invalid_argument("no peer reads this type");
    }
}

}  // namespace bench
