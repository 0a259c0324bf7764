#include <cstdio>
#include <cstring>

#include "tests/check/mistakes.h"

namespace faulty {

namespace {

// The correct refusal of a call, whose record `spoil` then changes.
template <typename Spoil>
sepflow_status spoilt(sepflow_status status, sepflow_error *error, Spoil spoil) {
    if (status != SEPFLOW_OK && error != nullptr && error->struct_size >= sizeof *error)
        spoil(*error);
    return status;
}

// A copy of the call in which one of its images is another.
struct Changed {
    sepflow_image image;
    sepflow_process call;

    explicit Changed(const sepflow_process &given) : image(), call(known(&given)) {}
    const sepflow_process *with_input(uint32_t flags) {
        image = known(call.inputs);
        image.flags = flags;
        call.inputs = &image;
        call.input_count = 1;
        return &call;
    }
    const sepflow_process *with_output(uint32_t flags) {
        image = known(call.outputs);
        image.flags = flags;
        call.outputs = &image;
        return &call;
    }
};

std::vector<Mistake> in_errors() {
    return {
        {"positive_status", "flags", "which is not a status",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return -correct().configure(n, config, plan, error);
             };
         }},
        {"other_code", "flags", "left the error record unchanged",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return spoilt(correct().configure(n, config, plan, error), error,
                               [](sepflow_error &e) { e.code = SEPFLOW_OK; });
             };
         }},
        {"endless_message", "flags", "left the error record unchanged",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return spoilt(
                     correct().configure(n, config, plan, error), error,
                     [](sepflow_error &e) { std::memset(e.message, 'x', sizeof e.message); });
             };
         }},
        {"empty_message", "flags", "its configure failed without a message",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return spoilt(correct().configure(n, config, plan, error), error,
                               [](sepflow_error &e) { e.message[0] = '\0'; });
             };
         }},
        {"long_message", "flags", "its configure writes past the end of its error record",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return spoilt(correct().configure(n, config, plan, error), error,
                               [](sepflow_error &e) {
                                   volatile char *to = e.message;
                                   for (int i = 0; i < 250; ++i) to[i] = 'x';
                                   to[250] = '\0';
                               });
             };
         }},
        {"two_lines", "flags", "its configure failed with a message that is not one line of",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return spoilt(
                     correct().configure(n, config, plan, error), error,
                     [](sepflow_error &e) { std::strcpy(e.message, "it fails:\nno channels\n"); });
             };
         }},
        {"latin_1", "flags", "its configure failed with a message that is not one line of",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return spoilt(
                     correct().configure(n, config, plan, error), error,
                     [](sepflow_error &e) { std::strcpy(e.message, "z\xe9ro channels"); });
             };
         }},
        {"wild_param_index", "flags", "left param_index unset",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 int32_t before = 0;
                 if (error != nullptr && error->struct_size >= sizeof *error)
                     before = error->param_index;
                 return spoilt(correct().configure(n, config, plan, error), error,
                               [&](sepflow_error &e) { e.param_index = before; });
             };
         }},
        {"param_of_no_node", "flags", "names parameter 6, of 6",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return spoilt(correct().configure(n, config, plan, error), error,
                               [](sepflow_error &e) { e.param_index = kParamCount; });
             };
         }},
        {"changes_struct_size", "flags", "its configure changes its error record's struct_size",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return spoilt(correct().configure(n, config, plan, error), error,
                               [](sepflow_error &e) { e.struct_size = 0; });
             };
         }},
        {"one_error_size", "records",
         "configure leaves an error record of a later version unchanged",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 const bool fits = error != nullptr && error->struct_size == sizeof *error;
                 return correct().configure(n, config, plan, fits ? error : nullptr);
             };
         }},
    };
}

std::vector<Mistake> with_null() {
    return {
        {"null_node_place", "nulls", "in create with no place for the node",
         [](auto &node) {
             node.create = [](auto *desc, auto *host, auto **made, auto *error) {
                 *made = nullptr;
                 return correct().create(desc, host, made, error);
             };
         }},
        {"null_destroy", "nulls", "in destroy of NULL",
         [](auto &node) {
             node.destroy = [](auto *n) {
                 forget_plan(&node_at(n));
                 correct().destroy(n);
             };
         }},
        {"null_value", "nulls", "in set_param of NULL",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 touch(value);
                 return correct().set_param(n, index, value, error);
             };
         }},
        {"null_config", "nulls", "in configure by NULL",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 touch(config);
                 return correct().configure(n, config, plan, error);
             };
         }},
        {"null_plan_place", "nulls", "in configure with no place for the plan",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 *plan = nullptr;
                 return correct().configure(n, config, plan, error);
             };
         }},
        {"null_call", "nulls", "in process of NULL",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 touch(call);
                 return correct().process(plan, call, error);
             };
         }},
        {"null_input", "images", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (is_whole(call) && call->region.w > 0 && is_whole(call->inputs))
                     touch(call->inputs->data);
                 return correct().process(plan, call, error);
             };
         }},
        {"null_output", "images", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (is_whole(call) && call->region.w > 0 && is_whole(call->outputs))
                     touch(call->outputs->data);
                 return correct().process(plan, call, error);
             };
         }},
        {"no_inputs", "images", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (is_whole(call) && call->region.w > 0) touch(call->inputs);
                 return correct().process(plan, call, error);
             };
         }},
        {"counts_no_inputs", "images", "process with no inputs succeeds",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (!has_images(call)) return correct().process(plan, call, error);
                 sepflow_process counted = known(call);
                 counted.input_count = std::max(counted.input_count, 1u);
                 return correct().process(plan, &counted, error);
             };
         }},
    };
}

