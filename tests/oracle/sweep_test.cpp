// The library against the oracle over types, borders, layouts, sizes, ranks, schedules and
// instruction sets.
#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <set>
#include <string>

#include "tests/oracle/case.h"

using namespace oracle;

namespace {

// SEPFLOW_TEST_SHARE=N runs one case in N of the long sweeps: for sanitizers and emulators.
bool skipped(uint64_t seed) {
    const char *share = std::getenv("SEPFLOW_TEST_SHARE");
    return share != nullptr && seed % static_cast<uint64_t>(std::atoi(share)) != 0;
}

const sepflow_type kTypes[] = {SEPFLOW_U8,  SEPFLOW_U16, SEPFLOW_S16,
                               SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64};
const int kBorders[] = {SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_REFLECT,
                        SEPFLOW_BORDER_REPLICATE,  SEPFLOW_BORDER_WRAP,
                        SEPFLOW_BORDER_CONSTANT,   SEPFLOW_BORDER_TRUNCATE};
const int kSchedules[] = {SEPFLOW_SCHEDULE_PLAIN, SEPFLOW_SCHEDULE_TRANSPOSED};

int64_t pick(std::mt19937_64 &random, int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
}

template <typename Array>
auto any_of(const Array &values, std::mt19937_64 &random) {
    return values[static_cast<size_t>(
        pick(random, 0, static_cast<int64_t>(std::size(values)) - 1))];
}

}  // namespace

TEST_CASE("every pair of pixel types, on every instruction set and both schedules") {
    std::string names;
    for (const char *variant : variants()) names += std::string(" ") + variant;
    MESSAGE("this CPU runs", names, "; other variants are not tested here");
    uint64_t seed = 0;
    for (const char *variant : variants()) {
        for (const int schedule : kSchedules) {
            for (const sepflow_type in : kTypes) {
                for (const sepflow_type out : kTypes) {
                    Case c;
                    c.seed = ++seed;
                    std::mt19937_64 random(seed);
                    c.variant = variant;
                    c.schedule = schedule;
                    c.in_type = in;
                    c.out_type = out;
                    c.w = 83;
                    c.h = 37;
                    set_random_vectors(c, 7, 10, random);
                    check(c);
                }
            }
        }
    }
}

TEST_CASE("every pair of borders, for integers and floats") {
    uint64_t seed = 1000;
    for (const int x : kBorders) {
        for (const int y : kBorders) {
            for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_F32, SEPFLOW_F64}) {
                Case c;
                c.seed = ++seed;
                std::mt19937_64 random(seed);
                c.in_type = c.out_type = type;
                c.w = 71;
                c.h = 29;
                c.options.border_x = x;
                c.options.border_y = y;
                c.options.border_value = type == SEPFLOW_U8 ? 200 : -0.75;
                c.kernel = random_kernel(6, 9, 2, random);
                check(c);
            }
        }
    }
}

TEST_CASE("every border with a kernel larger than the image and with one-pixel axes") {
    uint64_t seed = 2000;
    const int64_t sizes[][2] = {{1, 1}, {1, 9}, {9, 1}, {2, 3}, {3, 2}, {5, 4}};
    for (const auto &size : sizes) {
        for (const int x : kBorders) {
            for (const int y : kBorders) {
                Case c;
                c.seed = ++seed;
                std::mt19937_64 random(seed);
                c.in_type = c.out_type = SEPFLOW_F64;
                c.w = size[0];
                c.h = size[1];
                c.options.border_x = x;
                c.options.border_y = y;
                c.options.border_value = 0.5;
                set_random_vectors(c, 13, 16, random);
                check(c);
            }
        }
    }
}

TEST_CASE("every layout of input and output, one to seven channels") {
    uint64_t seed = 3000;
    for (const Layout in : kLayouts) {
        for (const Layout out : kLayouts) {
            for (const int channels : {1, 2, 3, 4, 5, 7}) {
                Case c;
                c.seed = ++seed;
                std::mt19937_64 random(seed);
                c.in_type = c.out_type = any_of(kTypes, random);
                c.schedule = any_of(kSchedules, random);
                c.channels = channels;
                c.in_layout = in;
                c.out_layout = out;
                c.w = 41;
                c.h = 23;
                set_random_vectors(c, 5, 4, random);
                check(c);
            }
        }
    }
}

