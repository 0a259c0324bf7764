#include "runtime/host/json_value.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "runtime/base/error.h"

namespace sepflow::host {

namespace {

std::string quoted(const std::string &text) {
    constexpr size_t kMost = 40;
    return "\"" + (text.size() > kMost ? text.substr(0, kMost) + "..." : text) + "\"";
}

std::string kind_of(const Json &json) {
    switch (json.kind) {
        case Json::kNull:
            return "null";
        case Json::kNumber:
            return "a number";
        case Json::kText:
            return "text";
        case Json::kList:
            return json.items.empty() ? "an empty list" : "a list";
        case Json::kObject:
            return "an object";
        default:
            return json.text;
    }
}

std::string described(const Json &json) {
    if (json.kind == Json::kText) return "the text " + quoted(json.text);
    return json.kind == Json::kNumber ? json.text : kind_of(json);
}

std::string shortest(double number) {
    char digits[40];
    return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

// Returns the number in a text as JSON writes it; "" if there is none, or none that is whole.
std::string number_in(const std::string &text, bool is_whole) {
    double number = 0;
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const bool is_number = error == std::errc() && stop == end && std::isfinite(number);
    return is_number && !(is_whole && number != std::floor(number)) ? shortest(number) : "";
}

bool is_switch(const sepflow_param_desc &desc) {
    return desc.type == SEPFLOW_VALUE_INT && desc.min == 0 && desc.max == 1;
}

std::string choices_of(const sepflow_param_desc &desc) {
    std::string choices;
    for (uint32_t i = 0; i < desc.choice_count; ++i)
        choices += (i == 0 ? "" : ", ") + quoted(desc.choices[i]);
    return choices;
}

struct Wanted {
    std::string kind, hint;  // hint: what to write
};

Wanted wanted_of(const sepflow_param_desc &desc, const Json &json) {
    const std::string quoted_number =
        json.kind == Json::kText ? number_in(json.text, desc.type == SEPFLOW_VALUE_INT) : "";
    const std::string example = shortest(std::isfinite(desc.def) ? desc.def : 0);
    const std::string number = quoted_number.empty()
                                   ? "write " + example + ", for example"
                                   : "write " + quoted_number + " without quotation marks";
    switch (desc.type) {
        case SEPFLOW_VALUE_INT:
            if (is_switch(desc)) return {"a switch", "write true or false"};
            return {"a whole number of 64 bits", number};
        case SEPFLOW_VALUE_FLOAT:
            return {"a number", number};
        case SEPFLOW_VALUE_CHOICE:
            return {"one of its texts", "write " + choices_of(desc)};
        case SEPFLOW_VALUE_MATRIX:
            return {"text or rows of numbers", "write [[1, 2, 1]], for example"};
        default:
            const bool has_text = json.kind == Json::kNumber || json.kind == Json::kBoolean;
            return {"text", "write " + (has_text ? quoted(json.text) : "it in quotation marks")};
    }
}

[[noreturn]] void refuse(const sepflow_param_desc &desc, const Json &json,
                         const std::string &place) {
    const auto [kind, hint] = wanted_of(desc, json);
    fail_at(place, "must be " + kind + ", not " + described(json) + "; " + hint +
                       (json.kind == Json::kNull ? ", or leave it out" : ""));
}

double float_of(const sepflow_param_desc &desc, const Json &json, const std::string &place) {
    const bool may_be_nan = (desc.flags & SEPFLOW_PARAM_NAN) != 0;
    if (json.kind == Json::kText && json.text == "NaN" && may_be_nan)  // JSON has no such number
        return std::numeric_limits<double>::quiet_NaN();
    if (json.kind != Json::kNumber) refuse(desc, json, place);
    return json.number;
}

// A JSON number has no type: 3, 3.0 and 3e0 are one number.
int64_t integer_of(const sepflow_param_desc &desc, const Json &json, const std::string &place) {
    if (is_switch(desc) && json.kind == Json::kBoolean) return json.text == "true";
    if (json.kind != Json::kNumber) refuse(desc, json, place);
    int64_t integer = 0;
    const char *end = json.text.data() + json.text.size();
    const auto [stop, error] = std::from_chars(json.text.data(), end, integer);
    if (error == std::errc() && stop == end) return integer;
    if (std::fabs(json.number) >= 0x1p63 || json.number != std::floor(json.number))
        refuse(desc, json, place);
    return static_cast<int64_t>(json.number);
}

void add_row(const Json &row, const std::string &place, size_t columns, std::vector<double> *taps) {
    if (row.kind != Json::kList || row.items.empty())
        fail_kind(place, row, "a row of numbers, such as [1, 2, 1]");
    if (row.items.size() != columns) {
        fail_at(place, "has " + std::to_string(row.items.size()) + " numbers, the first row " +
                           std::to_string(columns) + "; write rows of equal length");
    }
    for (size_t i = 0; i < columns; ++i) {
        const Json &tap = row.items[i];
        if (tap.kind != Json::kNumber) fail_kind(below(place, std::to_string(i)), tap, "a number");
        taps->push_back(tap.number);
    }
}

}  // namespace

void fail_kind(const std::string &place, const Json &found, const std::string &wanted) {
    fail_at(place, "must be " + wanted + ", not " + kind_of(found));
}

sepflow_value value_from_json(const sepflow_param_desc &desc, const Json &json,
                              const std::string &place, std::vector<double> *taps) {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = desc.type;
    if (desc.type == SEPFLOW_VALUE_FLOAT) {
        value.f = float_of(desc, json, place);
    } else if (desc.type == SEPFLOW_VALUE_INT) {
        value.i = integer_of(desc, json, place);
    } else if (desc.type == SEPFLOW_VALUE_MATRIX && json.kind == Json::kList) {
        if (json.items.empty()) refuse(desc, json, place);
        value.rows = static_cast<int64_t>(json.items.size());
        value.columns = static_cast<int64_t>(json.items[0].items.size());
        for (size_t i = 0; i < json.items.size(); ++i)
            add_row(json.items[i], below(place, std::to_string(i)), json.items[0].items.size(),
                    taps);
        value.a = taps->data();
    } else {
        if (json.kind != Json::kText) refuse(desc, json, place);
        value.s = json.text.c_str();
    }
    return value;
}

}  // namespace sepflow::host
