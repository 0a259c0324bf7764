// Threads that begin the same work at once.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace sepflow::check {

class Crowd {
  public:
    explicit Crowd(size_t count);
    Crowd(const Crowd &) = delete;
    ~Crowd();
    // Runs work(i) on thread i and returns when all are done. Throws the first Failed of any.
    void run(const std::function<void(size_t)> &work);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Runs work(i) on that many threads, which end with it.
inline void at_once(size_t count, const std::function<void(size_t)> &work) {
    Crowd(count).run(work);
}

}  // namespace sepflow::check
