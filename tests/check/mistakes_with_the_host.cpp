#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/check/mistakes.h"

namespace faulty {

namespace {

// The host that serves a call, all of it known; none: all callbacks NULL.
sepflow_host host_of(const sepflow_plan *plan, const sepflow_process *call) {
    const sepflow_host *host = call->host != nullptr ? call->host : plan_at(plan).host;
    return host != nullptr ? known(host) : sepflow_host{};
}

// The correct call, served by another host.
template <typename Change>
sepflow_status process_served(const sepflow_plan *plan, const sepflow_process *given,
                              sepflow_error *error, Change change) {
    if (!has_pixels(given)) return correct().process(plan, given, error);
    sepflow_host host = host_of(plan, given);
    sepflow_process call = known(given);
    change(host, call);
    call.host = &host;
    return correct().process(plan, &call, error);
}

std::vector<Mistake> with_callbacks() {
    return {
        {"creators_host", "callers_host",
         "process calls the host that create was given, where the call",
         [](auto &node) {
             node.process = [](auto *plan, auto *given, auto *error) {
                 if (!has_pixels(given)) return correct().process(plan, given, error);
                 sepflow_process call = known(given);
                 call.host = nullptr;
                 return correct().process(plan, &call, error);
             };
         }},
        {"wrong_ctx", "hosts", "in a callback of the host that was given a ctx other than the",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call)) {
                     const sepflow_host host = host_of(plan, call);
                     if (host.log != nullptr)
                         host.log(call->call_ctx, SEPFLOW_LOG_INFO, "test.faulty/1", "working");
                 }
                 return correct().process(plan, call, error);
             };
         }},
        {"needs_free", "hosts", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call)) {
                     const sepflow_host host = host_of(plan, call);
                     if (host.alloc != nullptr) host.free(host.ctx, host.alloc(host.ctx, 64, 8));
                 }
                 return correct().process(plan, call, error);
             };
         }},
        {"needs_polls", "hosts", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call)) {
                     const sepflow_host host = host_of(plan, call);
                     if (host.parallel_for != nullptr) host.is_cancelled(host.ctx, call->call_ctx);
                 }
                 return correct().process(plan, call, error);
             };
         }},
        {"nested_tasks", "threads", "a task of parallel_for calls it again",
         [](auto &node) {
             node.process = [](auto *plan, auto *given, auto *error) {
                 return process_served(plan, given, error, [](auto &host, auto &) {
                     if (host.parallel_for == nullptr) return;
                     static decltype(host.parallel_for) outer = nullptr;
                     outer = host.parallel_for;
                     host.parallel_for = [](void *ctx, void *call_ctx, int64_t count,
                                            sepflow_task task, void *arg) {
                         struct All {
                             void *ctx, *call_ctx, *arg;
                             int64_t count;
                             sepflow_task task;
                         } all = {ctx, call_ctx, arg, count, task};
                         return outer(
                             ctx, call_ctx, 2,
                             [](void *opaque, int64_t i) {
                                 const All &a = *static_cast<All *>(opaque);
                                 if (i == 0) outer(a.ctx, a.call_ctx, a.count, a.task, a.arg);
                             },
                             &all);
                     };
                 });
             };
         }},
        {"parallel_when_serial", "serial", "it calls parallel_for though max_threads is 1",
         [](auto &node) {
             node.process = [](auto *plan, auto *given, auto *error) {
                 return process_served(plan, given, error,
                                       [](auto &, auto &call) { call.max_threads = 0; });
             };
         }},
        {"own_threads", "serial", "other threads work for",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 sepflow_status status = SEPFLOW_OK;
                 std::thread([&] { status = correct().process(plan, call, error); }).join();
                 return status;
             };
         }},
        {"ignores_the_pool", "pool", "parallel_for fails with -5, and process succeeds",
         [](auto &node) {
             node.process = [](auto *plan, auto *given, auto *error) {
                 return process_served(plan, given, error, [](auto &host, auto &) {
                     if (host.parallel_for == nullptr) return;
                     static decltype(host.parallel_for) real = nullptr;
                     real = host.parallel_for;
                     host.parallel_for = [](void *ctx, void *call_ctx, int64_t count,
                                            sepflow_task task, void *arg) {
                         real(ctx, call_ctx, count, task, arg);
                         return SEPFLOW_OK + 0;
                     };
                 });
             };
         }},
        {"throws_in_a_task", "threads", "a task of parallel_for threw",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call) && call->max_threads != 1) {
                     const sepflow_host host = host_of(plan, call);
                     if (host.parallel_for != nullptr)
                         host.parallel_for(
                             host.ctx, call->call_ctx, 8,
                             [](void *, int64_t) { throw std::runtime_error("a fault"); }, nullptr);
                 }
                 return correct().process(plan, call, error);
             };
         }},
        {"fpu_in_a_task", "threads", "a task of parallel_for changes the FPU's modes",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call) && call->max_threads != 1) {
                     const sepflow_host host = host_of(plan, call);
                     if (host.parallel_for != nullptr)
                         host.parallel_for(
                             host.ctx, call->call_ctx, 64, [](void *, int64_t) { change_fpu(); },
                             nullptr);
                 }
                 return correct().process(plan, call, error);
             };
         }},
        {"one_host_for_all", "callers_host",
         "in a callback of the host that was given a ctx other than the",
         [](auto &node) {
             static const sepflow_host *last = nullptr;
             node.create = [](auto *desc, auto *host, auto **made, auto *error) {
                 last = host;
                 return correct().create(desc, host, made, error);
             };
             node.process = [](auto *plan, auto *given, auto *error) {
                 if (!has_pixels(given) || given->host != nullptr)
                     return correct().process(plan, given, error);
                 sepflow_process call = known(given);
                 call.host = last;
                 return correct().process(plan, &call, error);
             };
         }},
        {"changes_the_call", "bounds", "changes the structs of its call",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call))
                     const_cast<sepflow_image *>(call->inputs)->domain = call->inputs->bounds;
                 return correct().process(plan, call, error);
             };
         }},
        {"keeps_the_calls_host", "callers_host",
         "in a callback of the host that was given a ctx other than the",
         [](auto &node) {
             static const sepflow_host *kept = nullptr;
             node.process = [](auto *plan, auto *given, auto *error) {
                 if (!has_pixels(given)) return correct().process(plan, given, error);
                 if (given->host != nullptr) kept = given->host;
                 sepflow_process call = known(given);
                 call.host = kept;
                 return correct().process(plan, &call, error);
             };
         }},
    };
}

