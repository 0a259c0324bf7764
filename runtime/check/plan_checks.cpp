// What plans say of themselves, and how long they live.
#include <cmath>

#include "runtime/check/check.h"
#include "runtime/check/picture.h"
#include "runtime/host/value.h"
#include "runtime/image.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {-3, 5, 37, 29};

bool offers(const sepflow_port_desc &port, sepflow_type type) {
    for (uint32_t i = 0; i < port.type_count; ++i) {
        if (port.types[i] == type) return true;
    }
    return false;
}

void check_types(const Subject &subject, const Format &format) {
    for (uint32_t i = 0; i < subject.desc().port_count; ++i) {
        const sepflow_port_desc &port = subject.port(i);
        if (port.flags & SEPFLOW_PORT_OWN_FORMAT) continue;
        const sepflow_type type = port.direction == SEPFLOW_INPUT ? format.in : format.out;
        require(offers(port, type), "query_formats gives " + type_name(type) + ", which port '" +
                                        port.name + "' does not list");
    }
}

// Every pair of types with every count of channels makes a plan that computes.
void formats(Subject &subject) {
    subject.any_format();
    Node node = subject.node();
    const std::vector<Format> all = subject.formats();
    for (const Format &format : all) {
        check_types(subject, format);
        const Plan plan = node.configure(config_for(format, 11, 7));
        const Scene scene(subject, plan, format, {0, 0, 11, 7});
        scene.compute(scene.out_domain());
    }
    sepflow_format_pair pair = {};
    pair.struct_size = sizeof pair;
    for (const uint32_t index : {UINT32_MAX, uint32_t{1} << 20}) {
        const Reply reply = ask("query_formats", [&](sepflow_error *e) {
            return subject.desc().query_formats(node.get(), index, &pair, e);
        });
        require(!reply.ok(), "query_formats has no end");
    }
}

void other_formats(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const auto refuse = [&](const Format &wrong) {
        Reply reply = {};
        node.try_configure(config_for(wrong, 16, 12), &reply);
        require(!reply.ok(), "configure takes " + described(wrong));
    };
    refuse({format.in, format.out, 0});
    refuse({format.in, format.out, -1});
    refuse({0x999, format.out, format.channels});
    refuse({format.in, 0x999, format.channels});
    refuse({SEPFLOW_TYPE_NONE, format.out, format.channels});
    const sepflow_port_desc &in = subject.port(0);
    if (in.max_channels > 0 && in.max_channels < INT32_MAX)
        refuse({format.in, format.out, in.max_channels + 1});

    // An image of another type or channel count than the plan's.
    const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
    const Format wider = {format.in, format.out, format.channels + 1};
    const sepflow_type other = format.in == SEPFLOW_U8 ? SEPFLOW_F64 : SEPFLOW_U8;
    for (const Format &wrong : {wider, Format{other, format.out, format.channels},
                                Format{format.in, other, format.channels}}) {
        if (wrong.in == format.in && wrong.out == format.out && wrong.channels == format.channels)
            continue;
        Scene scene(subject, plan, wrong, kDomain);
        Bytes ignored;
        const Reply reply = scene.try_compute(scene.out_domain(), Scene::How(), &ignored);
        require(!reply.ok(), "process of a plan for " + described(format) + " takes images of " +
                                 described(wrong));
    }
}

// Regions are sound, grow with what is asked for, and do not leave the domain.
void regions(Subject &subject) {
    const Format format = subject.any_format();
    for (const Variation &variation : subject.variations()) {
        Node node = subject.node(variation);
        Reply reply = {};
        const auto plan = node.try_configure(config_for(format, kDomain.w, kDomain.h), &reply);
        if (plan == nullptr) continue;
        const sepflow_rect out = plan->output_domain(kDomain);
        const std::string how = subject.described(variation);
        for (uint32_t port = 0; port < subject.inputs(); ++port) {
            const sepflow_rect whole = plan->input_region(port, out, kDomain);
            for (int64_t y = out.y; y < out.y + out.h; y += 5) {
                for (int64_t x = out.x; x < out.x + out.w; x += 6) {
                    const sepflow_rect tile = {x, y, std::min<int64_t>(6, out.x + out.w - x),
                                               std::min<int64_t>(5, out.y + out.h - y)};
                    const sepflow_rect in = plan->input_region(port, tile, kDomain);
                    require(in.w == 0 || in.h == 0 || contains(whole, in),
                            how + ": " + described(tile) +
                                " needs input that all of the output does not need");
                }
            }
            const sepflow_rect none = plan->input_region(port, {out.x, out.y, 0, 0}, kDomain);
            (void)none;  // sound, whatever it is
        }
    }
}