TEST_CASE("every anchor of an even and an odd kernel, correlated and convolved") {
    uint64_t seed = 4000;
    for (const bool convolve : {false, true}) {
        for (int64_t ay = 0; ay < 4; ++ay) {
            for (int64_t ax = 0; ax < 5; ++ax) {
                Case c;
                c.seed = ++seed;
                std::mt19937_64 random(seed);
                c.options.anchor_x = ax;
                c.options.anchor_y = ay;
                c.options.convolve = convolve;
                c.options.border_x = any_of(kBorders, random);
                c.w = 17;
                c.h = 12;
                c.kernel = random_kernel(4, 5, 4, random);
                check(c);
            }
        }
    }
}

TEST_CASE("every rank from one to full, by the tolerance") {
    uint64_t seed = 5000;
    for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64}) {
        for (int64_t rank = 1; rank <= 9; ++rank) {
            Case c;
            c.seed = ++seed;
            std::mt19937_64 random(seed);
            c.in_type = c.out_type = type;
            c.kernel = random_kernel(9, 11, rank, random);
            c.schedule = any_of(kSchedules, random);
            check(c);
        }
    }
}

TEST_CASE("valid and full extents have the right size, place and pixels") {
    uint64_t seed = 6000;
    for (const int extent : {SEPFLOW_EXTENT_VALID, SEPFLOW_EXTENT_FULL}) {
        for (const int border : kBorders) {
            Case c;
            c.seed = ++seed;
            std::mt19937_64 random(seed);
            c.extent = extent;
            c.options.border_x = c.options.border_y = border;
            c.kernel = random_kernel(4, 7, 1, random);
            const Outcome outcome = check(c);
            const int64_t sign = extent == SEPFLOW_EXTENT_VALID ? -1 : 1;
            CHECK(outcome.domain.w == c.w + sign * 6);
            CHECK(outcome.domain.h == c.h + sign * 3);
            CHECK(outcome.domain.x == (extent == SEPFLOW_EXTENT_VALID ? 3 : -3));
            CHECK(outcome.domain.y == (extent == SEPFLOW_EXTENT_VALID ? 2 : -1));
        }
    }
    Case c;
    c.extent = SEPFLOW_EXTENT_VALID;
    std::mt19937_64 random(1);
    c.kernel = random_kernel(16, 3, 1, random);  // taller than the image
    CHECK(check(c).domain.h == 0);
}

TEST_CASE("scale and delta, rounding and saturation") {
    uint64_t seed = 7000;
    for (const sepflow_type type : kTypes) {
        for (const double scale : {-1.0, 0.25, 3.0}) {
            for (const double delta : {-20.0, 0.5, 90.25}) {
                Case c;
                c.seed = ++seed;
                std::mt19937_64 random(seed);
                c.in_type = c.out_type = type;
                c.options.scale = scale;
                c.options.delta = delta;
                c.options.border_x = any_of(kBorders, random);
                set_random_vectors(c, 3, 6, random);
                check(c);
            }
        }
    }
}

TEST_CASE("all small sizes, a few lengths") {
    uint64_t seed = 8000;
    for (int64_t w = 1; w <= 40; ++w) {
        for (int64_t h = 1; h <= 20; ++h) {
            Case c;
            c.seed = ++seed;
            if (skipped(seed)) continue;
            std::mt19937_64 random(seed);
            c.w = w;
            c.h = h;
            c.in_type = c.out_type = any_of(kTypes, random);
            c.schedule = any_of(kSchedules, random);
            c.options.border_x = any_of(kBorders, random);
            c.options.border_y = any_of(kBorders, random);
            set_random_vectors(c, any_of(std::vector<int64_t>{1, 2, 3, 8}, random),
                               any_of(std::vector<int64_t>{1, 4, 5, 9}, random), random);
            check(c);
        }
    }
}

