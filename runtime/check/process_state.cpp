#include "runtime/check/process_state.h"

#include <clocale>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
#endif

namespace sepflow::check {

uint64_t fpu_modes() {
#if defined(__x86_64__) || defined(__i386__)
    uint16_t x87 = 0;
    asm volatile("fnstcw %0" : "=m"(x87));
    constexpr unsigned kExceptionsSeen = 0x3f;  // every operation may set these
    return uint64_t{_mm_getcsr() & ~kExceptionsSeen} << 16 | x87;
#elif defined(__aarch64__)
    uint64_t modes = 0;
    asm volatile("mrs %0, fpcr" : "=r"(modes));
    return modes;
#else
    return 0;
#endif
}

namespace {

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

// The process's locale, and whether this thread has one of its own.
std::string locale() {
    const char *name = std::setlocale(LC_ALL, nullptr);
    const bool is_own = uselocale(nullptr) != LC_GLOBAL_LOCALE;
    return (name != nullptr ? name : "") + std::string(is_own ? ", own of the thread" : "");
}

std::string signal_stack() {
    stack_t stack = {};
    sigaltstack(nullptr, &stack);
    return (stack.ss_flags & SS_DISABLE) != 0 ? "none" : std::to_string(stack.ss_size) + " bytes";
}

std::string timers() {
    std::string all;
    for (const auto which : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}) {
        itimerval timer = {};
        getitimer(which, &timer);
        all += timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0 ? "on " : "off ";
    }
    return all;
}

std::string limits() {
    std::string all;
    for (int which = 0; which < RLIM_NLIMITS; ++which) {
        rlimit limit = {};
        getrlimit(static_cast<decltype(RLIMIT_NOFILE)>(which), &limit);
        all += std::to_string(limit.rlim_cur) + " ";
    }
    return all;
}

std::string file_mode_mask() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("Umask:", 0) == 0) return line.substr(line.find('\t') + 1);
    }
    return "";
}

std::string processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    return std::to_string(CPU_COUNT(&set));
}

std::string children() {
    siginfo_t any = {};
    return waitid(P_ALL, 0, &any, WEXITED | WNOHANG | WNOWAIT) == 0 ? "some" : "none";
}

std::ptrdiff_t entries(const char *folder) {
    return std::distance(std::filesystem::directory_iterator(folder), {});
}

}  // namespace

ProcessState process_state() {
    return {{"the FPU's modes", std::to_string(fpu_modes())},
            {"the locale", locale()},
            {"the signals that are blocked", blocked_signals()},
            {"the handlers of signals", handled_signals()},
            {"the stack for signals", signal_stack()},
            {"the timers", timers()},
            {"the environment", environment()},
            {"the working directory", std::filesystem::current_path()},
            {"the mask of file modes", file_mode_mask()},
            {"the limits of the process", limits()},
            {"the processors that the thread runs on", processors()},
            {"the child processes", children()},
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

Silence::Silence() : kept_(memfd_create("printed", MFD_CLOEXEC)), out_(dup(1)), error_(dup(2)) {
    std::fflush(stdout);
    dup2(kept_, 1);
    dup2(kept_, 2);
}

Silence::~Silence() {
    std::fflush(stdout);
    dup2(out_, 1);
    dup2(error_, 2);
    for (const int file : {kept_, out_, error_}) close(file);
}

bool Silence::is_kept() const {
    std::fflush(stdout);
    return kept_ < 0 || lseek(kept_, 0, SEEK_END) == 0;
}

}  // namespace sepflow::check
