// Results that are known to the last bit: rounding to nearest, ties to even, saturation, half
// floats, and sums that a float holds exactly.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "tests/oracle/case.h"
#include "tests/oracle/plan.h"

using namespace oracle;

namespace {

constexpr int kSchedules[] = {SEPFLOW_SCHEDULE_PLAIN, SEPFLOW_SCHEDULE_TRANSPOSED};

// Every sample of `in`, filtered by a plan, must become wanted(sample); as one long row and as rows
// of seven, which no vector fits into.
template <typename Wanted>
void require_samples(const std::string &kernel, sepflow_options options,
                     const std::vector<double> &in, Wanted wanted) {
    const sepflow_type out_type = options.out_type != 0 ? options.out_type : options.in_type;
    for (const int64_t columns : {static_cast<int64_t>(in.size()), int64_t{7}}) {
        Image image(columns, static_cast<int64_t>(in.size()) / columns, 1);
        std::copy_n(in.begin(), image.samples.size(), image.samples.begin());
        Pixels from(options.in_type, image.w, image.h, 1, Layout::kInterleaved);
        from.write(image);
        for (const char *variant : variants()) {
            for (const int schedule : kSchedules) {
                options.variant = variant;
                options.schedule = schedule;
                Pixels to(out_type, image.w, image.h, 1, Layout::kInterleaved);
                apply(plan_from(kernel, options), from.image(), to.image());
                const std::vector<double> out = to.read().samples;
                size_t wrong = out.size();
                for (size_t i = out.size(); i-- > 0;) {
                    const double value = wanted(in[i]);
                    if (out[i] != value && !(std::isnan(out[i]) && std::isnan(value))) wrong = i;
                }
                REQUIRE_MESSAGE(wrong == out.size(), kernel, " ", options.in_type, " to ", out_type,
                                " ", std::string(variant), " schedule ", schedule, ": ", in[wrong],
                                " became ", out[wrong], ", should be ", wanted(in[wrong]));
            }
        }
    }
}

std::vector<double> all_values(int low, int high) {
    std::vector<double> values;
    for (int v = low; v <= high; ++v) values.push_back(v);
    return values;
}

}  // namespace

TEST_CASE("a sum that only the scale's rounding makes a tie is no tie, nor exact") {
    // 3 * 0.16666666666666666 lies below a half, and becomes one.
    for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_U16}) {
        sepflow_options options = options_of(type);
        options.scale = 1.0 / 6;
        const PlanPointer plan = plan_from("3x2 0 0 3 0 0 0", options);
        CHECK(described(plan).is_exact == 0);
        CHECK(described(plan).output_error_bound > 0);
        options.scale = 0.25;
        CHECK(described(plan_from("3x2 0 0 3 0 0 0", options)).is_exact == 1);
        options.scale = 3;
        CHECK(described(plan_from("3x2 0 0 3 0 0 0", options)).is_exact == 1);
    }
}

TEST_CASE("every 16-bit value, halved: ties go to even and what does not fit saturates") {
    for (const sepflow_type out : {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32}) {
        for (const double delta : {0.0, 0.5, -1000.25}) {
            const auto wanted = [&](double scale) {
                return [=](double v) { return to_type(scale * v + delta, out); };
            };
            sepflow_options options = options_of(SEPFLOW_U16, out);
            options.delta = delta;
            options.scale = 0.5;
            require_samples("identity", options, all_values(0, 65535), wanted(0.5));
            options.in_type = SEPFLOW_S16;
            options.scale = -1.5;
            require_samples("identity", options, all_values(-32768, 32767), wanted(-1.5));
        }
    }
}

TEST_CASE("floats on, next to and far from ties become the right integers, infinities the ends") {
    std::vector<double> values = {1e30, -1e30, INFINITY, -INFINITY, -0.0, 254.99998, 255.5};
    for (int k = -70000; k < 70000; k += 7) {
        const float tie = static_cast<float>(k) + 0.5f;
        values.insert(values.end(), {tie, std::nextafterf(tie, -1e9f), std::nextafterf(tie, 1e9f)});
    }
    for (const sepflow_type in : {SEPFLOW_F32, SEPFLOW_F64}) {
        for (const sepflow_type out : {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16}) {
            require_samples("identity", options_of(in, out), values,
                            [=](double v) { return to_type(v, out); });
        }
    }
}

