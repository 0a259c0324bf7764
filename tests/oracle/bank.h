// Banks of plans, and calls of them.
#pragma once

#include <cstdint>
#include <doctest/doctest.h>
#include <string>
#include <utility>
#include <vector>

#include "tests/oracle/case.h"
#include "tests/oracle/plan.h"

namespace oracle {

inline sepflow_plan_info queried(const PlanPointer &plan) {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    REQUIRE(sepflow_plan_query(plan.get(), &info) == SEPFLOW_OK);
    return info;
}

struct Answer {
    sepflow_status status;
    std::string message;
    PlanPointer bank;
};

inline Answer bank_from(const std::vector<PlanPointer> &members) {
    std::vector<const sepflow_plan *> plans;
    for (const PlanPointer &member : members) plans.push_back(member.get());
    sepflow_plan *bank = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_status status =
        sepflow_plan_bank(plans.data(), static_cast<int32_t>(plans.size()), &bank, &error);
    return {status, error.message, PlanPointer(bank)};
}

inline PlanPointer bank_of(const std::vector<PlanPointer> &members) {
    Answer answer = bank_from(members);
    REQUIRE_MESSAGE(answer.status == SEPFLOW_OK, answer.message);
    return std::move(answer.bank);
}

inline std::vector<PlanPointer> members_of(const std::vector<std::string> &kernels,
                                           const sepflow_options &options) {
    std::vector<PlanPointer> members;
    for (const std::string &kernel : kernels) members.push_back(plan_from(kernel, options));
    return members;
}

inline sepflow_status run(const PlanPointer &bank, const std::vector<sepflow_image> &inputs,
                          const std::vector<sepflow_image> &outputs, const sepflow_rect &region,
                          int threads, std::string *message = nullptr,
                          std::vector<unsigned char> *scratch = nullptr) {
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = inputs.data();
    call.input_count = static_cast<uint32_t>(inputs.size());
    call.outputs = outputs.data();
    call.output_count = static_cast<uint32_t>(outputs.size());
    call.region = region;
    call.max_threads = threads;
    if (scratch != nullptr) {
        call.scratch = scratch->data();
        call.scratch_size = scratch->size();
    }
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_status status = sepflow_process_plan(bank.get(), &call, &error);
    if (message != nullptr) *message = error.message;
    return status;
}

inline std::vector<Pixels> outputs_for(const std::vector<sepflow_type> &types, int64_t w, int64_t h,
                                       int channels, Layout layout) {
    std::vector<Pixels> outputs;
    for (const sepflow_type type : types) outputs.emplace_back(type, w, h, channels, layout);
    return outputs;
}

inline std::vector<sepflow_image> images_of(const std::vector<Pixels> &pixels) {
    std::vector<sepflow_image> images;
    for (const Pixels &one : pixels) images.push_back(one.image());
    return images;
}

// Terms that run apart, or in the bank.
inline int32_t terms_apart(const std::vector<PlanPointer> &members) {
    int32_t terms = 0;
    for (const PlanPointer &member : members) terms += described(member).rank;
    return terms;
}

}  // namespace oracle
