#include "plugins/gstreamer/live_plan.h"

#include "runtime/base/error.h"

namespace sepflow::gstreamer {

void LivePlan::set(guint id, const GValue &value) {
    const std::lock_guard<std::mutex> lock(state_);
    staged_.set(id, value);
}

void LivePlan::get(guint id, GValue &value) const {
    const std::lock_guard<std::mutex> lock(state_);
    staged_.get(id, value);
}

void LivePlan::commit() {
    const std::lock_guard<std::mutex> setup(setup_);
    if (!info_) return;
    Settings wanted;
    {
        const std::lock_guard<std::mutex> lock(state_);
        if (staged_ == accepted_) return;
        wanted = staged_;
    }
    try {
        accept(wanted, std::make_shared<const FramePlan>(wanted, *info_));
    } catch (...) {
        const std::lock_guard<std::mutex> lock(state_);
        staged_.revert(wanted, accepted_);
        throw;
    }
}

void LivePlan::configure(const GstVideoInfo &info) {
    const std::lock_guard<std::mutex> setup(setup_);
    Settings wanted;
    {
        const std::lock_guard<std::mutex> lock(state_);
        wanted = staged_;
        if (info_ && plan_->is_for(info) && wanted == accepted_) return;
    }
    accept(wanted, std::make_shared<const FramePlan>(wanted, info));
    info_ = info;
}

void LivePlan::forget_format() {
    const std::lock_guard<std::mutex> setup(setup_);
    info_.reset();
}

std::shared_ptr<const FramePlan> LivePlan::plan() const {
    const std::lock_guard<std::mutex> lock(state_);
    return plan_;
}

void LivePlan::accept(const Settings &settings, std::shared_ptr<const FramePlan> plan) {
    const std::lock_guard<std::mutex> lock(state_);
    accepted_ = settings;
    plan_.swap(plan);  // the old one is freed by the caller, without the lock
}

}  // namespace sepflow::gstreamer
