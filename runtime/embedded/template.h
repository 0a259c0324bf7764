// Text that goes into generated C files.
#pragma once

#include <map>
#include <string>

namespace sepflow::embedded {

// Replaces each @name@ of a template in one pass: names within values stay as they are. Throws
// Error for a name without a value.
std::string filled(const std::string &text, const std::map<std::string, std::string> &values);

// Escapes text for string literals and comments alike. The result is printable ASCII without the
// end of either, trigraphs or line continuations.
std::string c_text(const std::string &text);

}  // namespace sepflow::embedded
