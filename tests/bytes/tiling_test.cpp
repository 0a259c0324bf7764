// However an image is cut, in whatever order the parts come and on however many threads: the bytes
// of one call.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <doctest/doctest.h>
#include <string>
#include <thread>
#include <vector>

#include "tests/bytes/numbers.h"
#include "tests/bytes/scene.h"

using namespace bytes;

namespace {

constexpr int kThreads[] = {1, 2, 3, 5, 8, 16, 33, 64};

// SEPFLOW_TEST_SHARE=N: one case in N, for sanitizers and emulators.
bool skipped(size_t i) {
    const char *share = std::getenv("SEPFLOW_TEST_SHARE");
    return share != nullptr && i % static_cast<size_t>(std::atoi(share)) != 0;
}

// Where first .. first+count is cut: parts of one and of many.
std::vector<int64_t> cuts(int64_t first, int64_t count, Numbers &numbers) {
    std::vector<int64_t> at = {first};
    while (at.back() < first + count) {
        const int64_t step = numbers.bits(2) == 0 ? 1 : numbers.within(1, 1 + count / 3);
        at.push_back(std::min(at.back() + step, first + count));
    }
    return at;
}

// The domain in tiles of uneven sizes, some one pixel high or wide, shuffled.
std::vector<sepflow_rect> tiles_of(const sepflow_rect &domain, Numbers &numbers) {
    const std::vector<int64_t> xs = cuts(domain.x, domain.w, numbers),
                               ys = cuts(domain.y, domain.h, numbers);
    std::vector<sepflow_rect> tiles;
    for (size_t i = 0; i + 1 < xs.size(); ++i) {
        for (size_t j = 0; j + 1 < ys.size(); ++j)
            tiles.push_back({xs[i], ys[j], xs[i + 1] - xs[i], ys[j + 1] - ys[j]});
    }
    for (size_t i = tiles.size(); i > 1; --i)
        std::swap(tiles[i - 1],
                  tiles[static_cast<size_t>(numbers.within(0, static_cast<int64_t>(i) - 1))]);
    return tiles;
}

// Every tile by a call of its own, from several threads.
bool compute_tiles(const Scene &scene, const std::vector<sepflow_rect> &tiles,
                   const std::vector<oracle::Pixels> &outs, int threads) {
    std::atomic<size_t> next{0};
    std::atomic<bool> is_good{true};
    const auto work = [&] {
        for (size_t i = next++; i < tiles.size(); i = next++) {
            if (scene.compute(outs, tiles[i], 1) != SEPFLOW_OK) is_good = false;
        }
    };
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i) others.emplace_back(work);
    work();
    for (std::thread &other : others) other.join();
    return is_good;
}

bool same(const std::vector<oracle::Pixels> &a, const std::vector<oracle::Pixels> &b) {
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(),
        [](const oracle::Pixels &p, const oracle::Pixels &q) { return p.bytes() == q.bytes(); });
}

}  // namespace

TEST_CASE("any tiling, in any order and from any number of threads, gives the bytes of one call") {
    const std::vector<Case> cases = all_cases();
    for (size_t i = 0; i < cases.size(); ++i) {
        if (skipped(i)) continue;
        const Scene scene(cases[i], nullptr);
        const std::vector<oracle::Pixels> whole = scene.blank(), outs = scene.blank();
        REQUIRE(scene.compute(whole, scene.domain(), 1) == SEPFLOW_OK);
        Numbers numbers(i);
        const int threads = kThreads[i % std::size(kThreads)];
        REQUIRE(compute_tiles(scene, tiles_of(scene.domain(), numbers), outs, threads));
        REQUIRE_MESSAGE(same(outs, whole), cases[i].name, " on ", threads, " threads, tiling ", i);
    }
}

TEST_CASE("any number of threads within a call gives the bytes of one, by every method and type") {
    size_t found = 0;
    for (Case &c : all_cases()) {
        if (c.name.rfind("large", 0) != 0 && c.name.rfind("bank", 0) != 0) continue;
        if (skipped(found++)) continue;
        // So tall that there is work for all of the threads.
        c.w = 41;
        c.h = 4500;
        const Scene scene(c, nullptr);
        const std::vector<oracle::Pixels> serial = scene.blank();
        REQUIRE(scene.compute(serial, scene.domain(), 1) == SEPFLOW_OK);
        for (const int threads : kThreads) {
            const std::vector<oracle::Pixels> outs = scene.blank();
            REQUIRE(scene.compute(outs, scene.domain(), threads) == SEPFLOW_OK);
            REQUIRE_MESSAGE(same(outs, serial), c.name, " on ", threads, " threads");
        }
    }
    CHECK(found >= 24);
}
