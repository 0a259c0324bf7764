// Plan options of any content over small kernels. A plan that is made describes itself soundly: the
// factors are as near to the kernel as they claim, and a small image comes out within the bound of
// the brute-force sum.
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include <sepflow/sepflow.h>

#include "tests/fuzz/input.h"
#include "tests/oracle/reference.h"

namespace {

using fuzz::Input;
using fuzz::require;
using PlanPointer = std::unique_ptr<sepflow_plan, decltype(&sepflow_plan_free)>;

double number(Input &input) {
    const double odd[] = {0, -0.0, 1, -1, 0.5, 1e-300, 1e300, 5e-324, NAN, INFINITY, 1e30, 2.0 / 3};
    const auto byte = input.take<uint8_t>();
    if (byte < 200) return (byte - 100) / 16.0;
    if (byte < 250) return odd[byte % std::size(odd)];
    return input.take<double>();
}

// Mostly one of a few, so that plans are made.
template <typename T>
T one_or_any(Input &input, uint32_t count) {
    const auto byte = input.take<uint8_t>();
    return byte < 250 ? static_cast<T>(byte % count) : input.take<T>();
}

sepflow_options any_options(Input &input) {
    sepflow_options o = {};
    o.struct_size = input.flip() ? sizeof o : one_or_any<uint32_t>(input, sizeof o + 1);
    o.flags = one_or_any<uint32_t>(input, 8);
    o.in_type = input.below(50) == 49 ? input.take<int32_t>() : input.one_of(fuzz::kTypes);
    o.out_type = input.below(50) == 49 ? input.take<int32_t>() : input.one_of(fuzz::kTypes);
    o.channels = one_or_any<int32_t>(input, 3);
    o.border_x = one_or_any<int32_t>(input, 6);
    o.border_y = one_or_any<int32_t>(input, 6);
    o.extent = one_or_any<int32_t>(input, 3);
    o.border_value = input.flip() ? 0 : number(input);
    o.anchor_x = one_or_any<int64_t>(input, 6);
    o.anchor_y = one_or_any<int64_t>(input, 6);
    const double tolerances[] = {0, 0, 0.001, 0.1, 1, 1e-17, number(input)};
    o.tolerance = input.one_of(tolerances);
    o.rank = input.below(4) == 3 ? one_or_any<int32_t>(input, 6) : 0;
    o.schedule = one_or_any<int32_t>(input, 3);
    o.scale = input.flip() ? 0 : number(input);
    o.delta = input.flip() ? 0 : number(input);
    const char *const variants[] = {nullptr, nullptr, "sse2", "avx2", "avx512", "", "mmx"};
    o.variant = input.one_of(variants);
    o.method = one_or_any<int32_t>(input, 4);
    o.missing = input.below(4) == 3 ? one_or_any<int32_t>(input, 3) : 0;
    o.missing_value = input.flip() ? 0 : number(input);
    return o;
}

// Returns options as a plan reads them from a struct that ends at struct_size.
sepflow_options as_read(const sepflow_options &given) {
    sepflow_options o = {};
    std::memcpy(&o, &given, std::min<size_t>(given.struct_size, sizeof o));
    if (o.scale == 0) o.scale = 1;
    return o;
}

struct Made {
    PlanPointer plan = {nullptr, sepflow_plan_free};
    oracle::Kernel kernel;
};

Made make(Input &input, const sepflow_options &options) {
    Made made;
    fuzz::Errors error;
    sepflow_plan *plan = reinterpret_cast<sepflow_plan *>(&made);  // to be overwritten
    oracle::Kernel &kernel = made.kernel;
    kernel.rows = 1 + input.below(5);
    kernel.columns = 1 + input.below(7);
    sepflow_status status;
    if (input.flip()) {
        std::vector<double> column, row;
        for (int64_t y = 0; y < kernel.rows; ++y) column.push_back(number(input));
        for (int64_t x = 0; x < kernel.columns; ++x) row.push_back(number(input));
        for (const double c : column)
            for (const double r : row) kernel.taps.push_back(c * r);
        status = sepflow_plan_from_vectors(column.data(), kernel.rows, row.data(), kernel.columns,
                                           &options, &plan, error.get());
    } else {
        for (int64_t i = 0; i < kernel.rows * kernel.columns; ++i)
            kernel.taps.push_back(number(input));
        status = sepflow_plan_create(kernel.taps.data(), kernel.rows, kernel.columns,
                                     kernel.columns, &options, &plan, error.get());
    }
    error.check(status);
    require((plan == nullptr) == (status != SEPFLOW_OK), "a plan, or a failure");
    made.plan.reset(plan);
    return made;
}

// sum |K - sum of columns * rows|
double remainder(const sepflow_plan_description &d) {
    long double sum = 0;
    for (int64_t y = 0; y < d.rows; ++y) {
        for (int64_t x = 0; x < d.columns; ++x) {
            long double rest = d.taps[y * d.columns + x];
            for (int32_t t = 0; t < d.rank; ++t)
                rest -= static_cast<long double>(d.column_taps[t * d.rows + y]) *
                        d.row_taps[t * d.columns + x];
            sum += std::fabs(rest);
        }
    }
    return static_cast<double>(sum);
}

void require_bound(double bound, const sepflow_plan_description &d) {
    if (!(bound >= 0)) {
        std::fprintf(stderr, "error %g, remainder %g, rounding %g, output %g, norm %g, %s\n",
                     d.error_bound, d.remainder_norm_1, d.rounding_bound, d.output_error_bound,
                     d.kernel_norm_1, d.method);
    }
    require(bound >= 0, "bounds are numbers");
}

// Returns the error of taps that are products of given filters. The products were rounded, tiny
// ones to few bits, and then scaled: so far is their sum from that of the products.
double lost_in_tiny_taps(const sepflow_plan_description &d, double scale) {
    return std::fabs(scale) * 5e-324 * static_cast<double>(d.rows * d.columns);
}

sepflow_plan_description described(const sepflow_plan *plan, double scale) {
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    require(sepflow_plan_describe(plan, &d) == SEPFLOW_OK, "a plan describes itself");
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    require(sepflow_plan_query(plan, &info) == SEPFLOW_OK, "and tells what a host asks");
    require(info.left + info.right + 1 == d.columns, "the halo is as wide as the kernel");
    require(info.top + info.bottom + 1 == d.rows, "and as tall");
    require(d.anchor_x >= 0 && d.anchor_x < d.columns && d.anchor_y >= 0 && d.anchor_y < d.rows,
            "the anchor lies in it");
    for (const double bound : {d.error_bound, d.remainder_norm_1, d.rounding_bound,
                               d.output_error_bound, d.tolerance, d.kernel_norm_1})
        require_bound(bound, d);
    require(std::isfinite(d.kernel_norm_1), "the taps' sum is finite");
    if (info.method == std::string("separable")) {
        const double rest = remainder(d);
        const double allowed = d.remainder_norm_1 * (1 + 1e-9) + 1e-15 * d.kernel_norm_1 +
                               lost_in_tiny_taps(d, scale) + 1e-300;
        if (!(rest <= allowed))
            std::fprintf(stderr, "remainder %.17g, bound %.17g\n", rest, allowed);
        require(rest <= allowed, "the remainder's bound holds");
    }
    return d;
}

void check_image(const Made &made, const sepflow_options &o, const sepflow_plan_description &d,
                 Input &input) {
    constexpr int64_t kW = 6, kH = 4;
    const bool truncates =
        o.border_x == SEPFLOW_BORDER_TRUNCATE || o.border_y == SEPFLOW_BORDER_TRUNCATE;
    if (o.channels > 1 || o.extent != SEPFLOW_EXTENT_SAME || o.missing != 0 || truncates) return;
    const sepflow_type in_type = o.in_type, out_type = o.out_type == 0 ? in_type : o.out_type;
    if (in_type != SEPFLOW_F64 && in_type != SEPFLOW_F32 && in_type != SEPFLOW_U8) return;
    if (out_type != SEPFLOW_F64 && out_type != SEPFLOW_F32) return;

    oracle::Image image(kW, kH, 1);
    alignas(8) unsigned char in[kW * kH * 8], out[kW * kH * 8];
    for (size_t i = 0; i < image.samples.size(); ++i) {
        const auto byte = input.take<uint8_t>();
        double &sample = image.samples[i];
        sample = in_type == SEPFLOW_U8 ? byte : (byte - 128) / 128.0;
        if (in_type == SEPFLOW_U8) in[i] = byte;
        if (in_type == SEPFLOW_F32) reinterpret_cast<float *>(in)[i] = static_cast<float>(sample);
        if (in_type == SEPFLOW_F64) reinterpret_cast<double *>(in)[i] = sample;
    }
    const sepflow_image from = sepflow_image_dense(in, in_type, kW, kH, 1),
                        to = sepflow_image_dense(out, out_type, kW, kH, 1);
    fuzz::Errors error;
    error.check(sepflow_apply(made.plan.get(), &from, &to, nullptr, 1, error.get()));
    require(error.message()[0] == 'x', "a plan that was made runs");

    oracle::Options options;
    options.border_x = o.border_x;
    options.border_y = o.border_y;
    // A pixel of the input's type, as those inside are.
    options.border_value =
        in_type == SEPFLOW_F32 ? static_cast<float>(o.border_value) : o.border_value;
    options.convolve = o.flags & SEPFLOW_OPTION_CONVOLVE;
    if (o.flags & SEPFLOW_OPTION_ANCHOR) {
        options.anchor_x = o.anchor_x;
        options.anchor_y = o.anchor_y;
    }
    options.scale = o.scale;
    options.delta = o.delta;
    const double largest = std::max(255.0, std::fabs(o.border_value));
    const double tiny = lost_in_tiny_taps(d, o.scale) * largest;
    for (int64_t i = 0; i < kW * kH; ++i) {
        const auto exact = oracle::convolve(image, made.kernel, options, i % kW, i / kW, 0);
        const double got = out_type == SEPFLOW_F32 ? reinterpret_cast<float *>(out)[i]
                                                   : reinterpret_cast<double *>(out)[i];
        // Outside of what floats hold, or at its edges, where sums of terms that cancel overflow,
        // the bound says nothing.
        if (!(d.kernel_norm_1 * largest <
              (out_type == SEPFLOW_F64 && in_type == SEPFLOW_F64 ? 1e300 : 1e35)))
            return;
        if (!(exact.magnitude < 1e37) || (exact.magnitude != 0 && exact.magnitude < 1e-30))
            continue;
        // The value to round may be as large as the exact sum and the bound together.
        const double rounding =
            oracle::unit(std::fabs(exact.value) + d.output_error_bound, out_type);
        const double allowed =
            d.output_error_bound * (1 + 1e-9) + 5e-15 * exact.magnitude + rounding + tiny + 1e-36;
        if (std::fabs(got - exact.value) <= allowed) continue;
        std::fprintf(stderr,
                     "pixel %d: %.17g, not %.17g, is off by more than %.3g; %s, norm %.3g\n",
                     int(i), got, exact.value, allowed, d.method, d.kernel_norm_1);
        require(false, "no pixel is further off than the bound");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input input(data, size);
    const sepflow_options options = any_options(input);
    const Made made = make(input, options);
    if (made.plan == nullptr) return 0;
    const sepflow_options read = as_read(options);
    const sepflow_plan_description d = described(made.plan.get(), read.scale);
    check_image(made, read, d, input);
    return 0;
}
