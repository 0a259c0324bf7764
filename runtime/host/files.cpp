#include "runtime/host/files.h"

#include <algorithm>

#include "runtime/base/error.h"

namespace sepflow::host {

namespace fs = std::filesystem;

void AllowedFiles::allow(const std::string &folder) {
    std::error_code unknown;
    const fs::path real = fs::canonical(folder, unknown);
    if (unknown || !fs::is_directory(real, unknown))
        throw Error(SEPFLOW_E_IO, "there is no folder '" + folder + "'");
    folder_ = real;
}

std::string AllowedFiles::path_of(const std::string &name) const {
    if (folder_.empty()) {
        throw Error(SEPFLOW_E_UNSUPPORTED,
                    "the graph names the file '" + name +
                        "'; no folder is allowed for such files (sepflow run --files FOLDER)");
    }
    std::error_code unknown;
    // Resolves the whole path: weakly_canonical leaves links behind a missing folder as they are,
    // and "missing/.." is nothing to open().
    const fs::path real = fs::canonical(folder_ / name, unknown);
    // Files outside and missing files share one sentence: links that lead out of the folder must
    // not tell a graph which files there are.
    if (unknown || !is_inside(real))
        throw Error(SEPFLOW_E_UNSUPPORTED, "the graph names the file '" + name +
                                               "', which is not in the folder that is allowed");
    return real.string();
}

bool AllowedFiles::is_inside(const fs::path &path) const {
    const auto [folder_end, rest] =
        std::mismatch(folder_.begin(), folder_.end(), path.begin(), path.end());
    return folder_end == folder_.end() && rest != path.end();
}

}  // namespace sepflow::host