TEST_CASE("every half float passes unchanged, and doubles are rounded to half only once") {
    std::vector<double> halves, beside_ties;
    for (int bits = 0; bits < 65536; ++bits) {
        const double value = decode_half(static_cast<uint16_t>(bits));
        halves.push_back(value);
        if (!std::isfinite(value)) continue;
        // A tie, and a double so near to it that a float falls on it.
        const double tie = value + unit(value, SEPFLOW_F16) / 2;
        beside_ties.insert(beside_ties.end(), {tie, tie * (1 + 0x1p-45), tie * (1 - 0x1p-45)});
    }
    const auto same = [](double v) { return v; };
    const auto rounded = [](double v) { return to_type(v, SEPFLOW_F16); };
    require_samples("identity", options_of(SEPFLOW_F16), halves, same);
    require_samples("identity", options_of(SEPFLOW_F16, SEPFLOW_F32), halves, same);
    require_samples("identity", options_of(SEPFLOW_F64, SEPFLOW_F16), beside_ties, rounded);
    for (double &value : beside_ties) value = static_cast<float>(value);
    require_samples("identity", options_of(SEPFLOW_F32, SEPFLOW_F16), beside_ties, rounded);
}

TEST_CASE("sums that a float holds exactly come out exact, ties and all") {
    const struct {
        const char *text;
        Kernel kernel;
    } exact[] = {
        {"2x2 1 1 1 1 norm", {2, 2, {.25, .25, .25, .25}}},
        {"binomial 3",
         {3, 3, {1 / 16., 1 / 8., 1 / 16., 1 / 8., 1 / 4., 1 / 8., 1 / 16., 1 / 8., 1 / 16.}}},
        {"sobel x", {3, 3, {-1, 0, 1, -2, 0, 2, -1, 0, 1}}},
        {"row -1 2 col 3 0 1", {3, 2, {-3, 6, 0, 0, -1, 2}}},
    };
    uint64_t seed = 30000;
    for (const auto &e : exact) {
        for (const sepflow_type in : {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16}) {
            for (const sepflow_type out : {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32}) {
                std::mt19937_64 random(++seed);
                const Image image = random_image(53, 31, 1, in, random);
                Pixels from(in, 53, 31, 1, Layout::kInterleaved);
                from.write(image);
                for (const char *variant : variants()) {
                    for (const int schedule : kSchedules) {
                        sepflow_options options = options_of(in, out);
                        options.variant = variant;
                        options.schedule = schedule;
                        Pixels to(out, 53, 31, 1, Layout::kInterleaved);
                        apply(plan_from(e.text, options), from.image(), to.image());
                        const Image got = to.read();
                        std::string wrong;
                        for (int64_t y = 0; y < 31; ++y) {
                            for (int64_t x = 0; x < 53; ++x) {
                                const double value = convolve(image, e.kernel, {}, x, y, 0).value;
                                if (got.at(x, y, 0) != to_type(value, out)) {
                                    wrong = std::to_string(x) + ", " + std::to_string(y) + ": " +
                                            std::to_string(got.at(x, y, 0)) + " for " +
                                            std::to_string(value);
                                }
                            }
                        }
                        CAPTURE(seed);
                        REQUIRE_MESSAGE(wrong.empty(), std::string(e.text), " ", in, " to ", out,
                                        " ", std::string(variant), " schedule ", schedule, ": ",
                                        wrong);
                    }
                }
            }
        }
    }
}

TEST_CASE("floats of one level keep it to a few units in the last place") {
    // The passes' own rounding is left: of 2 * 25 taps at most, and of seven terms for the disc.
    constexpr double kUnits[] = {8, 40};  // f32, f64
    for (const char *text : {"gaussian 0.8", "gaussian 3", "box 9 4", "disc 7.5", "motion 9 30"}) {
        for (const int schedule : kSchedules) {
            for (const sepflow_type type : {SEPFLOW_F32, SEPFLOW_F64}) {
                sepflow_options options = options_of(type);
                options.schedule = schedule;
                options.border_x = SEPFLOW_BORDER_TRUNCATE;
                options.border_y = SEPFLOW_BORDER_WRAP;
                const PlanPointer plan = plan_from(text, options);
                for (const double level : {1.0, 0.1, 77 / 255.0, 3e-20, -12345.678}) {
                    const double stored = to_type(level, type);
                    Image image(67, 41, 1);
                    image.samples.assign(image.samples.size(), stored);
                    Pixels from(type, 67, 41, 1, Layout::kInterleaved),
                        to(type, 67, 41, 1, Layout::kInterleaved);
                    from.write(image);
                    apply(plan, from.image(), to.image());
                    double worst = 0;
                    for (const double value : to.read().samples)
                        worst = std::max(worst, std::fabs(value - stored) / unit(stored, type));
                    INFO(std::string(text), " schedule ", schedule, " type ", type, " level ",
                         level);
                    CHECK(worst <= kUnits[type == SEPFLOW_F64]);
                }
            }
        }
    }
}

TEST_CASE("a kernel of zeros gives delta everywhere") {
    for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_S16, SEPFLOW_F16, SEPFLOW_F64}) {
        sepflow_options options = options_of(type);
        options.delta = 12;
        require_samples("2x2 0 0 0 0", options, all_values(0, 200), [](double) { return 12.0; });
    }
}
