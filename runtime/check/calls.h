// Calls of a node's functions: each is named to the parent before, guarded against exceptions, and
// its failure examined.
#pragma once

#include <exception>
#include <string>
#include <type_traits>

#include <sepflow/node.h>

#include "runtime/check/process_state.h"
#include "runtime/check/trial.h"
#include "runtime/check/verdict.h"

namespace sepflow::check {

struct Reply {
    sepflow_status status;
    int32_t param_index;
    std::string message;
    bool ok() const { return status == SEPFLOW_OK; }
};

// "process: message (-4)"
inline std::string complaint(const std::string &function, const Reply &reply) {
    return function + ": " + (reply.message.empty() ? "no message" : reply.message) + " (" +
           std::to_string(reply.status) + ")";
}

inline void require_ok(const std::string &function, const Reply &reply) {
    if (!reply.ok()) throw Failed{complaint(function, reply), reply.status};
}

// A record for one call's error, whose every byte is looked at afterwards.
class ErrorRecord {
  public:
    ErrorRecord();
    sepflow_error *get() { return &error_; }
    // The call's outcome. Throws Failed unless a failure, and nothing else, filled the record.
    Reply reply(const std::string &function, sepflow_status status) const;

  private:
    sepflow_error error_;
    unsigned char beyond_[64];
};

// Throws Failed if `function` left other FPU modes than `before`.
inline void require_same_fpu(const std::string &function, uint64_t before) {
    require(fpu_modes() == before, "its " + function + " changes the FPU's modes");
}

// Calls `function`, a name, as call().
template <typename Call>
auto ask_plainly(const std::string &function, Call &&call) {
    now_doing(function);
    const uint64_t fpu = fpu_modes();
    try {
        if constexpr (std::is_void_v<decltype(call())>) {
            call();
            require_same_fpu(function, fpu);
        } else {
            const auto result = call();
            require_same_fpu(function, fpu);
            return result;
        }
    } catch (const Failed &) {
        throw;
    } catch (const std::exception &e) {
        throw Failed{"its " + function + " threw: " + e.what()};
    } catch (...) {
        throw Failed{"its " + function + " threw"};
    }
}

// Calls `function` as call(error).
template <typename Call>
Reply ask(const std::string &function, Call &&call) {
    ErrorRecord record;
    return record.reply(function, ask_plainly(function, [&] { return call(record.get()); }));
}

}  // namespace sepflow::check
