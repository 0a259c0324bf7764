#include "runtime/base/value.h"

#include <charconv>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/base/number.h"

namespace sepflow {

namespace {

int64_t whole_number(std::string_view text) {
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    int64_t value = 0;
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end)
        throw Error(SEPFLOW_E_PARAM, "'" + std::string(text) + "' is not a whole number");
    return value;
}

template <typename Read>
auto read_for(const sepflow_param_desc &desc, const std::string &text, Read read) {
    try {
        return read(text);
    } catch (const Error &e) {
        throw Error(e.code(), std::string(desc.id) + ": " + e.what());
    }
}

}  // namespace

sepflow_value value_from_text(const sepflow_param_desc &desc, const std::string &text) {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = desc.type;
    switch (desc.type) {
        case SEPFLOW_VALUE_INT:
            value.i = read_for(desc, text, whole_number);
            break;
        case SEPFLOW_VALUE_FLOAT:
            value.f = read_for(desc, text, number_from_text);
            break;
        default:
            value.s = text.c_str();
    }
    return value;
}

}  // namespace sepflow
