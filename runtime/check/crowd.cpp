#include "runtime/check/crowd.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/check/verdict.h"

namespace sepflow::check {

struct Crowd::State {
    std::mutex mutex;
    std::condition_variable changed;
    size_t round = 0, left = 0;  // threads that have not finished this round
    bool is_over = false;
    std::atomic<size_t> ready{0};
    const std::function<void(size_t)> *work = nullptr;
    std::vector<std::string> failures;
    std::vector<std::thread> threads;

    void live(size_t i, size_t count) {
        for (size_t seen = 0;;) {
            {
                std::unique_lock<std::mutex> lock(mutex);
                changed.wait(lock, [&] { return is_over || round != seen; });
                if (is_over) return;
                seen = round;
            }
            ++ready;
            while (ready.load() < count * seen) std::this_thread::yield();
            try {
                (*work)(i);
            } catch (const Failed &failed) {
                failures[i] = failed.why;
            } catch (const std::exception &error) {
                failures[i] = error.what();
            }
            const std::lock_guard<std::mutex> lock(mutex);
            --left;
            changed.notify_all();
        }
    }
};

Crowd::Crowd(size_t count) : state_(new State) {
    state_->failures.resize(count);
    for (size_t i = 0; i < count; ++i)
        state_->threads.emplace_back([state = state_.get(), i, count] { state->live(i, count); });
}

Crowd::~Crowd() {
    {
        const std::lock_guard<std::mutex> lock(state_->mutex);
        state_->is_over = true;
        state_->changed.notify_all();
    }
    for (std::thread &thread : state_->threads) thread.join();
}

void Crowd::run(const std::function<void(size_t)> &work) {
    std::unique_lock<std::mutex> lock(state_->mutex);
    state_->work = &work;
    state_->left = state_->threads.size();
    ++state_->round;
    state_->changed.notify_all();
    state_->changed.wait(lock, [&] { return state_->left == 0; });
    for (const std::string &failure : state_->failures) require(failure.empty(), failure);
}

}  // namespace sepflow::check
