// Kernel text. What is accepted holds finite taps within the limits and comes back the same when it
// is written out as a matrix; what is not has its place in the text, and makes no plan either.
#include <charconv>
#include <cmath>

#include <sepflow/sepflow.h>

#include "runtime/base/error.h"
#include "runtime/kernel/kernel.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/kernel.h"

namespace {

std::string as_matrix(const sepflow::Kernel &kernel) {
    std::string text = std::to_string(kernel.rows) + "x" + std::to_string(kernel.columns);
    for (const double tap : kernel.taps) {
        char digits[40];
        text += ' ';
        text.append(digits, std::to_chars(digits, digits + sizeof digits, tap).ptr);
    }
    return text;
}

void refused_by_the_library_too(const std::string &text, const sepflow::Error &why) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = SEPFLOW_F64;
    options.flags = SEPFLOW_OPTION_NO_FILES;
    fuzz::Errors error;
    sepflow_plan *plan = nullptr;
    const sepflow_status status =
        sepflow_plan_from_text(text.c_str(), &options, &plan, error.get());
    error.check(status);
    fuzz::require(status == why.code() && plan == nullptr, "no plan of bad text");
    char line[sizeof sepflow_error::message];
    sepflow::copy_line(line, why.what());
    fuzz::require(std::string(error.message()) == line, "the same sentence");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const std::string text(reinterpret_cast<const char *>(data), size);
    sepflow::Kernel kernel;
    try {
        kernel = sepflow::kernel_from_text(text);
    } catch (const sepflow::Error &error) {
        const auto code = error.code();
        fuzz::require(code == SEPFLOW_E_PARAM || code == SEPFLOW_E_UNSUPPORTED,
                      "bad text, or a file");
        if (size % 8 == 0 && text.find('\0') == std::string::npos)
            refused_by_the_library_too(text, error);
        return 0;
    }
    fuzz::check_kernel(kernel);
    const sepflow::Kernel again = sepflow::kernel_from_text(as_matrix(kernel));
    fuzz::require(again.rows == kernel.rows && again.taps == kernel.taps, "it reads as written");
    return 0;
}
