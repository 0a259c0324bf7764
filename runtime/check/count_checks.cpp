// References, first uses and nodes on many threads at once; and memory, which all comes back.
#include <algorithm>
#include <cstdlib>
#include <malloc.h>
#include <thread>

#include "runtime/check/appearance.h"
#include "runtime/check/check.h"
#include "runtime/check/crowd.h"
#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {0, 0, 21, 15};
constexpr size_t kLeast = 8;  // bytes of the heap that count, as an average over what may be lucky

// Bytes of the heap that are in use; 0 where malloc is another's, such as a sanitizer's.
size_t heap_in_use(Subject &subject) {
    subject.host().drop_freed();
    subject.caller().drop_freed();
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#else
    return 0;
#endif
}

// Bytes of the heap that `act`, done `times` times, leaves behind each time: the least of several
// batches, as what a heap keeps for later grows at first.
template <typename Act>
size_t bytes_left_behind(Subject &subject, size_t times, Act act) {
    constexpr int kBatches = 5;
    size_t least = SIZE_MAX, before = heap_in_use(subject);
    for (int batch = 0; batch < kBatches; ++batch) {
        for (size_t i = 0; i < times; ++i) act();
        const size_t after = heap_in_use(subject);
        least = std::min(least, after > before ? (after - before) / times : 0);
        before = after;
    }
    return least;
}

// A lost count shows as a plan that is freed too early, and crashes, or as one that is never freed.
// One round may be lucky, but not half of them. A heap grows in some rounds by pieces that it keeps
// for later, in the first ones mostly.
void count(Subject &subject) {
    constexpr size_t kThreads = 8, kRounds = 56, kFirstRounds = 24, kTurns = 30000, kPause = 1024;
    constexpr size_t kLeastPlan = 32;  // bytes
    constexpr int kManyGrowths = (kRounds - kFirstRounds) / 2;
    const Format format = subject.any_format();
    const sepflow_node_desc &desc = subject.desc();
    const std::string what = "plan_retain and plan_release of one plan on 8 threads at once";
    std::string wanted;
    Crowd crowd(kThreads);
    const auto round = [&] {
        auto node = std::make_unique<Node>(subject.node());
        const Plan plan = node->configure(config_for(format, kDomain.w, kDomain.h));
        if (wanted.empty()) wanted = appearance(subject, plan, format);
        now_doing(what);
        crowd.run([&](size_t) {
            for (size_t i = 0; i < kTurns; ++i) {
                desc.plan_retain(plan.get());
                if (i % kPause == 0) std::this_thread::yield();
                desc.plan_release(plan.get());
            }
        });
        node.reset();
        require(appearance(subject, plan, format) == wanted,
                "after " + what + ", a plan is another");
    };
    const size_t blocks = subject.host().blocks_kept();
    int growths = 0;
    for (size_t i = 0; i < kRounds; ++i) {
        const size_t before = heap_in_use(subject);
        round();
        if (i >= kFirstRounds && heap_in_use(subject) >= before + kLeastPlan) ++growths;
    }
    require(growths < kManyGrowths && subject.host().blocks_kept() <= blocks,
            "after " + what + ", plans are not freed");
}

// Everything that a node does for the first time is done by many threads at once: another process
// has done nothing before.
void first_use(Subject &subject) {
    constexpr size_t kThreads = 16;
    const Format format = subject.any_format();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
    const Scene scene(subject, plan, format, kDomain);
    const sepflow_rect out = scene.out_domain();
    std::vector<Bytes> results(kThreads);
    now_doing("the first calls of process, on 16 threads at once");
    at_once(kThreads, [&](size_t i) { results[i] = scene.compute(out); });
    const Bytes wanted = scene.compute(out);
    for (const Bytes &result : results) {
        const std::string where = scene.difference(result, wanted, out);
        require(where.empty(),
                "the first calls of process, on 16 threads at once, give other "
                "pixels than a later one " +
                    where);
    }
}

