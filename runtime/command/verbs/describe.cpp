#include "runtime/command/verbs/describe.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <sstream>
#include <utility>
#include <vector>

#include "runtime/command/files/band_format.h"
#include "runtime/command/verbs/call.h"

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

// The singular values as bars on a scale of logarithms that those shown fill; what the rank takes
// is solid.
std::string spectrum(const sepflow_plan_description &d) {
    constexpr int64_t kMost = 12;
    constexpr int kFull = 40, kLeast = 4, kWidestDecade = 16;
    const double *values = d.singular_values;
    const int64_t zeros = std::count(values, values + d.singular_value_count, 0.0);
    const int64_t shown = std::clamp<int64_t>(d.singular_value_count - zeros, 1, kMost);
    const double decades = values[0] > 0 ? std::log10(values[0] / values[shown - 1]) : 0;
    const double decade = std::min<double>(kWidestDecade, (kFull - kLeast) / decades);
    std::string text;
    for (int64_t i = 0; i < shown; ++i) {
        const double below = values[0] > 0 ? std::log10(values[0] / values[i]) : kFull;
        const auto length = static_cast<size_t>(std::max(0L, std::lround(kFull - decade * below)));
        char line[80];
        std::snprintf(line, sizeof line, "%-16s %-11.4g ", i == 0 ? "singular values" : "",
                      values[i]);
        text += line + std::string(length, i < d.rank ? '#' : '.') + '\n';
    }
    if (d.singular_value_count > shown) {
        text += std::string(17, ' ') + "and " + std::to_string(d.singular_value_count - shown) +
                " more" + (d.singular_value_count - shown == zeros ? ", zero" : "") + '\n';
    }
    return text;
}

// Whether mirroring the taps, along x or along y, gives them again, or their negatives.
std::string mirrored(const sepflow_plan_description &d, bool along_x) {
    bool even = true, odd = true;
    for (int64_t y = 0; y < d.rows; ++y) {
        for (int64_t x = 0; x < d.columns; ++x) {
            const int64_t other =
                along_x ? y * d.columns + d.columns - 1 - x : (d.rows - 1 - y) * d.columns + x;
            const double tap = d.taps[y * d.columns + x];
            even = even && tap == d.taps[other];
            odd = odd && tap == -d.taps[other];
        }
    }
    const std::string axis = along_x ? "x" : "y";
    return even ? ", symmetric along " + axis : odd ? ", antisymmetric along " + axis : "";
}

double largest_pixel(sepflow_type type) {
    return type == SEPFLOW_U8 ? 255 : type == SEPFLOW_U16 ? 65535 : type == SEPFLOW_S16 ? 32768 : 1;
}

// Returns the bound of the result before it is rounded, for the report line and the description.
double error_bound(const sepflow_plan_description &d, sepflow_type in, sepflow_type out) {
    return is_float(in) && is_float(out) ? d.error_bound : d.output_error_bound;
}

std::string in_words(double error, sepflow_type in, sepflow_type out) {
    char number_text[40];
    std::snprintf(number_text, sizeof number_text, "%.3g", error);
    const std::string number = number_text;
    if (!is_float(out)) return number + " of one " + std::to_string(out & 0xff) + "-bit step";
    if (!is_float(in)) return number + " for pixels up to " + short_number(largest_pixel(in));
    return number + " of the largest |pixel|";
}

// "none" or what the error is at most.
std::string bound_in_words(const sepflow_plan_description &d, sepflow_type in, sepflow_type out) {
    const double error = error_bound(d, in, out);
    return error == 0 ? "none" : "at most " + in_words(error, in, out);
}

// Returns the two filters of each term up to kMost.
std::string filters(const sepflow_plan_description &d) {
    constexpr int32_t kMost = 4;
    std::string text;
    for (int32_t term = 0; term < std::min(d.rank, kMost); ++term) {
        const std::string name = "factor " + std::to_string(term + 1);
        text += name + ", column  " + listed(d.column_taps + term * d.rows, d.rows) + '\n' + name +
                ", row     " + listed(d.row_taps + term * d.columns, d.columns) + '\n';
    }
    if (d.rank > kMost)
        text += "and " + std::to_string(d.rank - kMost) + " more: --json holds all factors\n";
    return text;
}

// The sentences of a reason: why this rank, and why this method.
std::pair<std::string, std::string> reasons(const sepflow_plan_description &d) {
    const std::string both = d.reason;
    const size_t end = both.find("; ");
    if (end == both.npos) return {both, ""};
    return {both.substr(0, end), both.substr(end + 2)};
}

}  // namespace

std::string short_number(double value) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.6g", value);
    return digits;
}

std::string error_in_words(const sepflow_plan *plan, sepflow_type in, sepflow_type out) {
    return in_words(error_bound(describe(plan), in, out), in, out);
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

std::string json_text(const Json &json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string plan_text(const sepflow_plan *plan, const std::string &kernel_text, sepflow_type in,
                      sepflow_type out) {
    const sepflow_plan_description d = describe(plan);
    const auto [why_rank, why_method] = reasons(d);
    const double sum = std::accumulate(d.taps, d.taps + d.rows * d.columns, 0.0);
    std::ostringstream text;
    text << "kernel           " << kernel_text << ": " << d.rows << " rows x " << d.columns
         << " columns, " << d.non_zero_taps << " taps not zero, anchor " << d.anchor_x << ","
         << d.anchor_y << ", sum " << short_number(sum) << mirrored(d, true) << mirrored(d, false)
         << '\n'
         << "rank             " << d.rank << " of at most " << std::min(d.rows, d.columns) << ": "
         << why_rank << '\n'
         << spectrum(d) << "method           " << d.method << ": " << why_method << '\n'
         << "  predicted      " << rounded(d.separable_cost) << " ns a sample as 1-D passes, "
         << rounded(d.direct_cost) << " directly, "
         << (std::isfinite(d.fft_cost) ? rounded(d.fft_cost) + " by FFT" : "too large for the FFT")
         << " (one thread of the machine that the model was fitted on)\n"
         << "  multiply-adds  " << short_number(separable_cost(d)) << " a sample as 1-D passes, "
         << d.non_zero_taps << " directly\n"
         << "error            " << bound_in_words(d, in, out)
         << ", before the result is rounded to its type\n"
         << "  by factoring   " << short_number(d.remainder_norm_1)
         << " = sum |K - kernel in use|, of " << short_number(d.kernel_norm_1)
         << " = sum |K|; tolerance " << short_number(d.tolerance) << " of full scale\n"
         << "  by rounding    " << short_number(d.rounding_bound) << " for images within [-1, 1]\n"
         << "exact            " << (d.is_exact != 0 ? "yes: " : "no: ") << d.exactness << '\n'
         << "runs as          " << d.variant << ", " << d.schedule << " schedule, " << d.arithmetic
         << " arithmetic\n"
         << filters(d);
    return text.str();
}

}  // namespace sepflow::command
