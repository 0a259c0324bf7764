#include "runtime/host/arena.h"

#include <map>
#include <mutex>
#include <vector>

namespace sepflow::host {

namespace {

// Arenas of one size, as many as calls ever ran at once.
struct Arenas {
    std::vector<std::unique_ptr<tbb::task_arena>> kept;  // has room for all
    size_t made = 0;
};

struct Shelf {
    std::mutex mutex;
    std::map<int, Arenas> arenas;  // by threads
};

Shelf &shelf() {
    static Shelf shelf;
    return shelf;
}

}  // namespace

LentArena::LentArena(int threads) : threads_(threads) {
    const std::lock_guard<std::mutex> lock(shelf().mutex);
    Arenas &arenas = shelf().arenas[threads];
    if (arenas.kept.empty()) {
        arenas.kept.reserve(arenas.made + 1);
        arena_ = std::make_unique<tbb::task_arena>(threads);
        ++arenas.made;
        return;
    }
    arena_ = std::move(arenas.kept.back());
    arenas.kept.pop_back();
}

LentArena::~LentArena() {
    const std::lock_guard<std::mutex> lock(shelf().mutex);
    shelf().arenas.at(threads_).kept.push_back(std::move(arena_));
}

}  // namespace sepflow::host
