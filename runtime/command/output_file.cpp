#include "runtime/command/output_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/error.h"

namespace sepflow::command {

namespace {

Error write_error(const std::string &path) {
    return Error(SEPFLOW_E_IO, "cannot write " + path + ": " + std::strerror(errno));
}

// Also where they lead to nothing yet.
std::string followed_links(const std::string &path) {
    std::filesystem::path target = path;
    std::error_code unknown;
    for (int link = 0; link < 40 && std::filesystem::is_symlink(target, unknown); ++link)
        target = target.parent_path() / std::filesystem::read_symlink(target, unknown);
    return target.string();
}

// The mode that open() would have given, or that of the file to be replaced.
mode_t mode_for(const std::string &destination) {
    struct stat status = {};
    if (stat(destination.c_str(), &status) == 0) return status.st_mode & 07777;
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

}  // namespace

OutputFile::OutputFile(const std::string &path) : path_(path), destination_(followed_links(path)) {
    struct stat status = {};
    if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        throw Error(SEPFLOW_E_IO, "cannot write " + path + ": it is not a regular file");
    }
    const std::filesystem::path destination(destination_);
    const std::string suffix = lower_case_suffix(destination_);
    // Should the process be killed, the name tells what was left behind.
    const std::string name = "." + destination.stem().string() + ".sepflow-XXXXXX" + suffix;
    temporary_ = (destination.parent_path() / name).string();
    file_ = mkstemps(temporary_.data(), static_cast<int>(suffix.size()));
    if (file_ < 0) {
        const Error error = write_error(path);
        temporary_.clear();
        throw error;
    }
    fchmod(file_, mode_for(destination_));
}

OutputFile::~OutputFile() {
    if (file_ >= 0) close(file_);
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw write_error(path_);
        bytes.remove_prefix(static_cast<size_t>(written));
    }
}

int64_t OutputFile::read(void *bytes, int64_t count) const {
    const ssize_t found = ::read(file_, bytes, static_cast<size_t>(count));
    if (found < 0) throw write_error(path_);
    return found;
}

int64_t OutputFile::seek(int64_t offset, int whence) const {
    return lseek(file_, offset, whence);
}

void OutputFile::commit() {
    const int file = file_;
    file_ = -1;
    // Some file systems tell only now that there was no room.
    if (close(file) != 0 || std::rename(temporary_.c_str(), destination_.c_str()) != 0) {
        throw write_error(path_);
    }
    temporary_.clear();
}

bool is_same_file(const std::string &a, const std::string &b) {
    const auto place = [](const std::string &path) {
        std::error_code unknown;
        return std::filesystem::weakly_canonical(
            std::filesystem::absolute(followed_links(path), unknown), unknown);
    };
    return !place(a).empty() && place(a) == place(b);
}

void check_distinct(const std::vector<std::string> &paths) {
    for (size_t i = 0; i < paths.size(); ++i) {
        for (size_t j = 0; j < i; ++j) {
            if (paths[i].empty() || !is_same_file(paths[i], paths[j])) continue;
            const std::string how =
                paths[i] == paths[j] ? "it is named twice" : "it is also " + paths[j];
            throw Error(SEPFLOW_E_PARAM, "cannot write " + paths[i] + ": " + how);
        }
    }
}

std::string lower_case_suffix(const std::string &path) {
    std::string suffix = std::filesystem::path(path).extension().string();
    for (char &c : suffix) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return suffix;
}

}  // namespace sepflow::command
