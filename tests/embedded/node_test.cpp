// Compiled filters as nodes that are linked into the program: in a graph, next to the separable
// node, in tiles.
#include <cstdlib>
#include <iterator>
#include <string>

#include "tests/embedded/cases_of_tests.h"
#include "tests/embedded/modes.h"
#include "tests/unit/host/fixture.h"

extern "C" {
#define CASE(name, ...) const sepflow_entry *sepflow_entry_v1_##name##_here(void);
#include "tests/embedded/cases.h"
#undef CASE
}

namespace {

const sepflow_entry_function kEntries[] = {
#define CASE(name, ...) sepflow_entry_v1_##name##_here,
#include "tests/embedded/cases.h"
#undef CASE
};

const char *const kBorders[] = {"reflect101", "reflect", "replicate", "wrap", "constant"};

const sepflow_node_desc &blur() {
    return *sepflow_entry_v1_blur_here()->node(0);
}

// Pixels that lie side by side, or with a gap after each and rows from the bottom up.
struct Picture {
    Bytes memory;
    sepflow_image image;

    Picture(sepflow_type type, int w, int h, int channels, bool is_sparse) {
        const int64_t sample = bytes(type), pixel = (channels + is_sparse) * sample;
        memory.assign(static_cast<size_t>(w * h * pixel), 0x5a);
        image = sepflow_image_dense(memory.data(), type, w, h, channels);
        image.stride_x = pixel;
        image.stride_c = sample;
        image.stride_y = is_sparse ? -w * pixel : w * pixel;
        if (is_sparse) image.data = memory.data() + (h - 1) * w * pixel;
    }
    Picture(const Picture &) = delete;

    template <typename Visit>
    void each_pixel(Visit visit) {
        for (int64_t y = 0; y < image.bounds.h; ++y)
            for (int64_t x = 0; x < image.bounds.w; ++x)
                visit(static_cast<char *>(image.data) + y * image.stride_y + x * image.stride_x,
                      static_cast<size_t>(image.channels * bytes(image.type)));
    }
    void set(const Bytes &dense) {
        const char *from = dense.data();
        each_pixel([&](char *to, size_t size) {
            std::memcpy(to, from, size);
            from += size;
        });
    }
    Bytes dense() {
        Bytes result;
        each_pixel(
            [&](char *from, size_t size) { result.insert(result.end(), from, from + size); });
        return result;
    }
};

// A graph of one image, the compiled filter and the separable node.
struct Pair : Host {
    Pair(const Case &c, sepflow_entry_function entry, const sepflow_image &image) {
        ok(sepflow_host_add_static(registry, entry, &error));
        input("photo");
        bind("photo", image);
        node("compiled", ("org.sepflow.filter." + std::string(c.name) + "_here").c_str(), c.out);
        node("node", "org.sepflow.separable", c.out);
        set("node", "kernel", c.kernel);
        set("node", "border_x", kBorders[c.border_x]);
        set("node", "border_y", kBorders[c.border_y]);
        set("node", "border_value", std::to_string(c.border_value).c_str());
        set("node", "delta", std::to_string(c.delta).c_str());
        if (c.anchor >= 0) {
            set("node", "anchor_x", std::to_string(c.anchor).c_str());
            set("node", "anchor_y", std::to_string(c.anchor).c_str());
        }
        for (const char *name : {"compiled", "node"}) {
            connect("photo", name, "in");
            output(name, name);
        }
        prepare();
    }

