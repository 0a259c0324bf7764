// Arenas of oneTBB, each lent to one call at a time and kept for the next. One that is made for a
// call and then destroyed stays in memory where its workers come late: oneTBB before 2021.9 waits
// for them for good (its issue 396).
#pragma once

#include <memory>
#include <tbb/task_arena.h>

namespace sepflow::host {

class LentArena {
  public:
    explicit LentArena(int threads);
    LentArena(const LentArena &) = delete;
    LentArena &operator=(const LentArena &) = delete;
    ~LentArena();

    template <typename Body>
    void execute(Body &&body) {
        arena_->execute(body);
    }

  private:
    int threads_;
    std::unique_ptr<tbb::task_arena> arena_;
};

}  // namespace sepflow::host
