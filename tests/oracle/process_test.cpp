// sepflow_process_plan: what the caller lends (memory, threads, a way to cancel) is used, and only
// that.
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <limits>
#include <new>
#include <thread>
#include <vector>

#include "tests/oracle/case.h"
#include "tests/oracle/plan.h"

using namespace oracle;

namespace {

struct Host {
    int allocations = 0, frees = 0, loops = 0, polls = 0, cancel_after = -1;
    bool has_memory = true;
    sepflow_host callbacks = {};

    Host() {
        callbacks.struct_size = sizeof callbacks;
        callbacks.abi_major = SEPFLOW_ABI_MAJOR;
        callbacks.ctx = this;
        callbacks.alloc = [](void *ctx, uint64_t bytes, uint64_t align) -> void * {
            auto *host = static_cast<Host *>(ctx);
            if (!host->has_memory) return nullptr;
            ++host->allocations;
            return std::aligned_alloc(align, (bytes + align - 1) / align * align);
        };
        callbacks.free = [](void *ctx, void *memory) {
            ++static_cast<Host *>(ctx)->frees;
            std::free(memory);
        };
        // Backwards, so that nobody counts on an order.
        callbacks.parallel_for = [](void *ctx, void *, int64_t count, sepflow_task task,
                                    void *arg) -> sepflow_status {
            ++static_cast<Host *>(ctx)->loops;
            for (int64_t i = count - 1; i >= 0; --i) task(arg, i);
            return SEPFLOW_OK;
        };
        callbacks.is_cancelled = [](void *ctx, void *) -> int32_t {
            auto *host = static_cast<Host *>(ctx);
            return host->polls++ == host->cancel_after;
        };
    }
    Host(const Host &) = delete;
};

sepflow_options separable_options() {
    sepflow_options options = options_of(SEPFLOW_F32);
    options.method = SEPFLOW_METHOD_SEPARABLE;
    return options;
}

struct Setup {
    PlanPointer plan = plan_from("disc 4", separable_options());
    Pixels from{SEPFLOW_F32, 900, 500, 1, Layout::kInterleaved};
    Pixels to{SEPFLOW_F32, 900, 500, 1, Layout::kInterleaved};
    std::vector<unsigned char> wanted;
    sepflow_process call = {};

    Setup() {
        std::mt19937_64 random(50000);
        from.write(random_image(900, 500, 1, SEPFLOW_F32, random));
        Pixels plain(SEPFLOW_F32, 900, 500, 1, Layout::kInterleaved);
        apply(plan, from.image(), plain.image());
        wanted = plain.bytes();
        call.struct_size = sizeof call;
        call.input_count = call.output_count = 1;
        call.inputs = &from.image();
        call.outputs = &to.image();
        call.region = to.image().bounds;
    }
    sepflow_status run() const { return sepflow_process_plan(plan.get(), &call, nullptr); }
};

}  // namespace

TEST_CASE("the host's threads and memory are used, and the memory is given back") {
    Setup s;
    Host host;
    s.call.host = &host.callbacks;
    REQUIRE(s.run() == SEPFLOW_OK);
    CHECK(s.to.bytes() == s.wanted);
    CHECK(host.loops == 1);
    CHECK(host.allocations > 0);
    CHECK(host.frees == host.allocations);
    CHECK(host.polls > 1);
}

TEST_CASE("one thread means this thread, and the caller's scratch saves the allocation") {
    Setup s;
    Host host;
    s.call.host = &host.callbacks;
    s.call.max_threads = 1;
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    REQUIRE(sepflow_plan_query(s.plan.get(), &info) == SEPFLOW_OK);
    for (const size_t shift : {0, 1, 8}) {
        std::vector<unsigned char> scratch(info.scratch_bytes + shift + 16, 0x5c);
        s.call.scratch = scratch.data() + shift;
        s.call.scratch_size = info.scratch_bytes;
        REQUIRE(s.run() == SEPFLOW_OK);
        CHECK(s.to.bytes() == s.wanted);
        for (size_t i = 0; i < 16; ++i) REQUIRE(scratch[shift + info.scratch_bytes + i] == 0x5c);
    }
    CHECK(host.allocations == 0);
    CHECK(host.loops == 0);
}

TEST_CASE("scratch that is too small is left alone") {
    Setup s;
    s.call.max_threads = 1;
    std::vector<unsigned char> scratch(200, 0x5c);
    s.call.scratch = scratch.data();
    s.call.scratch_size = scratch.size();
    REQUIRE(s.run() == SEPFLOW_OK);
    CHECK(s.to.bytes() == s.wanted);
    CHECK(scratch == std::vector<unsigned char>(200, 0x5c));
}