TEST_CASE("random everything") {
    const std::vector<const char *> names = variants();
    for (uint64_t seed = 10000; seed < 10400; ++seed) {
        if (skipped(seed)) continue;
        std::mt19937_64 random(seed);
        Case c;
        c.seed = seed;
        c.w = pick(random, 1, 150);
        c.h = pick(random, 1, 90);
        c.channels = static_cast<int>(pick(random, 1, 4));
        c.in_type = any_of(kTypes, random);
        c.out_type = any_of(kTypes, random);
        c.schedule = any_of(kSchedules, random);
        c.variant = any_of(names, random);
        c.threads = static_cast<int>(pick(random, 1, 4));
        c.in_layout = any_of(kLayouts, random);
        c.out_layout = any_of(kLayouts, random);
        c.extent = static_cast<int>(pick(random, 0, 2));
        c.options.border_x = any_of(kBorders, random);
        c.options.border_y = any_of(kBorders, random);
        c.options.convolve = pick(random, 0, 1) != 0;
        c.options.border_value = 3;
        const int64_t rows = pick(random, 1, 14), columns = pick(random, 1, 17);
        if (pick(random, 0, 1) != 0) {
            c.kernel =
                random_kernel(rows, columns, pick(random, 1, std::min(rows, columns)), random);
        } else {
            set_random_vectors(c, rows, columns, random);
        }
        c.strict = pick(random, 0, 1) != 0;
        check(c);
    }
}

TEST_CASE("long filters") {
    for (const int64_t length : {63, 101, 301}) {
        for (const int schedule : kSchedules) {
            Case c;
            c.seed = static_cast<uint64_t>(20000 + length);
            std::mt19937_64 random(c.seed);
            c.w = 90;
            c.h = 40;
            c.schedule = schedule;
            set_random_vectors(c, length, 2 * length / 3, random);
            check(c);
        }
    }
}

// Folded, every length has its own middle, groups and rest; every count of channels its own order
// of results.
TEST_CASE("symmetric and antisymmetric filters of every length, one to five channels") {
    const std::vector<const char *> names = variants();
    uint64_t seed = 40000;
    for (int64_t length = 1; length <= 40; ++length) {
        for (int channels = 1; channels <= 5; ++channels) {
            Case c;
            c.seed = ++seed;
            if (skipped(seed)) continue;
            std::mt19937_64 random(seed);
            c.in_type = any_of(kTypes, random);
            c.out_type = any_of(kTypes, random);
            c.variant = any_of(names, random);
            c.channels = channels;
            c.w = pick(random, 1, 75);
            c.h = pick(random, 1, 50);
            c.schedule = SEPFLOW_SCHEDULE_TRANSPOSED;
            c.options.border_x = any_of(kBorders, random);
            c.options.border_y = any_of(kBorders, random);
            // Truncation rescales to the sum of the taps, which must not be zero.
            const double sign = length > 1 && c.options.border_x != SEPFLOW_BORDER_TRUNCATE &&
                                        c.options.border_y != SEPFLOW_BORDER_TRUNCATE
                                    ? 1 - 2.0 * static_cast<double>(pick(random, 0, 1))
                                    : 1;
            set_vectors(c, mirrored_filter(41 - length, 1, random),
                        mirrored_filter(length, sign, random));
            if (pick(random, 0, 1) != 0) set_vectors(c, c.row, c.column);
            check(c);
        }
    }
}

TEST_CASE("integer images come out the same on every instruction set") {
    for (const sepflow_type in : {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16}) {
        for (const sepflow_type out :
             {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F16, SEPFLOW_F32}) {
            for (const int schedule : kSchedules) {
                std::set<std::vector<double>> results;
                for (const char *variant : variants()) {
                    Case c;
                    c.seed = 77;
                    std::mt19937_64 random(c.seed);
                    c.in_type = in;
                    c.out_type = out;
                    c.w = 211;
                    c.h = 53;
                    if (out == SEPFLOW_F16 || out == SEPFLOW_U8) {  // folded
                        set_vectors(c, mirrored_filter(12, 1, random),
                                    mirrored_filter(15, 1, random));
                    } else {
                        c.kernel = random_kernel(12, 15, 3, random);
                    }
                    c.variant = variant;
                    c.schedule = schedule;
                    results.insert(check(c).out.samples);
                }
                CHECK(results.size() == 1);
            }
        }
    }
}
