#include "tests/oracle/case.h"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <sstream>

namespace oracle {

Image random_image(int64_t w, int64_t h, int channels, sepflow_type type, std::mt19937_64 &random) {
    Image image(w, h, channels);
    std::uniform_real_distribution<double> unit_range(-1, 1);
    for (double &sample : image.samples) {
        const double u = unit_range(random);
        switch (type) {
            case SEPFLOW_U8:
                sample = std::floor((u + 1) * 127.999);
                break;
            case SEPFLOW_U16:
                sample = std::floor((u + 1) * 32767.999);
                break;
            case SEPFLOW_S16:
                sample = std::floor(u * 32767.999);
                break;
            default:
                sample = to_type(u, type);
        }
    }
    return image;
}

namespace {

std::vector<double> random_filter(int64_t length, std::mt19937_64 &random) {
    std::vector<double> filter(static_cast<size_t>(length));
    std::uniform_int_distribution<int> taps(-300, 1000);
    double sum = 0;
    for (double &tap : filter) sum += tap = taps(random);
    if (std::fabs(sum) < 300) sum += filter[0] += sum < 0 ? -700 : 700;
    for (double &tap : filter) tap = static_cast<float>(tap / std::fabs(sum));
    return filter;
}

}  // namespace

Kernel random_kernel(int64_t rows, int64_t columns, int64_t rank, std::mt19937_64 &random) {
    Kernel kernel{rows, columns, std::vector<double>(static_cast<size_t>(rows * columns))};
    for (int64_t t = 0; t < rank; ++t) {
        const auto column = random_filter(rows, random), row = random_filter(columns, random);
        for (int64_t j = 0; j < rows; ++j) {
            for (int64_t i = 0; i < columns; ++i) {
                kernel.taps[static_cast<size_t>(j * columns + i)] +=
                    column[static_cast<size_t>(j)] * row[static_cast<size_t>(i)] /
                    static_cast<double>(rank);
            }
        }
    }
    return kernel;
}

std::vector<double> mirrored_filter(int64_t length, double sign, std::mt19937_64 &random) {
    std::vector<double> filter = random_filter(length, random);
    std::vector<double> reversed(filter.rbegin(), filter.rend());
    for (size_t k = 0; k < filter.size(); ++k)
        filter[k] = static_cast<float>((filter[k] + sign * reversed[k]) / 2);
    return filter;
}

void set_random_vectors(Case &c, int64_t rows, int64_t columns, std::mt19937_64 &random) {
    set_vectors(c, random_filter(rows, random), random_filter(columns, random));
}

void set_vectors(Case &c, std::vector<double> column, std::vector<double> row) {
    c.form = Form::kVectors;
    c.column = std::move(column);
    c.row = std::move(row);
    c.kernel = {static_cast<int64_t>(c.column.size()), static_cast<int64_t>(c.row.size()), {}};
    for (double a : c.column) {
        for (double b : c.row) c.kernel.taps.push_back(a * b);
    }
}

std::string Case::text() const {
    std::ostringstream out;
    out << std::hex << in_type << "->" << out_type << std::dec << " " << w << "x" << h << "x"
        << channels << " kernel " << kernel.columns << "x" << kernel.rows << " borders "
        << options.border_x << "," << options.border_y << " extent " << extent << " schedule "
        << schedule << " method " << method << (strict ? " strict" : "") << " variant "
        << (variant != nullptr ? variant : "best") << " threads " << threads << " layouts "
        << static_cast<int>(in_layout) << "," << static_cast<int>(out_layout) << " anchor "
        << options.anchor_x << "," << options.anchor_y << " convolve " << options.convolve
        << " scale " << options.scale << " delta " << options.delta << " seed " << seed;
    return out.str();
}

namespace {

sepflow_plan *make_plan(const Case &c) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = c.in_type;
    options.out_type = c.out_type;
    options.channels = c.channels;
    options.border_x = c.options.border_x;
    options.border_y = c.options.border_y;
    options.border_value = c.options.border_value;
    options.extent = c.extent;
    if (c.options.convolve) options.flags |= SEPFLOW_OPTION_CONVOLVE;
    if (c.strict) options.flags |= SEPFLOW_OPTION_STRICT;
    if (c.options.anchor_x >= 0) {
        options.flags |= SEPFLOW_OPTION_ANCHOR;
        options.anchor_x = c.options.anchor_x;
        options.anchor_y = c.options.anchor_y;
    }
    options.scale = c.options.scale;
    options.delta = c.options.delta;
    options.schedule = c.schedule;
    options.method = c.method;
    options.variant = c.variant;
    options.tolerance = c.tolerance;
    options.rank = c.rank;
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_status status =
        c.form == Form::kMatrix
            ? sepflow_plan_create(c.kernel.taps.data(), c.kernel.rows, c.kernel.columns,
                                  c.kernel.columns, &options, &plan, &error)
            : sepflow_plan_from_vectors(c.column.data(), c.kernel.rows, c.row.data(),
                                        c.kernel.columns, &options, &plan, &error);
    REQUIRE_MESSAGE(status == SEPFLOW_OK, c.text(), ": ", error.message);
    return plan;
}

// How far the value may be off before it is rounded to the output's type: the certificate, times
// the largest pixel; where taps were truncated, times the rescaling, which `magnitude` has in it.
double allowed(const sepflow_plan_description &d, const Result &exact, double largest) {
    const double magnitude = std::max(largest * d.kernel_norm_1, exact.magnitude);
    return d.error_bound / d.kernel_norm_1 * magnitude * 1.01 +
           1e-6 * std::fabs(exact.value) * (d.error_bound > 1e-12);
}

double largest_pixel(const Image &image, const Options &options) {
    double largest = std::fabs(options.border_value) + 1e-30;
    for (double sample : image.samples) largest = std::max(largest, std::fabs(sample));
    return largest;
}

}  // namespace

