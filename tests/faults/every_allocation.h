// Runs something again and again, the n-th time with its n-th allocation failing, until all have
// failed once; and then once more with every allocation from the n-th on failing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <sepflow/node.h>

namespace faults {

struct Attempt {
    std::string what;  // for messages
    // Frees whatever it made, also where it fails.
    std::function<sepflow_status(sepflow_error *error)> run;
    // Requires the results of a run that succeeded to be right.
    std::function<void()> verify = [] {};
    // Whether the call may do without some allocation, such as that of a thread.
    bool may_succeed = false;
};

// Each failing run must say SEPFLOW_E_MEMORY and a sentence and hold no memory afterwards, and the
// next run must be right.
void every_allocation_fails(const Attempt &attempt);

// The same of life.run(error), which looks at what comes of it by itself.
template <typename Life>
void every_allocation_of_a_life_fails(const std::string &what) {
    Life life;
    Attempt attempt;
    attempt.what = what;
    attempt.run = [&](sepflow_error *error) { return life.run(error); };
    every_allocation_fails(attempt);
}

// Fails every allocation of loading a library and of its static constructors, but not under a
// sanitizer. The loader does without some.
void every_allocation_of_loading_fails(const char *path);

// SEPFLOW_TEST_SHARE, 1 if unset.
int64_t test_share();

}  // namespace faults
