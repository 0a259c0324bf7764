#include "runtime/command/process/watch.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <exception>
#include <iostream>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/base/child.h"
#include "runtime/base/error.h"
#include "runtime/command/process/interrupt.h"
#include "runtime/command/process/temporary.h"

namespace sepflow::command {

namespace {

constexpr int kSlots = 256;  // threads that can be distinguished
constexpr int kNobody = -1;

// A thread's call into a plugin.
struct Slot {
    std::atomic<int64_t> since;  // by the clock; 0: in no plugin
    char who[128], function[32];
};

template <size_t Size>
void copy(char (&to)[Size], const char *from) {
    std::strncpy(to, from, Size - 1);
    to[Size - 1] = '\0';
}

thread_local int own_slot = kNobody;
std::atomic<int> *crashed_slot = nullptr;  // of the child

extern "C" void note_crash(int number) {
    crashed_slot->store(own_slot, std::memory_order_relaxed);
    std::signal(number, SIG_DFL);
    std::raise(number);
}

}  // namespace

struct Watch::Shared {
    std::atomic<int64_t> clock;  // nanoseconds that the parent saw pass
    std::atomic<int> step, next_slot, crashed;
    std::atomic<bool> is_done;    // a plugin may end the process with any code
    std::atomic<int> error_code;  // of what was thrown
    Slot slots[kSlots];
    char why[1024];
};

Watch::Watch(double patience_seconds) : patience_(patience_seconds) {
    void *memory =
        mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    shared_ = new (memory) Shared{};
}

Watch::~Watch() {
    munmap(shared_, sizeof *shared_);
}

void Watch::reached(int step) {
    shared_->step.store(step);
}

int Watch::step() const {
    return shared_->step.load();
}

bool Watch::was_mistake() const {
    const int code = shared_->error_code.load();
    return code != SEPFLOW_OK && code != SEPFLOW_E_INTERNAL;
}

void Watch::observe(void *watch, const char *who, const char *function) {
    Shared &shared = *static_cast<Watch *>(watch)->shared_;
    if (own_slot == kNobody) own_slot = shared.next_slot.fetch_add(1);
    if (own_slot >= kSlots) return;
    Slot &slot = shared.slots[own_slot];
    slot.since.store(0);
    if (function == nullptr) return;
    copy(slot.who, who);
    copy(slot.function, function);
    slot.since.store(shared.clock.load());
}

void Watch::become_child(const std::function<void()> &work) {
    crashed_slot = &shared_->crashed;
    note_signals();
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
        std::signal(number, note_crash);
    int code = 1;
    try {
        work();
        std::cout.flush();
        shared_->is_done.store(true);
        code = 0;
    } catch (const std::bad_alloc &) {
        copy(shared_->why, "out of memory");
    } catch (const Error &error) {
        shared_->error_code.store(error.code());
        copy(shared_->why, error.what());
    } catch (const std::exception &error) {
        copy(shared_->why, error.what());
    }
    _exit(code);
}

// "node 'blur' crashed in its process", of the thread that crashed, or else of one that was in a
// plugin.
std::string Watch::blamed(const std::string &did) const {
    int slot = shared_->crashed.load();
    if (slot < 0 || slot >= kSlots || shared_->slots[slot].since.load() == 0) {
        for (slot = 0; slot < kSlots && shared_->slots[slot].since.load() == 0;) ++slot;
    }
    if (slot == kSlots) return "it " + did;
    const Slot &found = shared_->slots[slot];
    return std::string(found.who) + " " + did + " in its " + found.function;
}

Watch::Ending Watch::wait_for(int child, std::string *why) {
    constexpr int kLook = 200;  // milliseconds
    SeenTime time;
    bool hangs = false;
    while (!ends_within(child, kLook)) {
        if (interrupting_signal() != 0) kill(child, interrupting_signal());
        const int64_t now = 1 + time.look().count();
        shared_->clock.store(now);
        for (int i = 0; i < kSlots && !hangs; ++i) {
            const int64_t since = shared_->slots[i].since.load();
            if (since == 0 || static_cast<double>(now - since) < patience_ * 1e9) continue;
            shared_->crashed.store(i);
            hangs = true;
            kill(child, SIGKILL);
        }
    }
    const int status = reap(child);
    remove_temporaries();
    if (shared_->is_done.load()) return Ending::kDone;
    if (interrupting_signal() != 0) return Ending::kInterrupted;
    if (hangs) {
        *why = blamed("did not return");
    } else if (WIFSIGNALED(status)) {
        *why = blamed("crashed (" + std::string(strsignal(WTERMSIG(status))) + ")");
    } else {
        *why = shared_->why[0] != '\0' ? shared_->why : blamed("ended the process");
    }
    return Ending::kFailed;
}

Watch::Ending Watch::run(const std::function<void()> &work, std::string *why) {
    new (shared_) Shared{};
    shared_->step.store(-1);
    shared_->crashed.store(kNobody);
    shared_->clock.store(1);
    std::cout.flush();
    const pid_t child = fork_child();
    if (child == 0) become_child(work);
    if (child < 0)
        throw Error(SEPFLOW_E_IO, std::string("no child process: ") + std::strerror(errno));
    return wait_for(child, why);
}

}  // namespace sepflow::command