struct Block {
    const sepflow_host host;
    void *memory;
};

std::vector<Mistake> with_memory() {
    return {
        {"overruns_alloc", "memory", "it writes beyond memory of alloc, of 40 bytes",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call)) {
                     const sepflow_host host = host_of(plan, call);
                     if (host.alloc != nullptr && host.free != nullptr) {
                         auto *memory = static_cast<char *>(host.alloc(host.ctx, 40, 8));
                         if (memory != nullptr) static_cast<volatile char *>(memory)[40] = 1;
                         host.free(host.ctx, memory);
                     }
                 }
                 return correct().process(plan, call, error);
             };
         }},
        {"uses_what_it_freed", "memory", "it writes to memory of alloc that it has freed",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call)) {
                     const sepflow_host host = host_of(plan, call);
                     if (host.alloc != nullptr && host.free != nullptr) {
                         auto *memory = static_cast<volatile char *>(host.alloc(host.ctx, 40, 8));
                         host.free(host.ctx, const_cast<char *>(memory));
                         if (memory != nullptr) memory[8] = 1;
                     }
                 }
                 return correct().process(plan, call, error);
             };
         }},
        {"frees_by_itself", "memory", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call)) {
                     const sepflow_host host = host_of(plan, call);
                     if (host.alloc != nullptr) std::free(host.alloc(host.ctx, 40, 8));
                 }
                 return correct().process(plan, call, error);
             };
         }},
        {"expects_zeros", "hosts", "without a host it computes other pixels",
         [](auto &node) {
             node.process = [](auto *plan, auto *given, auto *error) {
                 double extra = 0;
                 if (has_pixels(given)) {
                     const sepflow_host host = host_of(plan, given);
                     if (host.alloc != nullptr && host.free != nullptr) {
                         auto *sum = static_cast<unsigned char *>(host.alloc(host.ctx, 8, 8));
                         if (sum != nullptr) extra = *sum;
                         host.free(host.ctx, sum);
                     }
                 }
                 const Plan &own = plan_at(plan);
                 Plan other{own.values, own.node, own.host, own.config};
                 other.values.gain += extra;
                 return correct().process(opaque(&other), given, error);
             };
         }},
        {"trusts_scratch_size", "scratch", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call) && call->scratch_size > 0)
                     *static_cast<volatile char *>(call->scratch) = 0;
                 return correct().process(plan, call, error);
             };
         }},
        {"aligned_scratch", "scratch", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call) && reinterpret_cast<uintptr_t>(call->scratch) % 8 != 0)
                     std::raise(SIGSEGV);
                 return correct().process(plan, call, error);
             };
         }},
        {"keeps_scratch", "scratch", "in process of",
         [](auto &node) {
             static void *kept = nullptr;
             static uint64_t size = 0;
             node.process = [](auto *plan, auto *given, auto *error) {
                 if (!has_pixels(given)) return correct().process(plan, given, error);
                 if (given->scratch != nullptr) {
                     kept = given->scratch;
                     size = given->scratch_size;
                 }
                 sepflow_process call = known(given);
                 call.scratch = kept;
                 call.scratch_size = size;
                 return correct().process(plan, &call, error);
             };
         }},
        {"keeps_the_calls_memory", "callers_host",
         "a node that is gone leaves memory of its host behind",
         [](auto &node) {
             static std::map<const void *, Block> blocks;
             static std::mutex mutex;
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_pixels(call)) {
                     const std::lock_guard<std::mutex> lock(mutex);
                     const sepflow_host host = host_of(plan, call);
                     if (host.alloc != nullptr && host.free != nullptr && blocks.count(plan) == 0)
                         blocks.insert({plan, {host, host.alloc(host.ctx, 40, 8)}});
                 }
                 return correct().process(plan, call, error);
             };
             node.plan_release = [](auto *plan) {
                 const std::lock_guard<std::mutex> lock(mutex);
                 const auto block = blocks.find(plan);
                 if (plan != nullptr && plan_at(plan).owners.load() == 1 && block != blocks.end()) {
                     block->second.host.free(block->second.host.ctx, block->second.memory);
                     blocks.erase(block);
                 }
                 correct().plan_release(plan);
             };
         }},
        {"leaks_nodes", "leaks", "bytes of the heap behind",
         [](auto &node) {
             node.destroy = [](auto *n) {
                 if (n != nullptr) forget_plan(&node_at(n));
             };
         }},
        {"leaks_refused_values", "leaks", "bytes of the heap behind",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 volatile char *const copy = static_cast<char *>(std::malloc(100));
                 if (copy != nullptr) copy[0] = 1;
                 const sepflow_status status = correct().set_param(n, index, value, error);
                 if (status == SEPFLOW_OK) std::free(const_cast<char *>(copy));
                 return status;
             };
         }},
        {"leaks_refused_configs", "leaks", "bytes of the heap behind",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 volatile char *const copy = static_cast<char *>(std::malloc(100));
                 if (copy != nullptr) copy[0] = 1;
                 const sepflow_status status = correct().configure(n, config, plan, error);
                 if (status == SEPFLOW_OK) std::free(const_cast<char *>(copy));
                 return status;
             };
         }},
        {"leaks_refused_calls", "leaks", "bytes of the heap behind",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 volatile char *const copy = static_cast<char *>(std::malloc(100));
                 if (copy != nullptr) copy[0] = 1;
                 const sepflow_status status = correct().process(plan, call, error);
                 if (status == SEPFLOW_OK) std::free(const_cast<char *>(copy));
                 return status;
             };
         }},
        {"internal_without_memory", "memory", "no memory (-8)",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 const sepflow_status status = correct().process(plan, call, error);
                 if (status != SEPFLOW_E_MEMORY) return status;
                 return fail(error, SEPFLOW_E_INTERNAL, "no memory");
             };
         }},
        {"succeeds_without_memory", "memory",
         "it succeeds without memory, and computes other pixels at (0",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 const sepflow_status status = correct().process(plan, call, error);
                 return status == SEPFLOW_E_MEMORY ? SEPFLOW_OK + 0 : status;
             };
         }},
        {"fails_when_cancelled", "cancel", "cancelled, it returns -8",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 const sepflow_status status = correct().process(plan, call, error);
                 if (status != SEPFLOW_E_CANCELLED) return status;
                 return fail(error, SEPFLOW_E_INTERNAL, "stopped");
             };
         }},
    };
}

}  // namespace

std::vector<Mistake> mistakes_with_the_host() {
    std::vector<Mistake> all;
    for (const auto &some : {with_callbacks(), with_memory()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

}  // namespace faulty
