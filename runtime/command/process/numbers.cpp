#include "runtime/command/process/numbers.h"

#include <charconv>

#include "runtime/base/number.h"

namespace sepflow::command {

CLI::Validator number() {
    return CLI::Validator(
        [](std::string &text) -> std::string {
            try {
                char digits[40];
                const double value = number_from_text(text);
                text.assign(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
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
