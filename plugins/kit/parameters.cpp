#include "plugins/kit/parameters.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "runtime/base/error.h"
#include "runtime/base/number_text.h"
#include "runtime/base/structs.h"

namespace sepflow {

namespace {

void check_number(const sepflow_param_desc &desc, double value) {
    if (std::isnan(value) && (desc.flags & SEPFLOW_PARAM_NAN)) return;
    if (!std::isfinite(value))
        throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " is not a finite number");
    if (desc.min == 0 && desc.max == 0) return;
    if (value < desc.min || value > desc.max) {
        throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " must lie in " +
                                         number_text(desc.min) + " .. " + number_text(desc.max));
    }
}

void check_choice(const sepflow_param_desc &desc, const char *text) {
    std::string names;
    for (uint32_t i = 0; i < desc.choice_count; ++i) {
        if (std::strcmp(desc.choices[i], text) == 0) return;
        names += (i == 0 ? "" : ", ") + std::string(desc.choices[i]);
    }
    throw Error(SEPFLOW_E_PARAM,
                std::string(desc.id) + " cannot be '" + text + "'; it is one of " + names);
}

Parameters::Value checked_matrix(const sepflow_param_desc &desc, const sepflow_value &value) {
    Parameters::Value result;
    if (value.s != nullptr) {
        result.s = value.s;
        return result;
    }
    if (value.a == nullptr || value.rows < 1 || value.columns < 1) {
        throw Error(SEPFLOW_E_PARAM,
                    std::string(desc.id) + " needs text, or rows, columns and their values");
    }
    if (value.rows > desc.max_elements / value.columns) {
        throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " has more than " +
                                         std::to_string(desc.max_elements) + " values");
    }
    result.rows = value.rows;
    result.columns = value.columns;
    result.a.assign(value.a, value.a + value.rows * value.columns);
    if (!std::all_of(result.a.begin(), result.a.end(), [](double v) { return std::isfinite(v); })) {
        throw Error(SEPFLOW_E_PARAM,
                    std::string(desc.id) + " holds a value that is not a finite number");
    }
    return result;
}

Parameters::Value checked_value(const sepflow_param_desc &desc, const sepflow_value &value) {
    Parameters::Value result;
    switch (desc.type) {
        case SEPFLOW_VALUE_INT:
            result.i = value.type == SEPFLOW_VALUE_INT ? value.i : 0;
            check_number(desc, static_cast<double>(result.i));
            break;
        case SEPFLOW_VALUE_FLOAT:
            result.f = value.f;
            check_number(desc, result.f);
            break;
        case SEPFLOW_VALUE_MATRIX:
            result = checked_matrix(desc, value);
            break;
        default:
            if (value.s == nullptr)
                throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " needs text");
            if (desc.type == SEPFLOW_VALUE_CHOICE) check_choice(desc, value.s);
            result.s = value.s;
    }
    result.type = desc.type;
    result.is_set = true;
    return result;
}

Parameters::Value default_value(const sepflow_param_desc &desc) {
    Parameters::Value result;
    result.type = desc.type;
    result.is_set =
        desc.type == SEPFLOW_VALUE_INT || desc.type == SEPFLOW_VALUE_FLOAT || desc.text_default;
    result.i = static_cast<int64_t>(desc.def);
    result.f = desc.def;
    if (desc.text_default != nullptr) result.s = desc.text_default;
    return result;
}

}  // namespace

Parameters::Parameters(const sepflow_param_desc *descs, uint32_t count) : descs_(descs) {
    for (uint32_t i = 0; i < count; ++i) values_.push_back(default_value(descs[i]));
}

uint32_t Parameters::checked(uint32_t index) const {
    if (index >= values_.size()) throw Error(SEPFLOW_E_INVALID, "no parameter has that index");
    return index;
}

void Parameters::set(uint32_t index, const sepflow_value &given) {
    const sepflow_param_desc &desc = descs_[checked(index)];
    try {
        const sepflow_value value = known_part(&given, "value");
        if (value.type != desc.type)
            throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " is of another type");
        values_[index] = checked_value(desc, value);
    } catch (const Error &e) {
        throw Error(e.code(), e.what(), static_cast<int32_t>(index));
    }
}

sepflow_value Parameters::get(uint32_t index) const {
    const Value &value = values_[checked(index)];
    sepflow_value result = {};
    result.struct_size = sizeof result;
    result.type = value.type;
    result.rows = value.rows;
    result.columns = value.columns;
    result.i = value.i;
    result.f = value.f;
    result.a = value.a.empty() ? nullptr : value.a.data();
    result.s = value.is_set && value.a.empty() ? value.s.c_str() : nullptr;
    return result;
}

size_t Parameters::index_of(const char *id) const {
    for (size_t i = 0; i < values_.size(); ++i) {
        if (std::strcmp(descs_[i].id, id) == 0) return i;
    }
    throw Error(SEPFLOW_E_INTERNAL,
                std::string("the node looks for a parameter that it does not have: ") + id);
}

const Parameters::Value &Parameters::of(const char *id) const {
    return values_[index_of(id)];
}

int32_t Parameters::choice(const char *id) const {
    const size_t index = index_of(id);
    const sepflow_param_desc &desc = descs_[index];
    for (uint32_t i = 0; i < desc.choice_count; ++i) {
        if (values_[index].s == desc.choices[i]) return static_cast<int32_t>(i);
    }
    throw Error(SEPFLOW_E_INTERNAL, std::string(id) + " holds none of its choices");
}

}  // namespace sepflow
