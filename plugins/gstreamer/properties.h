// The element's properties: the node's parameters, one border for both axes, alpha, and threads.
#pragma once

#include <gst/video/gstvideofilter.h>
#include <string>
#include <vector>

#include "plugins/hosted/hosted_filter.h"

namespace sepflow::gstreamer {

class Settings {
  public:
    Settings();  // at their defaults

    static void install(GObjectClass *object_class);

    // Sets the property with the id that install gave.
    void set(guint id, const GValue &value);
    void get(guint id, GValue &value) const;

    // Return the property of that name. Throw Error if there is none.
    double number(const std::string &name) const { return values_[index_of(name)].number; }
    const std::string &text(const std::string &name) const { return values_[index_of(name)].text; }

    void give(HostedFilter &filter) const;  // all but the border; throws Error

    // Values that are still those of `refused` become those of `accepted`, except no_files.
    void revert(const Settings &refused, const Settings &accepted);

    bool operator==(const Settings &other) const { return values_ == other.values_; }

  private:
    struct Value {
        std::string text;  // of a choice, too
        double number = 0;
        bool operator==(const Value &other) const {
            return text == other.text && number == other.number;
        }
    };
    static size_t index_of(const std::string &name);

    std::vector<Value> values_;  // in the order of the properties
};

}  // namespace sepflow::gstreamer
