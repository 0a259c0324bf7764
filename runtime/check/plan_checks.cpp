// Checks of the descriptions and lifetimes of plans.
#include <algorithm>
#include <cmath>

#include "runtime/base/image.h"
#include "runtime/base/pixel_type.h"
#include "runtime/check/appearance.h"
#include "runtime/check/check.h"
#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {-3, 5, 37, 29};

bool offers(const sepflow_port_desc &port, sepflow_type type) {
    return std::find(port.types, port.types + port.type_count, type) !=
           port.types + port.type_count;
}

void check_types(const Subject &subject, const Format &format) {
    for (uint32_t i = 0; i < subject.desc().port_count; ++i) {
        const sepflow_port_desc port = subject.port(i);
        if (port.flags & SEPFLOW_PORT_OWN_FORMAT) continue;
        const sepflow_type type = port.direction == SEPFLOW_INPUT ? format.in : format.out;
        require(offers(port, type), "query_formats gives " + type_name(type) + ", which port '" +
                                        port.name + "' does not list");
    }
}

// More channels than pictures have, where its ports set no limit.
void check_many_channels(Subject &subject, Node &node) {
    const auto [least, most] = subject.channels();
    for (const int32_t channels : {5, 37}) {
        if (channels < least || channels > most) continue;
        Format format = subject.any_format();
        format.channels = channels;
        const Plan plan = node.configure(config_for(format, 11, 7));
        const Scene scene(subject, plan, format, {0, 0, 11, 7});
        scene.compute(scene.out_domain());
    }
}

// Every pair of types with every count of channels makes a plan that computes.
void formats(Subject &subject) {
    subject.any_format();
    Node node = subject.node();
    for (const Format &format : subject.formats()) {
        check_types(subject, format);
        const Plan plan = node.configure(config_for(format, 11, 7));
        const Scene scene(subject, plan, format, {0, 0, 11, 7});
        const Bytes wanted = scene.compute(scene.out_domain());
        // The size need not be known, nor the output's type be said where it is the input's.
        Format implied = format;
        if (format.in == format.out) implied.out = SEPFLOW_TYPE_NONE;
        const Plan other = node.configure(config_for(implied, 0, 0));
        const Scene again(subject, other, format, {0, 0, 11, 7});
        const std::string where =
            again.far_difference(again.compute(again.out_domain()), wanted, again.out_domain());
        require(where.empty(),
                described(format) + ", for a size that is not known, is other " + where);
    }
    check_many_channels(subject, node);
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
    const std::vector<Format> all = subject.formats();
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
    for (const sepflow_type in : kTypes) {
        for (const sepflow_type out : kTypes) {
            const bool is_offered = std::any_of(all.begin(), all.end(), [&](const Format &known) {
                return known.in == in && known.out == out;
            });
            if (!is_offered) refuse({in, out, format.channels});
        }
    }
    const sepflow_port_desc in = subject.port(0);
    if (in.max_channels > 0 && in.max_channels < INT32_MAX)
        refuse({format.in, format.out, in.max_channels + 1});
    if (in.min_channels > 1) refuse({format.in, format.out, in.min_channels - 1});

    // An image of another type or channel count than the plan's.
    const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
    const sepflow_type other = format.in == SEPFLOW_U8 ? SEPFLOW_F64 : SEPFLOW_U8;
    for (const Format &wrong :
         {Format{format.in, format.out, format.channels + 1},
          Format{other, format.out, format.channels}, Format{format.in, other, format.channels}}) {
        if (wrong.out == format.out && wrong.in == format.in && wrong.channels == format.channels)
            continue;
        const Scene scene(subject, plan, wrong, kDomain);
        Bytes ignored;
        require(
            !scene.try_compute(scene.out_domain(), How(), &ignored).ok(),
            "process of a plan for " + described(format) + " takes images of " + described(wrong));
    }
}

// Regions are sound, grow with what is asked for, and do not leave the domain.
void regions(Subject &subject) {
    const auto visit = [&](const Plan &plan, const Format &, const std::string &how) {
        const sepflow_rect out = plan.output_domain(kDomain);
        require(same(out, plan.output_domain(kDomain)), how + ": output_domain changes");
        for (uint32_t port = 0; port < subject.inputs(); ++port) {
            const sepflow_rect whole = plan.input_region(port, out, kDomain);
            for (int64_t y = out.y; y < out.y + out.h; y += 5) {
                for (int64_t x = out.x; x < out.x + out.w; x += 6) {
                    const sepflow_rect tile = {x, y, std::min<int64_t>(6, out.x + out.w - x),
                                               std::min<int64_t>(5, out.y + out.h - y)};
                    const sepflow_rect in = plan.input_region(port, tile, kDomain);
                    require(same(in, plan.input_region(port, tile, kDomain)),
                            how + ": input_region of " + described(tile) + " changes");
                    require(is_empty(in) || contains(whole, in),
                            how + ": " + described(tile) +
                                " needs input that all of the output does not need");
                }
            }
            plan.input_region(port, {out.x, out.y, 0, 0}, kDomain);
        }
    };
    subject.each_plan(kDomain.w, kDomain.h, visit);
}

