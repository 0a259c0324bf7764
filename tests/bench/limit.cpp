#include "tests/bench/limit.h"

#include <algorithm>
#include <cstring>
#include <thread>

namespace bench {

namespace {

// Twelve independent sums: more than the latency times the number of units of any CPU so far.
constexpr int kSums = 12;

// `steps` times kSums vectors of multiply-adds. A macro, since neither a template's instance nor a
// lambda inherits a target's attribute.
#define SEPFLOW_MULTIPLY(name, target_attribute, T, bytes)             \
    target_attribute void name(int64_t steps) {                        \
        using V = T __attribute__((vector_size(bytes)));               \
        const V tap = V{} + T(0.999), sample = V{} + T(0.1);           \
        V sum[kSums] = {};                                             \
        for (int64_t i = 0; i < steps; ++i) {                          \
            _Pragma("GCC unroll 12") for (int j = 0; j < kSums; ++j) { \
                sum[j] = sum[j] * tap + sample;                        \
                __asm__ volatile("" : "+" SEPFLOW_REGISTER(sum[j]));   \
            }                                                          \
        }                                                              \
    }

#if defined(__x86_64__)
#define SEPFLOW_REGISTER(x) "v"(x)
SEPFLOW_MULTIPLY(multiply_f32_avx512, __attribute__((target("avx512f"))), float, 64)
SEPFLOW_MULTIPLY(multiply_f64_avx512, __attribute__((target("avx512f"))), double, 64)
SEPFLOW_MULTIPLY(multiply_f32_avx2, __attribute__((target("avx2,fma"))), float, 32)
SEPFLOW_MULTIPLY(multiply_f64_avx2, __attribute__((target("avx2,fma"))), double, 32)
#undef SEPFLOW_REGISTER
#define SEPFLOW_REGISTER(x) "x"(x)
#else
#define SEPFLOW_REGISTER(x) "w"(x)
#endif
SEPFLOW_MULTIPLY(multiply_f32, , float, 16)
SEPFLOW_MULTIPLY(multiply_f64, , double, 16)

struct Loop {
    void (*run)(int64_t steps);
    size_t bytes;
};

Loop loop_of(const Workload &workload) {
    const bool is_double = workload.type.type == SEPFLOW_F64;
#if defined(__x86_64__)
    const std::string &v = workload.variant;
    if ((v.empty() || v == "avx512") && __builtin_cpu_supports("avx512f"))
        return {is_double ? multiply_f64_avx512 : multiply_f32_avx512, 64};
    if (v != "sse2" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return {is_double ? multiply_f64_avx2 : multiply_f32_avx2, 32};
#endif
    return {is_double ? multiply_f64 : multiply_f32, 16};
}

constexpr int64_t kMostSteps = 1 << 20;

}  // namespace

Contender copying(const Buffers &buffers) {
    const size_t bytes = buffers.workload.bytes();
    const auto threads = static_cast<size_t>(buffers.workload.threads);
    return timed("memcpy", buffers.workload, [&buffers, bytes, threads] {
        const auto copy = [&](size_t i) {
            const size_t first = bytes * i / threads, last = bytes * (i + 1) / threads;
            std::memcpy(static_cast<char *>(buffers.theirs.data()) + first,
                        static_cast<const char *>(buffers.in.data()) + first, last - first);
        };
        std::vector<std::thread> others;
        for (size_t i = 1; i < threads; ++i) others.emplace_back(copy, i);
        copy(0);
        for (std::thread &thread : others) thread.join();
    });
}

Contender multiplying(const Workload &workload) {
    const Loop loop = loop_of(workload);
    const size_t lanes = loop.bytes / (workload.type.type == SEPFLOW_F64 ? 8 : 4);
    const double vectors = 2.0 * workload.length * workload.rank *
                           static_cast<double>(workload.samples()) / static_cast<double>(lanes);
    const double steps = vectors / kSums / workload.threads;
    const int64_t run = std::max<int64_t>(1, std::min(static_cast<int64_t>(steps), kMostSteps));
    Workload alone = workload;
    alone.threads = 1;
    const Contender part = timed("fma", alone, [loop, run] { loop.run(run); });
    return {"fma", [part, steps, run] { return part.turn() * steps / static_cast<double>(run); }};
}

}  // namespace bench