    Bytes filtered(const char *name, Picture &out, int64_t tile_w, int64_t tile_h) {
        sepflow_run run = {};
        run.struct_size = sizeof run;
        run.tile_w = tile_w;
        run.tile_h = tile_h;
        ok(sepflow_graph_compute(graph, name, &out.image, &run, &error));
        return out.dense();
    }
};

double bound_of(sepflow_entry_function entry) {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    const sepflow_node_desc &desc = *entry()->node(0);
    sepflow_node *node = nullptr;
    REQUIRE(desc.create(&desc, nullptr, &node, nullptr) == SEPFLOW_OK);
    REQUIRE(desc.plan_info(reinterpret_cast<sepflow_plan *>(node), &info) == SEPFLOW_OK);
    return info.error_bound;
}

void compare(const Case &c, const Bytes &actual, const Bytes &expected, double bound) {
    REQUIRE(actual.size() == expected.size());
    if (c.in != f32 && c.out != f32) {
        REQUIRE(actual == expected);
        return;
    }
    if (c.out != f32) {  // one step, where rounding falls otherwise
        for (size_t i = 0; i < actual.size(); ++i)
            REQUIRE(std::abs(static_cast<uint8_t>(actual[i]) - static_cast<uint8_t>(expected[i])) <=
                    1);
        return;
    }
    const double largest = c.in == f32 ? 2 : 255;
    for (size_t i = 0; i < actual.size(); i += sizeof(float)) {
        float a = 0, b = 0;
        std::memcpy(&a, &actual[i], sizeof a);
        std::memcpy(&b, &expected[i], sizeof b);
        REQUIRE(std::fabs(double{a} - double{b}) <= 2 * largest * bound);
    }
}

}  // namespace

TEST_CASE("a compiled filter is a node: in tiles it gives what the separable node gives") {
    constexpr int kSizes[][2] = {{97, 41}, {3, 50}, {MAX_WIDTH, 9}, {1, 1}};
    constexpr int kTiles[][2] = {{13, 7}, {64, 3}, {1, 5}};
    std::mt19937 random(19);
    for (size_t i = 0; i < std::size(kCases); ++i) {
        const Case &c = kCases[i];
        const double bound = bound_of(kEntries[i]);
        for (const auto &[w, h] : kSizes) {
            for (const bool is_sparse : {false, true}) {
                INFO(std::string(c.name) << ", " << w << " x " << h << ", sparse " << is_sparse);
                Picture in(c.in, w, h, c.channels, is_sparse);
                in.set(random_image(c, w, h, random));
                Pair pair(c, kEntries[i], in.image);
                Picture out(c.out, w, h, c.channels, is_sparse);
                const Bytes whole = pair.filtered("compiled", out, w, h);
                compare(c, whole, pair.filtered("node", out, w, h), bound);
                for (const auto &[tile_w, tile_h] : kTiles)
                    REQUIRE(pair.filtered("compiled", out, tile_w, tile_h) == whole);
            }
        }
    }
}

TEST_CASE("a compiled node refuses images wider than it was compiled for, and other formats") {
    Host host;
    host.ok(sepflow_host_add_static(host.registry, sepflow_entry_v1_blur_here, &host.error));
    host.input("photo");
    host.node("blur", "org.sepflow.filter.blur_here");
    host.connect("photo", "blur", "in");
    host.output("out", "blur");
    const Picture wide(u8, MAX_WIDTH + 1, 2, 1, false), colour(u8, 5, 5, 3, false),
        deep(u16, 5, 5, 1, false);
    host.bind("photo", wide.image);
    host.fails(sepflow_graph_prepare(host.graph, &host.error), SEPFLOW_E_UNSUPPORTED,
               "more than 160 columns");
    for (const Picture *other : {&colour, &deep}) {
        host.bind("photo", other->image);
        host.fails(sepflow_graph_prepare(host.graph, &host.error), SEPFLOW_E_FORMAT,
                   "compiled for 1 of uint8_t");
    }
}

