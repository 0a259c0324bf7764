// A plan: the immutable result of set-up, which says how to filter any region of any image.
//
//     Request (request.h) -> Factoring (factor.h) -> Way (way.h) -> Plan
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

#include "runtime/plan/exactness.h"
#include "runtime/plan/way.h"

namespace sepflow {

// Arrays and texts that sepflow_plan_describe points into.
struct Described {
    std::vector<double> column_taps, row_taps;  // of all factors, one after the other
    std::string reason;                         // why this rank and this way, a sentence
};

struct Plan {
    Request request;
    Factoring factoring;
    Way way;
    Bounds bounds;
    Costs costs = {};
    Exactness exactness;
    Described described;
    bool identity = false;
    // A sum of weighted taps that is no larger is no support: where taps may cancel, what the
    // arithmetic may leave of zero.
    double least_support = 0;

    Plan() = default;
    Plan(Plan &&) = default;
    Plan &operator=(Plan &&) = default;
};

Plan make_plan(Kernel kernel, const Options &options);

// A plan of pass pairs, all of whose filters fold that can, where the tolerance allows; others stay
// as they are. Compiled filters ask for it.
Plan folding(Plan plan);

// Answers for hosts and people. The description points into the plan.
sepflow_plan_info plan_info(const Plan &plan, uint64_t scratch_bytes);
sepflow_plan_description describe_plan(const Plan &plan);

// Where the output lies for an input's domain, by the extent. Throws Error for an invalid
// rectangle, as does input_region.
sepflow_rect output_domain(const Plan &plan, const sepflow_rect &in);
// The blocks of transforms that hold `out`, two of them, one above the other, at once: so that the
// bytes of a pixel do not depend on the region, they lie on a grid that begins with the input's
// domain.
sepflow_rect whole_blocks(const Transforms &transforms, const sepflow_rect &out,
                          const sepflow_rect &domain);
// The pixels within `domain` that `out` reads, with those that the border rule fetches.
sepflow_rect input_region(const Plan &plan, const sepflow_rect &out, const sepflow_rect &domain);

}  // namespace sepflow
