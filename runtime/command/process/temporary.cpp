#include "runtime/command/process/temporary.h"

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <new>
#include <random>
#include <sys/mman.h>
#include <sys/stat.h>

namespace sepflow::command {

namespace {

struct Note {
    std::atomic<bool> is_taken;
    std::atomic<bool> is_written;  // the path is whole
    char path[PATH_MAX];
};

constexpr int kMostNotes = 16;
Note *notes = nullptr;  // kMostNotes of them

// Returns -1 if there is no room for a note.
int note(const std::string &path) {
    for (int i = 0; notes != nullptr && path.size() < PATH_MAX && i < kMostNotes; ++i) {
        if (notes[i].is_taken.exchange(true)) continue;
        std::strcpy(notes[i].path, path.c_str());
        notes[i].is_written.store(true);
        return i;
    }
    return -1;
}

void erase(int i) {
    if (i < 0) return;
    notes[i].is_written.store(false);
    notes[i].is_taken.store(false);
}

std::string random_letters() {
    constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::random_device device;
    std::uniform_int_distribution<size_t> index(0, sizeof kLetters - 2);
    std::string letters;
    for (int i = 0; i < 12; ++i) letters += kLetters[index(device)];
    return letters;
}

void remove(const std::string &path) {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

}  // namespace

void share_temporaries() {
    void *memory = mmap(nullptr, sizeof(Note) * kMostNotes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    notes = static_cast<Note *>(memory);
    for (int i = 0; i < kMostNotes; ++i) new (&notes[i]) Note;  // zeros already
}

void remove_temporaries() {
    for (int i = 0; notes != nullptr && i < kMostNotes; ++i) {
        if (notes[i].is_written.load()) remove(notes[i].path);
        erase(i);
    }
}

Temporary::Temporary(const std::string &prefix, const std::string &suffix,
                     const std::function<bool(const char *path)> &make) {
    for (;;) {
        path_ = prefix + random_letters() + suffix;
        note_ = note(path_);
        if (make(path_.c_str())) return;
        const int error = errno;
        forget();
        errno = error;
        if (error != EEXIST) return;
    }
}

Temporary::~Temporary() {
    if (!path_.empty()) remove(path_);
    forget();
}

bool Temporary::rename_to(const std::string &path) {
    if (std::rename(path_.c_str(), path.c_str()) != 0) return false;
    forget();
    return true;
}

void Temporary::forget() {
    erase(note_);
    note_ = -1;
    path_.clear();
}

void use_own_temporary_folder() {
    static std::unique_ptr<Temporary> folder;
    if (folder != nullptr) return;
    const char *common = std::getenv("TMPDIR");
    const std::string place = common != nullptr && *common != '\0' ? common : "/tmp";
    folder = std::make_unique<Temporary>(place + "/sepflow-", "",
                                         [](const char *path) { return mkdir(path, 0700) == 0; });
    if (!folder->path().empty()) setenv("TMPDIR", folder->path().c_str(), 1);
}

}  // namespace sepflow::command
