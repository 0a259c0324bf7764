// The C functions of node.h over parameters and counted plans, which are kept while parameters and
// formats stay the same. A node is a table of ports and parameters, and a function that makes
// plans.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include <sepflow/node.h>

#include "plugins/kit/parameters.h"

namespace sepflow {

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

// Returns a descriptor to an entry's `node`, which lets no exception out. The tables are made on
// the first call; NULL if there is no memory for them.
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

}  // namespace sepflow