std::vector<Mistake> with_flags() {
    return {
        {"flag_of_config", "flags", "configure takes an unknown flag",
         [](auto &node) {
             node.configure = [](auto *n, auto *given, auto **plan, auto *error) {
                 if (!is_whole(given)) return correct().configure(n, given, plan, error);
                 sepflow_config config = known(given);
                 config.flags = 0;
                 return correct().configure(n, &config, plan, error);
             };
         }},
        {"flag_of_call", "flags", "process takes a flag of the call that is not defined",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (!has_images(call)) return correct().process(plan, call, error);
                 sepflow_process changed = known(call);
                 changed.flags = 0;
                 return correct().process(plan, &changed, error);
             };
         }},
        {"flag_of_input", "flags", "process takes a flag of the input that is not defined",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 const bool is_flagged = has_images(call) && call->inputs->flags != 0;
                 return correct().process(plan, is_flagged ? Changed(*call).with_input(0) : call,
                                          error);
             };
         }},
        {"flag_of_output", "flags", "process takes a flag of the output that is not defined",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 const bool is_flagged = has_images(call) && call->outputs->flags != 0;
                 return correct().process(plan, is_flagged ? Changed(*call).with_output(0) : call,
                                          error);
             };
         }},
        {"flag_of_mask", "flags", "process takes a flag of 'mask' that is not defined",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (!has_images(call)) return correct().process(plan, call, error);
                 sepflow_process changed = known(call);
                 changed.input_count = 1;
                 return correct().process(plan, &changed, error);
             };
         }},
    };
}

std::vector<Mistake> with_struct_sizes() {
    return {
        {"short_config", "cut_short", "in configure by a config",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 if (config != nullptr && config->domain_h < 0) return SEPFLOW_E_INVALID + 0;
                 return correct().configure(n, config, plan, error);
             };
         }},
        {"short_value", "cut_short", "in set_param of 'label' to a value of",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 if (value != nullptr && index == kLabel && value->s == nullptr)
                     return fail(error, SEPFLOW_E_PARAM, "no text", kLabel);
                 return correct().set_param(n, index, value, error);
             };
         }},
        {"short_call", "cut_short", "in process of a call of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (call != nullptr && call->max_threads < 0)
                     return fail(error, SEPFLOW_E_INVALID, "fewer threads than none");
                 return correct().process(plan, call, error);
             };
         }},
        {"short_image", "cut_short", "in process of an input of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (is_whole(call) && call->inputs != nullptr && call->inputs->stride_y == 1)
                     return fail(error, SEPFLOW_E_INVALID, "a stride of one byte");
                 return correct().process(plan, call, error);
             };
         }},
        {"short_host", "cut_short", "in create with a host of",
         [](auto &node) {
             node.create = [](auto *desc, auto *host, auto **made, auto *error) {
                 if (host != nullptr && host->alloc != nullptr && host->free == nullptr)
                     return fail(error, SEPFLOW_E_INVALID, "alloc without free");
                 return correct().create(desc, host, made, error);
             };
         }},
        {"one_value_size", "records", "set_param of 'kernel': a value of another size (-7)",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 if (value != nullptr && value->struct_size != sizeof *value)
                     return fail(error, SEPFLOW_E_ABI, "a value of another size",
                                 static_cast<int32_t>(index));
                 return correct().set_param(n, index, value, error);
             };
         }},
        {"one_config_size", "structs", "configure: a config of another size (-7)",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 if (config != nullptr && config->struct_size != sizeof *config)
                     return fail(error, SEPFLOW_E_ABI, "a config of another size");
                 return correct().configure(n, config, plan, error);
             };
         }},
    };
}

}  // namespace

std::vector<Mistake> mistakes_in_answers() {
    std::vector<Mistake> all;
    for (const auto &some : {in_errors(), with_null(), with_flags(), with_struct_sizes()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

}  // namespace faulty
