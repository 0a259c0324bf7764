#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>

#include "tests/check/mistakes.h"

namespace faulty {

namespace {

// Sets another value than the given one, where the given one is allowed.
template <typename Change>
sepflow_status set_changed(sepflow_node *n, uint32_t index, const sepflow_value *given,
                           sepflow_error *error, Change change) {
    const sepflow_status status = correct().set_param(n, index, given, error);
    if (status == SEPFLOW_OK) change(node_at(n).values, known(given));
    return status;
}

}  // namespace

std::vector<Mistake> mistakes_in_values() {
    return {
        {"takes_float_nan", "limits", "'gain' takes NaN",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 if (is_whole(value) && index == kGain && value->type == SEPFLOW_VALUE_FLOAT &&
                     !(value->f < 0 || value->f > 4)) {
                     sepflow_value one = *value;
                     one.struct_size = sizeof one;
                     one.f = 1;
                     const sepflow_status status = correct().set_param(n, index, &one, error);
                     node_at(n).values.gain = value->f;
                     return status;
                 }
                 return correct().set_param(n, index, value, error);
             };
         }},
        {"takes_infinite_taps", "limits", "'kernel' takes a matrix that holds an infinity",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 if (is_whole(value) && index == kKernel && value->a != nullptr &&
                     value->rows == 1 && value->columns == 1 && std::isinf(*value->a)) {
                     node_at(n).values.kernel = {*value->a};
                     node_at(n).values.rows = node_at(n).values.columns = 1;
                     return SEPFLOW_OK + 0;
                 }
                 return correct().set_param(n, index, value, error);
             };
         }},
        {"refuses_nan", "limits", "set_param of 'outside': NaN",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 if (is_whole(value) && index == kOutside && std::isnan(value->f))
                     return fail(error, SEPFLOW_E_PARAM, "NaN", kOutside);
                 return correct().set_param(n, index, value, error);
             };
         }},
        {"small_int", "text", "'offset': an odd value is accepted and comes back changed",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 return set_changed(n, index, value, error, [](Values &v, const sepflow_value &) {
                     v.offset = static_cast<int32_t>(v.offset);
                 });
             };
         }},
        {"small_float", "text", "'gain': '0.49",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 return set_changed(n, index, value, error, [](Values &v, const sepflow_value &) {
                     v.gain = static_cast<float>(v.gain);
                 });
             };
         }},
        {"any_choice", "limits", "'edge' takes 'no such choice', which is none of its choices",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 const bool is_edge = is_whole(value) && index == kEdge && value->s != nullptr &&
                                      value->type == SEPFLOW_VALUE_CHOICE;
                 if (!is_edge) return correct().set_param(n, index, value, error);
                 node_at(n).values.edge = value->s;
                 forget_plan(&node_at(n));
                 return SEPFLOW_OK + 0;
             };
         }},
        {"choice_by_prefix", "limits", "'edge' takes '', which is none of its choices",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 const bool is_edge = is_whole(value) && index == kEdge && value->s != nullptr &&
                                      value->type == SEPFLOW_VALUE_CHOICE;
                 if (!is_edge || std::strncmp(value->s, "zero", std::strlen(value->s)) != 0)
                     return correct().set_param(n, index, value, error);
                 node_at(n).values.edge = "zero";
                 forget_plan(&node_at(n));
                 return SEPFLOW_OK + 0;
             };
         }},
        {"choice_in_any_case", "limits", "'edge' takes 'ZERO', which is none of its choices",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 const bool is_zero = is_whole(value) && index == kEdge && value->s != nullptr &&
                                      std::strcmp(value->s, "ZERO") == 0;
                 if (!is_zero) return correct().set_param(n, index, value, error);
                 node_at(n).values.edge = "zero";
                 forget_plan(&node_at(n));
                 return SEPFLOW_OK + 0;
             };
         }},
        {"choice_as_number", "text", "'edge': 'replicate' comes back changed",
         [](auto &node) {
             node.get_param = [](auto *n, auto index, auto *value, auto *error) {
                 const sepflow_status status = correct().get_param(n, index, value, error);
                 if (status == SEPFLOW_OK && index == kEdge && is_whole(value))
                     value->s = node_at(n).values.edge == "zero" ? "1" : "0";
                 return status;
             };
         }},
        {"keeps_text", "own_values", "in get_param",
         [](auto &node) {
             static const char *text = "a";
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 const sepflow_status status = correct().set_param(n, index, value, error);
                 if (status == SEPFLOW_OK && index == kLabel) text = value->s;
                 return status;
             };
             node.get_param = [](auto *n, auto index, auto *value, auto *error) {
                 const sepflow_status status = correct().get_param(n, index, value, error);
                 if (status == SEPFLOW_OK && index == kLabel && is_whole(value)) value->s = text;
                 return status;
             };
         }},
        {"keeps_taps", "own_values", "in configure",
         [](auto &node) {
             static const double *taps = nullptr;
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 const sepflow_status status = correct().set_param(n, index, value, error);
                 if (status == SEPFLOW_OK && index == kKernel) taps = value->a;
                 return status;
             };
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return configure_changed(n, config, plan, error, [](Values &v) {
                     if (!v.kernel.empty()) v.kernel.assign(taps, taps + v.kernel.size());
                 });
             };
         }},
        {"short_text", "text", "'label': a long text is accepted and comes back changed",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 return set_changed(n, index, value, error, [](Values &v, const sepflow_value &) {
                     v.label.resize(std::min<size_t>(v.label.size(), 63));
                 });
             };
         }},
        {"ascii_text", "text", "'label': an odd value is accepted and comes back changed",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 return set_changed(n, index, value, error, [](Values &v, const sepflow_value &) {
                     for (char &c : v.label) c = static_cast<char>(c & 0x7f);
                 });
             };
         }},
        {"one_text_buffer", "lifetimes", "what get_param points to changes by get_param of another",
         [](auto &node) {
             node.get_param = [](auto *n, auto index, auto *value, auto *error) {
                 static char buffer[20000];
                 const sepflow_status status = correct().get_param(n, index, value, error);
                 if (status == SEPFLOW_OK && is_whole(value) && value->s != nullptr) {
                     std::snprintf(buffer, sizeof buffer, "%s", value->s);
                     value->s = buffer;
                 }
                 return status;
             };
         }},
        {"text_of_get", "lifetimes", "what get_param points to changes by get_param of another",
         [](auto &node) {
             node.get_param = [](auto *n, auto index, auto *value, auto *error) {
                 static std::map<const void *, std::string> texts;
                 const sepflow_status status = correct().get_param(n, index, value, error);
                 if (status != SEPFLOW_OK || !is_whole(value)) return status;
                 std::string &text = texts[n];
                 text = value->s != nullptr ? value->s : "";
                 if (value->s != nullptr) value->s = text.c_str();
                 return status;
             };
         }},
        {"any_index", "limits", "get_param takes the index 6",
         [](auto &node) {
             node.get_param = [](auto *n, auto index, auto *value, auto *error) {
                 return correct().get_param(n, std::min<uint32_t>(index, kOutside), value, error);
             };
         }},
        {"sets_before_it_checks", "limits", "'gain' refuses more than its most, and still changes",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 if (is_whole(value) && index == kGain) node_at(n).values.gain = value->f;
                 return correct().set_param(n, index, value, error);
             };
         }},
        {"clamps", "limits", "'gain' takes more than its most",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 if (!is_whole(value) || index != kGain || !std::isfinite(value->f))
                     return correct().set_param(n, index, value, error);
                 sepflow_value inside = *value;
                 inside.struct_size = sizeof inside;
                 inside.f = std::clamp(inside.f, 0., 4.);
                 return correct().set_param(n, index, &inside, error);
             };
         }},
        {"number_of_any_type", "limits", "'gain' takes text instead of a number",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 if (!is_whole(value) || index != kGain)
                     return correct().set_param(n, index, value, error);
                 sepflow_value number = *value;
                 number.struct_size = sizeof number;
                 number.type = SEPFLOW_VALUE_FLOAT;
                 return correct().set_param(n, index, &number, error);
             };
         }},
        {"one_tap_more", "limits", "'kernel' takes more than its max_elements",
         [](auto &node) {
             change_param(node, kKernel, [](sepflow_param_desc &param) { param.max_elements = 5; });
         }},
        {"reads_more_taps", "own_values", "in set_param of 'kernel'",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 if (is_whole(value) && index == kKernel && value->a != nullptr &&
                     value->rows > 0 && value->columns > 0 && value->rows < 7 && value->columns < 7)
                     touch(value->a + value->rows * value->columns);
                 return correct().set_param(n, index, value, error);
             };
         }},
        {"crash_when_unset", "unset", "in configure",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 touch(node_at(n).values.kernel.data());
                 return correct().configure(n, config, plan, error);
             };
         }},
        {"plan_when_unset", "unset",
         "configure makes a plan though a parameter without a default is",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 return configure_changed(n, config, plan, error, [](Values &v) {
                     if (!v.kernel.empty()) return;
                     v.kernel = {1};
                     v.rows = v.columns = 1;
                 });
             };
         }},
        {"default_refused", "limits", "set_param of 'edge': replicate or zero (-4)",
         [](auto &node) {
             change_param(node, kEdge, [](sepflow_param_desc &param) {
                 static const char *const choices[] = {"wrap", "replicate", "zero"};
                 param.choices = choices;
                 param.choice_count = 3;
             });
         }},
        {"same_choices", "descriptor", "parameter 'edge' has the choice 'zero' twice",
         [](auto &node) {
             change_param(node, kEdge, [](sepflow_param_desc &param) {
                 static const char *const choices[] = {"replicate", "zero", "zero"};
                 param.choices = choices;
                 param.choice_count = 3;
             });
         }},
        {"limits_swapped", "descriptor", "parameter 'gain': its min is above its max",
         [](auto &node) {
             change_param(node, kGain, [](sepflow_param_desc &param) {
                 param.min = 4;
                 param.max = 0;
                 param.def = NAN;
                 param.flags |= SEPFLOW_PARAM_NAN;
             });
         }},
        {"descriptor_follows", "descriptor", "its descriptor changes while nodes live",
         [](auto &node) {
             static std::vector<sepflow_param_desc> params(node.params,
                                                           node.params + node.param_count);
             node.params = params.data();
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 const sepflow_status status = correct().set_param(n, index, value, error);
                 if (status == SEPFLOW_OK && index == kGain) params[kGain].def = value->f;
                 return status;
             };
         }},
    };
}

}  // namespace faulty
