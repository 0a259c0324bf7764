// Contenders on the same buffers, taking turns, so that a busy neighbour slows all of them alike.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/bench/workload.h"

namespace bench {

struct Contender {
    std::string name;
    std::function<double()> turn;  // does the work once; the seconds it took
};

// Times `work` on the workload in this process: with one thread the processor's time, which
// neighbours do not take from, with several the wall's.
Contender timed(const std::string &name, const Workload &workload, std::function<void()> work);

struct Times {
    std::string name;
    std::vector<double> seconds;  // of each turn
    double median() const;
    double least() const;
};

// One turn each to warm up, then rounds of turns; a contender is out once its turns have taken
// `seconds_each`, or 101 turns; each has at least two.
std::vector<Times> take_turns(const std::vector<Contender> &contenders, double seconds_each);

}  // namespace bench