TEST_CASE("a cancelled call says so, at whatever poll, and gives its memory back") {
    Setup s;
    for (const int threads : {0, 1}) {
        for (const int poll : {0, 1, 3}) {
            Host host;
            host.cancel_after = poll;
            s.call.host = &host.callbacks;
            s.call.max_threads = threads;
            CHECK(s.run() == SEPFLOW_E_CANCELLED);
            CHECK(host.frees == host.allocations);
            CHECK(s.to.canaries_intact());
        }
    }
}

TEST_CASE("a host without memory is an error, not a crash") {
    Setup s;
    Host host;
    host.has_memory = false;
    s.call.host = &host.callbacks;
    for (const int threads : {0, 1}) {
        s.call.max_threads = threads;
        CHECK(s.run() == SEPFLOW_E_MEMORY);
    }
}

TEST_CASE("invalid calls of process are refused") {
    const auto fails = [](const char *what, sepflow_status code, auto spoil) {
        Setup s;
        const std::vector<unsigned char> before = s.to.bytes();
        spoil(s.call);
        INFO(std::string(what));
        sepflow_error error = {};
        error.struct_size = sizeof error;
        CHECK(sepflow_process_plan(s.plan.get(), &s.call, &error) == code);
        CHECK(error.code == code);
        CHECK(std::strlen(error.message) > 10);
        CHECK(s.to.bytes() == before);
    };
    fails("struct_size", SEPFLOW_E_ABI, [](auto &c) { c.struct_size = 0; });
    fails("flags", SEPFLOW_E_UNSUPPORTED, [](auto &c) { c.flags = 1u << 31; });
    fails("no input", SEPFLOW_E_INVALID, [](auto &c) { c.input_count = 0; });
    fails("two outputs", SEPFLOW_E_INVALID, [](auto &c) { c.output_count = 2; });
    fails("inputs NULL", SEPFLOW_E_INVALID, [](auto &c) { c.inputs = nullptr; });
    fails("outputs NULL", SEPFLOW_E_INVALID, [](auto &c) { c.outputs = nullptr; });
    fails("region far out", SEPFLOW_E_INVALID,
          [](auto &c) { c.region.x = std::numeric_limits<int64_t>::max() - 4; });
    fails("region huge", SEPFLOW_E_INVALID,
          [](auto &c) { c.region.h = std::numeric_limits<int64_t>::max(); });
}

TEST_CASE("a number of threads below zero is refused") {
    Setup s;
    s.call.max_threads = -3;
    CHECK(s.run() == SEPFLOW_E_INVALID);
}

TEST_CASE("invalid regions are refused, not computed") {
    const Setup s;
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
    const sepflow_rect good = {0, 0, 10, 10};
    for (const sepflow_rect bad : {sepflow_rect{0, 0, kMost, kMost},
                                   {-kMost, 0, 10, 10},
                                   {kMost, kMost, 1, 1},
                                   {0, 0, -1, 4}}) {
        sepflow_rect result = {};
        CAPTURE(bad.x);
        CAPTURE(bad.w);
        CHECK(sepflow_plan_output_domain(s.plan.get(), &bad, &result) == SEPFLOW_E_INVALID);
        CHECK(sepflow_plan_input_region(s.plan.get(), &bad, &good, &result) == SEPFLOW_E_INVALID);
        CHECK(sepflow_plan_input_region(s.plan.get(), &good, &bad, &result) == SEPFLOW_E_INVALID);
    }
}

TEST_CASE("info and description fill just what the caller's struct has room for") {
    const Setup s;
    struct {
        sepflow_plan_info info;
        uint64_t canary;
    } room = {};
    room.canary = 0x1234567890abcdef;
    room.info.struct_size = offsetof(sepflow_plan_info, rank);
    room.info.rank = -77;
    REQUIRE(sepflow_plan_query(s.plan.get(), &room.info) == SEPFLOW_OK);
    CHECK(room.info.left == 4);
    CHECK(room.info.rank == -77);
    room.info.struct_size = sizeof room;  // a newer caller
    REQUIRE(sepflow_plan_query(s.plan.get(), &room.info) == SEPFLOW_OK);
    CHECK(room.info.rank > 1);
    CHECK(room.canary == 0x1234567890abcdef);
    room.info.struct_size = 0;
    CHECK(sepflow_plan_query(s.plan.get(), &room.info) == SEPFLOW_E_ABI);
    sepflow_plan_description description = {};
    CHECK(sepflow_plan_describe(s.plan.get(), &description) == SEPFLOW_E_ABI);
    CHECK(sepflow_plan_describe(s.plan.get(), nullptr) == SEPFLOW_E_INVALID);
}
