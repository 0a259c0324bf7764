// sepflow.hpp from an installed library, against a brute-force sum.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <sepflow/sepflow.hpp>

namespace {

constexpr int W = 67, H = 43, C = 3, P = 3, Q = 5;
const std::vector<double> kTaps = {1, 2, -3, 4, 5, 0, -1, 7, 2, 2, 3, -5, 1, 1, 4};

void require(bool holds, const char *what) {
    if (holds) return;
    std::printf("failed: %s\n", what);
    std::exit(1);
}

int mirrored(int i, int n) {
    return i < 0 ? -i : i >= n ? 2 * n - 2 - i : i;
}

// Interleaved, reflect101, correlation.
template <class T>
double sum(const std::vector<T> &in, int x, int y, int c) {
    double result = 0;
    for (int j = 0; j < P; ++j) {
        for (int i = 0; i < Q; ++i) {
            const int at = (mirrored(y + j - P / 2, H) * W + mirrored(x + i - Q / 2, W)) * C + c;
            result += kTaps[j * Q + i] * in[at];
        }
    }
    return result;
}

template <class T, class Out>
void check(double most) {
    std::vector<T> in(W * H * C);
    for (int i = 0; i < W * H * C; ++i) in[i] = static_cast<T>(i * 7919 % 251);
    std::vector<Out> out(in.size()), upside_down(in.size());
    const sepflow::Plan<T, Out> plan(kTaps, Q, {.channels = C});
    plan.apply(sepflow::Image(std::span(in), W, H, C), sepflow::Image(std::span(out), W, H, C));
    // Written bottom-up, from planes.
    std::vector<T> planes(in.size());
    for (int i = 0; i < W * H * C; ++i) planes[i % C * W * H + i / C] = in[i];
    const sepflow::Plan<T, Out> shared = plan;
    shared.apply(sepflow::Image<const T>(planes.data(), W, H, C, 1, W, W * H),
                 sepflow::Image<Out>(&upside_down[(H - 1) * W * C], W, H, C, C, -W * C, 1), 1);
    for (int y = 0; y < H; ++y) {
        for (int x = 0; x < W; ++x) {
            for (int c = 0; c < C; ++c) {
                const int at = (y * W + x) * C + c;
                require(std::fabs(out[at] - sum(in, x, y, c)) <= most, "the sum");
                require(out[at] == upside_down[((H - 1 - y) * W + x) * C + c], "strides");
            }
        }
    }
}

// A ramp whose first 7 x 7 pixels are missing: a pixel without a valid neighbour is missing_value,
// one with some their mean.
template <class Weight>
void check_mask(Weight full) {
    std::vector<float> ramp(W * H), out(W * H);
    std::vector<Weight> mask(W * H, full);
    for (int i = 0; i < W * H; ++i) ramp[i] = static_cast<float>(i);
    for (int y = 0; y < 7; ++y) {
        for (int x = 0; x < 7; ++x) mask[y * W + x] = 0;
    }
    const sepflow::Plan<float> mean("box 3", {.schedule = SEPFLOW_SCHEDULE_PLAIN,
                                              .missing = SEPFLOW_MISSING_IGNORE,
                                              .missing_value = -5});
    mean.apply(sepflow::Image(std::span(ramp), W, H), sepflow::Image(std::span(mask), W, H),
               sepflow::Image(std::span(out), W, H));
    require(out[3 * W + 3] == -5, "no support");
    require(std::fabs(out[3 * W + 6] - (3 * W + 7)) < 1e-3, "the neighbours that are valid");
}

template <class Function>
bool throws(sepflow_status code, const char *part, Function function) {
    try {
        function();
    } catch (const sepflow::Error &error) {
        return error.code() == code && std::string(error.what()).find(part) != std::string::npos;
    }
    return false;
}

}  // namespace

int main() {
    check<double, double>(1e-9);
    check<float, float>(2e-2);
    check<std::uint8_t, std::int16_t>(0.5);

    // Options arrive: a constant border of 9 around an image of 9 under a kernel whose sum is 1,
    // the scale 2, delta 1.
    const std::vector<double> third(3, 1. / 3), fifth(5, 1. / 5);
    const sepflow::Plan<double> box(third, fifth,
                                    {.border_x = SEPFLOW_BORDER_CONSTANT,
                                     .border_y = SEPFLOW_BORDER_CONSTANT,
                                     .border_value = 9,
                                     .scale = 2,
                                     .delta = 1});
    std::vector<double> nine(W * H, 9), out(W * H);
    box.apply(sepflow::Image(std::span(nine), W, H), sepflow::Image(std::span(out), W, H));
    for (const double value : out) require(std::fabs(value - 19) < 1e-12, "options");
    require(box.describe().rank == 1 && box.info().left == 2 && box.info().top == 1,
            "what a plan says");

    check_mask<std::uint8_t>(255);
    check_mask<float>(1);

    using Bytes = sepflow::Plan<std::uint8_t>;
    require(throws(SEPFLOW_E_PARAM, "scale must not be 0", [] { Bytes("box 3", {.scale = 0}); }),
            "scale 0");
    require(throws(SEPFLOW_E_PARAM, "rank must be 1", [] { Bytes("box 3", {.rank = 0}); }),
            "rank 0");
    require(throws(SEPFLOW_E_PARAM, "channels must be 1", [] { Bytes("box 3", {.channels = 0}); }),
            "no channels");
    require(throws(SEPFLOW_E_PARAM, "NUL", [] { Bytes(std::string("box 3\0 5", 8)); }),
            "text that is cut");
    require(throws(SEPFLOW_E_PARAM, "tolerance", [] { Bytes("box 3", {.tolerance = -1}); }),
            "tolerance");
    require(throws(SEPFLOW_E_INVALID, "at least one tap",
                   [] { Bytes(std::span<const double>(), kTaps); }),
            "no taps");
    require(throws(SEPFLOW_E_INVALID, "max_threads",
                   [&] {
                       std::vector<double> to(W * H);
                       sepflow::Plan<double>("box 3").apply(sepflow::Image(std::span(nine), W, H),
                                                            sepflow::Image(std::span(to), W, H),
                                                            -1);
                   }),
            "threads");
    require(throws(SEPFLOW_E_PARAM, "bocks", [] { Bytes("bocks 3"); }), "an error's text");
    require(throws(SEPFLOW_E_UNSUPPORTED, "not allowed",
                   [] { Bytes("file k.csv", {.flags = SEPFLOW_OPTION_NO_FILES}); }),
            "text that is not trusted");
    require(throws(SEPFLOW_E_INVALID, "multiple of columns", [] { Bytes(kTaps, 4); }),
            "a ragged matrix");
    require(throws(SEPFLOW_E_INVALID, "span", [&] { sepflow::Image(std::span(nine), W + 1, H); }),
            "a short span");
    std::puts("as the brute-force sum");
}