void plan_info(Subject &subject) {
    const auto visit = [&](const Plan &plan, const Format &format, const std::string &how) {
        const sepflow_plan_info info = plan.info();
        const std::string before = appearance(subject, plan, format);
        require(before == appearance(subject, plan, format),
                how + ": its plan_info, regions or pixels change from one look to the next");
        require(info.left >= 0 && info.right >= 0 && info.top >= 0 && info.bottom >= 0,
                how + ": its halo is negative");
        require(info.rank >= 0, how + ": its rank is negative");
        require(info.error_bound >= 0, how + ": its error bound is no number, or negative");
        require(info.preferred_tile_w >= 0 && info.preferred_tile_h >= 0,
                how + ": its tiles are negative");
        require(info.scratch_bytes <= uint64_t{1} << 40,
                how + ": it wants more than a terabyte of scratch for a small image");
        require(info.cost_per_pixel >= 0 && std::isfinite(info.cost_per_pixel),
                how + ": its cost is no number");
        require(info.variant != nullptr, how + ": it does not say which code runs");
    };
    subject.each_plan(kDomain.w, kDomain.h, visit);
}

// IDENTITY lets hosts leave the node out.
void identity(Subject &subject) {
    bool found = false;
    const auto visit = [&](const Plan &plan, const Format &format, const std::string &how) {
        if ((plan.info().flags & SEPFLOW_PLAN_IDENTITY) == 0) return;
        found = true;
        Scene scene(subject, plan, format, kDomain);
        require(format.in == format.out && same(scene.out_domain(), kDomain),
                how + ": it says that output equals input, of another type or size");
        const std::string where = scene.difference(scene.compute(kDomain), scene.input(0), kDomain);
        require(where.empty(),
                how + ": it says that output equals input, and they differ " + where);
    };
    subject.each_plan(kDomain.w, kDomain.h, visit);
    if (!found) throw Skipped{"no plan says that output equals input"};
}

// "Unchanged parameters and config give the same plan again."
void same_plan(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const sepflow_config config = config_for(format, kDomain.w, kDomain.h);
    const Plan first = node.configure(config), second = node.configure(config);
    require(first.get() == second.get(), "unchanged parameters and config give another plan");
    // The rest are hints.
    const Scene scene(subject, first, format, kDomain);
    const sepflow_rect out = scene.out_domain();
    const Bytes wanted = scene.compute(out);
    for (const int32_t threads : {1, 2, 64}) {
        for (const auto &[w, h] : {std::pair<int64_t, int64_t>{0, 0}, {1, 1}, {400, 300}}) {
            sepflow_config hinted = config_for(format, w, h);
            hinted.threads_hint = threads;
            const Plan plan = node.configure(hinted);
            const Scene again(subject, plan, format, kDomain);
            const std::string where = again.far_difference(again.compute(out), wanted, out);
            require(where.empty(), "a plan for " + std::to_string(threads) + " threads and " +
                                       std::to_string(w) + " x " + std::to_string(h) +
                                       " pixels, which are hints, gives other pixels " + where);
        }
    }
}

// A plan outlives its node, and does not follow what the node is set to later.
void outlive(Subject &subject) {
    const Format format = subject.any_format();
    auto node = std::make_unique<Node>(subject.node());
    const Plan plan = node->configure(config_for(format, kDomain.w, kDomain.h));
    const Scene scene(subject, plan, format, kDomain);
    const sepflow_rect out = scene.out_domain();
    const Bytes wanted = scene.compute(out);
    for (const Variation &variation : subject.variations()) {
        if (variation.index < 0 || !node->try_set(variation).ok()) continue;
        Reply reply = {};
        node->try_configure(config_for(format, 8, 6), &reply);
        const std::string where = scene.difference(scene.compute(out), wanted, out);
        require(where.empty(), "a plan changes when its node is set to " +
                                   subject.described(variation) + ": " + where);
    }
    node.reset();
    ask_plainly("plan_retain", [&] { subject.desc().plan_retain(plan.get()); });
    ask_plainly("plan_release", [&] { subject.desc().plan_release(plan.get()); });
    const std::string where = scene.difference(scene.compute(out), wanted, out);
    require(where.empty(), "a plan changes when its node is destroyed: " + where);
    auto short_lived = std::make_unique<Node>(subject.node());
    const Plan other = short_lived->configure(config_for(format, kDomain.w, kDomain.h));
    short_lived.reset();
    const Scene again(subject, other, format, kDomain);
    const std::string at_once = again.difference(again.compute(out), wanted, out);
    require(at_once.empty(), "a plan changes when its node is destroyed at once: " + at_once);
}

}  // namespace

std::vector<Check> plan_checks() {
    return {
        {"formats", "computes in every format that query_formats gives",
         "Let query_formats give only what configure and process take, with every count of "
         "channels that the ports allow.",
         formats},
        {"other_formats", "refuses every other format",
         "Compare types and channels with the ports in configure, and with the plan's in process. "
         "Return SEPFLOW_E_FORMAT.",
         other_formats},
        {"regions", "requests valid regions",
         "Compute regions from the plan and the arguments alone. Clip what is needed to the "
         "domain.",
         regions},
        {"plan_info", "describes its plans with valid numbers",
         "Set all of the record to zero, then fill in what is known. Numbers are finite and not "
         "negative.",
         plan_info},
        {"identity", "keeps output equal to input where a plan says so",
         "Set SEPFLOW_PLAN_IDENTITY only where every output sample equals the input's.", identity},
        {"same_plan", "gives the same plan for the same parameters",
         "Keep the last plan, and return it again while parameters and config are the same. Let "
         "hints change speed only.",
         same_plan},
        {"outlive", "makes plans that outlive their node and its changes",
         "Copy into the plan all that it needs of its node, and let the caller own a reference.",
         outlive},
    };
}

}  // namespace sepflow::check
