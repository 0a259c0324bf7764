// A kernel in a file of the test's own.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <string>
#include <unistd.h>

#include "runtime/base/error.h"
#include "runtime/kernel/kernel.h"

namespace kernel_test {

// A file with content that lives as long as this.
class Scratch {
  public:
    Scratch(const std::string &suffix, const std::string &content) {
        char pattern[] = "/tmp/sepflow-kernel-XXXXXX";
        REQUIRE(mkdtemp(pattern) != nullptr);
        directory_ = pattern;
        path_ = directory_ + "/a kernel_1" + suffix;
        std::ofstream(path_, std::ios::binary) << content;
    }
    Scratch(const Scratch &) = delete;
    ~Scratch() {
        std::remove(path_.c_str());
        rmdir(directory_.c_str());
    }
    std::string text() const { return "file " + path_; }

  private:
    std::string directory_, path_;
};

inline sepflow::Kernel read(const std::string &suffix, const std::string &content) {
    return sepflow::kernel_from_trusted_text(Scratch(suffix, content).text());
}

// Why the file is refused; empty: it is not.
inline std::string message(const std::string &suffix, const std::string &content) {
    try {
        read(suffix, content);
    } catch (const sepflow::Error &e) {
        return e.what();
    }
    return "";
}

}  // namespace kernel_test
