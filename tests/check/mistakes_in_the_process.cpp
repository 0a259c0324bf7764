#include <cfenv>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <new>
#include <sched.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check/mistakes.h"

namespace faulty {

namespace {

std::vector<Mistake> with_exceptions() {
    return {
        {"throws_in_destroy", "state", "in destroy, which threw",
         [](auto &node) {
             node.destroy = [](auto *n) {
                 correct().destroy(n);
                 if (n != nullptr) throw std::runtime_error("a fault");
             };
         }},
        {"throws_in_release", "state", "in plan_release, which threw",
         [](auto &node) {
             node.plan_release = [](auto *plan) {
                 correct().plan_release(plan);
                 if (plan != nullptr) throw std::runtime_error("a fault");
             };
         }},
        {"throws_in_configure", "state", "its configure threw: std::bad_alloc",
         [](auto &node) {
             node.configure = [](auto *, auto *, auto **, auto *) -> sepflow_status {
                 throw std::bad_alloc();
             };
         }},
        {"throws_in_plan_info", "plan_info", "its plan_info threw",
         [](auto &node) { node.plan_info = [](auto *, auto *) -> sepflow_status { throw 5; }; }},
    };
}

// The correct call, after `act` the first time there are pixels to compute.
template <typename Act>
sepflow_status process_after(const sepflow_plan *plan, const sepflow_process *call,
                             sepflow_error *error, Act act) {
    if (has_pixels(call)) act();
    return correct().process(plan, call, error);
}

std::vector<Mistake> in_the_process() {
    return {
        {"fpu_until_destroy", "state", "its create changes the FPU's modes",
         [](auto &node) {
             static std::fenv_t before;
             node.create = [](auto *desc, auto *host, auto **made, auto *error) {
                 std::fegetenv(&before);
                 std::fesetround(FE_TOWARDZERO);
                 return correct().create(desc, host, made, error);
             };
             node.destroy = [](auto *n) {
                 std::fesetenv(&before);
                 correct().destroy(n);
             };
         }},
        {"locale_of_thread", "state", "the locale",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 static const locale_t own = newlocale(LC_ALL_MASK, "C", nullptr);
                 uselocale(own);
                 return correct().configure(n, config, plan, error);
             };
         }},
        {"leaves_a_child", "state", "the child processes",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_after(plan, call, error, [] {
                     if (fork() == 0) {
                         pause();
                         _exit(0);
                     }
                 });
             };
         }},
        {"umask", "state", "the mask of file modes",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_after(plan, call, error, [] { umask(0); });
             };
         }},
        {"limits_files", "state", "the limits of the process",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_after(plan, call, error, [] {
                     rlimit files = {};
                     getrlimit(RLIMIT_NOFILE, &files);
                     files.rlim_cur = 200;
                     setrlimit(RLIMIT_NOFILE, &files);
                 });
             };
         }},
        {"sets_a_timer", "state", "the timers",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_after(plan, call, error, [] { alarm(10000); });
             };
         }},
        {"blocks_signals", "state", "the signals that are blocked",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_after(plan, call, error, [] {
                     sigset_t set;
                     sigemptyset(&set);
                     sigaddset(&set, SIGUSR1);
                     pthread_sigmask(SIG_BLOCK, &set, nullptr);
                 });
             };
         }},
        {"own_signal_stack", "state", "the stack for signals",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_after(plan, call, error, [] {
                     static char memory[1 << 16];
                     stack_t stack = {};
                     stack.ss_sp = memory;
                     stack.ss_size = sizeof memory;
                     sigaltstack(&stack, nullptr);
                 });
             };
         }},
        {"binds_the_thread", "state", "the processors",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_after(plan, call, error, [] {
                     cpu_set_t first;
                     CPU_ZERO(&first);
                     CPU_SET(0, &first);
                     sched_setaffinity(0, sizeof first, &first);
                 });
             };
         }},
        {"prints_refusals", "state", "it prints in set_param that refuses",
         [](auto &node) {
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 const sepflow_status status = correct().set_param(n, index, value, error);
                 if (status != SEPFLOW_OK) std::fprintf(stderr, "set_param: %d\n", status);
                 return status;
             };
         }},
    };
}

}  // namespace

std::vector<Mistake> mistakes_in_the_process() {
    std::vector<Mistake> all = with_exceptions();
    for (const Mistake &mistake : in_the_process()) all.push_back(mistake);
    return all;
}

}  // namespace faulty
