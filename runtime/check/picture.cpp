#include "runtime/check/picture.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <type_traits>
#include <unistd.h>

#include "runtime/base/half.h"

namespace sepflow::check {

namespace {

constexpr int64_t kPadding = 5;  // samples behind a pixel's and a row's own

struct Strides {
    int64_t x, y, c;
};

Strides strides_of(Layout layout, int64_t sample, int32_t channels, const sepflow_rect &bounds) {
    const int64_t pixel = sample * channels, padded = pixel + sample * kPadding;
    switch (layout) {
        case Layout::kPadded:
            return {padded, padded * bounds.w + sample * kPadding, sample};
        case Layout::kBottomUp:
            return {pixel, -(pixel * bounds.w + sample), sample};
        case Layout::kMirrored:
            return {-pixel, pixel * bounds.w, sample};
        case Layout::kPlanar:
            return {sample, sample * (bounds.w + 1), sample * (bounds.w + 1) * bounds.h};
        default:
            return {pixel, pixel * bounds.w, sample};
    }
}

template <typename Visit>
void each_sample(const Picture &picture, const sepflow_rect &region, Visit visit) {
    for (int64_t y = region.y; y < region.y + region.h; ++y) {
        for (int64_t x = region.x; x < region.x + region.w; ++x) {
            for (int32_t c = 0; c < picture.image().channels; ++c) visit(picture.sample(x, y, c));
        }
    }
}

}  // namespace

std::string described(Layout layout) {
    const char *const names[] = {"dense",    "padded", "from the bottom up",
                                 "mirrored", "planar", "at any address"};
    return names[static_cast<int>(layout)];
}

Guarded::Guarded(size_t bytes, bool at_end) : size_(bytes) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    // Several pages wide: an access a few rows too far must fault, not reach whatever is mapped
    // next.
    const size_t guard = 64 * page;
    const size_t inside = (bytes + page - 1) / page * page;
    mapped_ = inside + 2 * guard;
    pages_ = mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages_ == MAP_FAILED) throw std::bad_alloc();
    auto *first = static_cast<unsigned char *>(pages_) + guard;
    if (inside > 0 && mprotect(first, inside, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    data_ = at_end ? first + inside - bytes : first;
}

void Guarded::forbid() {
    if (mprotect(pages_, mapped_, PROT_NONE) != 0) throw std::bad_alloc();
}

Guarded::~Guarded() {
    munmap(pages_, mapped_);
}

Picture::Picture(sepflow_type type, int32_t channels, const sepflow_rect &bounds,
                 const sepflow_rect &domain, const Place &place)
    : image_() {
    image_.struct_size = sizeof image_;
    const auto sample = static_cast<int64_t>(sample_bytes(type));
    const Strides strides = strides_of(place.layout, sample, channels, bounds);
    image_.type = type;
    image_.channels = channels;
    image_.bounds = bounds;
    image_.domain = domain;
    image_.stride_x = strides.x;
    image_.stride_y = strides.y;
    image_.stride_c = strides.c;
    const bool is_empty = sepflow::is_empty(bounds);
    const int64_t way_x = is_empty ? 0 : strides.x * (bounds.w - 1),
                  way_y = is_empty ? 0 : strides.y * (bounds.h - 1);
    const int64_t before = -std::min<int64_t>(way_x, 0) - std::min<int64_t>(way_y, 0);
    int64_t bytes = std::llabs(way_x) + std::llabs(way_y) + strides.c * (channels - 1) + sample;
    // An address that is a multiple of the sample, and of nothing more: one sample from a page's
    // end or begin.
    const int64_t shift = place.layout == Layout::kUnaligned ? sample : 0;
    bytes = is_empty ? 0 : bytes + shift;
    memory_ = std::make_unique<Guarded>(static_cast<size_t>(bytes), place.at_end);
    std::memset(memory_->data(), place.around, memory_->size());
    image_.data = memory_->data() + (is_empty ? 0 : before + (place.at_end ? 0 : shift));
}

unsigned char *Picture::sample(int64_t x, int64_t y, int32_t channel) const {
    return reinterpret_cast<unsigned char *>(pixel_address(image_, x, y, channel));
}

void Picture::write(const Bytes &dense, const sepflow_rect &region) {
    const size_t size = sample_bytes(image_.type);
    const unsigned char *next = dense.data();
    each_sample(*this, region, [&](unsigned char *sample) {
        std::memcpy(sample, next, size);
        next += size;
    });
}

Bytes Picture::read(const sepflow_rect &region) const {
    const size_t size = sample_bytes(image_.type);
    Bytes dense(static_cast<size_t>(region.w * region.h * image_.channels) * size);
    unsigned char *next = dense.data();
    each_sample(*this, region, [&](const unsigned char *sample) {
        std::memcpy(next, sample, size);
        next += size;
    });
    return dense;
}

Bytes noise(sepflow_type type, size_t samples, uint32_t seed) {
    Bytes bytes(samples * sample_bytes(type));
    uint32_t state = seed * 2654435761u + 1;
    const auto next = [&] {
        state = state * 1664525 + 1013904223;
        return state >> 16;
    };
    if (!is_float(type)) {
        for (unsigned char &byte : bytes) byte = static_cast<unsigned char>(next());
        return bytes;
    }
    for (size_t i = 0; i < samples; ++i)
        put_number(&bytes[i * sample_bytes(type)], type, next() / 32767.5 - 1);
    return bytes;
}

void put_number(unsigned char *sample, sepflow_type type, double value) {
    visit_type(type, [&](auto number) {
        using Sample = decltype(number);
        if constexpr (std::is_same_v<Sample, Half>) {
            number.bits = half_from_double(value);
        } else {
            number = static_cast<Sample>(value);
        }
        std::memcpy(sample, &number, sizeof number);
    });
}

double number_at(const unsigned char *sample, sepflow_type type) {
    return visit_type(type, [&](auto number) -> double {
        std::memcpy(&number, sample, sizeof number);
        if constexpr (std::is_same_v<decltype(number), Half>) {
            float value = 0;
            half_to_float(&number.bits, &value, 1);
            return value;
        } else {
            return number;
        }
    });
}

std::string described(const sepflow_rect &rect) {
    return std::to_string(rect.w) + " x " + std::to_string(rect.h) + " at (" +
           std::to_string(rect.x) + ", " + std::to_string(rect.y) + ")";
}

}  // namespace sepflow::check
