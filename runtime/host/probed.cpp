// The file has lines "TIME VERDICT FINGERPRINT", such as "1790000000 crashes-11 2049 ...". TIME is
// in seconds since 1970.
#include "runtime/host/probed.h"

#include <charconv>
#include <cstdint>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <new>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "runtime/host/search.h"

namespace sepflow::host {

namespace {

constexpr off_t kMostBytes = 1 << 16;  // then it begins anew
constexpr int64_t kDoubt = 3600;       // seconds that a bad verdict counts before it is confirmed
constexpr std::string_view kWords[] = {"", "sound", "hangs", "ends", "crashes-"};

// Returns "" unless the folder is in a place of this user's.
std::string cache_folder() {
    const std::string cache = environment("XDG_CACHE_HOME"), home = environment("HOME");
    const bool has_cache = !cache.empty() && cache[0] == '/';
    const std::string &place = has_cache ? cache : home;
    struct stat found;
    const bool is_there = stat(place.c_str(), &found) == 0;
    if (place.empty() || place[0] != '/' || (is_there && found.st_uid != geteuid())) return "";
    return has_cache ? cache : home + "/.cache";
}

std::string host_name() {
    char name[256] = {};
    if (gethostname(name, sizeof name - 1) != 0) return "";
    for (char &letter : name) {
        if (letter == '/') letter = '_';
    }
    return name;
}

class OwnFile {
  public:
    // Opens the file; is_own() says whether only this user can have written it.
    OwnFile(const std::string &path, int flags)
        : file_(open(path.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)) {
        struct stat found;
        is_own_ = file_ >= 0 && fstat(file_, &found) == 0 && S_ISREG(found.st_mode) &&
                  found.st_uid == geteuid() && found.st_nlink == 1 &&
                  (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
        if (is_own_) size_ = found.st_size;
    }
    OwnFile(const OwnFile &) = delete;
    ~OwnFile() {
        if (file_ >= 0) close(file_);
    }

    bool is_own() const { return is_own_; }
    int get() const { return file_; }
    off_t size() const { return size_; }

  private:
    int file_;
    bool is_own_ = false;
    off_t size_ = 0;
};

// "" if it cannot be read. Streams would hide that memory is short.
std::string read_verdicts() {
    std::string text;
    const OwnFile file(verdict_file(), O_RDONLY);
    char block[1 << 12];
    ssize_t got = 0;
    while (file.is_own() && text.size() <= 2 * kMostBytes &&
           (got = ::read(file.get(), block, sizeof block)) > 0)
        text.append(block, static_cast<size_t>(got));
    return text;
}

struct Trial {
    int64_t time = 0;
    Verdict verdict;
};

Verdict verdict_of(std::string_view word) {
    for (const auto kind : {Verdict::kSound, Verdict::kHangs, Verdict::kEnds}) {
        if (word == kWords[kind]) return {kind};
    }
    const std::string_view prefix = kWords[Verdict::kCrashes];
    Verdict crash = {Verdict::kCrashes};
    if (word.substr(0, prefix.size()) != prefix) return {};
    const char *begin = word.data() + prefix.size(), *end = word.data() + word.size();
    return std::from_chars(begin, end, crash.signal).ptr == end && begin != end ? crash : Verdict{};
}

// Parses "TIME VERDICT"; kNone if it is damaged.
Trial trial_of(std::string_view text) {
    Trial trial;
    const size_t space = text.find(' ');
    if (space == text.npos) return trial;
    const char *end = text.data() + space;
    if (std::from_chars(text.data(), end, trial.time).ptr != end) return trial;
    trial.verdict = verdict_of(text.substr(space + 1));
    return trial;
}

// Returns the trials of one plugin, in their order.
std::vector<Trial> trials_of(const std::string &fingerprint) {
    std::vector<Trial> trials;
    const std::string text = read_verdicts(), end = " " + fingerprint;
    for (size_t at = 0; at < text.size();) {
        const std::string_view line = std::string_view(text).substr(at, text.find('\n', at) - at);
        at += line.size() + 1;
        if (line.size() < end.size() || line.substr(line.size() - end.size()) != end) continue;
        const Trial trial = trial_of(line.substr(0, line.size() - end.size()));
        if (trial.verdict.kind != Verdict::kNone) trials.push_back(trial);
    }
    return trials;
}

}  // namespace

std::string fingerprint(const std::string &file) {
    std::error_code unknown;
    const std::string path = std::filesystem::canonical(file, unknown).string();
    struct stat found;
    if (unknown == std::errc::not_enough_memory) throw std::bad_alloc();
    if (unknown || stat(path.c_str(), &found) != 0 || path.find('\n') != path.npos) return "";
    const auto time = [](const timespec &t) {
        return std::to_string(t.tv_sec) + "." + std::to_string(t.tv_nsec);
    };
    return std::to_string(found.st_dev) + " " + std::to_string(found.st_ino) + " " +
           std::to_string(found.st_size) + " " + time(found.st_mtim) + " " + time(found.st_ctim) +
           " " + path;
}

Verdict remembered(const std::string &fingerprint) {
    if (fingerprint.empty()) return {};
    const std::vector<Trial> trials = trials_of(fingerprint);
    if (trials.empty()) return {};
    const Trial &last = trials.back();
    if (last.verdict.kind == Verdict::kSound) return last.verdict;
    const Trial *first = &last;  // of the bad ones since the last sound one
    while (first != trials.data() && first[-1].verdict.kind != Verdict::kSound) --first;
    const int64_t now = std::time(nullptr);
    const bool is_confirmed = last.time - first->time >= kDoubt;
    const bool is_fresh = now >= last.time && now - last.time < kDoubt;
    return is_confirmed || is_fresh ? last.verdict : Verdict{};
}

void remember(const std::string &fingerprint, const Verdict &verdict) {
    const std::string path = verdict_file();
    if (path.empty() || fingerprint.empty()) return;
    // Begins a line: a writer that was stopped may have left part of one.
    std::string line = "\n" + std::to_string(std::time(nullptr)) + " ";
    line += kWords[verdict.kind];
    if (verdict.kind == Verdict::kCrashes) line += std::to_string(verdict.signal);
    line += " " + fingerprint + "\n";
    std::error_code ignored;  // a cache that cannot be written only costs time
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    const OwnFile file(path, O_WRONLY | O_CREAT | O_APPEND);
    if (!file.is_own()) return;
    if (file.size() > kMostBytes && ftruncate(file.get(), 0) != 0) return;
    if (write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        unlink(path.c_str());
}

std::string verdict_file() {
    const std::string folder = cache_folder(), host = host_name();
    if (folder.empty() || host.empty()) return "";
    return folder + "/sepflow-1/plugins-on-" + host;
}

}  // namespace sepflow::host