TEST_CASE("invalid calls of a compiled node are refused and write nothing") {
    const sepflow_node_desc &desc = blur();
    sepflow_error error = {};
    error.struct_size = sizeof error;
    sepflow_node *node = nullptr;
    CHECK(desc.create(&desc, nullptr, nullptr, &error) == SEPFLOW_E_INVALID);
    REQUIRE(desc.create(&desc, nullptr, &node, &error) == SEPFLOW_OK);
    sepflow_config config = {};
    config.struct_size = sizeof config;
    config.in_type = u8;
    config.channels = 1;
    sepflow_plan *plan = nullptr;
    CHECK(desc.configure(node, nullptr, &plan, &error) == SEPFLOW_E_INVALID);
    REQUIRE(desc.configure(node, &config, &plan, &error) == SEPFLOW_OK);
    sepflow_plan_info info = {};
    CHECK(desc.plan_info(plan, &info) == SEPFLOW_E_ABI);
    info.struct_size = sizeof info;
    CHECK(desc.plan_info(plan, nullptr) == SEPFLOW_E_INVALID);
    REQUIRE(desc.plan_info(plan, &info) == SEPFLOW_OK);

    Picture in(u8, 20, 10, 1, false), out(u8, 20, 10, 1, false);
    in.set(Bytes(200, 7));
    const Bytes untouched = out.memory;
    Bytes scratch(info.scratch_bytes + 1);
    sepflow_process good = {};
    good.struct_size = sizeof good;
    good.input_count = good.output_count = 1;
    good.inputs = &in.image;
    good.outputs = &out.image;
    good.region = {3, 2, 9, 5};
    good.scratch = scratch.data() + 1;  // of any alignment
    good.scratch_size = info.scratch_bytes;
    const auto refused = [&](sepflow_status wanted, auto change) {
        sepflow_process call = good;
        change(call);
        CHECK(desc.process(plan, &call, &error) == wanted);
        CHECK(error.message[0] != 0);
        CHECK(out.memory == untouched);
    };
    CHECK(desc.process(nullptr, &good, &error) == SEPFLOW_E_INVALID);
    CHECK(desc.process(plan, nullptr, nullptr) == SEPFLOW_E_INVALID);
    refused(SEPFLOW_E_ABI, [](auto &call) { call.struct_size = 8; });
    refused(SEPFLOW_E_INVALID, [](auto &call) { call.inputs = nullptr; });
    refused(SEPFLOW_E_INVALID, [](auto &call) { call.output_count = 0; });
    refused(SEPFLOW_E_INVALID, [](auto &call) { call.region.w = -1; });
    refused(SEPFLOW_E_INVALID, [](auto &call) { call.region.x = 12; });
    refused(SEPFLOW_E_INVALID, [](auto &call) { call.region.y = INT64_MIN; });
    refused(SEPFLOW_E_MEMORY, [](auto &call) { call.scratch = nullptr; });
    refused(SEPFLOW_E_MEMORY, [](auto &call) { --call.scratch_size; });
    const auto refused_image = [&](sepflow_status wanted, auto change) {
        sepflow_image image = in.image;
        image.domain = image.bounds;
        change(image);
        refused(wanted, [&](auto &call) { call.inputs = &image; });
    };
    refused_image(SEPFLOW_E_ABI, [](auto &image) { image.struct_size = 8; });
    refused_image(SEPFLOW_E_INVALID, [](auto &image) { image.data = nullptr; });
    refused_image(SEPFLOW_E_FORMAT, [](auto &image) { image.type = SEPFLOW_F32; });
    refused_image(SEPFLOW_E_INVALID, [](auto &image) { image.bounds.w = 12; });
    refused_image(SEPFLOW_E_UNSUPPORTED, [](auto &image) { image.domain.w = MAX_WIDTH + 1; });
    // An empty region needs no memory, but images of the plan's format.
    sepflow_process empty = good;
    sepflow_image nothing = in.image;
    nothing.data = nullptr;
    empty.inputs = &nothing;
    empty.region.w = 0;
    CHECK(desc.process(plan, &empty, &error) == SEPFLOW_OK);
    nothing.channels = 2;
    CHECK(desc.process(plan, &empty, &error) == SEPFLOW_E_FORMAT);
    CHECK(out.memory == untouched);
    REQUIRE(desc.process(plan, &good, &error) == SEPFLOW_OK);
    CHECK(out.memory != untouched);
    const Bytes filtered = out.memory;

    // Without scratch the host's memory does, and gets back to it.
    int held = 0;
    sepflow_host host = {};
    host.struct_size = sizeof host;
    host.ctx = &held;
    host.alloc = [](void *ctx, uint64_t size, uint64_t) {
        ++*static_cast<int *>(ctx);
        return std::malloc(size);
    };
    host.free = [](void *ctx, void *memory) {
        --*static_cast<int *>(ctx);
        std::free(memory);
    };
    out.set(Bytes(200, 1));
    good.scratch = nullptr;
    good.host = &host;
    REQUIRE(desc.process(plan, &good, &error) == SEPFLOW_OK);
    CHECK(held == 0);
    out.each_pixel([&](char *pixel, size_t) {
        const auto at = static_cast<size_t>(pixel - out.memory.data());
        const size_t x = at % 20, y = at / 20;
        const bool is_inside = x >= 3 && x < 12 && y >= 2 && y < 7;
        CHECK(*pixel == (is_inside ? filtered[at] : 1));
    });
}

