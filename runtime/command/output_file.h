// A file that appears whole or not at all: written under a temporary name, then renamed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sepflow::command {

class OutputFile {
  public:
    // Makes an empty temporary file beside `path` with the same suffix, or throws.
    explicit OutputFile(const std::string &path);
    ~OutputFile();
    OutputFile(const OutputFile &) = delete;
    OutputFile &operator=(const OutputFile &) = delete;

    // Where it lies until it is committed.
    const std::string &temporary() const { return temporary_; }
    const std::string &path() const { return path_; }
    // All of them at the place where the last write or read ended. Throws Error.
    void write(std::string_view bytes) const;
    // How many there were. Throws Error.
    int64_t read(void *bytes, int64_t count) const;
    // As the system's lseek.
    int64_t seek(int64_t offset, int whence) const;
    // Renames the temporary file to path, over what was there.
    void commit();

  private:
    std::string path_;
    std::string destination_;  // path_ with symbolic links followed, so that they stay links
    std::string temporary_;    // empty once committed
    int file_ = -1;            // temporary_, open
};

// Whether both name one file, which need not be there yet.
bool is_same_file(const std::string &a, const std::string &b);

// Throws if one that is not empty is named twice.
void check_distinct(const std::vector<std::string> &paths);

// ".png" of "a/B.PNG": in lower case, empty if there is none.
std::string lower_case_suffix(const std::string &path);

}  // namespace sepflow::command
