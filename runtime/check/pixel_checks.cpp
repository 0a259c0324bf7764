// One call of process: which bytes it may read and write, in every layout, and what it makes of odd
// numbers.
#include <algorithm>
#include <cmath>

#include "runtime/base/image.h"
#include "runtime/base/pixel_type.h"
#include "runtime/check/check.h"
#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {2, -7, 41, 27};

// All of an output, a part in the middle, and its edges; those that hold pixels.
std::vector<sepflow_rect> regions_of(const sepflow_rect &out) {
    std::vector<sepflow_rect> regions = {
        out,
        {out.x + out.w / 3, out.y + out.h / 3, out.w / 4, out.h / 4},
        {out.x + out.w / 2, out.y + out.h / 2, 1, 1},
        {out.x, out.y + out.h - 1, out.w, 1},
        {out.x + out.w - 1, out.y, 1, out.h}};
    const auto is_useless = [&](const sepflow_rect &region) {
        return is_empty(region) || !contains(out, region);
    };
    regions.erase(std::remove_if(regions.begin(), regions.end(), is_useless), regions.end());
    return regions;
}

// Inputs end where memory does, and begin there; around them lies one thing, then another.
void reads(Subject &subject) {
    const Prepared p(subject, kDomain);
    for (const sepflow_rect &region : regions_of(p.scene.out_domain())) {
        How how;
        how.place.layout = Layout::kPadded;
        const Bytes wanted = p.scene.compute(region, how);
        for (const bool at_end : {false, true}) {
            for (const unsigned char around : {0x00, 0x3b, 0xff}) {
                how.place.at_end = at_end;
                how.place.around = around;
                const std::string where =
                    p.scene.difference(p.scene.compute(region, how), wanted, region);
                require(where.empty(),
                        "what lies around the input's pixels, or in the output before, changes the "
                        "output " +
                            where);
            }
        }
    }
}

// Scene::compute looks at every byte of inputs and outputs, whatever it is asked for.
void writes(Subject &subject) {
    const Prepared p(subject, kDomain);
    for (const Layout layout : kLayouts) {
        for (const sepflow_rect &region : regions_of(p.scene.out_domain())) {
            for (const bool at_end : {false, true}) {
                How how;
                how.place.layout = layout;
                how.place.at_end = at_end;
                p.scene.compute(region, how);
            }
        }
    }
}

// Images that hold more than what is needed, and images whose domain is not said, as it is their
// bounds.
void bounds(Subject &subject) {
    const Prepared p(subject, kDomain);
    for (const sepflow_rect &region : regions_of(p.scene.out_domain())) {
        const Bytes wanted = p.scene.compute(region);
        How how;
        how.has_whole_bounds = true;
        for (const bool has_no_domain : {false, true}) {
            how.has_no_domain = has_no_domain;
            const std::string where =
                p.scene.difference(p.scene.compute(region, how), wanted, region);
            require(where.empty(), std::string("with all of the images in memory") +
                                       (has_no_domain ? ", and no domain," : "") +
                                       " it computes other pixels " + where);
        }
    }
}

void layouts(Subject &subject) {
    Node node = subject.node();
    subject.any_format();
    for (const Format &format : subject.formats()) {
        const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
        const Scene scene(subject, plan, format, kDomain);
        const Bytes wanted = scene.compute(scene.out_domain());
        for (const Layout layout : kLayouts) {
            How how;
            how.place.layout = layout;
            // Sums of floats may be taken in another order.
            const std::string where = scene.far_difference(scene.compute(scene.out_domain(), how),
                                                           wanted, scene.out_domain());
            require(where.empty(), described(format) + ", " + described(layout) +
                                       ", is other than dense " + where);
        }
    }
}

// One pixel, one row, one column, smaller than any halo.
void sizes(Subject &subject) {
    int computed = 0;
    for (const auto &[w, h] :
         {std::pair<int64_t, int64_t>{1, 1}, {1, 9}, {13, 1}, {2, 3}, {64, 2}}) {
        const sepflow_rect domain = {0, 0, w, h};
        subject.each_plan(
            w, h, [&](const Plan &plan, const Format &format, const std::string &how) {
                const Scene scene(subject, plan, format, domain);
                const sepflow_rect out = scene.out_domain();
                if (is_empty(out)) return;
                const std::string where =
                    scene.difference(scene.compute(out), scene.compute(out), out);
                require(where.empty(), how + ", " + described(domain) + ": other pixels each time");
                ++computed;
            });
    }
    if (computed == 0) throw Skipped{"it makes no plan for small images"};
}

void in_place(Subject &subject) {
    if (!subject.promises(SEPFLOW_NODE_IN_PLACE)) throw Skipped{"it does not promise IN_PLACE"};
    subject.any_format();
    Node node = subject.node();
    int computed = 0;
    for (const Format &format : subject.formats()) {
        if (format.in != format.out) continue;
        const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
        const Scene scene(subject, plan, format, kDomain);
        if (!same(scene.out_domain(), kDomain)) continue;
        How how;
        how.is_in_place = true;
        const std::string where =
            scene.difference(scene.compute(kDomain, how), scene.compute(kDomain), kDomain);
        require(where.empty(), described(format) + ", in place, is other than apart " + where);
        ++computed;
    }
    if (computed == 0) throw Skipped{"none of its outputs is like an input"};
}

