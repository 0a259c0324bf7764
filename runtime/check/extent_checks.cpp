// Regions and images of no size, and of the largest: far from the origin, within huge domains, with
// rows far apart.
#include <algorithm>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/base/image.h"
#include "runtime/check/check.h"
#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {-4, 6, 41, 27};

void check_nothing(const Scene &scene, const sepflow_rect &region, const std::string &how) {
    for (const int32_t threads : {1, 0}) {
        for (const bool has_whole_bounds : {false, true}) {
            How call;
            call.threads = threads;
            call.has_whole_bounds = has_whole_bounds;
            Bytes none;
            const Reply reply = scene.try_compute(region, call, &none);
            require(reply.ok(), how + ": " + complaint("process of " + described(region), reply));
        }
    }
}

// An empty region needs no input, and computing it succeeds and touches nothing.
void empty(Subject &subject) {
    const auto visit = [&](const Plan &plan, const Format &format, const std::string &how) {
        const Scene scene(subject, plan, format, kDomain);
        const sepflow_rect out = scene.out_domain();
        for (const sepflow_rect &region :
             {sepflow_rect{out.x, out.y, 0, 0}, sepflow_rect{out.x + out.w / 2, out.y, 0, 3},
              sepflow_rect{out.x, out.y + out.h / 2, 4, 0},
              sepflow_rect{out.x + out.w, out.y + out.h, 0, 0}}) {
            if (!contains(out, region)) continue;
            for (uint32_t port = 0; port < subject.inputs(); ++port) {
                const sepflow_rect in = plan.input_region(port, region, kDomain);
                require(is_empty(in), how + ": input_region of " + described(region) + " is " +
                                          described(in) + ", though no pixel is needed");
            }
            check_nothing(scene, region, how);
        }
        for (const sepflow_rect &domain :
             {sepflow_rect{2, 3, 0, 0}, sepflow_rect{2, 3, 5, 0}, sepflow_rect{2, 3, 0, 5}}) {
            const Scene none(subject, plan, format, domain);
            if (is_empty(none.out_domain())) check_nothing(none, none.out_domain(), how);
        }
    };
    subject.each_plan(kDomain.w, kDomain.h, visit);
}

// Tiles are crops of the whole wherever the image lies.
void far(Subject &subject) {
    for (const auto &[x, y] : {std::pair<int64_t, int64_t>{(int64_t{1} << 40) + 5, 7},
                               {9, -(int64_t{1} << 40) - 3},
                               {-(int64_t{1} << 31) - 8, (int64_t{1} << 31) - 6}}) {
        const sepflow_rect domain = {x, y, kDomain.w, kDomain.h};
        const auto visit = [&](const Plan &plan, const Format &format, const std::string &how) {
            const Scene scene(subject, plan, format, domain);
            const sepflow_rect out = scene.out_domain();
            if (out.w < 4 || out.h < 4) return;
            const Bytes whole = scene.compute(out);
            const sepflow_rect tile = {out.x + out.w / 4, out.y + out.h / 4, out.w / 2, out.h / 2};
            const Bytes got = scene.compute(tile), wanted = scene.crop(whole, out, tile);
            const std::string where = subject.promises(SEPFLOW_NODE_TILE_EXACT)
                                          ? scene.difference(got, wanted, tile)
                                          : "";
            require(where.empty(), how + ": in an image at " + described(domain) + ", the tile " +
                                       described(tile) + " is not the crop of the whole " + where);
        };
        subject.each_plan(kDomain.w, kDomain.h, visit);
    }
}

// A tile of an image of 2^40 x 2^40 pixels is computed, or refused, in the memory that a tile
// needs.
void huge(Subject &subject) {
    constexpr int64_t kSize = int64_t{1} << 40;
    constexpr sepflow_rect kHuge = {-kSize / 2, -kSize / 2, kSize, kSize};
    constexpr sepflow_rect kTile = {12, 14, 9, 7}, kPart = {14, 15, 4, 3};
    const Format format = subject.any_format();
    Node node = subject.node();
    Reply reply = {};
    auto plan = node.try_configure(config_for(format, kSize, kSize), &reply);
    if (plan == nullptr) plan = std::make_unique<Plan>(node.configure(config_for(format, 0, 0)));
    require(plan->info().scratch_bytes <= uint64_t{1} << 40,
            "it wants more than a terabyte of scratch for an image of 2^40 x 2^40");
    sepflow_rect out = {}, in = {};
    const sepflow_node_desc &desc = subject.desc();
    const auto ask_for = [&](const std::string &what, auto &&call) {
        if (ask_plainly(what, call) == SEPFLOW_OK) return;
        throw Skipped{"it refuses images of 2^40 x 2^40"};
    };
    ask_for("output_domain of 2^40 x 2^40",
            [&] { return desc.output_domain(plan->get(), &kHuge, &out); });
    const Scene scene(subject, *plan, format, kDomain);
    for (uint32_t port = 0; port < subject.inputs(); ++port) {
        ask_for("input_region in 2^40 x 2^40",
                [&] { return desc.input_region(plan->get(), port, &kTile, &kHuge, &in); });
        if (!contains(kDomain, in)) throw Skipped{"a tile needs input from far away"};
    }
    if (!contains(out, kTile) || !contains(scene.out_domain(), kTile))
        throw Skipped{"its output has another domain"};
    How how;
    how.change = [&](sepflow_process &call) {
        for (uint32_t i = 0; i < call.input_count; ++i) image_of(call.inputs, i).domain = kHuge;
        for (uint32_t i = 0; i < call.output_count; ++i) image_of(call.outputs, i).domain = out;
    };
    const Bytes whole = scene.compute(kTile, how), part = scene.compute(kPart, how);
    const std::string where = subject.promises(SEPFLOW_NODE_TILE_EXACT)
                                  ? scene.difference(part, scene.crop(whole, kTile, kPart), kPart)
                                  : "";
    require(where.empty(),
            "in an image of 2^40 x 2^40, a tile is not the crop of another " + where);
}

