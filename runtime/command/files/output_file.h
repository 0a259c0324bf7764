// A file that appears whole or not at all: written without a name where the file system allows
// that, otherwise under a temporary one, then renamed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/command/process/temporary.h"

namespace sepflow::command {

class OutputFile {
  public:
    // Opens an empty file in the folder of `path`. Throws Error.
    explicit OutputFile(const std::string &path);
    ~OutputFile();
    OutputFile(const OutputFile &) = delete;
    OutputFile &operator=(const OutputFile &) = delete;

    const std::string &path() const { return path_; }
    // Returns the open file for a library that writes on its own, and must leave it open.
    int descriptor() const { return file_; }
    // Writes all bytes behind those of the last write. Throws Error.
    void write(std::string_view bytes) const;
    // Writes as write() does. Returns false if that fails, and sets errno.
    bool try_write(std::string_view bytes) const noexcept;
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
