#include "runtime/command/verbs/plan_options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <vector>

#include "runtime/command/files/band_format.h"
#include "runtime/command/files/csv.h"
#include "runtime/command/process/numbers.h"
#include "runtime/command/verbs/call.h"
#include "runtime/command/verbs/kernel_image.h"

namespace sepflow::command {

namespace {

// In the order of the constants of sepflow.h.
const std::vector<std::string> kBorders = {"reflect101", "reflect",  "replicate",
                                           "wrap",       "constant", "truncate"};
const std::vector<std::string> kExtents = {"same", "valid", "full"};
const std::vector<std::string> kSchedules = {"auto", "plain", "transposed"};
const std::vector<std::string> kPolicies = {"propagate", "ignore", "fill"};
const std::vector<std::string> kMethods = {"auto", "separable", "direct", "fft"};

int32_t index_in(const std::vector<std::string> &words, const std::string &word) {
    return static_cast<int32_t>(std::find(words.begin(), words.end(), word) - words.begin());
}

// "x,y" or one word for both axes.
std::pair<std::string, std::string> both_axes(const std::string &text) {
    const size_t comma = text.find(',');
    if (comma == text.npos) return {text, text};
    return {text.substr(0, comma), text.substr(comma + 1)};
}

std::optional<int64_t> whole_number(const std::string &text) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Each returns an empty string or what is wrong, as CLI11 wants it.
std::string check_border(const std::string &text) {
    const auto [x, y] = both_axes(text);
    for (const std::string &word : {x, y}) {
        if (index_in(kBorders, word) == static_cast<int32_t>(kBorders.size())) {
            return "'" + word + "' is none of " + CLI::detail::join(kBorders, ", ");
        }
    }
    return "";
}

std::string check_anchor(const std::string &text) {
    const auto [x, y] = both_axes(text);
    const bool sound = text.find(',') != text.npos && whole_number(x).value_or(-1) >= 0 &&
                       whole_number(y).value_or(-1) >= 0;
    return sound ? "" : "'" + text + "' is not X,Y: column and row of the kernel, from 0";
}

std::string number_text(double value) {
    std::string text;
    append_number(text, value);
    return text;
}

}  // namespace

void add_plan_options(CLI::App &verb, PlanOptions &o) {
    verb.add_option("-k,--kernel", o.kernel,
                    "The kernel: \"gaussian 3\", \"disc 7.5\", \"3x3 0 1 0 1 4 1 0 1 0 norm\", "
                    "\"file PATH\" (a matrix in text, or a grey image) ...")
        ->required();
    verb.add_option("-b,--border", o.border,
                    "Border pixels: constant, replicate, reflect, reflect101 (the default), wrap "
                    "or truncate; one for both axes, or x,y")
        ->type_name("MODE[,MODE]")
        ->check(check_border);
    verb.add_option("--border-value", o.border_value, "Pixel value of the constant border (0)")
        ->transform(number());
    verb.add_option("--extent", o.extent,
                    "Pixels of the result: same as the input (the default), valid (the kernel lies "
                    "wholly inside) or full (the kernel touches the image)")
        ->check(CLI::IsMember(kExtents));
    verb.add_flag("--convolve", o.convolve,
                  "Flip the kernel (true convolution); the default is correlation");
    verb.add_option("--anchor", o.anchor,
                    "Column and row of the kernel that lie on the result's pixel (the middle: "
                    "columns/2,rows/2)")
        ->type_name("X,Y")
        ->check(check_anchor);
    verb.add_option("--tolerance", o.tolerance,
                    "Largest error, as a part of the result's full scale, such as 1/510 (default: "
                    "half a unit between integers, otherwise the precision of the arithmetic)")
        ->type_name("PART")
        ->transform(number());
    verb.add_option("--rank", o.rank, "Use exactly this rank")
        ->check(CLI::Range(1, static_cast<int>(kMaxKernelLength)));
    verb.add_option("--scale", o.scale, "Multiply the result, by 1/257 for instance (1)")
        ->transform(number())
        ->check(check_scale);
    verb.add_option("--delta", o.delta, "Add to the result, after scale (0)")->transform(number());
    verb.add_option("--type", o.type, "Pixel type of the result (that of the input)")
        ->check(CLI::IsMember(type_names()));
    verb.add_option("--variant", o.variant, "Force one instruction set, such as avx2");
    verb.add_option(
            "--method", o.method,
            "Force a method of taking the 2-D sum (auto: the cheapest that keeps the tolerance)")
        ->check(CLI::IsMember(kMethods));
    verb.add_option("--missing", o.missing,
                    "Treatment of NaN and of masked pixels: propagate (the default: NaN spreads), "
                    "ignore (the others are rescaled) or fill")
        ->check(CLI::IsMember(kPolicies));
    verb.add_option("--missing-value", o.missing_value,
                    "Value for missing pixels (0), and for results without any valid pixel (NaN in "
                    "floats, 0 in integers)")
        ->transform(number());
    verb.add_flag("--keep-missing", o.keep_missing,
                  "Set results to the missing value where their own pixel is missing");
    verb.add_flag("--strict", o.strict,
                  "Make the bytes of float images the same on every instruction set");
    verb.add_option("--schedule", o.schedule, "Force a schedule of the passes")
        ->check(CLI::IsMember(kSchedules));
}

void set_defaults(PlanOptions &o, sepflow_type in_type) {
    const sepflow_type out_type = o.type.empty() ? in_type : type_from_name(o.type);
    if (o.missing == "ignore" && !o.missing_value && is_float(out_type)) o.missing_value = NAN;
}

KernelOption read_kernel(const std::string &text) {
    KernelOption named;
    named.text = text;
    named.kernel = kernel_from_text(text, [&](const std::string &path) {
        named.file = path;
        return kernel_from_file(path, read_kernel_image);
    });
    return named;
}

void set_node_parameters(sepflow_graph *graph, const std::string &node, const PlanOptions &o,
                         const KernelOption &named) {
    const auto set = [&](const char *param, const std::string &text) {
        call([&](sepflow_error *error) {
            return sepflow_graph_set_text(graph, node.c_str(), param, text.c_str(), error);
        });
    };
    if (!named.file.empty()) {  // which the node may not read
        sepflow_value value = {};
        value.struct_size = sizeof value;
        value.type = SEPFLOW_VALUE_MATRIX;
        value.rows = static_cast<int64_t>(named.kernel.rows);
        value.columns = static_cast<int64_t>(named.kernel.columns);
        value.a = named.kernel.taps.data();
        call([&](sepflow_error *error) {
            return sepflow_graph_set_value(graph, node.c_str(), "kernel", &value, error);
        });
    } else {
        set("kernel", named.text);
    }
    const auto set_if = [&](const char *param, const std::string &text) {
        if (!text.empty()) set(param, text);
    };
    const auto set_number = [&](const char *param, const std::optional<double> &number) {
        if (number) set(param, number_text(*number));
    };
    const auto [border_x, border_y] = both_axes(o.border);
    set_if("border_x", border_x);
    set_if("border_y", border_y);
    set_number("border_value", o.border_value);
    set_if("extent", o.extent);
    if (o.convolve) set("convolve", "1");
    if (!o.anchor.empty()) {
        set("anchor_x", both_axes(o.anchor).first);
        set("anchor_y", both_axes(o.anchor).second);
    }
    set_number("tolerance", o.tolerance);
    set_number("rank", o.rank);
    set_number("scale", o.scale);
    set_number("delta", o.delta);
    set_if("variant", o.variant);
    set_if("schedule", o.schedule);
    set_if("method", o.method);
    set_if("missing", o.missing);
    set_number("missing_value", o.missing_value);
    if (o.keep_missing) set("keep_missing", "1");
    if (o.strict) set("strict", "1");
}

PlanPointer make_plan(const PlanOptions &o, const KernelOption &named, sepflow_type in_type,
                      sepflow_type out_type) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = in_type;
    options.out_type = out_type;
    if (!o.border.empty()) {
        options.border_x = index_in(kBorders, both_axes(o.border).first);
        options.border_y = index_in(kBorders, both_axes(o.border).second);
    }
    options.border_value = o.border_value.value_or(0);
    if (!o.extent.empty()) options.extent = index_in(kExtents, o.extent);
    if (o.convolve) options.flags |= SEPFLOW_OPTION_CONVOLVE;
    if (!o.anchor.empty()) {
        options.flags |= SEPFLOW_OPTION_ANCHOR;
        options.anchor_x = *whole_number(both_axes(o.anchor).first);
        options.anchor_y = *whole_number(both_axes(o.anchor).second);
    }
    options.tolerance = o.tolerance.value_or(0);
    options.rank = o.rank.value_or(0);
    options.scale = o.scale.value_or(0);
    options.delta = o.delta.value_or(0);
    options.variant = o.variant.empty() ? nullptr : o.variant.c_str();
    if (!o.schedule.empty()) options.schedule = index_in(kSchedules, o.schedule);
    if (!o.method.empty()) options.method = index_in(kMethods, o.method);
    if (!o.missing.empty()) options.missing = index_in(kPolicies, o.missing);
    options.missing_value = o.missing_value.value_or(0);
    if (o.keep_missing) options.flags |= SEPFLOW_OPTION_KEEP_MISSING;
    if (o.strict) options.flags |= SEPFLOW_OPTION_STRICT;

    sepflow_plan *plan = nullptr;
    call([&](sepflow_error *error) {
        if (named.file.empty()) {
            return sepflow_plan_from_text(named.text.c_str(), &options, &plan, error);
        }
        const Kernel &kernel = named.kernel;
        const auto columns = static_cast<int64_t>(kernel.columns);
        return sepflow_plan_create(kernel.taps.data(), static_cast<int64_t>(kernel.rows), columns,
                                   columns, &options, &plan, error);
    });
    return PlanPointer(plan);
}

}  // namespace sepflow::command