// A copy of an image whose rows lie kStride bytes apart, in memory of which only the rows are
// there.
class FarRows {
  public:
    explicit FarRows(const sepflow_image &near) : image_(near) {
        const auto page = static_cast<int64_t>(sysconf(_SC_PAGESIZE));
        row_bytes_ = static_cast<size_t>(near.stride_x * near.bounds.w);  // they are dense
        const size_t row_pages = (row_bytes_ + static_cast<size_t>(page) - 1) / page * page;
        mapped_ = static_cast<size_t>(kStride * (near.bounds.h - 1)) + row_pages;
        memory_ =
            mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory_ == MAP_FAILED) throw Skipped{"there is no room for rows that lie far apart"};
        image_.data = memory_;
        image_.stride_y = kStride;
        for (int64_t y = 0; y < near.bounds.h; ++y) {
            if (mprotect(row(y), row_pages, PROT_READ | PROT_WRITE) != 0)
                throw Skipped{"there is no memory for rows that lie far apart"};
            std::memcpy(row(y), static_cast<const char *>(near.data) + y * near.stride_y,
                        row_bytes_);
        }
    }
    FarRows(const FarRows &) = delete;
    ~FarRows() {
        if (memory_ != MAP_FAILED) munmap(memory_, mapped_);
    }
    const sepflow_image &image() const { return image_; }
    void append_to(Bytes &rows) const {
        for (int64_t y = 0; y < image_.bounds.h; ++y)
            rows.insert(rows.end(), row(y), row(y) + row_bytes_);
    }

  private:
    static constexpr int64_t kStride = int64_t{3} << 30;
    unsigned char *row(int64_t y) const {
        return static_cast<unsigned char *>(memory_) + y * kStride;
    }

    sepflow_image image_;
    size_t row_bytes_, mapped_;
    void *memory_;
};

// Calls process of `call` with all of its images so; the rows of the outputs.
Bytes computed_in_far_rows(const Plan &plan, sepflow_process &call) {
    std::vector<std::pair<sepflow_image *, sepflow_image>> near;
    std::vector<std::unique_ptr<FarRows>> inputs, outputs;
    const auto move = [&](const sepflow_image *images, uint32_t count, auto &moved) {
        for (uint32_t i = 0; i < count; ++i) {
            sepflow_image &image = image_of(images, i);
            if (image.data == nullptr || is_empty(image.bounds)) continue;
            near.emplace_back(&image, image);
            moved.push_back(std::make_unique<FarRows>(image));
            image = moved.back()->image();
        }
    };
    move(call.inputs, call.input_count, inputs);
    move(call.outputs, call.output_count, outputs);
    const std::string what = "process of images whose rows lie 3 GiB apart";
    const Reply reply =
        ask(what, [&](sepflow_error *e) { return plan.desc().process(plan.get(), &call, e); });
    for (const auto &[image, before] : near) *image = before;
    require_ok(what, reply);
    Bytes rows;
    for (const auto &output : outputs) output->append_to(rows);
    return rows;
}

// Rows so far apart that 32 bits do not hold the way from one to the next.
void far_rows(Subject &subject) {
    constexpr sepflow_rect kTile = {10, 17, 9, 3};
    const Format format = subject.any_format();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
    const Scene scene(subject, plan, format, kDomain);
    if (!contains(scene.out_domain(), kTile)) throw Skipped{"its output has another domain"};
    for (uint32_t port = 0; port < subject.inputs(); ++port) {
        if (plan.input_region(port, kTile, kDomain).h > 16)
            throw Skipped{"three rows need more than 16 rows of input"};
    }
    How how;
    Bytes got;
    how.change = [&](sepflow_process &call) { got = computed_in_far_rows(plan, call); };
    const Bytes wanted = scene.compute(kTile, how);
    const std::string where = scene.far_difference(got, wanted, kTile);
    require(where.empty(), "rows that lie 3 GiB apart give other pixels " + where);
}

}  // namespace

std::vector<Check> extent_checks() {
    return {
        {"empty", "computes an empty region, which succeeds and touches nothing",
         "Return SEPFLOW_OK as soon as the region's w or h is 0, before you look at pixels. "
         "input_region is then empty.",
         empty},
        {"far", "computes images far from the origin",
         "Compute coordinates in 64-bit integers, and addresses relative to the image's bounds.",
         far},
        {"huge", "computes or refuses a tile of a huge image, in a tile's memory",
         "Size memory by the region, never by the domain. Return SEPFLOW_E_UNSUPPORTED for a "
         "domain that is too large.",
         huge},
        {"far_rows", "takes rows that lie gigabytes apart",
         "Multiply rows and strides in 64-bit integers.", far_rows},
    };
}

}  // namespace sepflow::check
