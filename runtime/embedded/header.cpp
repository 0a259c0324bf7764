#include "runtime/embedded/header.h"

#include <HalideRuntime.h>
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdio>
#include <map>

#include "runtime/embedded/template.h"
#include "runtime/plan/budget.h"
#include "templates.h"  // kHeader and kNode: filter.h.in and node.c.in; written by CMakeLists.txt

namespace sepflow::embedded {

namespace {

// The layout of halide_buffer_t that the header declares in its own words.
static_assert(offsetof(halide_buffer_t, host) == 8 + sizeof(void *));
static_assert(offsetof(halide_buffer_t, dim) == 24 + 2 * sizeof(void *));
static_assert(offsetof(halide_dimension_t, extent) == sizeof(int32_t));

std::string number(double value) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.9g", value);
    return digits;
}

std::string c_type(sepflow_type type) {
    const std::string bits = std::to_string(type & 0xff);
    return type >> 8 == 1 ? "uint" + bits + "_t" : type >> 8 == 2 ? "int" + bits + "_t" : "float";
}

std::string constant_of(sepflow_type type) {
    const std::string bits = std::to_string(type & 0xff);
    return std::string("SEPFLOW_") + (type >> 8 == 1 ? "U" : type >> 8 == 2 ? "S" : "F") + bits;
}

std::string error_text(const Plan &plan) {
    const std::string error = number(plan.bounds.output);
    if (is_integer(plan.request.options.out_type))
        return error + " of one step, before the result is rounded to its type";
    return error + (is_integer(plan.request.options.in_type) ? "" : " of the largest |pixel|");
}

std::string taps_text(const Taps &taps, int32_t term, const std::string &indent) {
    std::string text, line;
    for (int32_t k = 0; k < taps.length; ++k) {
        line += " " + number(taps.f64[static_cast<size_t>(term * taps.length + k)]);
        if (line.size() > 90 || k + 1 == taps.length) {
            text += (text.empty() ? "" : indent + std::string(11, ' ')) + line + '\n';
            line.clear();
        }
    }
    return text;
}

// Statements that return which of 0 .. size-1 stands for i.
std::string inside(int32_t border) {
    const std::string until = "    while (i < 0 || i >= size) i = i < 0 ? ",
                      done = ";\n    return i;\n";
    switch (border) {
        case SEPFLOW_BORDER_REPLICATE:
            return "    return i < 0 ? 0 : i < size ? i : size - 1;\n";
        case SEPFLOW_BORDER_REFLECT:
            return until + "-1 - i : 2 * size - 1 - i" + done;
        case SEPFLOW_BORDER_WRAP:
            return until + "i + size : i - size" + done;
        case SEPFLOW_BORDER_CONSTANT:
            return "    return i < 0 || i >= size ? -1 : i;\n";
        default:
            return "    if (size == 1) return 0;\n" + until + "-i : 2 * size - 2 - i" + done;
    }
}

// The parts of the header that not every filter has, as templates.
struct Parts {
    std::string members, prototypes, begin, passes;
    std::string source = "state->row[y % @NAME@_ROWS]";
};

Parts parts_of(const Filter &filter) {
    Parts parts;
    parts.prototypes = "/* The passes, in @name@.a. */\nint @name@_row_argv(void **arguments);\n";
    if (filter.pairs() == nullptr) {
        parts.passes =
            "    arguments[@NAME@_ROWS] = &state->out;\n    @name@_row_argv(arguments);\n";
    } else {
        parts.prototypes += "int @name@_columns_argv(void **arguments);\n";
        parts.members = "    @sample@ sums[" + std::to_string(filter.pairs()->row_taps.terms) +
                        "][@NAME@_PITCH]; /* of the column pass */\n    int32_t mid_extent[4];\n   "
                        " @name@_rows mid;\n";
        parts.begin =
            "    state->mid_extent[1] =\n"
            "        (state->out_extent[1] + @NAME@_REACH + @NAME@_TILE - 1) / @NAME@_TILE * "
            "@NAME@_TILE;\n"
            "    state->mid.extent = state->mid_extent;\n"
            "    state->mid.first = state->sums;\n";
        parts.passes =
            "    arguments[@NAME@_ROWS] = &state->mid;\n    @name@_columns_argv(arguments);\n"
            "    arguments[0] = &state->mid;\n    arguments[1] = &state->out;\n"
            "    @name@_row_argv(arguments);\n";
    }
    if (filter.options().border_y == SEPFLOW_BORDER_CONSTANT) {
        parts.members += "    @in@ outside[@NAME@_PITCH]; /* a row above or below the image */\n";
        parts.begin +=
            "    for (int32_t x = 0; x < @NAME@_PITCH; ++x) state->outside[x] = (@in@)@outside@;\n";
        parts.source = "y < 0 ? state->outside : " + parts.source;
    }
    return parts;
}

}  // namespace

