// Settings that change while frames flow, and the plan made from them. Plans are made on the thread
// that changes the settings and handed over whole: the thread of the frames never waits for set-up,
// and every frame that begins after a change was committed has it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "plugins/gstreamer/frame_plan.h"

namespace sepflow::gstreamer {

// Any thread may call any of it.
class LivePlan {
  public:
    void set(guint id, const GValue &value);  // takes effect with commit
    void get(guint id, GValue &value) const;

    // Throws Error, and the old settings and plan stay. Without a format nothing is made and
    // nothing refused.
    void commit();

    // The format of the frames to come, after which commit goes by it. Throws Error.
    void configure(const GstVideoInfo &info);
    void forget_format();

    std::shared_ptr<const FramePlan> plan() const;  // of the last format

  private:
    void accept(const Settings &settings, std::shared_ptr<const FramePlan> plan);

    std::mutex setup_;                  // one set-up at a time; guards info_
    std::optional<GstVideoInfo> info_;  // of the frames

    mutable std::mutex state_;  // never held for long; guards the rest
    Settings staged_, accepted_;
    std::shared_ptr<const FramePlan> plan_;
};

}  // namespace sepflow::gstreamer
