#include "runtime/host/search.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <filesystem>
#include <memory>
#include <new>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/error.h"

namespace sepflow::host {

namespace fs = std::filesystem;

namespace {

void add_directories(const std::string &path, bool is_told, std::vector<SearchPlace> *places) {
    for (size_t start = 0; start <= path.size();) {
        const size_t end = std::min(path.find(':', start), path.size());
        if (end > start) places->push_back({path.substr(start, end - start), is_told});
        start = end + 1;
    }
}

std::vector<SearchPlace> usual_places() {
    std::vector<SearchPlace> places;
    add_directories(environment("SEPFLOW_PLUGIN_PATH"), false, &places);
    const std::string data = environment("XDG_DATA_HOME"), home = environment("HOME");
    if (!data.empty()) {
        places.push_back({data + "/sepflow-1", false});
    } else if (!home.empty()) {
        places.push_back({home + "/.local/share/sepflow-1", false});
    }
    places.push_back({SEPFLOW_SYSTEM_PLUGIN_DIR, false});
    places.push_back({own_directory(), true});
    return places;
}

// A directory above the plugin's own may be one like /tmp, where each touches only what is his.
void check_owner_and_mode(const fs::path &path, bool is_above) {
    struct stat found;
    if (lstat(path.c_str(), &found) != 0)
        throw Error(SEPFLOW_E_IO, path.string() + ": " + std::strerror(errno));
    if (found.st_uid != 0 && found.st_uid != geteuid())
        throw Error(SEPFLOW_E_UNSUPPORTED, path.string() + " belongs to another user");
    const bool is_sticky = is_above && (found.st_mode & S_ISVTX) != 0;
    if (!S_ISLNK(found.st_mode) && !is_sticky && (found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        throw Error(SEPFLOW_E_UNSUPPORTED, "others can write " + path.string() +
                                               "; run chmod go-w on it, or name the plugin");
    }
}

void check_path(const fs::path &file) {
    check_owner_and_mode(file, false);
    const fs::path directory = file.parent_path();
    check_owner_and_mode(directory, false);
    for (fs::path above = directory; above != above.parent_path();) {
        above = above.parent_path();
        check_owner_and_mode(above, true);
    }
}

bool is_plugin_name(std::string_view name) {
    constexpr std::string_view kSuffix = ".sepflow.so";
    return name.size() > kSuffix.size() && name.substr(name.size() - kSuffix.size()) == kSuffix;
}

// Lists by opendir, since std::filesystem::directory_iterator ends the program where there is no
// memory (GCC 12).
struct CloseDirectory {
    void operator()(DIR *directory) const { closedir(directory); }
};

}  // namespace

std::string environment(const char *name) {
    const char *value = secure_getenv(name);
    return value != nullptr ? value : "";
}

std::string own_directory() {
    Dl_info library = {};
    if (dladdr(reinterpret_cast<void *>(&own_directory), &library) == 0) return "";
    std::error_code none;
    const auto file = fs::path(library.dli_fname);
    return (fs::canonical(file.parent_path(), none) / "sepflow-1").string();
}

std::vector<SearchPlace> search_places(const char *path) {
    if (path == nullptr) return usual_places();
    std::vector<SearchPlace> places;
    add_directories(path, true, &places);
    return places;
}

std::vector<std::string> plugin_files(const std::string &directory) {
    std::vector<std::string> files;
    const std::unique_ptr<DIR, CloseDirectory> opened(opendir(directory.c_str()));
    if (opened == nullptr && errno == ENOMEM) throw std::bad_alloc();
    const dirent *entry;
    while (opened != nullptr && (entry = readdir(opened.get())) != nullptr) {
        if (is_plugin_name(entry->d_name)) files.push_back(directory + "/" + entry->d_name);
    }
    std::sort(files.begin(), files.end());
    return files;
}

void check_trusted(const std::string &file) {
    if (file.front() != '/') {
        throw Error(SEPFLOW_E_UNSUPPORTED, "its directory is a relative path; use an absolute one");
    }
    std::error_code unknown;
    const fs::path real = fs::canonical(file, unknown);
    if (unknown) throw Error(SEPFLOW_E_IO, file + ": " + unknown.message());
    check_path(file);
    check_path(real);  // where links lead
}

}  // namespace sepflow::host
