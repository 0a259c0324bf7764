// Named kernels against their formulas, written down anew.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <numeric>

#include "runtime/error.h"
#include "runtime/kernel/kernel.h"

using sepflow::Kernel;
using sepflow::kernel_from_text;

namespace {

double sum(const Kernel &kernel) {
    return std::accumulate(kernel.taps.begin(), kernel.taps.end(), 0.0);
}

// Taps proportional to f(x, y), both measured from the middle.
void require_proportional(const char *text, const std::function<double(double, double)> &f,
                          double tolerance = 1e-12) {
    const Kernel kernel = kernel_from_text(text);
    CAPTURE(text);
    const double middle_x = (static_cast<double>(kernel.columns) - 1) / 2,
                 middle_y = (static_cast<double>(kernel.rows) - 1) / 2;
    double scale = 0, largest = 0;
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x) {
            const double value =
                f(static_cast<double>(x) - middle_x, static_cast<double>(y) - middle_y);
            if (std::fabs(value) > largest) {
                largest = std::fabs(value);
                scale = kernel.tap(y, x) / value;
            }
        }
    }
    REQUIRE(scale > 0);
    double worst = 0;
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x) {
            const double value =
                scale * f(static_cast<double>(x) - middle_x, static_cast<double>(y) - middle_y);
            worst = std::max(worst, std::fabs(kernel.tap(y, x) - value) / (scale * largest));
        }
    }
    CHECK(worst <= tolerance);
}

void require_taps(const char *text, size_t rows, size_t columns, const std::vector<double> &taps) {
    const Kernel kernel = kernel_from_text(text);
    CAPTURE(text);
    CHECK(kernel.rows == rows);
    CHECK(kernel.columns == columns);
    CHECK(kernel.taps == taps);
}

}  // namespace

TEST_CASE("smoothing kernels follow their formulas and sum to one") {
    require_proportional("gaussian 3",
                         [](double x, double y) { return std::exp(-(x * x + y * y) / 18); });
    require_proportional("gaussian 3 1.5",
                         [](double x, double y) { return std::exp(-x * x / 18 - y * y / 4.5); });
    require_proportional("disc 7.5",
                         [](double x, double y) { return x * x + y * y <= 56.25 ? 1.0 : 0.0; });
    require_proportional("box 9 5", [](double, double) { return 1.0; });
    for (const char *text : {"gaussian 3", "gauss 0.4", "gaussian 3 1.5", "disc 7.5", "box 9",
                             "box 9 5", "binomial 5", "motion 9 30"}) {
        CAPTURE(text);
        CHECK(sum(kernel_from_text(text)) == doctest::Approx(1).epsilon(1e-14));
    }
}

TEST_CASE("sizes are as documented") {
    const auto size = [](const char *text) {
        const Kernel kernel = kernel_from_text(text);
        return std::pair<size_t, size_t>(kernel.columns, kernel.rows);
    };
    CHECK(size("gaussian 3") == std::pair<size_t, size_t>(25, 25));
    CHECK(size("gaussian 3 1.5") == std::pair<size_t, size_t>(25, 13));
    CHECK(size("box 9 5") == std::pair<size_t, size_t>(9, 5));
    CHECK(size("box 9") == std::pair<size_t, size_t>(9, 9));
    CHECK(size("disc 7.5") == std::pair<size_t, size_t>(15, 15));
    CHECK(size("binomial 6") == std::pair<size_t, size_t>(6, 6));
    const Kernel disc = kernel_from_text("disc 10");
    CHECK(std::count_if(disc.taps.begin(), disc.taps.end(), [](double t) { return t != 0; }) ==
          317);
}

TEST_CASE("derivative kernels") {
    require_taps("sobel x", 3, 3, {-1, 0, 1, -2, 0, 2, -1, 0, 1});
    require_taps("sobel y", 3, 3, {-1, -2, -1, 0, 0, 0, 1, 2, 1});
    require_taps("scharr x", 3, 3, {-3, 0, 3, -10, 0, 10, -3, 0, 3});
    require_taps("prewitt y", 3, 3, {-1, -1, -1, 0, 0, 0, 1, 1, 1});
    require_taps("laplacian", 3, 3, {0, 1, 0, 1, -4, 1, 0, 1, 0});
    require_taps("identity", 1, 1, {1});
    require_taps("binomial 3", 3, 3,
                 {0.0625, 0.125, 0.0625, 0.125, 0.25, 0.125, 0.0625, 0.125, 0.0625});
    require_proportional("derivative 2",
                         [](double x, double y) { return x * std::exp(-(x * x + y * y) / 8); });
    // Unit response to a ramp.
    const Kernel derivative = kernel_from_text("derivative 2");
    double response = 0;
    for (size_t y = 0; y < derivative.rows; ++y) {
        for (size_t x = 0; x < derivative.columns; ++x)
            response += derivative.tap(y, x) * static_cast<double>(x);
    }
    CHECK(response == doctest::Approx(1).epsilon(1e-12));
}

TEST_CASE("band-pass kernels") {
    // The truncated samples are corrected to sum to zero, by a little.
    require_proportional(
        "log 2",
        [](double x, double y) { return (x * x + y * y - 8) * std::exp(-(x * x + y * y) / 8); },
        3e-3);
    for (const char *text : {"log 2", "log 5", "dog 1 1.6"})
        CHECK(sum(kernel_from_text(text)) == doctest::Approx(0).epsilon(1e-13));
    require_proportional("gabor 3 6 30", [](double x, double y) {
        const double along = x * std::cos(M_PI / 6) + y * std::sin(M_PI / 6);
        return std::exp(-(x * x + y * y) / 18) * std::cos(2 * M_PI * along / 6);
    });
    require_proportional("expsum 1 0.02 -0.5 0.1", [](double x, double y) {
        const double r2 = x * x + y * y;
        return std::exp(-0.02 * r2) - 0.5 * std::exp(-0.1 * r2);
    });
}

TEST_CASE("a motion kernel is a line in its direction") {
    const Kernel flat = kernel_from_text("motion 7 0");
    for (size_t y = 0; y < flat.rows; ++y) {
        for (size_t x = 0; x < flat.columns; ++x) {
            if (y != flat.rows / 2) CHECK(flat.tap(y, x) == 0);
        }
    }
    // Degrees turn counter-clockwise: at 45, bright from the lower left to the upper right.
    const Kernel slanted = kernel_from_text("motion 7 45");
    CHECK(slanted.tap(slanted.rows / 2 - 2, slanted.columns / 2 + 2) > 0);
    CHECK(slanted.tap(slanted.rows / 2 - 2, slanted.columns / 2 - 2) == 0);
}

TEST_CASE("symmetric formulas give exactly symmetric taps") {
    for (const char *text : {"gaussian 2.7", "disc 6.3", "log 1.9", "dog 1.1 2.3",
                             "expsum 1 0.03 0.2 0.4", "box 6 3"}) {
        const Kernel kernel = kernel_from_text(text);
        bool symmetric = true;
        for (size_t y = 0; y < kernel.rows; ++y) {
            for (size_t x = 0; x < kernel.columns; ++x) {
                symmetric = symmetric &&
                            kernel.tap(y, x) == kernel.tap(y, kernel.columns - 1 - x) &&
                            kernel.tap(y, x) == kernel.tap(kernel.rows - 1 - y, x);
            }
        }
        CHECK_MESSAGE(symmetric, text);
    }
}
