// The bound on the output's error, attacked: with the images that a remainder is worst for, of every type.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "tests/oracle/case.h"
#include "tests/oracle/plan.h"

using namespace oracle;

namespace {

struct Range {
    double low, high;
};

Range range_of(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return {0, 255};
        case SEPFLOW_U16:
            return {0, 65535};
        case SEPFLOW_S16:
            return {-32768, 32767};
        default:
            return {-1, 1};
    }
}

struct Certified {
    PlanPointer plan;
    sepflow_plan_description d = {};
    std::vector<double> remainder;  // K - sum of the factors, row by row
};

Certified certified(const Kernel &kernel, const sepflow_options &options) {
    Certified c;
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    REQUIRE_MESSAGE(sepflow_plan_create(kernel.taps.data(), kernel.rows, kernel.columns,
                                        kernel.columns, &options, &plan, &error) == SEPFLOW_OK,
                    error.message);
    c.plan.reset(plan);
    c.d.struct_size = sizeof c.d;
    REQUIRE(sepflow_plan_describe(plan, &c.d) == SEPFLOW_OK);
    for (int64_t y = 0; y < kernel.rows; ++y) {
        for (int64_t x = 0; x < kernel.columns; ++x) {
            double e = kernel.at(y, x);
            for (int32_t t = 0; t < c.d.rank; ++t)
                e -= c.d.column_taps[t * kernel.rows + y] * c.d.row_taps[t * kernel.columns + x];
            c.remainder.push_back(e);
        }
    }
    return c;
}

// As large as the kernel: the pixel on the anchor sees all of it.
Image attack(const Kernel &kernel, const std::vector<double> &remainder, Range range, int kind,
             std::mt19937_64 &random) {
    Image image(kernel.columns, kernel.rows, 1);
    for (size_t i = 0; i < image.samples.size(); ++i) {
        const bool up = kind == 0   ? remainder[i] > 0
                        : kind == 1 ? remainder[i] < 0
                        : kind == 2 ? true
                        : kind == 3 ? false
                                    : random() % 2 == 0;
        image.samples[i] = up ? range.high : range.low;
    }
    return image;
}

// |output - exact| on the anchor, the exact one clamped to the output's type.
double error_of(const Certified &c, const Kernel &kernel, sepflow_type in, sepflow_type out,
                const Image &image) {
    Pixels from(in, image.w, image.h, 1, Layout::kInterleaved),
        to(out, image.w, image.h, 1, Layout::kInterleaved);
    from.write(image);
    apply(c.plan, from.image(), to.image());
    const int64_t x = kernel.columns / 2, y = kernel.rows / 2;
    double exact = convolve(image, kernel, {}, x, y, 0).value;
    if (out >> 8 != 3) exact = std::clamp(exact, range_of(out).low, range_of(out).high);
    return std::fabs(to.read().at(x, y, 0) - exact);
}

}  // namespace

TEST_CASE("no image is further off than the bound of its type, and the worst is not far from it") {
    const sepflow_type types[] = {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64};
    int attacked = 0;
    for (uint64_t seed = 1; seed <= 400; ++seed) {
        std::mt19937_64 random(seed);
        const auto pick = [&](int64_t low, int64_t high) {
            return std::uniform_int_distribution<int64_t>(low, high)(random);
        };
        const int64_t rows = pick(2, 12), columns = pick(2, 14), full = std::min(rows, columns);
        const Kernel kernel = random_kernel(rows, columns, pick(1, full), random);
        const sepflow_type in = types[seed % 5];
        const sepflow_type out = seed % 3 == 0   ? SEPFLOW_U8
                                 : seed % 3 == 1 ? SEPFLOW_F32
                                                 : SEPFLOW_F64;
        sepflow_options options = options_of(in, out);
        options.rank = seed % 2 == 0 ? static_cast<int32_t>(pick(1, full)) : 0;
        if (seed % 4 == 1) options.tolerance = std::pow(10, -static_cast<double>(pick(1, 6)));
        const Certified c = certified(kernel, options);
        const double last_rounding = out == SEPFLOW_U8 ? 0.5
                                     : out == SEPFLOW_F32
                                         ? 1e-7 * c.d.kernel_norm_1 * range_of(in).high
                                         : 0;
        double worst = 0;
        for (int kind = 0; kind < 8; ++kind) {
            const Image image = attack(kernel, c.remainder, range_of(in), kind, random);
            worst = std::max(worst, error_of(c, kernel, in, out, image));
        }
        CAPTURE(seed);
        REQUIRE(worst <= c.d.output_error_bound * (1 + 1e-9) + last_rounding + 1e-12);
        const bool remainder_rules = c.d.remainder_norm_1 > 10 * c.d.rounding_bound;
        if (remainder_rules && out != SEPFLOW_U8) {
            ++attacked;
            REQUIRE(c.d.output_error_bound <= 3 * worst);
        }
    }
    CHECK(attacked > 50);
}

