#include "runtime/command/session.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

#include "runtime/command/command.h"

namespace sepflow {

namespace {

volatile std::sig_atomic_t interrupted = 0;

extern "C" void note_interrupt(int) {
    interrupted = 1;
}

// Ctrl-C stops the work instead of the program while this lives, so that no half-written file stays.
class InterruptGuard {
  public:
    InterruptGuard() {
        struct sigaction action = {};
        action.sa_handler = note_interrupt;
        sigaction(SIGINT, &action, &old_int_);
        sigaction(SIGTERM, &action, &old_term_);
    }
    InterruptGuard(const InterruptGuard &) = delete;
    ~InterruptGuard() {
        sigaction(SIGINT, &old_int_, nullptr);
        sigaction(SIGTERM, &old_term_, nullptr);
    }

  private:
    struct sigaction old_int_, old_term_;
};

// On a terminal, for work that lasts.
class ProgressBar {
  public:
    explicit ProgressBar(int64_t rows) : rows_(rows), shown_(isatty(STDERR_FILENO) != 0) {}
    ProgressBar(const ProgressBar &) = delete;
    ~ProgressBar() {
        if (drawn_) std::fprintf(stderr, "\r\033[K");
    }

    // Rows of earlier bands are done; of this one, `done` of `total` tiles.
    void show(int64_t rows_before, int64_t band_rows, int64_t done, int64_t total) {
        using std::chrono::steady_clock;
        const auto now = steady_clock::now();
        if (!shown_ || now - start_ < std::chrono::milliseconds(500) ||
            now - last_ < std::chrono::milliseconds(50)) {
            return;
        }
        last_ = now;
        drawn_ = true;
        const double part = (static_cast<double>(rows_before) + static_cast<double>(band_rows) *
                                                                    static_cast<double>(done) /
                                                                    static_cast<double>(total)) /
                            static_cast<double>(rows_);
        constexpr int kWidth = 40;
        const int filled = static_cast<int>(part * kWidth);
        std::fprintf(stderr, "\r[%.*s%*s] %3.0f%%", filled,
                     "########################################", kWidth - filled, "", part * 100);
    }

  private:
    int64_t rows_;
    bool shown_, drawn_ = false;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now(), last_ = start_;
};

struct Run {
    ProgressBar *bar;
    int64_t rows_before, band_rows;
};

void show_progress(void *ctx, int64_t done, int64_t total) {
    const auto *run = static_cast<Run *>(ctx);
    run->bar->show(run->rows_before, run->band_rows, done, total);
}

int32_t is_interrupted(void *) {
    return interrupted;
}

std::string beside_this_program() {
    std::error_code none;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", none);
    if (none) return "";
    const std::string root = program.parent_path().parent_path().string();
    return root + "/plugins:" + root + "/" SEPFLOW_PLUGIN_SUBDIRECTORY;
}

void note_skipped(void *ctx, const char *path, const char *reason) {
    auto *skipped = static_cast<std::vector<SkippedPlugin> *>(ctx);
    if (skipped != nullptr) skipped->push_back({path, reason});
}

}  // namespace

RegistryPointer find_plugins(std::vector<SkippedPlugin> *skipped) {
    sepflow_registry *registry = nullptr;
    CallError error;
    error.check(sepflow_registry_create(&registry, error));
    RegistryPointer owner(registry);
    if (const char *path = secure_getenv("SEPFLOW_PLUGIN_PATH")) {
        sepflow_registry_scan(registry, path, note_skipped, skipped);
    }
    sepflow_registry_scan(registry, beside_this_program().c_str(), note_skipped, skipped);
    sepflow_registry_scan(registry, nullptr, nullptr, nullptr);
    return owner;
}

void write_output(const sepflow_graph *graph, const std::string &output, const std::string &path,
                  int threads, VipsImage *like) {
    CallError error;
    sepflow_image described = {};
    described.struct_size = sizeof described;
    error.check(sepflow_graph_describe_output(graph, output.c_str(), &described, error));
    const InterruptGuard guard;
    ProgressBar bar(described.domain.h);
    write_image(
        path, described,
        [&](const sepflow_image &out) {
            Run state = {&bar, out.bounds.y - described.domain.y, out.bounds.h};
            sepflow_run run = {};
            run.struct_size = sizeof run;
            run.max_threads = threads;
            run.ctx = &state;
            run.progress = show_progress;
            run.is_cancelled = is_interrupted;
            CallError failure;
            failure.check(sepflow_graph_compute(graph, output.c_str(), &out, &run, failure));
        },
        like);
}

}  // namespace sepflow
