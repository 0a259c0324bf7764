#include "tests/bytes/scene.h"

#include <limits>

#include "tests/bytes/numbers.h"

namespace bytes {

namespace {

oracle::PlanPointer bank_of(const std::vector<oracle::PlanPointer> &members) {
    std::vector<const sepflow_plan *> plans;
    for (const auto &member : members) plans.push_back(member.get());
    sepflow_plan *bank = nullptr;
    REQUIRE(sepflow_plan_bank(plans.data(), static_cast<int32_t>(plans.size()), &bank, nullptr) ==
            SEPFLOW_OK);
    return oracle::PlanPointer(bank);
}

std::string way_of(const oracle::PlanPointer &plan) {
    const sepflow_plan_description d = oracle::described(plan);
    std::string text = d.method;
    if (text == "separable")
        text += std::string(" ") + d.schedule + " rank " + std::to_string(d.rank);
    return text + " in " + d.arithmetic;
}

}  // namespace

Scene::Scene(const Case &c, const char *variant)
    : case_(c),
      in_(c.options.in_type, c.w, c.h, c.options.channels, c.layout),
      mask_(SEPFLOW_U8, c.w, c.h, 1, oracle::Layout::kInterleaved),
      domain_(in_.image().bounds) {
    sepflow_options options = c.options;
    options.variant = variant;
    std::vector<oracle::PlanPointer> members;
    for (const std::string &kernel : c.kernels)
        members.push_back(oracle::plan_from(kernel, options));
    if (members.size() == 1) {
        plan_ = std::move(members[0]);
        how_ = way_of(plan_);
        REQUIRE(sepflow_plan_output_domain(plan_.get(), &in_.image().bounds, &domain_) ==
                SEPFLOW_OK);
    } else {
        plan_ = bank_of(members);
        how_ = "bank";
    }
    oracle::Image image = picture(c.w, c.h, options.channels, options.in_type, 11);
    for (size_t i = 0; c.has_nan && i < image.samples.size(); i += 23)
        image.samples[i] = std::numeric_limits<double>::quiet_NaN();
    in_.write(image);
    mask_.write(picture(c.w, c.h, 1, SEPFLOW_U8, 12));
}

std::vector<oracle::Pixels> Scene::blank() const {
    const sepflow_options &options = case_.options;
    const sepflow_type type =
        options.out_type != SEPFLOW_TYPE_NONE ? options.out_type : options.in_type;
    std::vector<oracle::Pixels> outs;
    for (size_t i = 0; i < case_.kernels.size(); ++i) {
        outs.emplace_back(type, domain_.w, domain_.h, options.channels, case_.layout);
        outs.back().image().bounds = outs.back().image().domain = domain_;
    }
    return outs;
}

sepflow_status Scene::compute(const std::vector<oracle::Pixels> &outs, const sepflow_rect &region,
                              int threads) const {
    std::vector<sepflow_image> outputs;
    for (const oracle::Pixels &out : outs) outputs.push_back(out.image());
    const sepflow_image inputs[] = {in_.image(), mask_.image()};
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.max_threads = threads;
    call.inputs = inputs;
    call.input_count = case_.has_mask ? 2 : 1;
    call.outputs = outputs.data();
    call.output_count = static_cast<uint32_t>(outputs.size());
    call.region = region;
    return sepflow_process_plan(plan_.get(), &call, nullptr);
}

}  // namespace bytes
