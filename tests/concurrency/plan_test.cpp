// Plans of sepflow.h among many threads.
#include <atomic>
#include <doctest/doctest.h>
#include <string>

#include "tests/concurrency/crowd.h"
#include "tests/concurrency/plugin.h"

using concurrency::crowd;
using concurrency::Picture;

namespace {

constexpr int kThreads = 64;

sepflow_plan *plan_of(const char *kernel, int32_t method) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = SEPFLOW_F32;
    options.method = method;
    sepflow_plan *plan = nullptr;
    sepflow_plan_from_text(kernel, &options, &plan, nullptr);
    return plan;
}

std::vector<float> applied(const sepflow_plan *plan, int32_t threads) {
    const Picture picture;
    const sepflow_status status =
        sepflow_apply(plan, &picture.from, &picture.to, nullptr, threads, nullptr);
    return status == SEPFLOW_OK ? picture.out : std::vector<float>();
}

struct Method {
    const char *kernel;
    int32_t method;
};
constexpr Method kMethods[] = {{"disc 3.5", SEPFLOW_METHOD_SEPARABLE},
                               {"disc 2.5", SEPFLOW_METHOD_DIRECT},
                               {"disc 8.5", SEPFLOW_METHOD_FFT}};

}  // namespace

TEST_CASE("64 threads filter by one plan at once, some of them on threads of their own") {
    for (const Method &method : kMethods) {
        INFO(std::string(method.kernel));
        sepflow_plan *plan = plan_of(method.kernel, method.method);
        REQUIRE(plan != nullptr);
        const std::vector<float> wanted = applied(plan, 1);
        REQUIRE(!wanted.empty());
        std::atomic<int> right{0};
        crowd(kThreads, [&](int i) {
            for (int round = 0; round < 3; ++round)
                right += applied(plan, i % 8 == 0 ? 2 : 1) == wanted;
        });
        CHECK(right == 3 * kThreads);
        sepflow_plan_free(plan);
    }
}

TEST_CASE("64 threads make plans of one text at once, and ask them") {
    std::vector<std::vector<float>> results(kThreads);
    crowd(kThreads, [&](int i) {
        sepflow_plan *plan = plan_of("gabor 2 6 30", SEPFLOW_METHOD_AUTO);
        sepflow_plan_info info = {};
        info.struct_size = sizeof info;
        if (sepflow_plan_query(plan, &info) == SEPFLOW_OK)
            results[static_cast<size_t>(i)] = applied(plan, 1);
        sepflow_plan_free(plan);
    });
    for (const auto &result : results) {
        CHECK(!result.empty());
        CHECK(result == results.front());
    }
}

TEST_CASE("a plan whose maker lets it go lives as long as those who hold it use it") {
    for (const Method &method : kMethods) {
        sepflow_plan *plan = plan_of(method.kernel, method.method);
        const std::vector<float> wanted = applied(plan, 1);
        std::atomic<int> right{0};
        for (int i = 1; i < kThreads; ++i) sepflow_plan_retain(plan);  // an owner for each thread
        crowd(kThreads, [&](int i) {
            // The first lets go at once, the others after none, one or two uses.
            for (int use = 0; use < i % 3; ++use) right += applied(plan, 1) == wanted;
            sepflow_plan_retain(plan);
            sepflow_plan_free(plan);
            sepflow_plan_free(plan);
        });
        CHECK(right == kThreads / 3 * 3 + kThreads % 3 * (kThreads % 3 - 1) / 2);
    }
}

TEST_CASE("64 threads filter by one bank at once, whose plans are gone") {
    sepflow_plan *members[] = {plan_of("sobel x", 0), plan_of("sobel y", 0)}, *bank = nullptr;
    REQUIRE(sepflow_plan_bank(members, 2, &bank, nullptr) == SEPFLOW_OK);
    const std::vector<float> wanted[] = {applied(members[0], 1), applied(members[1], 1)};
    for (sepflow_plan *member : members) sepflow_plan_free(member);
    std::vector<std::vector<float>> first(kThreads), second(kThreads);
    crowd(kThreads, [&](int i) {
        const Picture one, other;
        const sepflow_image outputs[] = {one.to, other.to};
        sepflow_process call = one.call(1);
        call.outputs = outputs;
        call.output_count = 2;
        if (sepflow_process_plan(bank, &call, nullptr) != SEPFLOW_OK) return;
        first[static_cast<size_t>(i)] = one.out;
        second[static_cast<size_t>(i)] = other.out;
    });
    // Shared passes round otherwise than a plan's own: within twice its bound, which whole numbers
    // do not reach.
    for (int i = 0; i < kThreads; ++i) {
        CHECK(first[static_cast<size_t>(i)] == wanted[0]);
        CHECK(second[static_cast<size_t>(i)] == wanted[1]);
    }
    sepflow_plan_free(bank);
}
