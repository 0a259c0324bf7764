#include "plugins/gstreamer/frame_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "plugins/gstreamer/alpha.h"
#include "runtime/base/error.h"
#include "runtime/base/image.h"

namespace sepflow::gstreamer {

namespace {

AnchoredKernel kernel_of(const Settings &settings) {
    HostedFilter filter;
    settings.give(filter);
    Kernel kernel = filter.kernel();
    const auto anchor = [&](const char *name, size_t taps) {
        const auto given = static_cast<int64_t>(settings.number(name));
        return given >= 0 ? given : static_cast<int64_t>(taps / 2);
    };
    const int64_t x = anchor("anchor_x", kernel.columns), y = anchor("anchor_y", kernel.rows);
    return {std::move(kernel), x, y};
}

void give(HostedFilter &filter, const AnchoredKernel &from) {
    filter.set_kernel(from.kernel.taps.data(), static_cast<int64_t>(from.kernel.rows),
                      static_cast<int64_t>(from.kernel.columns));
    filter.set("anchor_x", static_cast<double>(from.anchor_x));
    filter.set("anchor_y", static_cast<double>(from.anchor_y));
}

// Returns 0 for a sum of taps that is only rounding error.
double without_dust(double value) {
    return std::fabs(value) < 1e-9 ? 0 : value;
}

PixelGrid grid_of(const Component &component, int64_t width, int64_t height) {
    return {component.sub_x, component.sub_y, width, height};
}

bool has_whole_samples(const std::vector<Component> &components, const GstVideoInfo &info) {
    return std::all_of(components.begin(), components.end(), [&](const Component &c) {
        return grid_of(c, GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info)).is_whole();
    });
}

}  // namespace

FramePlan::FramePlan(const Settings &settings, const GstVideoInfo &info)
    : settings_(settings),
      format_(GST_VIDEO_INFO_FORMAT(&info)),
      range_(info.colorimetry.range),
      kernel_(kernel_of(settings)),
      components_(components_of(info)),
      is_whole_(has_whole_samples(components_, info)) {
    const std::vector<double> &taps = kernel_.kernel.taps;
    sum_ = without_dust(settings.number("scale") * std::accumulate(taps.begin(), taps.end(), 0.0));
    plain_ = passes_over(components_, false);
    if (alpha() == nullptr || settings.text("alpha") != "straight") return;
    if (sum_ == 0)
        throw Error(SEPFLOW_E_PARAM,
                    "alpha 'straight' needs a kernel whose sum is not zero; set alpha to 'keep'");
    weighted_ = passes_over(components_, true);
}

bool FramePlan::Recipe::operator==(const Recipe &other) const {
    const auto all = [](const Recipe &r) {
        return std::tie(r.type, r.channels, r.sub_x, r.sub_y, r.scale, r.delta, r.border_value,
                        r.is_weighted);
    };
    return all(*this) == all(other);
}

// A sample v means v - zero, and so becomes zero + K * (v - zero). Delta and the border's value are
// shades of grey. Alpha is filtered by the kernel as if it summed to one, so that what is opaque
// stays so.
FramePlan::Recipe FramePlan::recipe_for(const Component &c, bool is_weighted) const {
    Recipe recipe;
    recipe.type = c.type();
    recipe.sub_x = c.sub_x;
    recipe.sub_y = c.sub_y;
    recipe.scale = settings_.number("scale");
    if (settings_.text("border") == "constant")
        recipe.border_value =
            c.zero + (c.is_chroma ? 0 : settings_.number("border_value") * c.unit());
    recipe.delta = without_dust(c.zero * (1 - sum_));
    if (!c.is_chroma) recipe.delta += settings_.number("delta") * c.unit();
    recipe.is_weighted = is_weighted && !c.is_alpha;
    if (is_weighted && c.is_alpha) {
        recipe.scale /= sum_;
        recipe.border_value = c.largest();
        recipe.delta = 0;
    }
    return recipe;
}

// Neighbours with one recipe are one pass. Where alpha is kept, its samples may go along with the
// others; they are put back afterwards.
std::vector<FramePlan::Pass> FramePlan::passes_over(const std::vector<Component> &components,
                                                    bool is_weighted) {
    const bool keeps_alpha = !is_weighted;
    std::vector<Pass> passes;
    for (size_t i = 0; i < components.size();) {
        std::vector<Component> group = {components[i]};
        Recipe recipe = recipe_for(components[i], is_weighted);
        bool has_colour = !components[i].is_alpha;
        for (size_t j = i + 1; j < components.size(); ++j) {
            const Component &last = group.back(), &next = components[j];
            const gint bytes = next.type() == SEPFLOW_U8 ? 1 : 2;
            const bool is_beside = next.plane == last.plane && next.offset == last.offset + bytes &&
                                   next.pixel_stride == last.pixel_stride;
            const bool goes_along = keeps_alpha && (next.is_alpha || !has_colour);
            if (!is_beside || !(goes_along || recipe == recipe_for(next, is_weighted))) break;
            if (!next.is_alpha) {
                recipe = recipe_for(next, is_weighted);
                has_colour = true;
            }
            group.push_back(next);
        }
        i += group.size();
        if (keeps_alpha && !has_colour) continue;
        const View view = view_of(group, components);
        recipe.channels = view.channels;
        const auto known = std::find_if(passes.begin(), passes.end(),
                                        [&](const Pass &pass) { return pass.recipe == recipe; });
        passes.push_back(known != passes.end() ? Pass{view, recipe, known->plan, known->pixel_plan}
                                               : make_pass(view, recipe));
    }
    return passes;
}

