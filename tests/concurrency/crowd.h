// Many threads that begin together.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace concurrency {

// Calls work(i) on thread i of `count`, none before all are there; returns when all are done.
// Assertions are for the caller to make: doctest's are not for threads.
inline void crowd(int count, const std::function<void(int)> &work) {
    std::atomic<int> waiting{count};
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([&, i] {
            for (--waiting; waiting > 0;) std::this_thread::yield();
            work(i);
        });
    }
    for (std::thread &thread : threads) thread.join();
}

}  // namespace concurrency
