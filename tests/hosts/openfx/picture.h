// Top-down pictures, in the bottom-up memory of an OpenFX host and back, and what they should
// become.
#pragma once

#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

#include "tests/hosts/openfx/mini_host.h"
#include "tests/oracle/plan.h"

struct Kind {
    sepflow_type type;
    int channels;
    const char *depth, *components;
    int bytes() const { return (type & 0xff) / 8 * channels; }
};

struct Picture {
    Kind kind;
    int w, h;
    std::vector<char> pixels;

    Picture(const Kind &made, int width, int height)
        : kind(made), w(width), h(height), pixels(static_cast<size_t>(w * h * kind.bytes())) {}
    char *row(int y) { return pixels.data() + y * w * kind.bytes(); }
    sepflow_image view() {
        return sepflow_image_dense(pixels.data(), kind.type, w, h, kind.channels);
    }
    bool operator==(const Picture &other) const { return pixels == other.pixels; }
};

inline Picture noise(const Kind &kind, int w, int h) {
    Picture picture(kind, w, h);
    std::mt19937 random(7);
    for (size_t i = 0; i < picture.pixels.size();) {
        const uint32_t bits = random();
        if (kind.type == SEPFLOW_F32) {
            const float value = static_cast<float>(bits % 4096) / 4096.0f;
            std::memcpy(&picture.pixels[i], &value, 4);
            i += 4;
        } else if (kind.type == SEPFLOW_F16) {
            const auto half = static_cast<uint16_t>(bits % 0x3c00);  // 0 .. 1
            std::memcpy(&picture.pixels[i], &half, 2);
            i += 2;
        } else {
            picture.pixels[i++] = static_cast<char>(bits >> 13);
        }
    }
    return picture;
}

inline Picture filtered(Picture &in, const std::string &kernel, double delta = 0) {
    Picture out(in.kind, in.w, in.h);
    sepflow_options options = oracle::options_of(in.kind.type, in.kind.type, in.kind.channels);
    options.delta = delta;
    oracle::apply(oracle::plan_from(kernel, options), in.view(), out.view());
    return out;
}

// A part of a host's image plane whose whole is `definition`, in memory of its own with padded
// rows.
class Buffer {
  public:
    Buffer(const Kind &kind, const mini::Rect &bounds, const mini::Rect &definition,
           bool negative_rows)
        : kind_(kind), bounds_(bounds), stride_((bounds.x2 - bounds.x1) * kind.bytes() + 24) {
        const int rows = bounds.y2 - bounds.y1;
        memory_.assign(static_cast<size_t>(stride_ * rows), kCanary);
        image.bounds = bounds;
        image.definition = definition;
        image.depth = kind.depth;
        image.components = kind.components;
        image.row_bytes = negative_rows ? -stride_ : stride_;
        image.data = memory_.data() + (negative_rows ? (rows - 1) * stride_ : 0);
    }

    // `origin`: the host's coordinates of the picture's lower left corner.
    void put(Picture &picture, int origin_x, int origin_y) {
        each_row(picture, origin_x, origin_y,
                 [](char *mine, char *its, size_t bytes) { std::memcpy(mine, its, bytes); });
    }
    void get(Picture &picture, int origin_x, int origin_y) {
        each_row(picture, origin_x, origin_y,
                 [](char *mine, char *its, size_t bytes) { std::memcpy(its, mine, bytes); });
    }
    bool is_untouched_between_rows() const {
        for (size_t i = 0; i < memory_.size(); ++i) {
            const bool is_padding = static_cast<int>(i) % stride_ >= stride_ - 24;
            if (is_padding && memory_[i] != kCanary) return false;
        }
        return true;
    }
    bool is_clear(int x, int y) const {
        const char *pixel =
            image.data + (y - bounds_.y1) * image.row_bytes + (x - bounds_.x1) * kind_.bytes();
        for (int i = 0; i < kind_.bytes(); ++i) {
            if (pixel[i] != 0) return false;
        }
        return true;
    }

    mini::Image image;

  private:
    static constexpr char kCanary = 0x5a;

    template <typename Copy>
    void each_row(Picture &picture, int origin_x, int origin_y, const Copy &copy) {
        for (int y = bounds_.y1; y < bounds_.y2; ++y) {
            char *its =
                picture.row(origin_y + picture.h - 1 - y) + (bounds_.x1 - origin_x) * kind_.bytes();
            copy(image.data + (y - bounds_.y1) * image.row_bytes, its,
                 static_cast<size_t>((bounds_.x2 - bounds_.x1) * kind_.bytes()));
        }
    }

    Kind kind_;
    mini::Rect bounds_;
    int stride_;
    std::vector<char> memory_;
};
