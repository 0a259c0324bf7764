#include "tests/oracle/pixels.h"

#include <cstring>

namespace oracle {

namespace {

int bytes_of(sepflow_type type) {
    return (type & 0xff) / 8;
}

void store(unsigned char *at, double value, sepflow_type type) {
    const auto put = [&](auto sample) { std::memcpy(at, &sample, sizeof sample); };
    switch (type) {
        case SEPFLOW_U8:
            return put(static_cast<uint8_t>(value));
        case SEPFLOW_U16:
            return put(static_cast<uint16_t>(value));
        case SEPFLOW_S16:
            return put(static_cast<int16_t>(value));
        case SEPFLOW_F16:
            return put(encode_half(value));
        case SEPFLOW_F32:
            return put(static_cast<float>(value));
        default:
            return put(value);
    }
}

double load(const unsigned char *at, sepflow_type type) {
    const auto get = [&](auto sample) {
        std::memcpy(&sample, at, sizeof sample);
        return sample;
    };
    switch (type) {
        case SEPFLOW_U8:
            return get(uint8_t{});
        case SEPFLOW_U16:
            return get(uint16_t{});
        case SEPFLOW_S16:
            return get(int16_t{});
        case SEPFLOW_F16:
            return decode_half(get(uint16_t{}));
        case SEPFLOW_F32:
            return get(float{});
        default:
            return get(double{});
    }
}

constexpr unsigned char kCanary = 0xa7;

}  // namespace

Pixels::Pixels(sepflow_type type, int64_t w, int64_t h, int channels, Layout layout) {
    const int64_t bytes = bytes_of(type);
    image_ = sepflow_image_dense(nullptr, type, w, h, channels);
    if (layout == Layout::kPlanar) {
        image_.stride_x = bytes;
        image_.stride_y = bytes * w;
        image_.stride_c = bytes * w * h;
    } else if (layout == Layout::kPadded) {
        image_.stride_y += 5 * bytes;
    } else if (layout == Layout::kBottomUp) {
        image_.stride_y = -(image_.stride_y + 3 * bytes);
    } else if (layout == Layout::kMirrored) {
        image_.stride_x = -image_.stride_x;
    } else if (layout == Layout::kSparse) {
        image_.stride_c = 2 * bytes;
        image_.stride_x = 2 * bytes * channels + bytes;
        image_.stride_y = image_.stride_x * w + 7 * bytes;
    }
    const int64_t steps[] = {(w - 1) * image_.stride_x, (h - 1) * image_.stride_y,
                             (channels - 1) * image_.stride_c};
    int64_t before = 0, after = bytes;
    for (const int64_t step : steps) (step < 0 ? before : after) += step;
    const int64_t margin = 64 * bytes;
    bytes_.assign(static_cast<size_t>(after - before + 2 * margin), kCanary);
    is_pixel_.assign(bytes_.size(), false);
    image_.data = bytes_.data() + margin - before;
    for (int64_t y = 0; y < h; ++y) {
        for (int64_t x = 0; x < w; ++x) {
            for (int c = 0; c < channels; ++c) {
                const int64_t at = margin - before + x * image_.stride_x + y * image_.stride_y +
                                   c * image_.stride_c;
                for (int64_t b = 0; b < bytes; ++b) is_pixel_[static_cast<size_t>(at + b)] = true;
            }
        }
    }
}

void Pixels::write(const Image &from) {
    for (int64_t y = 0; y < from.h; ++y) {
        for (int64_t x = 0; x < from.w; ++x) {
            for (int c = 0; c < from.channels; ++c) {
                auto *at = static_cast<unsigned char *>(image_.data) + x * image_.stride_x +
                           y * image_.stride_y + c * image_.stride_c;
                store(at, from.at(x, y, c), image_.type);
            }
        }
    }
}

Image Pixels::read() const {
    Image image(image_.bounds.w, image_.bounds.h, image_.channels);
    for (int64_t y = 0; y < image.h; ++y) {
        for (int64_t x = 0; x < image.w; ++x) {
            for (int c = 0; c < image.channels; ++c) {
                image.at(x, y, c) =
                    load(static_cast<const unsigned char *>(image_.data) + x * image_.stride_x +
                             y * image_.stride_y + c * image_.stride_c,
                         image_.type);
            }
        }
    }
    return image;
}

bool Pixels::canaries_intact() const {
    for (size_t i = 0; i < bytes_.size(); ++i) {
        if (!is_pixel_[i] && bytes_[i] != kCanary) return false;
    }
    return true;
}

}  // namespace oracle
