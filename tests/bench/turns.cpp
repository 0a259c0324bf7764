#include "tests/bench/turns.h"

#include <algorithm>
#include <time.h>

namespace bench {

namespace {

double now(clockid_t clock) {
    timespec t;
    clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

constexpr size_t kMostTurns = 101, kLeastTurns = 2;

}  // namespace

Contender timed(const std::string &name, const Workload &workload, std::function<void()> work) {
    const bool by_wall = workload.by_wall || workload.threads != 1;
    const clockid_t clock = by_wall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
    return {name, [clock, calls = workload.calls, work = std::move(work)] {
                const double start = now(clock);
                for (int i = 0; i < calls; ++i) work();
                return (now(clock) - start) / calls;
            }};
}

double Times::median() const {
    std::vector<double> sorted = seconds;
    std::sort(sorted.begin(), sorted.end());
    const size_t middle = sorted.size() / 2;
    return sorted.size() % 2 != 0 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double Times::least() const {
    return *std::min_element(seconds.begin(), seconds.end());
}

std::vector<Times> take_turns(const std::vector<Contender> &contenders, double seconds_each) {
    std::vector<Times> times;
    std::vector<double> taken(contenders.size(), 0);
    for (const Contender &contender : contenders) {
        contender.turn();
        times.push_back({contender.name, {}});
    }
    for (bool any = true; any;) {
        any = false;
        for (size_t i = 0; i < contenders.size(); ++i) {
            const size_t turns = times[i].seconds.size();
            if (turns >= kMostTurns || (turns >= kLeastTurns && taken[i] >= seconds_each)) continue;
            times[i].seconds.push_back(contenders[i].turn());
            taken[i] += times[i].seconds.back();
            any = true;
        }
    }
    return times;
}

}  // namespace bench
