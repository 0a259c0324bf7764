#include "runtime/command/describe.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>
#include <vector>

#include "runtime/command/call.h"
#include "runtime/command/pixel_type.h"

namespace sepflow::command {

namespace {

using Json = nlohmann::ordered_json;

sepflow_plan_description describe(const sepflow_plan *plan) {
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    call([&](sepflow_error *) { return sepflow_plan_describe(plan, &d); });
    return d;
}

sepflow_plan_info query(const sepflow_plan *plan) {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    call([&](sepflow_error *) { return sepflow_plan_query(plan, &info); });
    return info;
}

std::vector<double> values(const double *first, int64_t count) {
    return std::vector<double>(first, first + count);
}

std::vector<std::vector<double>> table(const double *first, int64_t rows, int64_t columns) {
    std::vector<std::vector<double>> lines;
    for (int64_t row = 0; row < rows; ++row)
        lines.push_back(values(first + row * columns, columns));
    return lines;
}

// Multiply-adds per sample as 1-D passes.
double separable_cost(const sepflow_plan_description &d) {
    return static_cast<double>(d.rank) * static_cast<double>(d.rows + d.columns);
}

std::string rounded(double value) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.2g", value);
    return digits;
}

// "1 2 3", or the first and the last few of many.
std::string listed(const double *first, int64_t count) {
    constexpr int64_t kMost = 11, kEdge = 5;
    std::string text;
    for (int64_t i = 0; i < count; ++i) {
        if (count > kMost && i == kEdge) {
            text += " ...";
            i = count - kEdge;
        }
        text += (i > 0 ? " " : "") + short_number(first[i]);
    }
    return text;
}

// The singular values as bars on a scale of logarithms, a decade each two characters; what the rank takes is solid.
std::string spectrum(const sepflow_plan_description &d) {
    constexpr int64_t kMost = 12;
    constexpr int kFull = 24;
    const double *values = d.singular_values;
    const int64_t zeros = std::count(values, values + d.singular_value_count, 0.0);
    const int64_t shown = std::clamp<int64_t>(d.singular_value_count - zeros, 1, kMost);
    std::string text;
    for (int64_t i = 0; i < shown; ++i) {
        const double part = values[i] / values[0];
        const int length =
            part > 0 ? std::max(1, kFull + static_cast<int>(std::lround(2 * std::log10(part)))) : 0;
        char line[80];
        std::snprintf(line, sizeof line, "%-16s %-11.4g ", i == 0 ? "singular values" : "",
                      values[i]);
        text += line + std::string(static_cast<size_t>(length), i < d.rank ? '#' : '.') + '\n';
    }
    if (d.singular_value_count > shown) {
        text += std::string(17, ' ') + "and " + std::to_string(d.singular_value_count - shown) +
                " more" + (d.singular_value_count - shown == zeros ? ", zero" : "") + '\n';
    }
    return text;
}

}  // namespace

std::string short_number(double value) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.6g", value);
    return digits;
}

double largest_pixel(sepflow_type type) {
    return type == SEPFLOW_U8 ? 255 : type == SEPFLOW_U16 ? 65535 : type == SEPFLOW_S16 ? 32768 : 1;
}

std::string error_in_words(double error, sepflow_type in, sepflow_type out) {
    const auto is_float = [](sepflow_type type) { return type >> 8 == 3; };
    char number_text[40];
    std::snprintf(number_text, sizeof number_text, "%.3g", error);
    const std::string number = number_text;
    if (!is_float(out)) return number + " of one " + std::to_string(out & 0xff) + "-bit step";
    if (!is_float(in)) return number + " for pixels up to " + short_number(largest_pixel(in));
    return number + " of the largest |pixel|";
}