namespace {

// Cancels at one of its polls; what it lends must come back.
struct Cancelling {
    int64_t polls = 0, cancelling = 0, held = 0;
    sepflow_host host = {};

    Cancelling() {
        host.struct_size = sizeof host;
        host.abi_major = SEPFLOW_ABI_MAJOR;
        host.ctx = this;
        host.alloc = [](void *ctx, uint64_t size, uint64_t) {
            ++static_cast<Cancelling *>(ctx)->held;
            return std::malloc(size);
        };
        host.free = [](void *ctx, void *memory) {
            --static_cast<Cancelling *>(ctx)->held;
            std::free(memory);
        };
        host.is_cancelled = [](void *ctx, void *call_ctx) -> int32_t {
            auto &self = *static_cast<Cancelling *>(ctx);
            CHECK(call_ctx == &self);
            return ++self.polls == self.cancelling;
        };
    }
    Cancelling(const Cancelling &) = delete;
};

}  // namespace

TEST_CASE("a compiled node is cancelled at any of its polls, one a row; the next call is right") {
    constexpr sepflow_rect kRegion = {3, 2, 30, 13};
    std::mt19937 random(23);
    for (size_t i = 0; i < std::size(kCases); ++i) {
        const Case &c = kCases[i];
        const sepflow_node_desc &desc = *kEntries[i]()->node(0);
        Picture in(c.in, 40, 20, c.channels, false);
        in.set(random_image(c, 40, 20, random));
        // The host of the call, or else the one that the node was made with.
        for (const bool is_of_call : {false, true}) {
            Cancelling lent;
            sepflow_node *node = nullptr;
            sepflow_plan *plan = nullptr;
            sepflow_config config = {};
            config.struct_size = sizeof config;
            config.in_type = c.in;
            config.out_type = c.out;
            config.channels = c.channels;
            REQUIRE(desc.create(&desc, is_of_call ? nullptr : &lent.host, &node, nullptr) ==
                    SEPFLOW_OK);
            REQUIRE(desc.configure(node, &config, &plan, nullptr) == SEPFLOW_OK);
            Picture out(c.out, 40, 20, c.channels, is_of_call);
            sepflow_process call = {};
            call.struct_size = sizeof call;
            call.inputs = &in.image;
            call.outputs = &out.image;
            call.input_count = call.output_count = 1;
            call.region = kRegion;
            call.host = is_of_call ? &lent.host : nullptr;
            call.call_ctx = &lent;
            sepflow_error error = {};
            error.struct_size = sizeof error;
            const auto run = [&](int64_t cancelling) {
                lent.polls = 0;
                lent.cancelling = cancelling;
                out.memory.assign(out.memory.size(), 0x5a);
                const sepflow_status status = desc.process(plan, &call, &error);
                CHECK(lent.held == 0);
                return status;
            };
            REQUIRE(run(0) == SEPFLOW_OK);
            CHECK(lent.polls == kRegion.h);
            const Bytes wanted = out.memory;
            for (int64_t n = 1; n <= kRegion.h; ++n) {
                INFO(std::string(c.name) << ", poll " << n);
                error.code = SEPFLOW_OK;
                error.message[0] = '\0';
                CHECK(run(n) == SEPFLOW_E_CANCELLED);
                CHECK(error.code == SEPFLOW_E_CANCELLED);
                CHECK(std::string(error.message) == "cancelled");
                CHECK(lent.polls == n);
                REQUIRE(run(0) == SEPFLOW_OK);
                CHECK(out.memory == wanted);
            }
            desc.plan_release(plan);
            desc.destroy(node);
        }
    }
}
