// One call of process: which bytes it may read and write, in every layout, and what it makes of odd numbers.
#include <algorithm>
#include <cmath>

#include "runtime/check/check.h"
#include "runtime/check/picture.h"
#include "runtime/image.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {2, -7, 41, 27};

struct Prepared {
    Format format;
    Node node;
    Plan plan;
    Scene scene;

    explicit Prepared(Subject &subject, const sepflow_rect &domain = kDomain)
        : format(subject.any_format()),
          node(subject.node()),
          plan(node.configure(config_for(format, domain.w, domain.h))),
          scene(subject, plan, format, domain) {}
};

// Inputs end where memory does, and begin there; around them lies one thing, then another.
void reads(Subject &subject) {
    const Prepared p(subject);
    const sepflow_rect out = p.scene.out_domain();
    const sepflow_rect middle = {out.x + out.w / 3, out.y + out.h / 3,
                                 std::max<int64_t>(out.w / 4, 1), std::max<int64_t>(out.h / 4, 1)};
    for (const sepflow_rect &region : {out, middle}) {
        const Bytes wanted = p.scene.compute(region);
        for (const bool at_end : {false, true}) {
            for (const unsigned char around : {0x00, 0x3b, 0xff}) {
                Scene::How how;
                how.layout = Layout::kPadded;
                how.at_end = at_end;
                how.around = around;
                const std::string where =
                    difference(p.scene.compute(region, how), wanted, region, p.format);
                require(where.empty(),
                        "what lies around the input's pixels changes the output " + where);
            }
        }
    }
}

// Scene::compute looks at every byte of inputs and outputs, whatever it is asked for.
void writes(Subject &subject) {
    const Prepared p(subject);
    const sepflow_rect out = p.scene.out_domain();
    for (const Layout layout : kLayouts) {
        for (const sepflow_rect &region :
             {out, sepflow_rect{out.x + out.w / 2, out.y + out.h / 2, 1, 1},
              sepflow_rect{out.x, out.y + out.h - 1, out.w, 1},
              sepflow_rect{out.x + out.w - 1, out.y, 1, out.h}}) {
            for (const bool at_end : {false, true}) {
                Scene::How how;
                how.layout = layout;
                how.at_end = at_end;
                p.scene.compute(region, how);
            }
        }
    }
}

// A region within larger bounds: the rest of them stays.
void region_only(Subject &subject) {
    const Prepared p(subject);
    const sepflow_rect out = p.scene.out_domain();
    if (out.w < 5 || out.h < 5) throw Skipped{"its output is too small to be a part of"};
    const sepflow_rect region = {out.x + 2, out.y + 1, out.w - 4, out.h - 3};
    const Picture picture(p.format.out, p.format.channels, out, out, Layout::kDense, true, 0xa5);
    std::vector<sepflow_image> inputs(subject.inputs(), no_image()),
        outputs(subject.desc().port_count - subject.inputs(), no_image());
    std::vector<std::unique_ptr<Picture>> kept;
    for (uint32_t i = 0; i < inputs.size(); ++i) {
        if (subject.port(i).flags & SEPFLOW_PORT_OPTIONAL) continue;
        kept.push_back(std::make_unique<Picture>(p.format.in, p.format.channels, kDomain, kDomain,
                                                 Layout::kDense, true, 0x11));
        inputs[i] = kept.back()->image();
    }
    outputs[0] = picture.image();
    const sepflow_process call = call_of(inputs, outputs, region);
    const Reply reply = ask("process of a part of the output's bounds", [&](sepflow_error *e) {
        return subject.desc().process(p.plan.get(), &call, e);
    });
    require(reply.ok(), complaint("process of a part", reply));
    for (int64_t y = out.y; y < out.y + out.h; ++y) {
        for (int64_t x = out.x; x < out.x + out.w; ++x) {
            const bool is_inside = contains(region, {x, y, 1, 1});
            for (int32_t c = 0; c < p.format.channels && !is_inside; ++c) {
                const unsigned char *sample = picture.sample(x, y, c);
                require(std::all_of(sample, sample + type_bytes(p.format.out),
                                    [](unsigned char byte) { return byte == 0xa5; }),
                        "asked for " + described(region) + ", it writes at (" + std::to_string(x) +
                            ", " + std::to_string(y) + ")");
            }
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
            Scene::How how;
            how.layout = layout;
            const std::string where = difference(scene.compute(scene.out_domain(), how), wanted,
                                                 scene.out_domain(), format);
            require(where.empty(), described(format) + ", " + described(layout) +
                                       ", is other than dense " + where);
        }
    }
}

