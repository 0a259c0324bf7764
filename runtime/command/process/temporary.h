// Temporary files and folders. Their names are noted in memory that a process shares with its
// children, so that it can remove what a child left behind.
#pragma once

#include <functional>
#include <string>

namespace sepflow::command {

// Makes the memory for the notes, which processes forked from now on share. Without it nothing is
// noted.
void share_temporaries();
// Removes all that is noted, folders with their contents. No other process may be using it.
void remove_temporaries();

class Temporary {
  public:
    // Calls `make` with random names between `prefix` and `suffix`, which are noted before, until
    // it succeeds or fails with another error than EEXIST.
    Temporary(const std::string &prefix, const std::string &suffix,
              const std::function<bool(const char *path)> &make);
    // Removes the file or folder, unless it was renamed.
    ~Temporary();
    Temporary(const Temporary &) = delete;
    Temporary &operator=(const Temporary &) = delete;

    // The name; "" if `make` failed, with the reason in errno.
    const std::string &path() const { return path_; }
    // Renames it as rename() does; false if that failed, with the reason in errno.
    bool rename_to(const std::string &path);

  private:
    void forget();

    std::string path_;
    int note_ = -1;
};

// Makes a temporary folder and points TMPDIR to it, for libraries that leave files there when
// killed.
void use_own_temporary_folder();

}  // namespace sepflow::command