void plan_info(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const sepflow_plan_info info = node.configure(config_for(format, kDomain.w, kDomain.h)).info();
    require(info.left >= 0 && info.right >= 0 && info.top >= 0 && info.bottom >= 0,
            "its halo is negative");
    require(info.rank >= 0, "its rank is negative");
    require(info.error_bound >= 0, "its error bound is no number, or negative");
    require(info.preferred_tile_w >= 0 && info.preferred_tile_h >= 0, "its tiles are negative");
    require(info.cost_per_pixel >= 0 && std::isfinite(info.cost_per_pixel),
            "its cost is no number");
    require(info.variant != nullptr, "it does not say which code runs");
}

// IDENTITY lets hosts leave the node out.
void identity(Subject &subject) {
    const Format format = subject.any_format();
    bool found = false;
    for (const Variation &variation : subject.variations()) {
        Node node = subject.node(variation);
        Reply reply = {};
        const auto plan = node.try_configure(config_for(format, kDomain.w, kDomain.h), &reply);
        if (plan == nullptr || (plan->info().flags & SEPFLOW_PLAN_IDENTITY) == 0) continue;
        found = true;
        Scene scene(subject, *plan, format, kDomain);
        require(format.in == format.out && same(scene.out_domain(), kDomain),
                "it says that output equals input, of another type or size");
        const std::string where =
            difference(scene.compute(kDomain), scene.input(0), kDomain, format);
        require(where.empty(), "it says that output equals input, and they differ " + where);
    }
    if (!found) throw Skipped{"no plan says that output equals input"};
}

// "Unchanged parameters and config give the same plan again."
void same_plan(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const sepflow_config config = config_for(format, kDomain.w, kDomain.h);
    const Plan first = node.configure(config), second = node.configure(config);
    require(first.get() == second.get(), "unchanged parameters and config give another plan");
}

// A plan outlives its node, and does not follow what the node is set to later.
void outlive(Subject &subject) {
    const Format format = subject.any_format();
    auto node = std::make_unique<Node>(subject.node());
    const Plan plan = node->configure(config_for(format, kDomain.w, kDomain.h));
    const Scene scene(subject, plan, format, kDomain);
    const Bytes wanted = scene.compute(scene.out_domain());
    for (const Variation &variation : subject.variations()) {
        if (variation.param < 0) continue;
        node->set(static_cast<uint32_t>(variation.param),
                  text_value(SEPFLOW_VALUE_CHOICE, variation.text));
        Reply reply = {};
        node->try_configure(config_for(format, 8, 6), &reply);
        const std::string where =
            difference(scene.compute(scene.out_domain()), wanted, scene.out_domain(), format);
        require(where.empty(), "a plan changes when its node is set to " +
                                   subject.described(variation) + ": " + where);
    }
    node.reset();
    ask_plainly("plan_retain", [&] { subject.desc().plan_retain(const_cast<Plan &>(plan).get()); });
    ask_plainly("plan_release",
                [&] { subject.desc().plan_release(const_cast<Plan &>(plan).get()); });
    const std::string where =
        difference(scene.compute(scene.out_domain()), wanted, scene.out_domain(), format);
    require(where.empty(), "a plan changes when its node is destroyed: " + where);
}

}  // namespace

std::vector<Check> plan_checks() {
    return {
        {"formats", "computes in every format that query_formats gives", formats},
        {"other_formats", "refuses every other format", other_formats},
        {"regions", "asks for regions that are sound", regions},
        {"plan_info", "describes its plans soundly", plan_info},
        {"identity", "where it says that output equals input, it does", identity},
        {"same_plan", "gives the same plan for the same parameters", same_plan},
        {"outlive", "makes plans that live on when their node changes or goes", outlive},
    };
}

}  // namespace sepflow::check
