// Memory that runs out, hosts that cancel, crowds of threads.
#include <atomic>
#include <thread>

#include "runtime/check/check.h"
#include "runtime/check/picture.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {0, 0, 203, 131};

// Scratch of just the bytes that plan_info asks for, none, and too few.
void scratch(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
    const Scene scene(subject, plan, format, kDomain);
    const sepflow_rect out = scene.out_domain();
    const Bytes wanted = scene.compute(out);
    const uint64_t bytes = plan.info().scratch_bytes;
    if (bytes == 0) throw Skipped{"it wants no scratch"};
    for (const uint64_t size : {bytes, bytes / 2, uint64_t{16}}) {
        Scene::How how;
        how.scratch_bytes = size;
        how.host = subject.host().get();
        const int64_t before = subject.host().allocations();
        const std::string where = difference(scene.compute(out, how), wanted, out, format);
        require(where.empty(),
                std::to_string(size) + " bytes of scratch give other pixels " + where);
        require(size != bytes || subject.host().allocations() == before,
                "it allocates, with all the scratch that it wants");
    }
}

// Each allocation of a node's life fails once, and with it all that follow.
void memory(Subject &subject) {
    const Format format = subject.any_format();
    Host &host = subject.host();
    Bytes wanted;
    const auto live = [&](int32_t threads) {
        Node node = subject.node();
        Reply reply = {};
        const auto plan = node.try_configure(config_for(format, kDomain.w, kDomain.h), &reply);
        if (plan == nullptr) return reply;
        const Scene scene(subject, *plan, format, kDomain);
        Scene::How how;
        how.threads = threads;
        how.host = host.get();
        Bytes result;
        reply = scene.try_compute(scene.out_domain(), how, &result);
        if (!reply.ok()) return reply;
        if (wanted.empty()) wanted = result;
        require(result == wanted, "it succeeds without memory, and computes other pixels");
        return reply;
    };
    const Reply first = live(1);
    require(host.mistake().empty(), host.mistake());
    require(first.ok(), complaint("process", first));
    for (const int32_t threads : {1, 4}) {
        for (int64_t n = 1; n < 10000; ++n) {
            host.fail_allocation(n);
            const Reply reply = live(threads);
            const bool was_needed = host.allocations() >= n;
            host.fail_allocation(0);
            require(reply.ok() || reply.status == SEPFLOW_E_MEMORY,
                    "without memory: " + complaint("process", reply));
            require(host.blocks_kept() == 0,
                    "it keeps memory when allocation " + std::to_string(n) + " fails");
            if (!was_needed) break;
            require(live(threads).ok(), "once there was no memory, it fails for good");
        }
    }
    require(host.blocks_kept() == 0, "it keeps memory that alloc gave");
    require(host.mistake().empty(), host.mistake());
}

void cancel(Subject &subject) {
    constexpr sepflow_rect kLarge = {0, 0, 401, 1501};
    const Format format = subject.any_format();
    Host &host = subject.host();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kLarge.w, kLarge.h));
    const Scene scene(subject, plan, format, kLarge);
    const sepflow_rect out = scene.out_domain();
    const Bytes wanted = scene.compute(out);
    Scene::How how;
    how.host = host.get();
    for (const int32_t threads : {1, 4}) {
        how.threads = threads;
        host.cancel_at(0);
        scene.compute(out, how);
        const int64_t polls = host.polls();
        for (int64_t n = 1; n <= polls; n += n < 8 ? 1 : n / 2) {
            host.cancel_at(n);
            Bytes result;
            const Reply reply = scene.try_compute(out, how, &result);
            require(!host.was_cancelled() || reply.status == SEPFLOW_E_CANCELLED,
                    "cancelled, it returns " + std::to_string(reply.status));
            host.cancel_at(0);
        }
        require(difference(scene.compute(out, how), wanted, out, format).empty(),
                "once it was cancelled, it computes other pixels");
        if (polls == 0 && threads == 4) throw Skipped{"it never asks whether it is cancelled"};
    }
}

// 64 threads on one plan, with pixels of their own; each keeps it, uses it and lets it go, while the node is changed and
// destroyed.
void crowd(Subject &subject) {
    constexpr size_t kThreads = 64, kScenes = 8, kTurns = 16;
    constexpr sepflow_rect kSmall = {0, 0, 67, 45};
    const Format format = subject.any_format();
    auto node = std::make_unique<Node>(subject.node());
    const Plan plan = node->configure(config_for(format, kSmall.w, kSmall.h));
    std::vector<Scene> scenes;
    std::vector<Bytes> wanted;
    for (uint32_t i = 0; i < kScenes; ++i) {
        scenes.emplace_back(subject, plan, format, kSmall, i + 1);
        wanted.push_back(scenes.back().compute(scenes.back().out_domain()));
    }
    std::atomic<size_t> wrong{0}, at_work{0};
    std::vector<std::thread> threads;
    sepflow_plan *const shared = Plan(plan).get();
    for (size_t i = 0; i < kThreads; ++i) {
        subject.desc().plan_retain(shared);
        threads.emplace_back([&, i] {
            const Scene &scene = scenes[i % kScenes];
            ++at_work;
            while (at_work.load() < kThreads) std::this_thread::yield();
            try {
                for (size_t turn = 0; turn < kTurns; ++turn)
                    if (scene.compute(scene.out_domain()) != wanted[i % kScenes]) ++wrong;
            } catch (const Failed &) {
                ++wrong;
            }
            subject.desc().plan_release(shared);
        });
    }
    while (at_work.load() < kThreads) std::this_thread::yield();
    for (const Variation &variation : subject.variations()) {
        if (variation.param < 0) continue;
        Reply reply = {};
        node->set(static_cast<uint32_t>(variation.param),
                  text_value(SEPFLOW_VALUE_CHOICE, variation.text));
        node->try_configure(config_for(format, 5, 4), &reply);
    }
    node.reset();
    for (std::thread &thread : threads) thread.join();
    require(wrong.load() == 0, std::to_string(wrong.load()) + " of " +
                                   std::to_string(kThreads * kTurns) +
                                   " calls on 64 threads at once went wrong");
}

}  // namespace

std::vector<Check> trouble_checks() {
    return {
        {"scratch", "works in the scratch that it asks for, and without", scratch},
        {"memory", "survives a host without memory, and gives back what it took", memory},
        {"cancel", "stops where the host asks it to, and runs again", cancel},
        {"crowd", "serves 64 threads at once while its node changes and goes", crowd},
    };
}

}  // namespace sepflow::check
