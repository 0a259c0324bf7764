// Which files the nodes of a graph may read, as the caller allowed.
#pragma once

#include <filesystem>
#include <string>

#include <sepflow/node.h>

namespace sepflow::host {

class AllowedFiles {
  public:
    void allow(const std::string &folder);  // throws Error{IO} if there is no such folder
    void allow_none() { folder_.clear(); }

    // The file's path without links. Throws Error{UNSUPPORTED} unless it lies in the folder.
    std::string path_of(const std::string &name) const;

  private:
    bool is_inside(const std::filesystem::path &path) const;

    std::filesystem::path folder_;  // without links; empty: none
};

}  // namespace sepflow::host
