// The promises by which hosts cut, spread and keep work: PURE, TILE_EXACT, THREAD_EXACT, and the
// halo.
#include <algorithm>

#include "runtime/base/image.h"
#include "runtime/check/check.h"
#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {-5, 3, 53, 38};

void repeat(Subject &subject) {
    if (!subject.promises(SEPFLOW_NODE_PURE)) throw Skipped{"it does not promise PURE"};
    const auto visit = [&](const Plan &plan, const Format &format, const std::string &how) {
        const Scene scene(subject, plan, format, kDomain);
        const sepflow_rect out = scene.out_domain();
        const Bytes first = scene.compute(out);
        Scene(subject, plan, format, kDomain, 99).compute(out);  // other pixels between
        for (int i = 0; i < 3; ++i) {
            const std::string where = scene.difference(scene.compute(out), first, out);
            require(where.empty(), how + ": the same call again gives other pixels " + where);
        }
    };
    subject.each_plan(kDomain.w, kDomain.h, visit);
    const Format format = subject.any_format();
    Node one = subject.node(), other = subject.node();
    const sepflow_config config = config_for(format, kDomain.w, kDomain.h);
    const Scene scene(subject, one.configure(config), format, kDomain);
    const Scene again(subject, other.configure(config), format, kDomain);
    const sepflow_rect out = scene.out_domain();
    const std::string where = scene.difference(again.compute(out), scene.compute(out), out);
    require(where.empty(), "another node alike gives other pixels " + where);
}

void check_tiles(const Scene &scene, const Bytes &whole, int64_t w, int64_t h,
                 const std::string &how) {
    const sepflow_rect out = scene.out_domain();
    for (int64_t y = out.y; y < out.y + out.h; y += h) {
        for (int64_t x = out.x; x < out.x + out.w; x += w) {
            const sepflow_rect tile = {x, y, std::min(w, out.x + out.w - x),
                                       std::min(h, out.y + out.h - y)};
            const std::string where =
                scene.difference(scene.compute(tile), scene.crop(whole, out, tile), tile);
            require(where.empty(), how + ": the tile " + check::described(tile) +
                                       " is not the crop of the whole " + where);
        }
    }
}

// Tiles at all edges and corners and in the middle, each from an input that ends with what it
// needs.
void tiles(Subject &subject) {
    if (!subject.promises(SEPFLOW_NODE_TILE_EXACT)) throw Skipped{"it does not promise TILE_EXACT"};
    const auto visit = [&](const Plan &plan, const Format &format, const std::string &how) {
        const Scene scene(subject, plan, format, kDomain);
        const sepflow_rect out = scene.out_domain();
        if (is_empty(out)) return;
        const Bytes whole = scene.compute(out);
        check_tiles(scene, whole, 7, 5, how);
        check_tiles(scene, whole, (out.w + 2) / 3, (out.h + 2) / 3, how);
        check_tiles(scene, whole, out.w, 1, how);
        check_tiles(scene, whole, 1, out.h, how);
    };
    subject.each_plan(kDomain.w, kDomain.h, visit);
}

void threads(Subject &subject) {
    const bool is_exact = subject.promises(SEPFLOW_NODE_THREAD_EXACT);
    constexpr sepflow_rect kLarge = {0, 0, 301, 203};
    const Format format = subject.any_format();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kLarge.w, kLarge.h));
    const Scene scene(subject, plan, format, kLarge);
    const sepflow_rect out = scene.out_domain();
    const Bytes serial = scene.compute(out);
    for (const int32_t count : {0, 2, 3, 5, 8, 16}) {
        subject.caller().set_threads(count == 0 ? 4 : count);
        How how;
        how.threads = count;
        how.host = &subject.caller();
        const Bytes parallel = scene.compute(out, how);
        const std::string where = is_exact ? scene.difference(parallel, serial, out)
                                           : scene.far_difference(parallel, serial, out);
        require(where.empty(),
                std::to_string(count) + " threads give other pixels than one " + where);
    }
}

// The input made anew but for what `seen` holds.
Scene changed_outside(const Subject &subject, const Plan &plan, const Scene &scene,
                      const sepflow_rect &seen) {
    Scene other(subject, plan, scene.format(), kDomain, 77);
    Scene mixed = scene;
    const size_t pixel = static_cast<size_t>(type_bytes(scene.format().in)) *
                         static_cast<size_t>(scene.format().channels);
    for (int64_t y = kDomain.y; y < kDomain.y + kDomain.h; ++y) {
        for (int64_t x = kDomain.x; x < kDomain.x + kDomain.w; ++x) {
            if (contains(seen, {x, y, 1, 1})) continue;
            const auto at =
                static_cast<size_t>((y - kDomain.y) * kDomain.w + x - kDomain.x) * pixel;
            std::copy_n(&other.input(0)[at], pixel, &mixed.input(0)[at]);
        }
    }
    return mixed;
}

// A pixel in the middle depends on no more than the plan says: left, right, top, bottom. A
// transform that works in blocks reads more, as its input_region says, and what lies beyond the
// halo then changes how it rounds, within its bound.
void halo(Subject &subject) {
    int checked = 0;
    const auto visit = [&](const Plan &plan, const Format &format, const std::string &how) {
        const Scene scene(subject, plan, format, kDomain);
        const sepflow_plan_info info = plan.info();
        const int64_t x = kDomain.x + kDomain.w / 2, y = kDomain.y + kDomain.h / 2;
        const sepflow_rect pixel = {x, y, 1, 1};
        const sepflow_rect box = {x - info.left, y - info.top, info.left + info.right + 1,
                                  info.top + info.bottom + 1};
        // Where the frames differ, or all is seen, tiles must do.
        if (!same(scene.out_domain(), kDomain) || !contains(kDomain, box)) return;
        const Scene other = changed_outside(subject, plan, scene, box);
        // All at once, as a tile could not show what lies beyond it.
        const Bytes before = scene.crop(scene.compute(kDomain), kDomain, pixel);
        const Bytes after = scene.crop(other.compute(kDomain), kDomain, pixel);
        const bool is_blockwise = !contains(box, plan.input_region(0, pixel, kDomain));
        const std::string where = is_blockwise ? scene.far_difference(after, before, pixel)
                                               : scene.difference(after, before, pixel);
        require(where.empty(), how + ": pixels beyond the halo change the output " + where);
        ++checked;
    };
    subject.each_plan(kDomain.w, kDomain.h, visit);
    if (checked == 0)
        throw Skipped{"its halo is all of the image, or its output has another domain"};
}

}  // namespace

std::vector<Check> tile_checks() {
    return {
        {"repeat", "where it promises PURE, computes the same each time",
         "Compute from input, plan and region only, and initialise all memory, or leave "
         "SEPFLOW_NODE_PURE out of flags.",
         repeat},
        {"tiles", "where it promises TILE_EXACT, makes tiles that are crops of the whole",
         "Compute a pixel by the same operations wherever the region begins, or leave "
         "SEPFLOW_NODE_TILE_EXACT out of flags.",
         tiles},
        {"threads", "computes on any threads, the same where it promises THREAD_EXACT",
         "Split work at places that do not depend on the threads, or leave "
         "SEPFLOW_NODE_THREAD_EXACT out of flags.",
         threads},
        {"halo", "depends on no pixel beyond its halo",
         "State in left, right, top and bottom how far the formula reaches.", halo},
    };
}

}  // namespace sepflow::check
