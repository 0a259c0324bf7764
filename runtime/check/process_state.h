// State that a plugin must leave unchanged: the FPU's modes, the locale, signals, the environment,
// files, threads ...
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace sepflow::check {

// Returns the FPU modes of this thread.
uint64_t fpu_modes();

// Each with its value as text.
using ProcessState = std::map<std::string, std::string>;
ProcessState process_state();

// "the locale (was C, is C.UTF-8)", the first that differs; "" if none.
std::string changed(const ProcessState &before, const ProcessState &after);

// Keeps standard output and standard error where they can be looked at, while it lives.
class Silence {
  public:
    Silence();
    Silence(const Silence &) = delete;
    ~Silence();
    bool is_kept() const;  // nothing was printed

  private:
    int kept_, out_, error_;
};

}  // namespace sepflow::check
