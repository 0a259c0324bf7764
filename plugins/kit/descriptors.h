// Ports, formats and parameters as tables.
#pragma once

#include <vector>

#include <sepflow/node.h>

namespace sepflow {

sepflow_port_desc input_port(const char *name, const std::vector<sepflow_type> &types,
                             uint32_t flags = 0);
sepflow_port_desc output_port(const char *name, const std::vector<sepflow_type> &types,
                              uint32_t flags = 0);

const std::vector<sepflow_type> &all_types();
// Every type to itself; every type to every type.
const std::vector<sepflow_format_pair> &same_type_formats();
const std::vector<sepflow_format_pair> &all_formats();

struct ParamText {
    const char *id, *name, *doc, *unit;
};
sepflow_param_desc integer_param(const ParamText &text, int64_t def, int64_t min, int64_t max);
sepflow_param_desc number_param(const ParamText &text, double def, double min, double max);
sepflow_param_desc text_param(const ParamText &text, const char *def);
sepflow_param_desc matrix_param(const ParamText &text, int64_t max_elements);
sepflow_param_desc choice_param(const ParamText &text, const char *def,
                                const std::vector<const char *> &choices);
// Adds a flag: SEPFLOW_PARAM_ADVANCED, SEPFLOW_PARAM_LIVE.
sepflow_param_desc advanced(sepflow_param_desc desc);
sepflow_param_desc live(sepflow_param_desc desc);

}  // namespace sepflow
