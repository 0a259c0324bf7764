// Time of sepflow:separable against gegl:gaussian-blur, from one buffer in memory to another.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "plugins/gegl/gegl_api.h"

namespace {

constexpr int kWidth = 3000, kHeight = 2000, kRounds = 5;
constexpr GeglRectangle kWhole = {0, 0, kWidth, kHeight};

GeglBuffer *noise(const char *format) {
    const Babl *floats = babl_format("RGBA float");
    GeglBuffer *buffer = gegl_buffer_new(&kWhole, babl_format(format));
    std::vector<float> row(4 * kWidth, 1);
    std::mt19937 random(1);
    for (int y = 0; y < kHeight; ++y) {
        for (size_t i = 0; i < row.size(); ++i) {
            if (i % 4 != 3) row[i] = static_cast<float>(random() % 4096) / 4096;
        }
        const GeglRectangle line = {0, y, kWidth, 1};
        gegl_buffer_set(buffer, &line, 0, floats, row.data(), GEGL_AUTO_ROWSTRIDE);
    }
    return buffer;
}

GeglNode *ours(GeglNode *graph, double deviation) {
    const std::string kernel = "gaussian " + std::to_string(deviation);
    return gegl_node_new_child(graph, "operation", "sepflow:separable", "kernel", kernel.c_str(),
                               nullptr);
}

// Values of the enumerations of gegl:gaussian-blur, which no header has.
constexpr int kFir = 1, kIir = 2, kClamp = 1;

GeglNode *theirs(GeglNode *graph, double deviation, int filter) {
    return gegl_node_new_child(graph, "operation", "gegl:gaussian-blur", "std-dev-x", deviation,
                               "std-dev-y", deviation, "filter", filter, "abyss-policy", kClamp,
                               nullptr);
}

GeglNode *fir(GeglNode *graph, double deviation) {
    return theirs(graph, deviation, kFir);
}

GeglNode *iir(GeglNode *graph, double deviation) {
    return theirs(graph, deviation, kIir);
}

using Rival = GeglNode *(*)(GeglNode *graph, double deviation);

constexpr Rival kRivals[] = {ours, fir, iir};

// A graph of its own for each run, so that none finds pixels of another in a cache.
double seconds(Rival rival, double deviation, GeglBuffer *in, GeglBuffer *out) {
    GeglNode *graph = gegl_node_new();
    GeglNode *source =
        gegl_node_new_child(graph, "operation", "gegl:buffer-source", "buffer", in, nullptr);
    GeglNode *filter = rival(graph, deviation);
    gegl_node_link(source, filter);
    const auto start = std::chrono::steady_clock::now();
    gegl_node_blit_buffer(filter, out, &kWhole, 0, GEGL_ABYSS_NONE);
    const auto end = std::chrono::steady_clock::now();
    g_object_unref(graph);
    return std::chrono::duration<double>(end - start).count();
}

double median(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

double greatest_difference(GeglBuffer *a, GeglBuffer *b) {
    const Babl *floats = babl_format("RGBA float");
    std::vector<float> of_a(4 * kWidth), of_b(4 * kWidth);
    double greatest = 0;
    for (int y = 0; y < kHeight; ++y) {
        const GeglRectangle line = {0, y, kWidth, 1};
        gegl_buffer_get(a, &line, 1, floats, of_a.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        gegl_buffer_get(b, &line, 1, floats, of_b.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        for (size_t i = 0; i < of_a.size(); ++i)
            greatest = std::max(greatest, std::abs(static_cast<double>(of_a[i]) - of_b[i]));
    }
    return greatest;
}

// All in turn, so that what else the machine does falls on each; the first round is not counted.
void compare(const char *format, GeglBuffer *in, double deviation, int threads) {
    constexpr size_t kCount = std::size(kRivals);
    std::vector<double> times[kCount];
    GeglBuffer *out[kCount];
    for (GeglBuffer *&buffer : out) buffer = gegl_buffer_new(&kWhole, gegl_buffer_get_format(in));
    for (int round = -1; round < kRounds; ++round) {
        for (size_t i = 0; i < kCount; ++i) {
            const double time = seconds(kRivals[i], deviation, in, out[i]);
            if (round >= 0) times[i].push_back(time);
        }
    }
    std::printf("| %s | %g | %d |", format, deviation, threads);
    const double own = median(times[0]);
    std::printf(" %.0f |", 1e3 * own);
    for (size_t i = 1; i < kCount; ++i) {
        const double time = median(times[i]);
        std::printf(" %.0f | %.1f | %.1g |", 1e3 * time, time / own,
                    greatest_difference(out[0], out[i]));
    }
    std::printf("\n");
    for (GeglBuffer *buffer : out) g_object_unref(buffer);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char **argv) {
    setenv("GEGL_PATH", SEPFLOW_GEGL_PATH, 1);
    setenv("GEGL_USE_OPENCL", "no", 1);
    gegl_init(&argc, &argv);
    if (!gegl_has_operation("sepflow:separable")) return 1;
    g_object_set(gegl_config(), "tile-cache-size", guint64{4} << 30, nullptr);
    std::printf("%d x %d pixels, ms, medians of %d, alternating\n\n", kWidth, kHeight, kRounds);
    std::printf(
        "| format | std-dev | threads | ours | FIR | times ours | differs by | IIR | "
        "times ours | differs by |\n");
    std::printf("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (const char *format : {"RaGaBaA float", "R'G'B'A u8"}) {
        GeglBuffer *in = noise(format);
        for (const double deviation : {3.5, 10.0}) {
            for (const int threads : {1, 2}) {
                g_object_set(gegl_config(), "threads", threads, nullptr);
                compare(format, in, deviation, threads);
            }
        }
        g_object_unref(in);
    }
    gegl_exit();
}
