// The promises by which hosts cut, spread and keep work: PURE, TILE_EXACT, THREAD_EXACT, and the halo.
#include <algorithm>
#include <cmath>

#include "runtime/check/check.h"
#include "runtime/check/picture.h"
#include "runtime/image.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {-5, 3, 53, 38};

// Plans of the first format by default and by each choice of each parameter, where there is one.
template <typename Visit>
void each_plan(Subject &subject, Visit visit) {
    const Format format = subject.any_format();
    for (const Variation &variation : subject.variations()) {
        Node node = subject.node(variation);
        Reply reply = {};
        const auto plan = node.try_configure(config_for(format, kDomain.w, kDomain.h), &reply);
        if (plan != nullptr) visit(*plan, format, subject.described(variation));
    }
}

void repeat(Subject &subject) {
    if (!subject.promises(SEPFLOW_NODE_PURE)) throw Skipped{"it does not promise PURE"};
    each_plan(subject, [&](const Plan &plan, const Format &format, const std::string &how) {
        const Scene scene(subject, plan, format, kDomain);
        const sepflow_rect out = scene.out_domain();
        const Bytes first = scene.compute(out);
        Scene(subject, plan, format, kDomain, 99).compute(out);  // other pixels between
        for (int i = 0; i < 3; ++i) {
            const std::string where = difference(scene.compute(out), first, out, format);
            require(where.empty(), how + ": the same call again gives other pixels " + where);
        }
    });
    const Format format = subject.any_format();
    Node one = subject.node(), other = subject.node();
    const sepflow_config config = config_for(format, kDomain.w, kDomain.h);
    const Plan plan = one.configure(config), second = other.configure(config);
    const Scene scene(subject, plan, format, kDomain), again(subject, second, format, kDomain);
    const std::string where =
        difference(again.compute(again.out_domain()), scene.compute(scene.out_domain()),
                   scene.out_domain(), format);
    require(where.empty(), "another node alike gives other pixels " + where);
}

void check_tiles(const Scene &scene, const Bytes &whole, int64_t w, int64_t h,
                 const std::string &how) {
    const sepflow_rect out = scene.out_domain();
    for (int64_t y = out.y; y < out.y + out.h; y += h) {
        for (int64_t x = out.x; x < out.x + out.w; x += w) {
            const sepflow_rect tile = {x, y, std::min(w, out.x + out.w - x),
                                       std::min(h, out.y + out.h - y)};
            const std::string where = difference(
                scene.compute(tile), crop(whole, out, tile, scene.format()), tile, scene.format());
            require(where.empty(), how + ": the tile " + check::described(tile) +
                                       " is not the crop of the whole " + where);
        }
    }
}

// Tiles at all edges and corners and in the middle, each from an input that ends with what it needs.
void tiles(Subject &subject) {
    if (!subject.promises(SEPFLOW_NODE_TILE_EXACT)) throw Skipped{"it does not promise TILE_EXACT"};
    each_plan(subject, [&](const Plan &plan, const Format &format, const std::string &how) {
        const Scene scene(subject, plan, format, kDomain);
        const sepflow_rect out = scene.out_domain();
        if (out.w == 0 || out.h == 0) return;
        const Bytes whole = scene.compute(out);
        check_tiles(scene, whole, 7, 5, how);
        check_tiles(scene, whole, (out.w + 2) / 3, (out.h + 2) / 3, how);
        check_tiles(scene, whole, out.w, 1, how);
        check_tiles(scene, whole, 1, out.h, how);
    });
}

void threads(Subject &subject) {
    if (!subject.promises(SEPFLOW_NODE_THREAD_EXACT))
        throw Skipped{"it does not promise THREAD_EXACT"};
    constexpr sepflow_rect kLarge = {0, 0, 301, 203};
    const Format format = subject.any_format();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kLarge.w, kLarge.h));
    const Scene scene(subject, plan, format, kLarge);
    const sepflow_rect out = scene.out_domain();
    const Bytes serial = scene.compute(out);
    for (const int32_t count : {0, 2, 3, 5, 8, 16}) {
        subject.host().set_threads(count == 0 ? 4 : count);
        Scene::How how;
        how.threads = count;
        how.host = subject.host().get();
        const std::string where = difference(scene.compute(out, how), serial, out, format);
        require(where.empty(),
                std::to_string(count) + " threads give other pixels than one " + where);
    }
    require(subject.host().mistake().empty(), subject.host().mistake());
}

