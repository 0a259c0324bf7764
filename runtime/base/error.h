// One exception type inside; a code and a sentence outside. No exception leaves a C function.
#pragma once

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

#include <sepflow/node.h>

#include "runtime/base/utf8.h"

namespace sepflow {

class Error : public std::runtime_error {
  public:
    Error(sepflow_status code, const std::string &message, int32_t param_index = -1)
        : std::runtime_error(message), code_(code), param_index_(param_index) {}
    sepflow_status code() const { return code_; }
    int32_t param_index() const { return param_index_; }

  private:
    sepflow_status code_;
    int32_t param_index_;
};

// Copies as much of the text as fits, as one line of whole characters: control characters become
// spaces, bytes that are not UTF-8 question marks.
template <size_t Size>
void copy_line(char (&to)[Size], const char *text) noexcept {
    size_t used = 0;
    while (*text != '\0') {
        const size_t bytes = utf8_character(text);
        if (used + std::max<size_t>(bytes, 1) >= Size) break;
        if (bytes <= 1) {
            to[used++] = bytes == 0 ? '?' : is_control(*text) ? ' ' : *text;
            ++text;
        } else {
            std::memcpy(to + used, text, bytes);
            used += bytes;
            text += bytes;
        }
    }
    to[used] = '\0';
}

// Fills the caller's record, unless it is smaller than any version's; returns `code`.
inline sepflow_status report(sepflow_error *error, sepflow_status code, const char *message,
                             int32_t param_index = -1) noexcept {
    if (error == nullptr || error->struct_size < SEPFLOW_ERROR_FIRST_SIZE) return code;
    error->code = code;
    error->param_index = param_index;
    copy_line(error->message, message);
    return code;
}

// Runs `body` at the C boundary and turns whatever it throws into a code and a sentence.
template <typename Body>
sepflow_status guarded(sepflow_error *error, Body &&body) noexcept {
    try {
        body();
        return SEPFLOW_OK;
    } catch (const Error &e) {
        return report(error, e.code(), e.what(), e.param_index());
    } catch (const std::bad_alloc &) {
        return report(error, SEPFLOW_E_MEMORY, "out of memory");
    } catch (const std::exception &e) {
        return report(error, SEPFLOW_E_INTERNAL, e.what());
    } catch (...) {
        return report(error, SEPFLOW_E_INTERNAL, "unknown exception");
    }
}

}  // namespace sepflow
