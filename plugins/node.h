// Base of all our nodes: parameters checked against their descriptors, plans that are counted and
// kept for the same parameters and formats, and the C functions of node.h over both. A node then is
// a table of ports and parameters and one function that makes its plan.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <sepflow/node.h>

namespace sepflow {

// The values of a node's parameters, in the order of its descriptors; they start at the defaults.
class Parameters {
  public:
    Parameters(const sepflow_param_desc *descs, uint32_t count);

    void set(uint32_t index, const sepflow_value &value);  // throws Error{PARAM}
    sepflow_value get(uint32_t index) const;               // points into this object

    // Return the parameter with that id. Throw Error{INTERNAL} if there is no such parameter.
    int64_t integer(const char *id) const { return of(id).i; }
    double number(const char *id) const { return of(id).f; }
    const std::string &text(const char *id) const { return of(id).s; }
    int32_t choice(const char *id) const;  // its place among the choices

    struct Value {
        sepflow_value_type type = SEPFLOW_VALUE_NONE;
        bool is_set = false;
        int64_t rows = 0, columns = 0, i = 0;
        double f = 0;
        std::string s;
        std::vector<double> a;  // of a matrix that was not given as text
    };
    const Value &of(const char *id) const;

  private:
    uint32_t checked(uint32_t index) const;
    size_t index_of(const char *id) const;

    const sepflow_param_desc *descs_;
    std::vector<Value> values_;
};

// An immutable plan of a node. The defaults are those of a node that maps each pixel to itself.
class NodePlan {
  public:
    virtual ~NodePlan() = default;
    virtual sepflow_plan_info info() const;
    virtual sepflow_rect output_domain(const sepflow_rect &in) const { return in; }
    virtual sepflow_rect input_region(const sepflow_rect &out, const sepflow_rect &domain) const;
    virtual void process(const sepflow_process &call, const sepflow_host *host) const = 0;

    const sepflow_host *creator = nullptr;  // which create was given
    std::atomic<int64_t> owners{1};
};

// The part of a config that a plan of ours depends on: its size and threads change nothing.
struct PlanFormat {
    sepflow_type in_type, out_type;
    int32_t channels;

    bool operator==(const PlanFormat &other) const {
        return in_type == other.in_type && out_type == other.out_type && channels == other.channels;
    }
};

// `host` is the one that create was given; NULL: none.
using MakePlan = std::unique_ptr<NodePlan> (*)(const Parameters &parameters,
                                               const PlanFormat &format, const sepflow_host *host);

// A descriptor with what the functions behind it need. Its address is the descriptor's.
struct NodeKind {
    sepflow_node_desc desc;
    const std::vector<sepflow_format_pair> *formats;
    MakePlan make_plan;
};

// For an entry's `node`, which lets no exception out: NULL where there is no memory for the tables,
// which are made when a node is asked for first.
const sepflow_node_desc *desc_of(const NodeKind &(*kind)()) noexcept;

struct NodeText {
    const char *id, *name, *summary;
};

NodeKind make_node_kind(const NodeText &text, uint32_t flags,
                        const std::vector<sepflow_port_desc> &ports,
                        const std::vector<sepflow_param_desc> &params,
                        const std::vector<sepflow_format_pair> &formats, MakePlan make_plan);

// An entry of ours: id, nodes and the project's own name, version and licence.
sepflow_entry make_entry(const char *id, uint32_t node_count,
                         const sepflow_node_desc *(*node)(uint32_t));

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
