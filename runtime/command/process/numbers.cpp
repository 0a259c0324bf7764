#include "runtime/command/process/numbers.h"

#include "runtime/base/number.h"
#include "runtime/base/number_text.h"

namespace sepflow::command {

CLI::Validator number() {
    return CLI::Validator(
        [](std::string &text) -> std::string {
            try {
                text = number_text(number_from_text(text));
                return "";
            } catch (const Error &error) {
                return error.what();
            }
        },
        "");
}

std::string check_scale(const std::string &text) {
    double value = 0;
    const bool is_zero = CLI::detail::lexical_cast(text, value) && value == 0;
    return is_zero ? "the scale must not be 0" : "";
}

}  // namespace sepflow::command
