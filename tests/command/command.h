// Runs the built command in a folder of its own and tells what it said and left behind.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace command_test {

struct Outcome {
    int exit_code;  // 128 + n if signal n ended it
    std::string out, err;
};

// Circumstances of a run in addition to its arguments.
struct Circumstances {
    long largest_file = -1;  // bytes, -1: no limit
    std::string plugin_path;
    std::vector<std::pair<std::string, std::string>> environment;  // names and values
    // Called in the parent while the command runs.
    void (*meanwhile)(int pid, const std::string &folder) = nullptr;
    bool has_own_group = false;  // of processes
    int ignored_signal = 0;      // 0: none
    int standard_error = -1;     // a descriptor, -1: a file
};

class Folder {
  public:
    Folder();
    ~Folder();
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;

    const std::string &path() const { return path_; }
    std::string path(const std::string &name) const { return path_ + "/" + name; }
    void write(const std::string &name, const std::string &bytes) const;
    std::string read(const std::string &name) const;
    bool has(const std::string &name) const;
    // Names of all that lies here, hidden files too, sorted.
    std::vector<std::string> names() const;

    Outcome run(const std::vector<std::string> &arguments,
                const Circumstances &circumstances = {}) const;
    // Starts the command and returns its process, for `ended` to be given its status.
    int start(const std::vector<std::string> &arguments, const Circumstances &circumstances) const;
    Outcome ended(int status) const;

  private:
    std::string path_;
};

// Lines of a text.
std::vector<std::string> lines(const std::string &text);

}  // namespace command_test
