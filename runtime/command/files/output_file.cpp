#include "runtime/command/files/output_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/error.h"

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

// Returns the kernel's name for an open file.
std::string link_to(int file) {
    return "/proc/self/fd/" + std::to_string(file);
}

// Opens a file that has no name and vanishes unless it is linked; -1 where that is not possible.
int open_unnamed(const std::string &folder) {
    const int file = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0 || access(link_to(file).c_str(), F_OK) == 0) return file;
    close(file);
    return -1;
}

}  // namespace

OutputFile::OutputFile(const std::string &path) : path_(path), destination_(followed_links(path)) {
    struct stat status = {};
    if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        throw Error(SEPFLOW_E_IO, "cannot write " + path + ": it is not a regular file");
    }
    const std::string folder = std::filesystem::path(destination_).parent_path().string();
    file_ = open_unnamed(folder.empty() ? "." : folder);
    if (file_ < 0) {
        give_temporary_name([&](const char *name) {
            file_ = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
            return file_ >= 0;
        });
    }
    fchmod(file_, mode_for(destination_));
}

OutputFile::~OutputFile() {
    if (file_ >= 0) close(file_);
}

// If the process is killed, the name says whose file was left.
void OutputFile::give_temporary_name(const std::function<bool(const char *name)> &make) {
    const std::filesystem::path destination(destination_);
    const std::string name = "." + destination.stem().string() + ".sepflow-";
    temporary_.emplace((destination.parent_path() / name).string(), lower_case_suffix(destination_),
                       make);
    if (temporary_->path().empty()) throw write_error(path_);
}

void OutputFile::write(std::string_view bytes) const {
    if (!try_write(bytes)) throw write_error(path_);
}

bool OutputFile::try_write(std::string_view bytes) const noexcept {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<size_t>(written));
    }
    return true;
}

void OutputFile::commit() {
    if (!temporary_) {
        give_temporary_name([&](const char *name) {
            return linkat(AT_FDCWD, link_to(file_).c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
        });
    }
    const int file = file_;
    file_ = -1;
    // Some file systems tell only now that there was no room.
    if (close(file) != 0 || !temporary_->rename_to(destination_)) throw write_error(path_);
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
