#include "runtime/host/files.h"

#include <algorithm>

#include "runtime/error.h"

namespace sepflow {

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
    const fs::path real = fs::weakly_canonical(folder_ / name, unknown);
    const auto [folder_end, rest] =
        std::mismatch(folder_.begin(), folder_.end(), real.begin(), real.end());
    if (unknown || folder_end != folder_.end() || rest == real.end()) {
        throw Error(SEPFLOW_E_UNSUPPORTED, "the graph names the file '" + name +
                                               "', which is not in the folder that is allowed");
    }
    return real.string();
}

}  // namespace sepflow
