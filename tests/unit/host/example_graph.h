// A picture, and a graph of four nodes over it.
#pragma once

#include "tests/unit/host/fixture.h"

inline constexpr int64_t kW = 317, kH = 211;

inline std::vector<float> picture() {
    std::vector<float> pixels(kW * kH);
    for (size_t i = 0; i < pixels.size(); ++i)
        pixels[i] = static_cast<float>((i * 2654435761u >> 7) % 1000) / 999;
    return pixels;
}

inline sepflow_image image_of(std::vector<float> &pixels) {
    return sepflow_image_dense(pixels.data(), SEPFLOW_F32, kW, kH, 1);
}

// photo -> blur -> detail = photo - blur -> sum = photo + detail; then a second, vertical filter.
inline void build(Host &host, std::vector<float> &pixels) {
    host.input("photo");
    host.node("blur", "org.sepflow.separable");
    host.set("blur", "kernel", "gaussian 3 1.5");
    host.set("blur", "border_x", "wrap");
    host.node("detail", "org.sepflow.subtract");
    host.node("sum", "org.sepflow.add");
    host.node("edges", "org.sepflow.separable");
    host.set("edges", "kernel", "sobel y");
    host.connect("photo", "blur", "in");
    host.connect("photo", "detail", "a");
    host.connect("blur", "detail", "b");
    host.connect("photo", "sum", "a");
    host.connect("detail", "sum", "b");
    host.connect("sum", "edges", "in");
    host.output("result", "edges");
    host.output("sharp", "sum");
    host.bind("photo", image_of(pixels));
}
