#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/peers.h"

namespace bench {

namespace {

// A Python process that is asked by lines and answers by lines.
class Python {
  public:
    explicit Python(const char *script) {
        int to[2], from[2];
        if (pipe(to) != 0 || pipe(from) != 0) throw std::runtime_error("no pipe");
        child_ = fork();
        if (child_ == 0) {
            dup2(to[0], 0);
            dup2(from[1], 1);
            close(to[1]);
            execl(SEPFLOW_PYTHON, SEPFLOW_PYTHON, script, nullptr);
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
            throw std::runtime_error("SciPy does not answer");
        return seconds;
    }

  private:
    pid_t child_;
    std::FILE *to_ = nullptr, *from_ = nullptr;
};

const char *dtype_of(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return "uint8";
        case SEPFLOW_U16:
            return "uint16";
        case SEPFLOW_S16:
            return "int16";
        case SEPFLOW_F32:
            return "float32";
        default:
            return "float64";
    }
}

}  // namespace

std::vector<Contender> scipy_contenders(const Buffers &buffers) {
    const Workload &w = buffers.workload;
    if (w.type.type == SEPFLOW_F16 || w.rank != 1 || w.threads != 1 || w.channels != 1 ||
        w.delta() != 0)
        return {};
    static Python python(SEPFLOW_SCIPY_CONTENDER);
    const nlohmann::json request = {{"in", buffers.in.path()},
                                    {"out", buffers.theirs.path()},
                                    {"dtype", dtype_of(w.type.type)},
                                    {"shape", {w.height, w.width}},
                                    {"row", w.row()},
                                    {"column", w.column()}};
    return {{"scipy", [line = request.dump()] { return python.ask(line); }}};
}

}  // namespace bench
