// A file that appears whole or not at all: written without a name where the file system allows
// that, otherwise under a temporary one, then renamed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/command/temporary.h"

namespace sepflow::command {

class OutputFile {
  public:
    // Opens an empty file in the folder of `path`. Throws Error.
    explicit OutputFile(const std::string &path);
    ~OutputFile();
    OutputFile(const OutputFile &) = delete;
    OutputFile &operator=(const OutputFile &) = delete;

    const std::string &path() const { return path_; }
    // All of them at the place where the last write or read ended. Throws Error.
    void write(std::string_view bytes) const;
    // How many there were. Throws Error.
    int64_t read(void *bytes, int64_t count) const;
    // As the system's lseek.
    int64_t seek(int64_t offset, int whence) const;
    // Gives the file the name `path`, replacing any file of that name. Throws Error.
    void commit();

  private:
    void give_temporary_name(const std::function<bool(const char *name)> &make);

    std::string path_;
    std::string destination_;  // path_ with symbolic links followed, so that they stay links
    std::optional<Temporary> temporary_;  // none while the file has no name
    int file_ = -1;
};

// Whether both name one file, which need not be there yet.
bool is_same_file(const std::string &a, const std::string &b);

// Throws if one that is not empty is named twice.
void check_distinct(const std::vector<std::string> &paths);

// ".png" of "a/B.PNG": in lower case, empty if there is none.
std::string lower_case_suffix(const std::string &path);

}  // namespace sepflow::command
