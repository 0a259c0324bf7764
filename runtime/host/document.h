// JSON text as a tree. nlohmann-json reads it, event by event; the tree is ours, since its own allocates while it is destroyed and
// so ends the program where there is no memory.
#pragma once

#include <string>
#include <vector>

namespace sepflow {

struct Json {
    enum Kind { kNull, kBoolean, kNumber, kText, kList, kObject };

    Kind kind = kNull;
    std::string key;   // in the object that it is part of
    std::string text;  // of a text; a number as it was written; "1" or "0" of a boolean
    double number = 0;
    std::vector<Json> items;  // of a list, or an object, in the order of the text

    // NULL if there is none.
    const Json *find(const std::string &wanted) const;
};

// Throws Error{PARAM}: malformed, a key that is there twice in an object, nested too deep.
Json parse_json(const std::string &text);

}  // namespace sepflow
