#include "runtime/check/appearance.h"

#include <cmath>

#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {3, -2, 19, 13};

// Numbers as the bytes that they are.
class Bytewise {
  public:
    template <typename... Numbers>
    void add(Numbers... numbers) {
        (bytes_.append(reinterpret_cast<const char *>(&numbers), sizeof numbers), ...);
    }
    void add(const sepflow_rect &r) { add(r.x, r.y, r.w, r.h); }
    void add(const char *text) { bytes_ += text != nullptr ? text : ""; }
    void add(const Bytes &bytes) { bytes_.append(bytes.begin(), bytes.end()); }
    const std::string &bytes() const { return bytes_; }

  private:
    std::string bytes_;
};

void add_info(Bytewise &to, const sepflow_plan_info &info) {
    to.add(info.flags, info.left, info.right, info.top, info.bottom, info.rank, info.error_bound,
           info.preferred_tile_w, info.preferred_tile_h, info.scratch_bytes, info.cost_per_pixel);
    to.add(info.variant);
    to.add(info.method);
}

void add_regions(Bytewise &to, const Subject &subject, const Plan &plan) {
    const sepflow_rect out = plan.output_domain(kDomain);
    to.add(out);
    for (uint32_t port = 0; port < subject.inputs(); ++port) {
        for (const sepflow_rect &region :
             {out, sepflow_rect{out.x, out.y, 1, 1},
              sepflow_rect{out.x + out.w / 2, out.y + out.h / 2, 1, 1}}) {
            if (region.w <= out.w && region.h <= out.h)
                to.add(plan.input_region(port, region, kDomain));
        }
    }
}

void add_pixels(Bytewise &to, const Scene &scene, const How &how = How()) {
    if (is_empty(scene.out_domain())) return;
    Bytes pixels;
    const Reply reply = scene.try_compute(scene.out_domain(), how, &pixels);
    to.add(reply.status);
    if (reply.ok()) to.add(pixels);
}

void add_pictures(Bytewise &to, const Subject &subject, const Plan &plan, const Format &format) {
    Scene scene(subject, plan, format, kDomain);
    add_pixels(to, scene);
    for (uint32_t port = 0; port < subject.desc().port_count; ++port) {
        if (!subject.is_optional(port)) continue;
        How how;
        how.optional_port = port;
        how.optional_type = format.in;
        add_pixels(to, scene, how);
    }
    if (!is_float(format.in)) return;
    const double odd[] = {NAN, HUGE_VAL, 1e4, -1e4};
    for (int64_t i = 0; i < 4; ++i) scene.set(kDomain.x + 3 + 4 * i, kDomain.y + 3 * i, 0, odd[i]);
    add_pixels(to, scene);
}

}  // namespace

std::string appearance(const Subject &subject, const Plan &plan, const Format &format,
                       Pixels pixels) {
    Bytewise all;
    add_info(all, plan.info());
    add_regions(all, subject, plan);
    if (pixels == Pixels::kIncluded || subject.promises(SEPFLOW_NODE_PURE))
        add_pictures(all, subject, plan, format);
    return all.bytes();
}

std::string appearance(Subject &subject, Node &node, const Format &format, Pixels pixels) {
    const int64_t logs = subject.host().logs();
    Reply reply = {};
    const auto plan = node.try_configure(config_for(format, kDomain.w, kDomain.h), &reply);
    if (plan == nullptr) return "no plan: " + std::to_string(reply.status);
    return appearance(subject, *plan, format, pixels) + " " +
           std::to_string(subject.host().logs() - logs);
}

}  // namespace sepflow::check