TEST_CASE(
    "from integers to integers the tolerance is one of the output's full scale, by default half a "
    "unit") {
    for (uint64_t seed = 1; seed <= 60; ++seed) {
        std::mt19937_64 random(seed);
        const Kernel kernel = random_kernel(9, 11, 9, random);
        const sepflow_type type = seed % 3 == 0   ? SEPFLOW_U8
                                  : seed % 3 == 1 ? SEPFLOW_U16
                                                  : SEPFLOW_S16;
        const double full_scale = type == SEPFLOW_U8 ? 255 : 65535;
        sepflow_options options = options_of(type);
        CAPTURE(seed);
        const Certified automatic = certified(kernel, options);
        CHECK(automatic.d.tolerance * full_scale == doctest::Approx(0.5));
        // For 16 bits at full rank, what f32 rounds may be more by itself.
        CHECK((automatic.d.output_error_bound <= 0.5 || automatic.d.rank == 9));
        for (const double tolerance : {0.2, 0.05, 0.01}) {
            options.tolerance = tolerance;
            options.rank = 0;
            const Certified c = certified(kernel, options);
            CHECK(c.d.output_error_bound <= tolerance * full_scale);
            CHECK(c.d.rank <= automatic.d.rank);
            if (c.d.rank == 1) continue;
            options.rank = c.d.rank - 1;
            options.tolerance = 0;
            CHECK(certified(kernel, options).d.output_error_bound > tolerance * full_scale);
        }
    }
}

TEST_CASE("a constant-preserving remainder costs images of one sign half as much") {
    // A disc: its factors keep the brightness, so the range 0 .. 255 counts for half its end.
    sepflow_options options = options_of(SEPFLOW_U8);
    options.rank = 4;
    const PlanPointer plan = plan_from("disc 6", options);
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    REQUIRE(sepflow_plan_describe(plan.get(), &d) == SEPFLOW_OK);
    const double remainder = d.output_error_bound - 255 * d.rounding_bound;
    CHECK(remainder > 0.49 * 255 * d.remainder_norm_1);
    CHECK(remainder < 0.51 * 255 * d.remainder_norm_1);
}

