// A directory of this process, for files that a target reads; gone when it ends.
#pragma once

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <unistd.h>

#include "tests/fuzz/input.h"

namespace fuzz {

class Directory {
  public:
    Directory() {
        const std::filesystem::path memory = "/dev/shm";  // where there is one
        const auto place =
            std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
        path_ = (place / "sepflow-fuzz.XXXXXX").string();
        require(mkdtemp(path_.data()) != nullptr, "a directory for files");
    }
    ~Directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Directory(const Directory &) = delete;

    std::string path(const std::string &name) const { return path_ + "/" + name; }

    std::string write(const std::string &name, const std::string &content) const {
        const std::string file = path(name);
        const int to = open(file.c_str(), O_WRONLY | O_CREAT, 0600);
        require(to >= 0, "a file");
        require(::write(to, content.data(), content.size()) == ssize_t(content.size()),
                "its bytes");
        require(ftruncate(to, static_cast<off_t>(content.size())) == 0, "and no more");
        close(to);
        return file;
    }

  private:
    std::string path_;
};

}  // namespace fuzz
