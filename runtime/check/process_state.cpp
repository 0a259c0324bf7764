#include "runtime/check/process_state.h"

#include <array>
#include <clocale>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
#endif

namespace sepflow::check {

namespace {

std::string fpu_modes() {
#if defined(__x86_64__) || defined(__i386__)
    uint16_t x87 = 0;
    asm volatile("fnstcw %0" : "=m"(x87));
    constexpr unsigned kExceptionsSeen = 0x3f;  // every operation may set these
    return std::to_string(_mm_getcsr() & ~kExceptionsSeen) + "/" + std::to_string(x87);
#elif defined(__aarch64__)
    uint64_t modes = 0;
    asm volatile("mrs %0, fpcr" : "=r"(modes));
    return std::to_string(modes);
#else
    return "";
#endif
}

std::string blocked_signals() {
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, nullptr, &blocked);
    std::string numbers;
    for (int number = 1; number < NSIG; ++number) {
        if (sigismember(&blocked, number) == 1) numbers += std::to_string(number) + " ";
    }
    return numbers;
}

std::string handled_signals() {
    std::string handlers;
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction action = {};
        if (sigaction(number, nullptr, &action) != 0 || action.sa_handler == SIG_DFL) continue;
        handlers +=
            std::to_string(number) + (action.sa_handler == SIG_IGN ? " ignored, " : " handled, ");
    }
    return handlers;
}

std::string environment() {
    std::string all;
    for (char **variable = environ; variable != nullptr && *variable != nullptr; ++variable)
        all += std::string(*variable) + '\n';
    return all;
}

std::ptrdiff_t entries(const char *folder) {
    return std::distance(std::filesystem::directory_iterator(folder), {});
}

}  // namespace

ProcessState process_state() {
    const char *locale = std::setlocale(LC_ALL, nullptr);
    return {{"the FPU's modes", fpu_modes()},
            {"the locale", locale != nullptr ? locale : ""},
            {"the signals that are blocked", blocked_signals()},
            {"the handlers of signals", handled_signals()},
            {"the environment", environment()},
            {"the working directory", std::filesystem::current_path()},
            {"the number of open files", std::to_string(entries("/proc/self/fd"))},
            {"the number of threads", std::to_string(entries("/proc/self/task"))}};
}

std::string changed(const ProcessState &before, const ProcessState &after) {
    for (const auto &[what, value] : before) {
        if (after.at(what) != value)
            return what + " (was " + value + ", is " + after.at(what) + ")";
    }
    return "";
}

}  // namespace sepflow::check
