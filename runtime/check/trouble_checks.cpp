// Memory that runs out, hosts that cancel, crowds of threads.
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "runtime/check/check.h"
#include "runtime/check/scene.h"

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
    for (const uint64_t size : {bytes, bytes / 2 + 1, uint64_t{16}}) {
        How how;
        how.scratch_bytes = size;
        how.host = &subject.caller();
        const int64_t before = subject.caller().allocations();
        const std::string where = scene.difference(scene.compute(out, how), wanted, out);
        require(where.empty(),
                std::to_string(size) + " bytes of scratch give other pixels " + where);
        require(size != bytes || subject.caller().allocations() == before,
                "it allocates, with all the scratch that it wants");
        // The old scratch is gone, and this call gets none.
        const std::string later = scene.difference(scene.compute(out), wanted, out);
        require(later.empty(),
                "after a call with scratch, one without gives other pixels " + later);
    }
    How none;
    none.change = [&](sepflow_process &call) { call.scratch_size = bytes; };
    const std::string without = scene.difference(scene.compute(out, none), wanted, out);
    require(without.empty(), "scratch NULL with a size gives other pixels " + without);
    const Guarded memory(bytes + 1, true);
    How odd;
    odd.change = [&](sepflow_process &call) {
        const bool is_even = reinterpret_cast<uintptr_t>(memory.data()) % 2 == 0;
        call.scratch = memory.data() + (is_even ? 1 : 0);
        call.scratch_size = bytes;
    };
    const std::string where = scene.difference(scene.compute(out, odd), wanted, out);
    require(where.empty(), "scratch at an odd address gives other pixels " + where);
}

// A node's life, in which each allocation may fail.
class Life {
  public:
    Life(Subject &subject, int32_t threads) : subject_(subject), threads_(threads) {}

    sepflow_status live() {
        try {
            Node node = subject_.node();
            const Plan plan = node.configure(config_for(format_, kDomain.w, kDomain.h));
            const Scene scene(subject_, plan, format_, kDomain);
            How how;
            how.threads = threads_;
            how.host = &subject_.host();
            const sepflow_rect out = scene.out_domain();
            const Bytes result = scene.compute(out, how);
            if (wanted_.empty()) wanted_ = result;
            const std::string where = scene.difference(result, wanted_, out);
            require(where.empty(),
                    "it succeeds without memory, and computes other pixels " + where);
            return SEPFLOW_OK;
        } catch (const Failed &failed) {
            if (failed.status != SEPFLOW_E_MEMORY) throw;
            return failed.status;
        }
    }

  private:
    Subject &subject_;
    const int32_t threads_;
    const Format format_ = subject_.any_format();
    Bytes wanted_;
};

// Each allocation fails once, and with it all that follow.
void memory(Subject &subject) {
    CheckingHost &host = subject.host();
    for (const int32_t threads : {1, 4}) {
        Life life(subject, threads);
        require(life.live() == SEPFLOW_OK, "it has no memory, with all that there is");
        const size_t kept = host.blocks_kept();  // for all of its nodes, until deinit
        for (int64_t n = 1; n < 10000; ++n) {
            host.fail_allocation(n);
            life.live();
            const bool was_needed = host.allocations() >= n;
            host.fail_allocation(0);
            require(host.blocks_kept() <= kept,
                    "it keeps memory when allocation " + std::to_string(n) + " fails");
            if (!was_needed) break;
            require(life.live() == SEPFLOW_OK, "once there was no memory, it has none for good");
        }
        require(host.blocks_kept() <= kept, "it keeps memory that alloc gave");
    }
}

void cancel(Subject &subject) {
    constexpr sepflow_rect kLarge = {0, 0, 401, 1501};
    const Format format = subject.any_format();
    CheckingHost &host = subject.caller();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kLarge.w, kLarge.h));
    const Scene scene(subject, plan, format, kLarge);
    const sepflow_rect out = scene.out_domain();
    bool asks = false;
    for (const int32_t threads : {1, 4}) {
        How how;
        how.host = &host;
        how.threads = threads;
        host.cancel_at(0);
        const Bytes wanted = scene.compute(out, how);
        const int64_t polls = host.polls();
        asks = asks || polls > 0;
        for (int64_t n = 1; n <= polls; n += n < 8 ? 1 : n / 2) {
            host.cancel_at(n);
            Bytes result;
            const Reply reply = scene.try_compute(out, how, &result);
            require(!host.was_cancelled() || reply.status == SEPFLOW_E_CANCELLED,
                    "cancelled, it returns " + std::to_string(reply.status));
        }
        host.cancel_at(0);
        const std::string where = scene.difference(scene.compute(out, how), wanted, out);
        require(where.empty(), "once it was cancelled, it computes other pixels " + where);
    }
    if (!asks) throw Skipped{"it never asks whether it is cancelled"};
}

// The first thing that went wrong on any of many threads.
class Complaint {
  public:
    void note(const std::string &why) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (first_.empty()) first_ = why;
        ++count_;
    }
    void check() const {
        require(count_ == 0, std::to_string(count_) +
                                 " calls on 64 threads at once went wrong; the first: " + first_);
    }

  private:
    std::mutex mutex_;
    std::string first_;
    size_t count_ = 0;
};

// 64 threads on one plan, with pixels of their own; each keeps it, uses it and lets it go, while
// the node is changed and destroyed.
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
    Complaint complaint;
    std::atomic<size_t> at_work{0};
    std::vector<std::thread> threads;
    const auto work = [&](size_t i) {
        const Scene &scene = scenes[i % kScenes];
        const sepflow_rect out = scene.out_domain();
        ++at_work;
        while (at_work.load() < kThreads) std::this_thread::yield();
        try {
            for (size_t turn = 0; turn < kTurns; ++turn) {
                const std::string where =
                    scene.difference(scene.compute(out), wanted[i % kScenes], out);
                if (!where.empty()) complaint.note("other pixels " + where);
            }
        } catch (const Failed &failed) {
            complaint.note(failed.why);
        } catch (const std::exception &error) {
            complaint.note(error.what());
        }
        subject.desc().plan_release(plan.get());
    };
    for (size_t i = 0; i < kThreads; ++i) {
        subject.desc().plan_retain(plan.get());
        threads.emplace_back(work, i);
    }
    while (at_work.load() < kThreads) std::this_thread::yield();
    for (const Variation &variation : subject.variations()) {
        Reply reply = {};
        if (variation.index < 0 || !node->try_set(variation).ok()) continue;
        node->try_configure(config_for(format, 5, 4), &reply);
    }
    node.reset();
    for (std::thread &thread : threads) thread.join();
    complaint.check();
}

}  // namespace

std::vector<Check> trouble_checks() {
    return {
        {"scratch", "works in the scratch that it asks for, and without",
         "Use scratch only where it is not NULL and scratch_size is enough, at any address. State "
         "in scratch_bytes all that a serial call needs.",
         scratch},
        {"memory", "survives a host without memory, and gives back what it took",
         "Test what alloc returns. Return SEPFLOW_E_MEMORY, and free on every way out.", memory},
        {"cancel", "stops where the host asks it to, and runs again",
         "Return SEPFLOW_E_CANCELLED once is_cancelled is not 0.", cancel},
        {"crowd", "serves 64 threads at once while its node changes and goes",
         "Keep what process writes on its stack or in scratch, not in the plan or in static "
         "variables.",
         crowd},
    };
}

}  // namespace sepflow::check
