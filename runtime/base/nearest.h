// "Did you mean ...?", alike for kernels, nodes, parameters, verbs and options.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

namespace sepflow {

// Insertions, deletions and replacements of one letter that turn `a` into `b` (Levenshtein).
inline std::size_t edit_distance(const std::string &a, const std::string &b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row.back();
}

// Returns "; did you mean 'gaussian'?", or nothing if no name is near: one letter in four may
// differ, and one more.
inline std::string nearest_name(const std::string &word, const std::vector<std::string> &names) {
    // The distance costs the product of two lengths, and either may be anybody's.
    constexpr std::size_t kLongest = 100;
    if (word.empty() || word.size() > kLongest) return "";
    std::size_t least = std::min(word.size() - 1, 1 + word.size() / 4) + 1;
    const std::string *nearest = nullptr;
    for (const std::string &name : names) {
        if (name.size() > kLongest) continue;
        const std::size_t distance = edit_distance(word, name);
        if (distance >= least) continue;
        least = distance;
        nearest = &name;
    }
    return nearest != nullptr ? "; did you mean '" + *nearest + "'?" : "";
}

}  // namespace sepflow