// A pixel that is odd changes those that need it, and no others.
void check_odd_pixel(const Scene &before, const Plan &plan, double odd) {
    const int64_t x = kDomain.x + kDomain.w / 2, y = kDomain.y + kDomain.h / 2;
    Scene scene = before;
    scene.set(x, y, 0, odd);
    const sepflow_rect out = scene.out_domain();
    const Bytes wanted = before.compute(out), got = scene.compute(out);
    for (int64_t py = out.y; py < out.y + out.h; ++py) {
        for (int64_t px = out.x; px < out.x + out.w; ++px) {
            const sepflow_rect pixel = {px, py, 1, 1};
            if (contains(plan.input_region(0, pixel, kDomain), {x, y, 1, 1})) continue;
            const std::string where = scene.difference(scene.crop(got, out, pixel),
                                                       scene.crop(wanted, out, pixel), pixel);
            require(where.empty(), described(scene.format()) + ": " + std::to_string(odd) +
                                       " changes a pixel that does not need it " + where);
        }
    }
}

// NaN, infinities, denormal numbers.
void numbers(Subject &subject) {
    bool found = false;
    subject.any_format();
    Node node = subject.node();
    for (const Format &format : subject.formats()) {
        if (!is_float(format.in)) continue;
        found = true;
        const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
        const Scene scene(subject, plan, format, kDomain);
        for (const double odd : {double{NAN}, HUGE_VAL, -HUGE_VAL, 1e-310, 1e-40, 1e-7, -0.0, 3e38})
            check_odd_pixel(scene, plan, odd);
    }
    if (!found) throw Skipped{"it takes no floats"};
}

// Whether one of the formats that an optional port may have is taken, by one of the node's plans.
// What is refused must be so with a word.
bool is_taken(Subject &subject, uint32_t port, int32_t channels, sepflow_type type) {
    bool is_taken = false;
    const auto visit = [&](const Plan &plan, const Format &format, const std::string &how) {
        const Scene scene(subject, plan, format, kDomain);
        How call;
        call.optional_port = port;
        call.optional_type = type;
        call.optional_channels = channels == 0 ? format.channels : channels;
        Bytes ignored;
        const Reply reply = scene.try_compute(scene.out_domain(), call, &ignored);
        require(
            reply.status != SEPFLOW_E_INTERNAL && reply.status != SEPFLOW_E_MEMORY,
            how + ": " +
                complaint("process with '" + std::string(subject.port(port).name) + "'", reply));
        is_taken = is_taken || reply.ok();
    };
    subject.each_plan(kDomain.w, kDomain.h, visit);
    return is_taken;
}

// Each type that an optional port declares is taken, with one channel and with as many as the first
// input has.
void optional_formats(Subject &subject, uint32_t i) {
    const sepflow_port_desc port = subject.port(i);
    std::string refused;
    bool takes_any = false;
    for (uint32_t t = 0; t < port.type_count; ++t) {
        for (const int32_t channels : {1, 0}) {
            if (is_taken(subject, i, channels, port.types[t])) {
                takes_any = true;
            } else if (refused.empty()) {
                refused =
                    "no plan takes '" + std::string(port.name) + "' of " +
                    type_name(port.types[t]) +
                    (channels == 1 ? " with one channel" : " with as many channels as the first");
            }
        }
    }
    if (refused.empty()) return;
    // The user's settings may be the reason why the port is refused.
    if (!takes_any && !subject.target().settings.empty()) throw Skipped{refused + ", as it is set"};
    throw Failed{refused};
}

void optional(Subject &subject) {
    bool found = false;
    for (uint32_t i = 0; i < subject.desc().port_count; ++i) {
        if (!subject.is_optional(i)) continue;
        found = true;
        const sepflow_port_desc port = subject.port(i);
        const bool has_own_format = (port.flags & SEPFLOW_PORT_OWN_FORMAT) != 0;
        if (has_own_format && port.direction != SEPFLOW_OUTPUT) {
            optional_formats(subject, i);
        } else {
            is_taken(subject, i, 0, subject.any_format().in);
        }
    }
    if (!found) throw Skipped{"it has no optional port"};
    if (!subject.is_optional(subject.inputs() - 1)) return;
    const Prepared p(subject, kDomain);
    How how;
    how.leaves_out_last = true;
    const sepflow_rect out = p.scene.out_domain();
    const std::string where =
        p.scene.difference(p.scene.compute(out, how), p.scene.compute(out), out);
    require(where.empty(), "the last input left out is other than without an image " + where);
}

}  // namespace

std::vector<Check> pixel_checks() {
    return {
        {"reads", "reads what input_region says and nothing else",
         "Read no pixel outside input_region, or let input_region ask for it.", reads},
        {"writes", "writes the region's pixels and no other byte",
         "Write each pixel of the region by its strides, and nothing else.", writes},
        {"bounds", "computes the same from images that hold more than it needs",
         "Take pixels by their place in bounds, and borders from domain. A domain of zeros is "
         "bounds.",
         bounds},
        {"layouts", "computes the same in every layout, and every format",
         "Step by stride_x, stride_y and stride_c, whatever their sign. Assume no alignment but "
         "the type's own.",
         layouts},
        {"sizes", "computes images of any size",
         "Try images that are smaller than the halo, down to one pixel.", sizes},
        {"optional", "works with and without optional images",
         "Take an optional port without an image, and one in each type that it declares.",
         optional},
        {"in_place", "where it promises to work in place, computes the same",
         "Read a pixel before you write it where both lie in the same memory, or leave "
         "SEPFLOW_NODE_IN_PLACE out of flags.",
         in_place},
        {"numbers", "keeps NaN and infinity to the pixels that need them",
         "Skip taps of 0, and use no pixel outside the halo even with weight 0.", numbers},
    };
}

}  // namespace sepflow::check
