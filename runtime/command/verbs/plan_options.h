// The options of a plan on the command line, for the verbs that take them, and what they become:
// parameters of the separable node, or options of the C API.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <sepflow/host.h>
#include <sepflow/sepflow.h>

#include "runtime/kernel/kernel.h"

namespace sepflow::command {

struct PlanOptions {
    std::string kernel;
    std::string border;  // MODE or MODE,MODE; empty: the default
    std::string extent, anchor, variant, schedule, method, missing, type;
    bool convolve = false, keep_missing = false, strict = false;
    std::optional<double> border_value, tolerance, scale, delta, missing_value;
    std::optional<int32_t> rank;
};

void add_plan_options(CLI::App &verb, PlanOptions &options);

// Fills in what depends on the input's type: results without support are NaN in floats.
void set_defaults(PlanOptions &options, sepflow_type in_type);

// A kernel's text, understood; nodes do not read the file that it may name on their own.
struct KernelOption {
    std::string text;
    Kernel kernel;
    std::string file;  // where it was read from, if it was
};
KernelOption read_kernel(const std::string &text);

// Sets what was given and leaves the rest at the node's defaults.
void set_node_parameters(sepflow_graph *graph, const std::string &node, const PlanOptions &options,
                         const KernelOption &kernel);

struct FreePlan {
    void operator()(sepflow_plan *plan) const { sepflow_plan_free(plan); }
};
using PlanPointer = std::unique_ptr<sepflow_plan, FreePlan>;
PlanPointer make_plan(const PlanOptions &options, const KernelOption &kernel, sepflow_type in_type,
                      sepflow_type out_type);

}  // namespace sepflow::command
