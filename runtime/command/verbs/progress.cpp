#include "runtime/command/verbs/progress.h"

#include <cstdio>
#include <string>
#include <unistd.h>

namespace sepflow::command {

namespace {

// Shorter work is over before a bar could be read.
constexpr std::chrono::milliseconds kPatience(500);
constexpr int kWidth = 40;

}  // namespace

Progress::Progress(bool wanted)
    : wanted_(wanted && isatty(STDERR_FILENO) == 1), start_(std::chrono::steady_clock::now()) {}

void Progress::show(double part) {
    if (!wanted_ || std::chrono::steady_clock::now() - start_ < kPatience) return;
    const int percent = static_cast<int>(part * 100);
    if (percent == shown_percent_) return;
    shown_percent_ = percent;
    const int full = percent * kWidth / 100;
    const std::string bar = std::string(full, '#') + std::string(kWidth - full, '.');
    std::fprintf(stderr, "\r[%s] %3d %%", bar.c_str(), percent);
}

void Progress::wipe() {
    if (shown_percent_ >= 0) std::fputs("\r\033[K", stderr);
    shown_percent_ = -1;
}

}  // namespace sepflow::command
