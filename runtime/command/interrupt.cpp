#include "runtime/command/interrupt.h"

#include <atomic>
#include <csignal>
#include <initializer_list>

namespace sepflow::command {

namespace {

std::atomic<int> noted{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void note_signal(int number) {
    noted.store(number, std::memory_order_relaxed);
}

}  // namespace

void catch_signals() {
    struct sigaction action = {};
    action.sa_handler = note_signal;
    action.sa_flags = SA_RESTART;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        // What the parent ignores, as nohup does, stays ignored.
        struct sigaction before = {};
        sigaction(number, nullptr, &before);
        if (before.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);
    }
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
}

int interrupting_signal() {
    return noted.load(std::memory_order_relaxed);
}

}  // namespace sepflow::command
