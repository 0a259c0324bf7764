// A folder of a test's own.
#pragma once

#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <string>

// Gone with this.
struct Folder {
    std::filesystem::path path;

    Folder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "sepflow-host-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    Folder(const Folder &) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
};