TEST_CASE(
    "what is called exact is the direct sum to the last bit, on the images that fill its sums") {
    const sepflow_type ins[] = {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16};
    const sepflow_type outs[] = {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64};
    int exact = 0, not_exact = 0;
    for (uint64_t seed = 1; seed <= 200; ++seed) {
        std::mt19937_64 random(seed);
        const auto pick = [&](int64_t low, int64_t high) {
            return std::uniform_int_distribution<int64_t>(low, high)(random);
        };
        const sepflow_type in = ins[seed % 3], out = outs[seed % 5];
        const int64_t most = int64_t{1} << pick(1, 7);
        const double scale = std::ldexp(1.0, -static_cast<int>(pick(0, 6)));
        const auto filter = [&](int64_t length) {
            std::vector<double> taps(static_cast<size_t>(length));
            for (double &tap : taps) tap = static_cast<double>(pick(-most / 2, most));
            if (seed % 4 == 0) {
                for (size_t k = 0; k < taps.size(); ++k)
                    taps[taps.size() - 1 - k] = taps[k];  // folds
            }
            return taps;
        };
        Case c;
        set_vectors(c, filter(pick(1, 7)), filter(pick(1, 9)));
        for (double &tap : c.column) tap *= scale;
        set_vectors(c, c.column, c.row);
        sepflow_options options = options_of(in, out);
        options.delta = c.options.delta = static_cast<double>(pick(0, 3)) / 4;
        options.schedule = static_cast<int32_t>(pick(0, 2));
        for (const char *variant : variants()) {
            options.variant = variant;
            const Certified certificate = certified(c.kernel, options);
            if (certificate.d.is_exact == 0) {
                ++not_exact;
                CHECK(std::string(certificate.d.exactness) != "");
                continue;
            }
            ++exact;
            CHECK(certificate.d.output_error_bound == 0);
            Image image = random_image(29, 21, 1, in, random);
            const Range range = range_of(in);
            for (double &sample : image.samples) {
                if (pick(0, 2) != 0) sample = pick(0, 1) != 0 ? range.high : range.low;
            }
            Pixels from(in, 29, 21, 1, Layout::kInterleaved),
                to(out, 29, 21, 1, Layout::kInterleaved);
            from.write(image);
            apply(certificate.plan, from.image(), to.image());
            const Image got = to.read();
            int64_t wrong = 0;
            for (int64_t y = 0; y < 21; ++y) {
                for (int64_t x = 0; x < 29; ++x)
                    wrong += got.at(x, y, 0) !=
                             to_type(convolve(image, c.kernel, c.options, x, y, 0).value, out);
            }
            CAPTURE(seed);
            REQUIRE_MESSAGE(wrong == 0, std::string(variant), ": ", wrong, " pixels differ; ",
                            certificate.d.exactness);
        }
    }
    CHECK(exact > 100);
    CHECK(not_exact > 10);
    MESSAGE(exact, " plans were exact, ", not_exact, " not");
}

TEST_CASE("a plan says why it is not exact") {
    const struct {
        const char *kernel;
        sepflow_type type;
        int border;
        const char *why;
    } cases[] = {
        {"sobel x", SEPFLOW_F32, SEPFLOW_BORDER_REFLECT, "floats"},
        {"gaussian 2", SEPFLOW_U16, SEPFLOW_BORDER_REFLECT, "multiply to the kernel"},
        {"binomial 3", SEPFLOW_U8, SEPFLOW_BORDER_TRUNCATE, "truncated"},
        {"box 3", SEPFLOW_U8, SEPFLOW_BORDER_REFLECT, "multiply to the kernel"},
        {"row 1000003 1001 col 999979 1003", SEPFLOW_U16, SEPFLOW_BORDER_REFLECT, "more bits"},
    };
    for (const auto &c : cases) {
        sepflow_options options = options_of(c.type);
        options.border_x = c.border;
        const PlanPointer plan = plan_from(c.kernel, options);
        sepflow_plan_description d = {};
        d.struct_size = sizeof d;
        REQUIRE(sepflow_plan_describe(plan.get(), &d) == SEPFLOW_OK);
        CHECK(d.is_exact == 0);
        CHECK_MESSAGE(std::string(d.exactness).find(c.why) != std::string::npos,
                      std::string(d.exactness));
    }
}

TEST_CASE("a plan whose arithmetic rounds by more than the tolerance says so") {
    sepflow_options options = options_of(SEPFLOW_U16);
    const auto reason_of = [&](const char *kernel) {
        const PlanPointer plan = plan_from(kernel, options);
        sepflow_plan_description d = {};
        d.struct_size = sizeof d;
        REQUIRE(sepflow_plan_describe(plan.get(), &d) == SEPFLOW_OK);
        const bool keeps = d.output_error_bound <= d.tolerance * 65535;
        CHECK(keeps ==
              (std::string(d.reason).find("more than the tolerance") == std::string::npos));
        return keeps;
    };
    CHECK(reason_of("disc 2"));
    CHECK(reason_of("disc 40"));
    options.tolerance = 1e-18;
    CHECK(!reason_of("disc 40"));
}
