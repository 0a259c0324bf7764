// Several kernels over one image: their plans, and the terms that some of them have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/plan/plan.h"

namespace sepflow {

// One output as a sum of neighbouring terms: a plain row pass over their results, with one tap for
// each. A term that no other output has goes to the output itself instead, by the row pass of its
// own.
struct Combination {
    std::size_t output;  // its place in the bank
    int32_t first;       // term
    Taps weights;
    bool is_term;
    std::shared_ptr<const Plan> member;
};

// Kernels of one size and anchor whose pairs of passes are in part the same but for a factor: each
// runs once.
struct SharedTerms {
    PassPairs pairs;                 // column filters, each once, and a row filter for each term
    std::vector<int32_t> column_of;  // the column filter of each term
    std::vector<int32_t> summed;     // the terms whose results are kept, to be combined
    std::vector<Combination> combinations;

    // Any of the plans: what they have in common.
    const Plan &plan() const { return *combinations.front().member; }
};

struct Bank {
    std::vector<std::shared_ptr<const Plan>> members;
    std::vector<std::size_t> alone;  // outputs that run by their members' own methods
    std::vector<SharedTerms> shared;
};

// Throws Error for plans that differ in what the image is, or in where the output lies.
Bank make_bank(std::vector<std::shared_ptr<const Plan>> members);

// The union over all members.
sepflow_rect input_region(const Bank &bank, const sepflow_rect &out, const sepflow_rect &domain);
sepflow_plan_info bank_info(const Bank &bank, uint64_t scratch_bytes);

}  // namespace sepflow