// One pixel, one row, one column, smaller than any halo.
void sizes(Subject &subject) {
    const Format format = subject.any_format();
    for (const Variation &variation : subject.variations()) {
        for (const auto &[w, h] :
             {std::pair<int64_t, int64_t>{1, 1}, {1, 9}, {13, 1}, {2, 3}, {64, 2}}) {
            Node node = subject.node(variation);
            Reply reply = {};
            const auto plan = node.try_configure(config_for(format, w, h), &reply);
            if (plan == nullptr) continue;
            const Scene scene(subject, *plan, format, {0, 0, w, h});
            const sepflow_rect out = scene.out_domain();
            if (out.w == 0 || out.h == 0) continue;
            require(scene.compute(out) == scene.compute(out), subject.described(variation) + ", " +
                                                                  described(scene.domain()) +
                                                                  ": other pixels each time");
        }
    }
}

void in_place(Subject &subject) {
    if (!subject.promises(SEPFLOW_NODE_IN_PLACE)) throw Skipped{"it does not promise IN_PLACE"};
    subject.any_format();
    Node node = subject.node();
    for (const Format &format : subject.formats()) {
        if (format.in != format.out) continue;
        const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
        const Scene scene(subject, plan, format, kDomain);
        if (!same(scene.out_domain(), kDomain)) continue;
        Scene::How how;
        how.is_in_place = true;
        const std::string where =
            difference(scene.compute(kDomain, how), scene.compute(kDomain), kDomain, format);
        require(where.empty(), described(format) + ", in place, is other than apart " + where);
    }
}

// NaN, infinities, denormal numbers: no failure, and pixels that do not see them stay.
void numbers(Subject &subject) {
    bool found = false;
    subject.any_format();
    Node node = subject.node();
    for (const Format &format : subject.formats()) {
        if (format.in != SEPFLOW_F32 && format.in != SEPFLOW_F64) continue;
        found = true;
        const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
        Scene scene(subject, plan, format, kDomain);
        const sepflow_rect out = scene.out_domain();
        const Bytes before = scene.compute(out);
        const int64_t x = kDomain.x + kDomain.w / 2, y = kDomain.y + kDomain.h / 2;
        for (const double odd : {double{NAN}, HUGE_VAL, -HUGE_VAL, 1e-310, 1e-40, -0.0, 3e38}) {
            scene.set(x, y, 0, odd);
            scene.compute(out);
        }
        scene.set(x, y, 0, NAN);
        const Bytes after = scene.compute(out);
        const size_t sample = static_cast<size_t>(type_bytes(format.out));
        for (int64_t py = out.y; py < out.y + out.h; ++py) {
            for (int64_t px = out.x; px < out.x + out.w; ++px) {
                const sepflow_rect seen = plan.input_region(0, {px, py, 1, 1}, kDomain);
                if (contains(seen, {x, y, 1, 1})) continue;
                const auto at =
                    static_cast<size_t>(((py - out.y) * out.w + px - out.x) * format.channels) *
                    sample;
                require(std::equal(&after[at],
                                   &after[at] + sample * static_cast<size_t>(format.channels),
                                   &before[at]),
                        described(format) + ": NaN at (" + std::to_string(x) + ", " +
                            std::to_string(y) + ") changes (" + std::to_string(px) + ", " +
                            std::to_string(py) + "), which does not need it");
            }
        }
    }
    if (!found) throw Skipped{"it takes no floats"};
}

// An optional input is used or refused; what it is not told of stays as it is.
void optional(Subject &subject) {
    uint32_t index = 0;
    while (index < subject.inputs() && (subject.port(index).flags & SEPFLOW_PORT_OPTIONAL) == 0)
        ++index;
    if (index == subject.inputs()) throw Skipped{"it has no optional input"};
    const Prepared p(subject);
    const sepflow_port_desc &port = subject.port(index);
    for (uint32_t t = 0; t < port.type_count; ++t) {
        Picture extra(port.types[t], 1, kDomain, kDomain, Layout::kDense, true, 0);
        extra.write(noise(port.types[t], static_cast<size_t>(kDomain.w * kDomain.h), 5));
        Scene::How how;
        how.optional_input = &extra.image();
        Bytes ignored;
        p.scene.try_compute(p.scene.out_domain(), how, &ignored);
    }
}

}  // namespace

std::vector<Check> pixel_checks() {
    return {
        {"reads", "reads what input_region says and nothing else", reads},
        {"writes", "writes the region's pixels and no other byte", writes},
        {"region_only", "leaves the rest of the output's bounds alone", region_only},
        {"layouts", "computes the same in every layout, and every format", layouts},
        {"sizes", "computes images of any size", sizes},
        {"optional", "does with and without its optional input", optional},
        {"in_place", "where it promises to work in place, computes the same", in_place},
        {"numbers", "keeps NaN and its like to the pixels that need them", numbers},
    };
}

}  // namespace sepflow::check
