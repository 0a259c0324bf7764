// Errors of libpng and libjpeg. Their error callbacks must not return, so they jump back to the
// call, which throws.
#pragma once

#include <csetjmp>
#include <cstdio>
#include <string>
#include <utility>

#include "runtime/base/error.h"

namespace sepflow::command {

class ErrorJump {
  public:
    // `what` begins the message of an Error: "cannot write a.png".
    explicit ErrorJump(std::string what) : what_(std::move(what)) {}

    // Runs `step`, which calls the library, and throws Error if the library fails. The jump runs no
    // destructors: where `step` calls the library, it must hold no object that has one.
    template <typename Step>
    void run(Step step) {
        if (setjmp(place_) == 0) return step();
        throw Error(SEPFLOW_E_IO, what_ + ": " + reason_);
    }

    // Ends the step that is running.
    [[noreturn]] void fail(const char *reason) {
        std::snprintf(reason_, sizeof reason_, "%s", reason);
        std::longjmp(place_, 1);
    }

  private:
    std::string what_;
    char reason_[256] = "";
    std::jmp_buf place_;
};

}  // namespace sepflow::command