// Each thread makes, uses and destroys nodes of its own.
void nodes_at_once(Subject &subject) {
    constexpr size_t kThreads = 16, kTurns = 100;
    const Format format = subject.any_format();
    Node first = subject.node();
    const std::string wanted = appearance(subject, first, format);
    now_doing("create, configure, process and destroy of nodes on 16 threads at once");
    at_once(kThreads, [&](size_t i) {
        for (size_t turn = 0; turn < kTurns; ++turn) {
            Node node = subject.node();
            if (turn % 8 != i % 8) continue;
            require(appearance(subject, node, format) == wanted,
                    "nodes on 16 threads at once give other plans");
        }
    });
}

// One thread at a time, but not always the same one.
void any_thread(Subject &subject) {
    const Format format = subject.any_format();
    for (const Variation &variation : subject.variations()) {
        Node here = subject.node();
        if (variation.index >= 0 && !here.try_set(variation).ok()) continue;
        const std::string wanted = appearance(subject, here, format);
        std::unique_ptr<Node> node;
        std::unique_ptr<Plan> plan;
        Reply reply = {};
        std::string look;
        const auto elsewhere = [](auto &&work) { at_once(1, [&](size_t) { work(); }); };
        elsewhere([&] { node = std::make_unique<Node>(subject.node()); });
        elsewhere([&] {
            if (variation.index >= 0) node->try_set(variation);
        });
        elsewhere([&] { look = appearance(subject, *node, format); });
        require(look == wanted, subject.described(variation) +
                                    ": a node that is made, set and configured on different "
                                    "threads gives another plan");
        elsewhere(
            [&] { plan = node->try_configure(config_for(format, kDomain.w, kDomain.h), &reply); });
        elsewhere([&] { node.reset(); });
        elsewhere([&] { plan.reset(); });
    }
}

// Lives of nodes, with every kind of refusal, one after the other.
void leaks(Subject &subject) {
    constexpr size_t kLives = 50;
    const Format format = subject.any_format();
    const auto live = [&] {
        Node node = subject.node();
        for (const Variation &variation : subject.variations()) {
            if (variation.index >= 0) node.try_set(variation);
        }
        node.try_set(UINT32_MAX, int_value(1));
        for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
            sepflow_value none = text_value(99, nullptr);
            node.try_set(i, none);
        }
        Reply reply = {};
        node.try_configure(config_for({format.in, format.out, 0}, 8, 6), &reply);
        Node other = subject.node();
        other.try_configure(config_for(format, 8, 6), &reply);
        const Plan plan = other.configure(config_for(format, kDomain.w, kDomain.h));
        const Scene scene(subject, plan, format, kDomain);
        scene.compute(scene.out_domain());
        How how;
        how.call_flags = 1u << 31;
        Bytes ignored;
        scene.try_compute(scene.out_domain(), how, &ignored);
    };
    if (heap_in_use(subject) == 0)
        throw Skipped{"this malloc does not say how much is in use; valgrind does"};
    const size_t bytes = bytes_left_behind(subject, kLives, live);
    require(bytes < kLeast,
            "each node's life leaves " + std::to_string(bytes) + " bytes of the heap behind");
}

}  // namespace

std::vector<Check> count_checks() {
    return {
        {"count", "counts a plan's owners from all threads at once",
         "Count owners by an atomic integer, and free the plan where the decrement gives 0.",
         count},
        {"first_use", "may be used for the first time by many threads at once",
         "Fill tables in configure, or behind a lock or call_once.", first_use},
        {"nodes_at_once", "makes and destroys nodes on many threads at once",
         "Guard by a lock what nodes share. create is called on any thread.", nodes_at_once},
        {"any_thread", "makes, changes and destroys nodes and plans on any thread",
         "Keep nothing of a node or plan in thread-local variables.", any_thread},
        {"leaks", "frees all that its nodes and plans allocate, refused calls included",
         "Free in destroy and plan_release all that was allocated, and in every call that fails "
         "what it allocated. valgrind --leak-check=full names the place.",
         leaks},
    };
}

}  // namespace sepflow::check
