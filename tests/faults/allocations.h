// Every allocation of this program and of all that it loads: counted, made to fail by number, and
// watched until it is freed. operator new is replaced everywhere; malloc and its kin only without a
// sanitizer, which has its own.
#pragma once

#include <cstdint>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FAULTS_OWN_MALLOC
#endif

namespace faults {

enum class Fail { kOnce, kFromThenOn };

// While it lives, on all threads: the n-th allocation fails (0: none), or that and all behind it.
// oneTBB's own are left out: it ends the program where a thread of its pool finds no memory.
class Watch {
  public:
    explicit Watch(int64_t n = 0, Fail fail = Fail::kOnce);
    Watch(const Watch &) = delete;
    ~Watch();

    int64_t allocations() const;  // so far
    // Returns the blocks allocated since it began that are not freed, without those that the C
    // library and the loader keep for later threads and libraries.
    int64_t held() const;
};

// Scope in which this thread's allocations neither count nor fail nor are watched: the test's own
// work within a call.
class Aside {
  public:
    Aside();
    Aside(const Aside &) = delete;
    ~Aside();
};

}  // namespace faults