// Samples that alpha weighs have weights for each of their pixels.
FramePlan::Pass FramePlan::make_pass(const View &view, const Recipe &recipe) const {
    const bool is_repeated = recipe.sub_x > 0 || recipe.sub_y > 0;
    const bool is_exact = is_whole_ && repeats_whole_samples(settings_.text("border"));
    Pass pass = {view, recipe, nullptr, nullptr};
    if (!is_repeated || !recipe.is_weighted) pass.plan = make_plan(recipe, false);
    if (is_repeated && (recipe.is_weighted || !is_exact)) pass.pixel_plan = make_plan(recipe, true);
    return pass;
}

std::shared_ptr<const NodePlan> FramePlan::make_plan(const Recipe &recipe,
                                                     bool is_of_pixels) const {
    HostedFilter filter;
    settings_.give(filter);
    for (const char *axis : {"border_x", "border_y"}) filter.set(axis, settings_.text("border"));
    filter.set("scale", recipe.scale);
    filter.set("delta", recipe.delta);
    filter.set("border_value", recipe.border_value);
    if (recipe.is_weighted) filter.set("missing", "ignore");
    if (recipe.is_weighted && is_of_pixels)
        filter.set("missing_value", std::numeric_limits<double>::quiet_NaN());
    if (!is_of_pixels && (recipe.sub_x > 0 || recipe.sub_y > 0)) {
        give(filter, subsampled(kernel_, 1 << recipe.sub_x, 1 << recipe.sub_y));
    } else if (kernel_.kernel.factors.empty()) {
        give(filter, kernel_);  // it may come from a file, which is read once
    }
    return filter.plan(recipe.type, is_of_pixels ? SEPFLOW_F32 : recipe.type, recipe.channels);
}

bool FramePlan::is_for(const GstVideoInfo &info) const {
    return GST_VIDEO_INFO_FORMAT(&info) == format_ && info.colorimetry.range == range_ &&
           has_whole_samples(components_, info) == is_whole_;
}

bool FramePlan::is_identity() const {
    return std::all_of(plain_.begin(), plain_.end(), [](const Pass &pass) {
        return (pass.plan->info().flags & SEPFLOW_PLAN_IDENTITY) != 0;
    });
}

const Component *FramePlan::alpha() const {
    const auto found = std::find_if(components_.begin(), components_.end(),
                                    [](const Component &c) { return c.is_alpha; });
    return found != components_.end() ? &*found : nullptr;
}

void FramePlan::run(const GstVideoFrame &in, const GstVideoFrame &out) const {
    const Component *a = alpha();
    const auto alpha_of = [a](const GstVideoFrame &frame) { return image_at(frame, *a, *a); };
    const bool weighs = !weighted_.empty() && !is_opaque(alpha_of(in), a->largest());
    clear_gaps(out);
    for (const Pass &pass : weighs ? weighted_ : plain_) run_pass(pass, in, out);
    if (a != nullptr && !weighs) copy_samples(alpha_of(in), alpha_of(out));
}

void FramePlan::run_pass(const Pass &pass, const GstVideoFrame &in,
                         const GstVideoFrame &out) const {
    const Component &first = pass.view.first;
    sepflow_image inputs[2] = {image_of(in, pass.view), {}};
    const bool is_masked = pass.recipe.is_weighted && pass.plan != nullptr;
    if (is_masked) inputs[1] = image_at(in, *alpha(), first);
    const sepflow_image output = image_of(out, pass.view);
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = inputs;
    call.input_count = is_masked ? 2 : 1;
    call.outputs = &output;
    call.output_count = 1;
    call.region = output.bounds;
    call.max_threads = static_cast<int32_t>(settings_.number("threads"));
    if (pass.pixel_plan != nullptr) call.region = run_pixels(pass, in, inputs[0], output);
    if (!is_empty(call.region)) pass.plan->process(call, nullptr);
    if (first.bits > 8 && first.bits < 16) fit_to_bits(output, first);
}

sepflow_rect FramePlan::run_pixels(const Pass &pass, const GstVideoFrame &frame,
                                   const sepflow_image &in, const sepflow_image &out) const {
    const Component &first = pass.view.first;
    RepeatedPlane plane;
    plane.grid = grid_of(first, GST_VIDEO_FRAME_WIDTH(&frame), GST_VIDEO_FRAME_HEIGHT(&frame));
    plane.in = in;
    plane.out = out;
    plane.neutral = first.zero;
    sepflow_image mask = {};
    sepflow_rect inner = {0, 0, 0, 0};
    if (pass.recipe.is_weighted) {
        mask = image_at(frame, *alpha(), *alpha());
        plane.mask = &mask;
    } else {
        inner = samples_by_kernel(plane.grid, out.bounds.w, out.bounds.h, pass.pixel_plan->info(),
                                  settings_.text("border"));
    }
    const auto threads = static_cast<int32_t>(settings_.number("threads"));
    for (const sepflow_rect &rest : around(inner, out.bounds))
        plane.filter(*pass.pixel_plan, rest, threads);
    return inner;
}

}  // namespace sepflow::gstreamer
