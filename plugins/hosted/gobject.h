// Parameters of the node as properties of a GObject: GEGL, GStreamer and libvips show them.
#pragma once

#include <glib-object.h>
#include <string>
#include <vector>

#include "plugins/hosted/hosted_filter.h"

namespace sepflow {

// Returns the values of a choice, which live as long as the process. libvips shows all but the last
// value of an enumeration, so `has_end` adds one.
GEnumValue *enum_values(const sepflow_param_desc &desc, bool has_end = false);

// Makes a property, whose name GLib writes with dashes. `choices` is the type of a choice.
GParamSpec *param_spec(const sepflow_param_desc &desc, GType choices, GParamFlags flags);

struct PropertyValue {
    std::string text;  // of a choice, too
    double number = 0;

    bool operator==(const PropertyValue &other) const {
        return text == other.text && number == other.number;
    }
};

// Throws Error if a choice is none.
PropertyValue property_value(const sepflow_param_desc &desc, const GValue &value);

// Sets the filter's parameter `id` to the value of a property. Throws Error.
void give(HostedFilter &filter, const char *id, const sepflow_param_desc &desc,
          const PropertyValue &value);

// The properties of one object. Their descriptors live as long as the process.
class Properties {
  public:
    explicit Properties(const std::vector<sepflow_param_desc> &descs);  // at their defaults

    // Take GObject's id, which counts from 1.
    void set(guint id, const GValue &value);
    void get(guint id, GValue &value) const;

    // Take a name. Throw Error if there is none.
    double number(const std::string &name) const { return values_[index_of(name)].number; }
    const std::string &text(const std::string &name) const { return values_[index_of(name)].text; }

    // Gives the filter those that are parameters of its own. Throws Error.
    void give(HostedFilter &filter) const;

    // Values that are still those of `refused` become those of `accepted`, except no_files.
    void revert(const Properties &refused, const Properties &accepted);

    bool operator==(const Properties &other) const { return values_ == other.values_; }

  private:
    size_t index_of(const std::string &name) const;

    const std::vector<sepflow_param_desc> *descs_;
    std::vector<PropertyValue> values_;  // in the order of the descriptors
};

}  // namespace sepflow