// All of the input is made anew but for what `seen` holds.
Scene changed_outside(Subject &subject, const Plan &plan, const Scene &scene,
                      const sepflow_rect &seen) {
    Scene other(subject, plan, scene.format(), kDomain, 77);
    Scene mixed = scene;
    const Format in = {scene.format().in, scene.format().in, scene.format().channels};
    const size_t pixel = static_cast<size_t>(type_bytes(in.in)) * static_cast<size_t>(in.channels);
    Bytes &bytes = mixed.input(0);
    for (int64_t y = kDomain.y; y < kDomain.y + kDomain.h; ++y) {
        for (int64_t x = kDomain.x; x < kDomain.x + kDomain.w; ++x) {
            if (contains(seen, {x, y, 1, 1})) continue;
            const auto at =
                static_cast<size_t>((y - kDomain.y) * kDomain.w + x - kDomain.x) * pixel;
            std::copy_n(&other.input(0)[at], pixel, &bytes[at]);
        }
    }
    return mixed;
}

// Within what the plan's bound, and rounding, allow both results.
bool are_near(const Bytes &a, const Bytes &b, const Format &format, const sepflow_plan_info &info) {
    const bool is_float = (format.in >> 8) == 3;
    const double full = is_float ? 1 : std::ldexp(1, format.in & 0xff);
    const double unit = (format.out >> 8) == 3 ? 0 : 1;
    const auto sample = static_cast<size_t>(type_bytes(format.out));
    for (size_t i = 0; i < a.size(); i += sample) {
        const double apart = number_at(&a[i], format.out) - number_at(&b[i], format.out);
        if (!(std::fabs(apart) <= 2 * info.error_bound * full + unit)) return false;
    }
    return true;
}

// A pixel in the middle depends on no more than the plan says: left, right, top, bottom. A transform that works in blocks reads
// more, as its input_region says, and what lies beyond the halo then changes how it rounds, within its bound.
void halo(Subject &subject) {
    each_plan(subject, [&](const Plan &plan, const Format &format, const std::string &how) {
        Scene scene(subject, plan, format, kDomain);
        if (!same(scene.out_domain(), kDomain))
            return;  // then the frames differ, and tiles must do
        const sepflow_plan_info info = plan.info();
        const int64_t x = kDomain.x + kDomain.w / 2, y = kDomain.y + kDomain.h / 2;
        const sepflow_rect box = {x - info.left, y - info.top, info.left + info.right + 1,
                                  info.top + info.bottom + 1};
        if (!contains(kDomain, box)) return;
        const Scene other = changed_outside(subject, plan, scene, box);
        // All at once, as a tile could not show what lies beyond it.
        const sepflow_rect pixel = {x, y, 1, 1};
        const Bytes before = crop(scene.compute(kDomain), kDomain, pixel, format);
        const Bytes after = crop(other.compute(kDomain), kDomain, pixel, format);
        const std::string where = difference(after, before, pixel, format);
        const bool is_blockwise = !contains(box, plan.input_region(0, pixel, kDomain));
        require(where.empty() || (is_blockwise && are_near(after, before, format, info)),
                how + ": pixels beyond the halo change the output " + where);
    });
}

}  // namespace

std::vector<Check> tile_checks() {
    return {
        {"repeat", "where it promises PURE, computes the same each time", repeat},
        {"tiles", "where it promises TILE_EXACT, makes tiles that are crops of the whole", tiles},
        {"threads", "where it promises THREAD_EXACT, computes the same on any threads", threads},
        {"halo", "depends on no pixel beyond its halo", halo},
    };
}

}  // namespace sepflow::check
