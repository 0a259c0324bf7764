// An instance in the host: its parameters at a time, the plan for them, and the actions that need
// one.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "plugins/hosted/hosted_filter.h"
#include "plugins/openfx/suites.h"

namespace sepflow::openfx {

struct Format {
    sepflow_type type;
    int32_t channels;
};

class Effect {
  public:
    explicit Effect(EffectHandle handle);

    // Actions; any thread may run any of them at once. Throw Error.
    Status region_of_definition(const Properties &in, const Properties &out);
    Status regions_of_interest(const Properties &in, const Properties &out);
    Status is_identity(const Properties &in, const Properties &out);
    Status render(const Properties &in);

    void complain(const char *sentence);

  private:
    struct Value {
        std::string text;
        double number = 0;
        bool operator==(const Value &other) const {
            return text == other.text && number == other.number;
        }
    };
    // Facts about the source in a region action.
    struct Source;
    Source source_at(const Properties &in) const;
    Value value_of(const sepflow_param_desc &desc, ParamHandle param, double time) const;
    std::shared_ptr<const NodePlan> plan_at(double time, const Format &format);

    EffectHandle handle_;
    ClipHandle source_, output_;
    PropertySet source_properties_;
    std::vector<ParamHandle> params_;  // in the order of the descriptors

    std::mutex mutex_;  // values are read, set and used for a plan in one go
    HostedFilter filter_;
    std::vector<std::optional<Value>> applied_;
    std::atomic<bool> complained_{false};
};

}  // namespace sepflow::openfx
