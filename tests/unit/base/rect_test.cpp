#include "runtime/base/rect.h"

#include <doctest/doctest.h>

namespace {

constexpr sepflow_rect kA = {-3, 2, 10, 4};

}  // namespace

TEST_CASE("an intersection holds the pixels of both, and has no negative size") {
    CHECK(sepflow::same(sepflow::intersected(kA, {4, 3, 9, 9}), {4, 3, 3, 3}));
    CHECK(sepflow::same(sepflow::intersected({4, 3, 9, 9}, kA), {4, 3, 3, 3}));
    CHECK(sepflow::same(sepflow::intersected(kA, kA), kA));
    for (const sepflow_rect apart : {sepflow_rect{7, 2, 5, 4}, {90, 2, 5, 4}, {-3, -9, 10, 4}}) {
        const sepflow_rect none = sepflow::intersected(kA, apart);
        CHECK(sepflow::is_empty(none));
        CHECK(none.w >= 0);
        CHECK(none.h >= 0);
    }
}

TEST_CASE("a union reaches over both, and an empty rectangle adds nothing to it") {
    CHECK(sepflow::same(sepflow::united(kA, {20, -5, 2, 1}), {-3, -5, 25, 11}));
    CHECK(sepflow::same(sepflow::united(kA, {50, 50, 0, 7}), kA));
    CHECK(sepflow::same(sepflow::united({50, 50, 7, -1}, kA), kA));
}

TEST_CASE("a rectangle contains what does not pass any of its sides") {
    CHECK(sepflow::contains(kA, kA));
    for (const sepflow_rect beyond :
         {sepflow_rect{-4, 2, 10, 4}, {-3, 1, 10, 4}, {-3, 2, 11, 4}, {-3, 2, 10, 5}})
        CHECK_FALSE(sepflow::contains(kA, beyond));
}
