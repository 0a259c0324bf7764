// Time of sepflow beside libvips's own operations for the same kernel, from memory to memory.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <vector>

#include "plugins/vips/vips_api.h"

namespace {

constexpr int kWidth = 6000, kHeight = 4000, kLength = 21, kRounds = 5;

// Of whole numbers over their sum: for integers, libvips works with whole taps.
std::vector<double> gaussian() {
    std::vector<double> taps;
    for (int i = 0; i < kLength; ++i)
        taps.push_back(std::round(20 * std::exp(-0.5 * std::pow((i - kLength / 2) / 3.5, 2))));
    return taps;
}

VipsImage *mask(int rows) {
    const std::vector<double> taps = gaussian();
    std::vector<double> values;
    double sum = 0;
    for (int y = 0; y < rows; ++y) {
        for (const double tap : taps) {
            values.push_back(rows == 1 ? tap : tap * taps[static_cast<size_t>(y)]);
            sum += values.back();
        }
    }
    VipsImage *image = vips_image_new_matrix_from_array(kLength, rows, values.data(),
                                                        static_cast<int>(values.size()));
    vips_image_set_double(image, "scale", sum);
    return image;
}

VipsImage *noise(int bands, VipsBandFormat format) {
    VipsImage *step[3] = {};
    std::vector<VipsImage *> planes;
    for (int i = 0; i < bands; ++i) {
        VipsImage *plane = nullptr;
        if (vips_gaussnoise(&plane, kWidth, kHeight, "mean", 128.0, "sigma", 40.0, "seed", i,
                            nullptr) != 0)
            vips_error_exit(nullptr);
        planes.push_back(plane);
    }
    if (vips_bandjoin(planes.data(), &step[0], bands, nullptr) != 0 ||
        vips_cast(step[0], &step[1], format, nullptr) != 0)
        vips_error_exit(nullptr);
    step[2] = vips_image_copy_memory(step[1]);
    return step[2];
}

struct Rival {
    const char *name;
    std::function<int(VipsImage *, VipsImage **)> run;
};

VipsImage *result_of(const Rival &rival, VipsImage *in) {
    VipsImage *out = nullptr;
    if (rival.run(in, &out) != 0) vips_error_exit(nullptr);
    VipsImage *memory = vips_image_copy_memory(out);
    if (memory == nullptr) vips_error_exit(nullptr);
    g_object_unref(out);
    return memory;
}

double seconds(const Rival &rival, VipsImage *in) {
    const auto start = std::chrono::steady_clock::now();
    g_object_unref(result_of(rival, in));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double greatest_difference(VipsImage *a, VipsImage *b) {
    VipsImage *difference = nullptr, *absolute = nullptr;
    double greatest = 0;
    if (vips_subtract(a, b, &difference, nullptr) != 0 ||
        vips_abs(difference, &absolute, nullptr) != 0 ||
        vips_max(absolute, &greatest, nullptr) != 0)
        vips_error_exit(nullptr);
    g_object_unref(difference);
    g_object_unref(absolute);
    return greatest;
}

void compare(const char *pixels, VipsImage *in, const std::vector<Rival> &rivals) {
    std::vector<double> best(rivals.size(), std::numeric_limits<double>::infinity());
    VipsImage *ours = result_of(rivals[0], in);
    std::vector<double> differences;
    for (const Rival &rival : rivals) {
        VipsImage *theirs = result_of(rival, in);
        differences.push_back(greatest_difference(ours, theirs));
        g_object_unref(theirs);
    }
    g_object_unref(ours);
    for (int round = 0; round < kRounds; ++round) {
        for (size_t i = 0; i < rivals.size(); ++i)
            best[i] = std::min(best[i], seconds(rivals[i], in));
    }
    for (size_t i = 0; i < rivals.size(); ++i)
        std::printf("| %s | %d | %s | %.0f | %.1f | %.3g |\n", pixels, vips_concurrency_get(),
                    rivals[i].name, 1e3 * best[i], best[i] / best[0], differences[i]);
    std::fflush(stdout);
}

}  // namespace

int main(int, char **argv) {
    if (VIPS_INIT(argv[0]) != 0) vips_error_exit(nullptr);
    vips_cache_set_max(0);
    VipsImage *line = mask(1), *square = mask(kLength);
    const auto sepflow = [&](VipsBandFormat format) {
        return [=](VipsImage *in, VipsImage **out) {
            return vips_call("sepflow", in, out, "mask", square, "border", 2, "format", format,
                             nullptr);
        };
    };
    const auto convsep = [&](VipsPrecision precision) {
        return [=](VipsImage *in, VipsImage **out) {
            return vips_convsep(in, out, line, "precision", precision, nullptr);
        };
    };
    const auto conv = [&](VipsPrecision precision) {
        return [=](VipsImage *in, VipsImage **out) {
            return vips_conv(in, out, square, "precision", precision, nullptr);
        };
    };
    const std::vector<Rival> integers = {
        {"`sepflow`", sepflow(VIPS_FORMAT_NOTSET)},
        {"`convsep`, integer", convsep(VIPS_PRECISION_INTEGER)},
        {"`convsep`, approximate", convsep(VIPS_PRECISION_APPROXIMATE)},
        {"`conv`, integer", conv(VIPS_PRECISION_INTEGER)}};
    const std::vector<Rival> floats = {{"`sepflow`", sepflow(VIPS_FORMAT_FLOAT)},
                                       {"`convsep`, float", convsep(VIPS_PRECISION_FLOAT)},
                                       {"`conv`, float", conv(VIPS_PRECISION_FLOAT)}};
    std::printf("%d x %d pixels, Gaussian of %d x %d taps, memory to memory, best of %d\n\n",
                kWidth, kHeight, kLength, kLength, kRounds);
    std::printf("| pixels | threads | operation | ms | times sepflow's | differs by at most |\n");
    std::printf("|---|---:|---|---:|---:|---:|\n");
    VipsImage *grey = noise(1, VIPS_FORMAT_UCHAR), *colour = noise(3, VIPS_FORMAT_UCHAR),
              *deep = noise(1, VIPS_FORMAT_USHORT), *real = noise(1, VIPS_FORMAT_FLOAT);
    for (const int threads : {1, 2}) {
        vips_concurrency_set(threads);
        compare("uchar", grey, integers);
        compare("uchar x 3", colour, integers);
        compare("ushort", deep, integers);
        compare("uchar to float", grey, floats);
        compare("float", real, floats);
    }
}
