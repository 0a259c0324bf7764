// Calls of the C interfaces, with failures turned into exceptions.
#pragma once

#include <sepflow/sepflow.h>

#include "runtime/base/error.h"

namespace sepflow::command {

// `function` takes a sepflow_error * and returns a sepflow_status.
template <typename Function>
void call(Function &&function) {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_status status = function(&error);
    if (status == SEPFLOW_OK) return;
    throw Error(status, error.message[0] != '\0' ? error.message : sepflow_status_text(status));
}

}  // namespace sepflow::command
