// All that one kind of frame needs to be filtered: which samples go together, and a plan of the
// node for each.
#pragma once

#include <memory>
#include <vector>

#include "plugins/gstreamer/layout.h"
#include "plugins/gstreamer/repeated_plane.h"
#include "plugins/gstreamer/settings.h"
#include "plugins/gstreamer/subsampling.h"

namespace sepflow::gstreamer {

class FramePlan {
  public:
    FramePlan(const Settings &settings, const GstVideoInfo &info);  // throws Error

    // Frames of other sizes, too, unless they end within a sample that stands for several pixels.
    bool is_for(const GstVideoInfo &info) const;
    bool is_identity() const;
    void run(const GstVideoFrame &in, const GstVideoFrame &out) const;  // throws Error

  private:
    // Request to the node.
    struct Recipe {
        sepflow_type type = SEPFLOW_U8;
        int32_t channels = 1;
        guint sub_x = 0, sub_y = 0;
        double scale = 1, delta = 0, border_value = 0;
        bool is_weighted = false;
        bool operator==(const Recipe &other) const;
    };
    struct Pass {
        View view;
        Recipe recipe;
        std::shared_ptr<const NodePlan> plan;  // for samples; NULL if all are those of pixels
        std::shared_ptr<const NodePlan>
            pixel_plan;  // where samples do not do; NULL if they always do
    };
    Recipe recipe_for(const Component &component, bool is_weighted) const;
    std::vector<Pass> passes_over(const std::vector<Component> &components, bool is_weighted);
    Pass make_pass(const View &view, const Recipe &recipe) const;
    std::shared_ptr<const NodePlan> make_plan(const Recipe &recipe, bool is_of_pixels) const;
    // Filters the samples that are left to the plan for pixels, and returns the rest.
    sepflow_rect run_pixels(const Pass &pass, const GstVideoFrame &frame, const sepflow_image &in,
                            const sepflow_image &out) const;
    void run_pass(const Pass &pass, const GstVideoFrame &in, const GstVideoFrame &out) const;
    const Component *alpha() const;

    Settings settings_;
    GstVideoFormat format_;
    GstVideoColorRange range_;
    AnchoredKernel kernel_;
    double sum_;  // of its taps, scaled
    std::vector<Component> components_;
    bool is_whole_;  // frames end with whole samples
    std::vector<Pass> plain_;
    std::vector<Pass>
        weighted_;  // of alpha and colours that it weighs; where 'straight' is asked for
};

}  // namespace sepflow::gstreamer
