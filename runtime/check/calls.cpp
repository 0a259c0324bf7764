#include "runtime/check/calls.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "runtime/base/error.h"

namespace sepflow::check {

namespace {

constexpr unsigned char kUnwritten = 0x5a;

}  // namespace

ErrorRecord::ErrorRecord() {
    std::memset(&error_, kUnwritten, sizeof error_);
    std::memset(beyond_, kUnwritten, sizeof beyond_);
    error_.struct_size = sizeof error_;
}

Reply ErrorRecord::reply(const std::string &function, sepflow_status status) const {
    const std::string who = "its " + function;
    require(std::all_of(std::begin(beyond_), std::end(beyond_),
                        [](unsigned char byte) { return byte == kUnwritten; }),
            who + " writes past the end of its error record");
    require(error_.struct_size == sizeof error_, who + " changes its error record's struct_size");
    if (status == SEPFLOW_OK) return {status, -1, ""};
    require(status < 0, who + " returned " + std::to_string(status) +
                            ", which is not a status: 0 is success, failures are negative");
    require(
        error_.code == status && std::memchr(error_.message, 0, sizeof error_.message) != nullptr,
        who + " failed with " + std::to_string(status) +
            " and left the error record unchanged, or filled in another code or a message without "
            "an end");
    require(error_.message[0] != '\0', who + " failed without a message");
    char line[sizeof error_.message];
    copy_line(line, error_.message);
    require(std::strcmp(line, error_.message) == 0,
            who + " failed with a message that is not one line of UTF-8: '" + line + "'");
    int32_t unwritten;
    std::memset(&unwritten, kUnwritten, sizeof unwritten);
    require(error_.param_index >= -1 && error_.param_index != unwritten,
            who + " failed and left param_index unset: it is a parameter's index, or -1");
    return {status, error_.param_index, error_.message};
}

}  // namespace sepflow::check
