// Calls of a node's functions: told to the parent before, guarded against what they throw, and their failures looked at.
#pragma once

#include <cstring>
#include <exception>
#include <string>

#include <sepflow/node.h>

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

// Calls `function`, a name, as call(error). Each failure must fill in the record.
template <typename Call>
Reply ask(const std::string &function, Call &&call) {
    now_doing(function);
    sepflow_error error;
    std::memset(&error, 0x5a, sizeof error);
    error.struct_size = sizeof error;
    sepflow_status status;
    try {
        status = call(&error);
    } catch (const std::exception &e) {
        throw Failed{"its " + function + " threw: " + e.what()};
    } catch (...) {
        throw Failed{"its " + function + " threw"};
    }
    if (status == SEPFLOW_OK) return {status, -1, ""};
    require(status < 0,
            "its " + function + " returned " + std::to_string(status) + ", which is no status");
    require(error.code == status && std::memchr(error.message, 0, sizeof error.message) != nullptr,
            "its " + function + " failed with " + std::to_string(status) +
                " and left the error record as it was");
    require(error.message[0] != '\0', "its " + function + " failed without a message");
    return {status, error.param_index, error.message};
}

// Of functions that have no error record.
template <typename Call>
auto ask_plainly(const std::string &function, Call &&call) {
    now_doing(function);
    try {
        return call();
    } catch (...) {
        throw Failed{"its " + function + " threw"};
    }
}

}  // namespace sepflow::check
