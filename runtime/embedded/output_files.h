// Files that appear whole, and when all of them are: written into a hidden folder within the one
// they are for, then renamed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/command/process/temporary.h"

namespace sepflow::embedded {

// All but the destructor throw Error with the system's reason.
class OutputFiles {
  public:
    explicit OutputFiles(const std::string &folder);
    OutputFiles(const OutputFiles &) = delete;
    OutputFiles &operator=(const OutputFiles &) = delete;

    void add(const std::string &name, const std::string &text);
    // `write` gets the path and may write other files next to it, which are removed. It has a
    // process of its own: LLVM ends it where it cannot write.
    void add_apart(const std::string &name,
                   const std::function<void(const std::string &path)> &write);
    void commit();

  private:
    std::string path(const std::string &name) const { return folder_ + "/" + name; }
    std::string partial(const std::string &name) const { return temporary_.path() + "/" + name; }
    void expect(const std::string &name);

    std::string folder_;
    command::Temporary temporary_;
    std::vector<std::string> names_;
};

}  // namespace sepflow::embedded
