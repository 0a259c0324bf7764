#include "plugins/separable/kernel_text.h"

#include <climits>
#include <optional>

#include "runtime/base/error.h"
#include "runtime/base/structs.h"

namespace sepflow {

namespace {

// None: the host lets nodes read no files.
std::optional<sepflow_files> files_of(const sepflow_host *host) {
    if (host == nullptr || host->get_extension == nullptr) return std::nullopt;
    const auto *given =
        static_cast<const sepflow_files *>(host->get_extension(host->ctx, SEPFLOW_FILES));
    if (given == nullptr) return std::nullopt;
    const sepflow_files files = known_part(given, "the host's extension " SEPFLOW_FILES);
    return files.path_of != nullptr ? std::optional(files) : std::nullopt;
}

}  // namespace

Kernel kernel_in_host(const std::string &text, const sepflow_host *host) {
    const std::optional<sepflow_files> files = files_of(host);
    if (!files) return kernel_from_text(text);
    return kernel_from_text(text, [&](const std::string &name) {
        char path[PATH_MAX] = "";
        sepflow_error error = {};
        error.struct_size = sizeof error;
        const sepflow_status status =
            files->path_of(host->ctx, name.c_str(), path, sizeof path, &error);
        if (status != SEPFLOW_OK) throw Error(status, error.message);
        return kernel_from_file(path);
    });
}

Kernel kernel_of(const Parameters &parameters, const sepflow_host *host) {
    const Parameters::Value &value = parameters.of("kernel");
    if (!value.is_set) throw Error(SEPFLOW_E_NOT_READY, "no kernel is set; try \"gaussian 3\"", 0);
    try {
        if (value.a.empty()) return kernel_in_host(value.s, host);
        return kernel_from_matrix(value.a.data(), static_cast<size_t>(value.rows),
                                  static_cast<size_t>(value.columns), value.columns);
    } catch (const Error &e) {
        throw Error(e.code(), e.what(), 0);
    }
}

}  // namespace sepflow
