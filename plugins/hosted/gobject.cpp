#include "plugins/hosted/gobject.h"

#include <algorithm>
#include <cfloat>

#include "runtime/base/error.h"

namespace sepflow {

namespace {

bool is_number(const sepflow_param_desc &desc) {
    return desc.type == SEPFLOW_VALUE_INT || desc.type == SEPFLOW_VALUE_FLOAT;
}

bool is_of_filter(const std::string &id) {
    const std::vector<sepflow_param_desc> &params = HostedFilter::params();
    return std::any_of(params.begin(), params.end(),
                       [&](const auto &desc) { return id == desc.id; });
}

// Throws Error if an integer lies outside its limits, as the filter does for the node's.
void check_limits(const sepflow_param_desc &desc, double number) {
    if (desc.type == SEPFLOW_VALUE_INT && (number < desc.min || number > desc.max))
        throw Error(SEPFLOW_E_PARAM, explained(desc) + ": the number lies outside its limits");
}

}  // namespace

GEnumValue *enum_values(const sepflow_param_desc &desc, bool has_end) {
    const uint32_t count = desc.choice_count;
    auto *values = g_new0(GEnumValue, count + 2);
    for (uint32_t i = 0; i < count; ++i)
        values[i] = {static_cast<gint>(i), desc.choices[i], desc.choices[i]};
    if (has_end) values[count] = {static_cast<gint>(count), "last", "last"};
    return values;
}

GParamSpec *param_spec(const sepflow_param_desc &desc, GType choices, GParamFlags flags) {
    const std::string doc = explained(desc);
    if (desc.type == SEPFLOW_VALUE_CHOICE)
        return g_param_spec_enum(desc.id, desc.name, desc.doc, choices,
                                 choice_index(desc, desc.text_default), flags);
    if (is_switch(desc))
        return g_param_spec_boolean(desc.id, desc.name, desc.doc, desc.def != 0, flags);
    if (desc.type == SEPFLOW_VALUE_INT)
        return g_param_spec_int(desc.id, desc.name, doc.c_str(), G_MININT, G_MAXINT,
                                static_cast<gint>(desc.def), flags);
    if (desc.type == SEPFLOW_VALUE_FLOAT)
        return g_param_spec_double(desc.id, desc.name, doc.c_str(), -DBL_MAX, DBL_MAX, desc.def,
                                   flags);
    return g_param_spec_string(desc.id, desc.name, desc.doc, desc.text_default, flags);
}

PropertyValue property_value(const sepflow_param_desc &desc, const GValue &value) {
    if (desc.type == SEPFLOW_VALUE_CHOICE) {
        const auto index = static_cast<uint32_t>(g_value_get_enum(&value));
        if (index >= desc.choice_count)
            throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + " is not one of its choices");
        return {desc.choices[index], 0};
    }
    if (is_switch(desc)) return {"", g_value_get_boolean(&value) ? 1.0 : 0.0};
    if (desc.type == SEPFLOW_VALUE_INT) return {"", static_cast<double>(g_value_get_int(&value))};
    if (desc.type == SEPFLOW_VALUE_FLOAT) return {"", g_value_get_double(&value)};
    const gchar *text = g_value_get_string(&value);
    return {text != nullptr ? text : "", 0};
}

void give(HostedFilter &filter, const char *id, const sepflow_param_desc &desc,
          const PropertyValue &value) {
    if (is_number(desc)) {
        filter.set(id, value.number);
    } else {
        filter.set(id, value.text);
    }
}

Properties::Properties(const std::vector<sepflow_param_desc> &descs) : descs_(&descs) {
    for (const sepflow_param_desc &desc : descs)
        values_.push_back({desc.text_default != nullptr ? desc.text_default : "", desc.def});
}

void Properties::set(guint id, const GValue &value) {
    values_.at(id - 1) = property_value((*descs_)[id - 1], value);
}

void Properties::get(guint id, GValue &value) const {
    const PropertyValue &own = values_.at(id - 1);
    const sepflow_param_desc &desc = (*descs_)[id - 1];
    if (desc.type == SEPFLOW_VALUE_CHOICE) {
        g_value_set_enum(&value, choice_index(desc, own.text));
    } else if (is_switch(desc)) {
        g_value_set_boolean(&value, own.number != 0);
    } else if (desc.type == SEPFLOW_VALUE_INT) {
        g_value_set_int(&value, static_cast<gint>(own.number));
    } else if (desc.type == SEPFLOW_VALUE_FLOAT) {
        g_value_set_double(&value, own.number);
    } else {
        g_value_set_string(&value, own.text.c_str());
    }
}

void Properties::give(HostedFilter &filter) const {
    for (size_t i = 0; i < values_.size(); ++i) {
        const sepflow_param_desc &desc = (*descs_)[i];
        if (is_of_filter(desc.id)) {
            sepflow::give(filter, desc.id, desc, values_[i]);
        } else {
            check_limits(desc, values_[i].number);
        }
    }
}

// Keeps no_files: a kernel that it refuses must not undo it.
void Properties::revert(const Properties &refused, const Properties &accepted) {
    const size_t kept = index_of("no_files");
    for (size_t i = 0; i < values_.size(); ++i) {
        if (i != kept && values_[i] == refused.values_[i]) values_[i] = accepted.values_[i];
    }
}

size_t Properties::index_of(const std::string &name) const {
    for (size_t i = 0; i < descs_->size(); ++i) {
        if ((*descs_)[i].id == name) return i;
    }
    throw Error(SEPFLOW_E_INTERNAL, "there is no property '" + name + "'");
}

}  // namespace sepflow
