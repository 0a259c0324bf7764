// The filter over one clip: its parameters, the planes it works on, and its frames.
#pragma once

#include <array>

#include "plugins/hosted_filter.h"
#include "plugins/vapoursynth/vapoursynth_abi.h"

namespace sepflow::vapoursynth {

class Filter {
  public:
    // Takes the reference to `node`.
    Filter(const Api &api, Node *node) : api_(api), node_(node) {}
    Filter(const Filter &) = delete;
    Filter &operator=(const Filter &) = delete;
    ~Filter();

    HostedFilter parameters;
    std::array<bool, 3> planes = {true, true, true};  // the others are copied

    Node *node() const { return node_; }
    Node *release_node();
    // Throws Error for what we do not take, and for parameters that do not fit.
    std::shared_ptr<const NodePlan> plan_for(const VideoFormat &format);
    // Frame n, filtered; frames may be asked for at once. Throws Error.
    const Frame *frame(int n, FrameContext *context, Core *core);

  private:
    const Api &api_;
    Node *node_;
};

}  // namespace sepflow::vapoursynth
