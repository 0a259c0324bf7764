// Calls that must be refused without a crash: structs cut short, images that are missing, sizes
// below zero.
#include <algorithm>

#include "runtime/check/check.h"
#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {0, 0, 23, 14};

constexpr uint32_t kSizes[] = {4, 8};

// Only the size and one field more can be read.
void cut_short(Subject &subject) {
    const Format format = subject.any_format();
    const sepflow_node_desc &desc = subject.desc();
    Node node = subject.node();
    const sepflow_config config = config_for(format, kDomain.w, kDomain.h);
    const Plan plan = node.configure(config);
    const Scene scene(subject, plan, format, kDomain);
    const auto refuses = [](const std::string &what, auto &&call) {
        require(!ask(what, call).ok(), what + " succeeds");
    };
    for (const uint32_t size : kSizes) {
        const std::string bytes = " of " + std::to_string(size) + " bytes";
        const LentStruct<sepflow_config> short_config(config, size);
        refuses("configure by a config" + bytes, [&](sepflow_error *e) {
            sepflow_plan *made = nullptr;
            return desc.configure(node.get(), short_config.get(), &made, e);
        });
        for (uint32_t i = 0; i < desc.param_count; ++i) {
            const LentStruct<sepflow_value> value(value_of(subject.param(i).type), size);
            // Refused, or taken for zero.
            ask("set_param of '" + std::string(subject.param(i).id) + "' to a value" + bytes,
                [&](sepflow_error *e) { return desc.set_param(node.get(), i, value.get(), e); });
        }
        const LentStruct<sepflow_host> host(*subject.host().get(), size);
        ask("create with a host" + bytes, [&](sepflow_error *e) {
            sepflow_node *made = nullptr;
            const sepflow_status status = desc.create(&desc, host.get(), &made, e);
            if (status == SEPFLOW_OK) desc.destroy(made);
            return status;
        });
        How how;
        how.change = [&](sepflow_process &call) {
            const LentStruct<sepflow_process> short_call(call, size);
            refuses("process of a call" + bytes, [&](sepflow_error *e) {
                return desc.process(plan.get(), short_call.get(), e);
            });
            const LentStruct<sepflow_image> input(*call.inputs, size), output(*call.outputs, size);
            sepflow_process changed = call;
            changed.inputs = input.get();
            changed.input_count = 1;
            refuses("process of an input" + bytes,
                    [&](sepflow_error *e) { return desc.process(plan.get(), &changed, e); });
            changed = call;
            changed.outputs = output.get();
            changed.output_count = 1;
            refuses("process to an output" + bytes,
                    [&](sepflow_error *e) { return desc.process(plan.get(), &changed, e); });
        };
        scene.compute(scene.out_domain(), how);
    }
}

// The first input or the first output is not there, in each way in which it may not be.
void images(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
    const Scene scene(subject, plan, format, kDomain);
    const auto refuses = [&](const std::string &what, auto change) {
        How how;
        how.change = change;
        Bytes ignored;
        require(!scene.try_compute(scene.out_domain(), how, &ignored).ok(),
                "process with " + what + " succeeds");
    };
    refuses("no inputs", [](sepflow_process &call) { call.input_count = 0; });
    refuses("inputs NULL", [](sepflow_process &call) { call.inputs = nullptr; });
    refuses("an input whose data is NULL",
            [](sepflow_process &call) { image_of(call.inputs, 0).data = nullptr; });
    const bool needs_output = !subject.is_optional(subject.inputs());
    refuses("no outputs", [](sepflow_process &call) { call.output_count = 0; });
    refuses("outputs NULL", [](sepflow_process &call) { call.outputs = nullptr; });
    if (!needs_output) return;
    refuses("an output whose data is NULL",
            [](sepflow_process &call) { image_of(call.outputs, 0).data = nullptr; });
}

// Rectangles that no host means: refused or taken for empty, and nothing is written.
void odd_regions(Subject &subject) {
    constexpr int64_t kFar = INT64_MAX;
    const sepflow_rect odd[] = {{0, 0, -1, 5},      {0, 0, 5, -1},      {3, 3, -5, -5},
                                {0, 0, -kFar, 4},   {kFar, kFar, 1, 1}, {-kFar, -kFar, 1, 1},
                                {0, 0, kFar, kFar}, {1, 1, kFar, 1},    {kFar, 0, kFar, 1},
                                {-kFar, 0, kFar, 1}};
    const Format format = subject.any_format();
    const sepflow_node_desc &desc = subject.desc();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
    const Scene scene(subject, plan, format, kDomain);
    sepflow_rect ignored = {};
    for (const sepflow_rect &rect : odd) {
        const std::string what = described(rect);
        ask_plainly("output_domain of " + what,
                    [&] { return desc.output_domain(plan.get(), &rect, &ignored); });
        ask_plainly("input_region of " + what,
                    [&] { return desc.input_region(plan.get(), 0, &rect, &kDomain, &ignored); });
        ask_plainly("input_region in the domain " + what,
                    [&] { return desc.input_region(plan.get(), 0, &kDomain, &rect, &ignored); });
        if (rect.w >= 0 && rect.h >= 0) continue;
        How how;
        how.change = [&](sepflow_process &call) { call.region = rect; };
        Bytes result;
        scene.try_compute(scene.out_domain(), how, &result);
        require(std::all_of(result.begin(), result.end(),
                            [&](unsigned char byte) { return byte == how.place.around; }),
                "process of " + what + " writes pixels");
    }
}

}  // namespace

std::vector<Check> call_checks() {
    return {
        {"cut_short", "refuses structs that are cut short, and reads nothing beyond them",
         "Look at struct_size before any other field, and return SEPFLOW_E_ABI where it is too "
         "small.",
         cut_short},
        {"images", "refuses a call without the images that it needs",
         "Test the counts, the arrays and each image's data before you compute. Return "
         "SEPFLOW_E_INVALID or SEPFLOW_E_NOT_READY.",
         images},
        {"odd_regions", "survives rectangles of invalid size or position",
         "Return SEPFLOW_E_INVALID for a negative size or a coordinate of 2^48 or more, before any "
         "arithmetic.",
         odd_regions},
    };
}

}  // namespace sepflow::check