Json plan_json(const sepflow_plan *plan, const std::string &kernel_text) {
    const sepflow_plan_description d = describe(plan);
    const sepflow_plan_info info = query(plan);
    Json json;
    json["kernel"] = kernel_text;
    json["rows"] = d.rows;
    json["columns"] = d.columns;
    json["anchor"] = {d.anchor_x, d.anchor_y};
    json["non_zero_taps"] = d.non_zero_taps;
    json["rank"] = d.rank;
    json["singular_values"] = values(d.singular_values, d.singular_value_count);
    json["tolerance"] = d.tolerance;
    json["kernel_norm_1"] = d.kernel_norm_1;
    json["remainder_norm_1"] = d.remainder_norm_1;
    json["remainder_frobenius"] = d.remainder_frobenius;
    json["rounding_bound"] = d.rounding_bound;
    json["error_bound"] = d.error_bound;
    json["output_error_bound"] = d.output_error_bound;
    json["is_exact"] = d.is_exact != 0;
    json["exactness"] = d.exactness;
    json["method"] = d.method;
    json["reason"] = d.reason;
    json["multiply_adds"] = separable_cost(d);
    json["direct_multiply_adds"] = d.non_zero_taps;
    json["predicted_ns"] = {{"separable", d.separable_cost},
                            {"direct", d.direct_cost},
                            {"fft", Json(std::isfinite(d.fft_cost) ? Json(d.fft_cost) : Json())}};
    json["variant"] = d.variant;
    json["schedule"] = d.schedule;
    json["arithmetic"] = d.arithmetic;
    json["halo"] = {
        {"left", info.left}, {"right", info.right}, {"top", info.top}, {"bottom", info.bottom}};
    json["column_filters"] = table(d.column_taps, d.rank, d.rows);
    json["row_filters"] = table(d.row_taps, d.rank, d.columns);
    json["taps"] = table(d.taps, d.rows, d.columns);
    return json;
}

std::string plan_text(const sepflow_plan *plan, const std::string &kernel_text, sepflow_type in,
                      sepflow_type out) {
    const sepflow_plan_description d = describe(plan);
    std::ostringstream text;
    text << "kernel           " << kernel_text << ": " << d.rows << " rows x " << d.columns
         << " columns, " << d.non_zero_taps << " taps not zero, anchor " << d.anchor_x << ","
         << d.anchor_y << '\n'
         << "rank             " << d.rank << " of at most " << std::min(d.rows, d.columns) << '\n'
         << spectrum(d) << "method           " << d.method << ": " << d.reason << '\n'
         << "error            at most " << error_in_words(d.output_error_bound, in, out)
         << ", before the result is rounded to its type\n"
         << "  by factoring   " << short_number(d.remainder_norm_1) << " = sum |K - factors|, of "
         << short_number(d.kernel_norm_1) << " = sum |K|; tolerance " << short_number(d.tolerance)
         << " of full scale\n"
         << "  by rounding    " << short_number(d.rounding_bound) << " for images within [-1, 1]\n"
         << "exact            " << (d.is_exact != 0 ? "yes: " : "no: ") << d.exactness << '\n'
         << "cost             " << short_number(separable_cost(d))
         << " multiply-adds per sample as 1-D passes, " << d.non_zero_taps << " directly\n"
         << "  predicted      " << rounded(d.separable_cost) << " ns a sample as 1-D passes, "
         << rounded(d.direct_cost) << " directly, "
         << (std::isfinite(d.fft_cost) ? rounded(d.fft_cost) + " by FFT" : "too large for the FFT")
         << " (one thread of the machine that the model was fitted on)\n"
         << "runs as          " << d.variant << ", " << d.schedule << " schedule, " << d.arithmetic
         << " arithmetic\n";
    for (int32_t term = 0; term < d.rank; ++term) {
        text << "factor " << term + 1 << ", column  "
             << listed(d.column_taps + term * d.rows, d.rows) << '\n'
             << "factor " << term + 1 << ", row     "
             << listed(d.row_taps + term * d.columns, d.columns) << '\n';
    }
    return text.str();
}

}  // namespace sepflow::command
