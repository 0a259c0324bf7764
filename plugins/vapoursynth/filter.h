// The filter over one clip: its parameters, the planes it works on, and its frames.
#pragma once

#include <array>
#include <memory>
#include <utility>

#include "plugins/hosted/hosted_filter.h"
#include "plugins/vapoursynth/vapoursynth_abi.h"

namespace sepflow::vapoursynth {

// A reference to a node.
struct FreeNode {
    const Api *api;
    void operator()(Node *node) const { api->free_node(node); }
};
using NodePointer = std::unique_ptr<Node, FreeNode>;

class Filter {
  public:
    Filter(const Api &api, NodePointer node) : api_(api), node_(std::move(node)) {}

    HostedFilter parameters;
    std::array<bool, 3> planes = {true, true, true};  // the others are copied

    Node *node() const { return node_.get(); }
    Node *release_node() { return node_.release(); }
    // Throws Error for what we do not take, and for parameters that do not fit.
    std::shared_ptr<const NodePlan> plan_for(const VideoFormat &format);
    // Frame n, filtered; frames may be asked for at once. Throws Error.
    const Frame *frame(int n, FrameContext *context, Core *core);

  private:
    const Api &api_;
    NodePointer node_;
};

}  // namespace sepflow::vapoursynth