Outcome check(const Case &c) {
    std::mt19937_64 random(c.seed);
    const Image image = random_image(c.w, c.h, c.channels, c.in_type, random);
    Pixels in(c.in_type, c.w, c.h, c.channels, c.in_layout);
    in.write(image);
    const std::vector<unsigned char> before = in.bytes();

    sepflow_plan *plan = make_plan(c);
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    REQUIRE(sepflow_plan_describe(plan, &d) == SEPFLOW_OK);
    Outcome outcome;
    const sepflow_rect in_domain = {0, 0, c.w, c.h};
    REQUIRE(sepflow_plan_output_domain(plan, &in_domain, &outcome.domain) == SEPFLOW_OK);
    if (outcome.domain.w == 0 || outcome.domain.h == 0) {
        sepflow_plan_free(plan);
        return outcome;
    }

    Pixels out(c.out_type, outcome.domain.w, outcome.domain.h, c.channels, c.out_layout);
    out.image().bounds = out.image().domain = outcome.domain;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_status status =
        sepflow_apply(plan, &in.image(), &out.image(), nullptr, c.threads, &error);
    REQUIRE_MESSAGE(status == SEPFLOW_OK, c.text(), ": ", error.message);
    REQUIRE_MESSAGE(out.canaries_intact(), c.text(), ": wrote outside the output");
    REQUIRE_MESSAGE(in.bytes() == before, c.text(), ": wrote into the input");

    outcome.out = out.read();
    const double largest = largest_pixel(image, c.options);
    double worst = 0;
    std::string worst_pixel;
    for (int64_t y = 0; y < outcome.out.h; ++y) {
        for (int64_t x = 0; x < outcome.out.w; ++x) {
            for (int channel = 0; channel < c.channels; ++channel) {
                const Result exact = convolve(image, c.kernel, c.options, outcome.domain.x + x,
                                              outcome.domain.y + y, channel);
                const double got = outcome.out.at(x, y, channel);
                const double tolerance = allowed(d, exact, largest);
                // The results of the type that lie within the tolerance are right.
                const double low = to_type(exact.value - tolerance, c.out_type);
                const double high = to_type(exact.value + tolerance, c.out_type);
                const double excess =
                    std::max(low - got, got - high) / unit(exact.value, c.out_type);
                if (!(excess <= worst)) {
                    worst = excess;
                    std::ostringstream text;
                    text.precision(17);
                    text << "(" << x << ", " << y << ", " << channel << ") is " << got
                         << ", exactly " << exact.value << ", allowed " << tolerance;
                    worst_pixel = text.str();
                }
            }
        }
    }
    REQUIRE_MESSAGE(worst <= 0, c.text(), ": ", worst_pixel);
    sepflow_plan_free(plan);
    return outcome;
}

std::vector<const char *> variants() {
    std::vector<const char *> result;
    for (const char *name : {"sse2", "avx2", "avx512", "neon"}) {
        const double tap = 1;
        sepflow_options options = {};
        options.struct_size = sizeof options;
        options.in_type = SEPFLOW_F32;
        options.variant = name;
        sepflow_plan *plan = nullptr;
        if (sepflow_plan_create(&tap, 1, 1, 1, &options, &plan, nullptr) == SEPFLOW_OK)
            result.push_back(name);
        sepflow_plan_free(plan);
    }
    return result;
}

}  // namespace oracle