std::string certificate(const Filter &filter, const std::string &indent) {
    const Plan &plan = filter.plan;
    const sepflow_plan_description d = describe_plan(plan);
    const std::string arithmetic = filter.is_fixed() ? "16-bit fixed point" : "f32";
    std::string text = indent + "kernel     " + c_text(filter.kernel) + ": " +
                       std::to_string(d.rows) + " rows x " + std::to_string(d.columns) +
                       " columns, anchor " + std::to_string(d.anchor_x) + "," +
                       std::to_string(d.anchor_y) + '\n';
    text += indent + "method     " + d.method + ", " + arithmetic + ": " + d.reason + '\n';
    text += indent + "error      at most " + error_text(plan) + '\n';
    text +=
        indent + "exact      " + (plan.exactness.is_exact ? "yes: " : "no: ") + d.exactness + '\n';
    const PassPairs *pairs = filter.pairs();
    for (int32_t term = 0; pairs != nullptr && term < pairs->row_taps.terms; ++term) {
        text += indent + "column    " + taps_text(pairs->column_taps, term, indent);
        text += indent + "row       " + taps_text(pairs->row_taps, term, indent);
    }
    return text;
}

namespace {

using Values = std::map<std::string, std::string>;

// Names and numbers, which the parts of the header hold, too.
Values words_of(const Filter &filter) {
    const Options &options = filter.options();
    const sepflow_plan_info info = plan_info(filter.plan, 0);
    std::string upper = filter.name;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return {{"outside", number(options.border_value)},
            {"name", filter.name},
            {"NAME", upper},
            {"version", c_text(sepflow_version())},
            {"target", c_text(filter.target_name)},
            {"in", c_type(options.in_type)},
            {"out", c_type(options.out_type)},
            {"sample", filter.is_fixed() ? "int16_t" : "float"},
            {"channels", std::to_string(options.channels)},
            {"max_width", std::to_string(filter.max_width)},
            {"rows", std::to_string(filter.rows())},
            {"top", std::to_string(filter.top())},
            {"left", std::to_string(filter.left())},
            {"reach", std::to_string(filter.reach())},
            {"tile", std::to_string(filter.tile())},
            {"pitch", std::to_string(filter.pitch())},
            {"in_type", constant_of(options.in_type)},
            {"out_type", constant_of(options.out_type)},
            {"rank", std::to_string(info.rank)},
            {"error_bound", number(info.error_bound)},
            {"cost", number(info.cost_per_pixel)},
            {"method", c_text(info.method)}};
}

Values values_of(const Filter &filter) {
    const Options &options = filter.options();
    const Values words = words_of(filter);
    const Parts parts = parts_of(filter);
    Values values = words;
    values["certificate"] = certificate(filter, "   ");
    values["inside_x"] = inside(options.border_x);
    values["inside_y"] = inside(options.border_y);
    values["members"] = filled(parts.members, words);
    values["prototypes"] = filled(parts.prototypes, words);
    values["begin"] = filled(parts.begin, words);
    values["passes"] = filled(parts.passes, words);
    values["source"] = filled(parts.source, words);
    return values;
}

}  // namespace

std::string header(const Filter &filter) {
    return filled(kHeader, values_of(filter));
}

std::string node(const Filter &filter) {
    return filled(kNode, values_of(filter));
}

}  // namespace sepflow::embedded
