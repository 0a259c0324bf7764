#include "tests/bench/python.h"

#include <cstdio>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

// A Python process that is asked by lines and answers by lines.
class Python {
  public:
    Python() {
        int to[2], from[2];
        if (pipe(to) != 0 || pipe(from) != 0) throw std::runtime_error("no pipe");
        child_ = fork();
        if (child_ == 0) {
            dup2(to[0], 0);
            dup2(from[1], 1);
            close(to[1]);
            execl(SEPFLOW_PYTHON, SEPFLOW_PYTHON, SEPFLOW_PYTHON_PEERS, nullptr);
            _exit(127);
        }
        close(to[0]);
        close(from[1]);
        to_ = fdopen(to[1], "w");
        from_ = fdopen(from[0], "r");
    }
    ~Python() {
        std::fclose(to_);
        std::fclose(from_);
        waitpid(child_, nullptr, 0);
    }
    Python(const Python &) = delete;
    Python &operator=(const Python &) = delete;

    double ask(const std::string &line) {
        std::fprintf(to_, "%s\n", line.c_str());
        std::fflush(to_);
        double seconds = 0;
        if (std::fscanf(from_, "%lf", &seconds) != 1)
            throw std::runtime_error("Python does not answer; are its packages installed?");
        return seconds;
    }

  private:
    pid_t child_;
    std::FILE *to_ = nullptr, *from_ = nullptr;
};

}  // namespace

double python_seconds(const std::string &request) {
    static Python python;
    return python.ask(request);
}

}  // namespace bench
