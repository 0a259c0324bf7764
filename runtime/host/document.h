// JSON text as a tree. nlohmann-json reads it, event by event; the tree is ours, since its own
// allocates while it is destroyed and so ends the program where there is no memory.
#pragma once

#include <string>
#include <vector>

namespace sepflow::host {

struct Json {
    enum Kind { kNull, kBoolean, kNumber, kText, kList, kObject };

    Kind kind = kNull;
    std::string key;   // in the object that it is part of
    std::string text;  // of a text; a number as it was written; "true" or "false"
    double number = 0;
    std::vector<Json> items;  // of a list, or an object, in the order of the text

    // NULL if there is none.
    const Json *find(const std::string &wanted) const;
};

// Throws Error{PARAM}: malformed, a key twice in an object, a number too large, nested too deep.
Json parse_json(const std::string &text);

// Returns the place of a key, or of an index, below another place, as a JSON pointer (RFC 6901).
// The top level is "".
std::string below(const std::string &place, const std::string &key);

// Throws Error{PARAM} with a sentence that begins with the place.
[[noreturn]] void fail_at(const std::string &place, const std::string &what);

}  // namespace sepflow::host
