// The separable node inside the plugin of another host: parameters as text or values, and a plan
// for each format that frames come in.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <sepflow/node.h>

#include "plugins/kit/node_kind.h"
#include "runtime/kernel/kernel.h"

namespace sepflow {

// Cheap to make: nothing is factored before the first plan. Any thread may call any of it.
class HostedFilter {
  public:
    HostedFilter();

    // The separable node, whose parameters a host shows as properties.
    static const sepflow_node_desc &desc();
    // The node's parameters and no_files, which forbids kernels from files. It is for hosts where
    // an application sets each property while the kernel's text may be untrusted.
    static const std::vector<sepflow_param_desc> &params();
    static const sepflow_param_desc &param(const std::string &id);  // throws Error if there is none

    // Throw Error{PARAM}, and the old value stays.
    void set(const std::string &id, const std::string &text);
    void set_in_turn(const std::vector<std::pair<std::string, std::string>> &texts);  // all or none
    void set(const std::string &id, double number);  // of an INT or FLOAT
    void set_kernel(const double *taps, int64_t rows, int64_t columns);
    std::string text(const std::string &id) const;  // as set; of a matrix: rows and columns
    Kernel kernel() const;                          // read anew. Throws Error

    // The same plan again while nothing changes. Throws Error.
    std::shared_ptr<const NodePlan> plan(sepflow_type in, sepflow_type out, int32_t channels);

  private:
    void set_value(const std::string &id, const sepflow_value &value);

    mutable std::mutex mutex_;
    Parameters parameters_;
    std::vector<std::pair<PlanFormat, std::shared_ptr<const NodePlan>>> plans_;
};

// Returns a parameter's doc with its choices or limits. GObject hosts get the limits of numbers
// only as such text: GLib would keep the old value for a number outside, where the filter refuses
// it.
std::string explained(const sepflow_param_desc &desc);
// Whether hosts show it as a switch.
bool is_switch(const sepflow_param_desc &desc);
// Returns the place of a choice in the list. Throws Error{INTERNAL} if there is no such choice.
int32_t choice_index(const sepflow_param_desc &desc, const std::string &choice);

// All of `out` from `in`; both are whole images with their domains filled in. Throws Error.
void filter_image(const NodePlan &plan, const sepflow_image &in, const sepflow_image &out,
                  int32_t max_threads);

}  // namespace sepflow
