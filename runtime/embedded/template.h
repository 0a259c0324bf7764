// Text that goes into generated C files.
#pragma once

#include <map>
#include <string>

namespace sepflow::embedded {

// Replaces each @name@ of a template, all at once: what a value holds stays as it is. Throws Error for a name without a value.
std::string filled(const std::string &text, const std::map<std::string, std::string> &values);

// Escapes text for the inside of a string literal and of a comment alike: printable ASCII that no compiler takes for the end of
// either, for a trigraph or for a line that goes on.
std::string c_text(const std::string &text);

}  // namespace sepflow::embedded
