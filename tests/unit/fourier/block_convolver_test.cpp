#include "runtime/fourier/block_convolver.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <doctest/doctest.h>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "generators/passes.h"
#include "runtime/base/error.h"

using sepflow::BlockConvolver;

namespace {

constexpr int kNx = 64, kNy = 128, kColumns = 7, kRows = 5;

// Memory aligned as a convolver wants it.
class Aligned {
  public:
    explicit Aligned(size_t bytes)
        : memory_(static_cast<double *>(::operator new(bytes, std::align_val_t(64)))) {}
    ~Aligned() { ::operator delete(memory_, std::align_val_t(64)); }
    Aligned(const Aligned &) = delete;
    double *get() const { return memory_; }

  private:
    double *memory_;
};

std::vector<double> random_numbers(size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> range(-1, 1);
    std::vector<double> numbers(count);
    for (double &number : numbers) number = range(random);
    return numbers;
}

}  // namespace

TEST_CASE("two blocks that overlap are correlated with the kernel, on every instruction set") {
    constexpr int kSecond = kNy - kRows + 1;  // its first row
    const std::vector<double> taps = random_numbers(kColumns * kRows, 1),
                              image = random_numbers(static_cast<size_t>(kNx) * 2 * kNy, 2);
    std::vector<double> block(static_cast<size_t>(kNx) * kNy);
    for (int y = 0; y < kRows; ++y) {
        for (int x = 0; x < kColumns; ++x)
            block[static_cast<size_t>(y * kNx + x)] = taps[static_cast<size_t>(y * kColumns + x)];
    }
    for (const sepflow::PassSet &set : sepflow::pass_sets()) {
        if (!set.runs_here()) continue;
        INFO(std::string(set.name));
        const BlockConvolver convolver(set.name, kNx, kNy, block.data());
        const Aligned samples(image.size() * 8), scratch(convolver.scratch_bytes());
        std::copy(image.begin(), image.end(), samples.get());
        convolver.run(samples.get(), kSecond, 0.5, scratch.get());
        double worst = 0;
        for (const int second : {0, 1}) {
            for (int y = 0; y + kRows <= kNy; ++y) {
                for (int x = 0; x + kColumns <= kNx; ++x) {
                    double exact = 0.5;
                    for (int j = 0; j < kRows; ++j) {
                        for (int i = 0; i < kColumns; ++i) {
                            const int row = second * kSecond + y + j;
                            exact += taps[static_cast<size_t>(j * kColumns + i)] *
                                     image[static_cast<size_t>(row * kNx + x + i)];
                        }
                    }
                    const double got = samples.get()[(second * kNy + y) * kNx + x];
                    worst = std::max(worst, std::fabs(got - exact));
                }
            }
        }
        CHECK(worst < 1e-13);
    }
}

TEST_CASE("an instruction set without transforms is an error that names it") {
    const std::vector<double> block(64 * 64);
    std::string message;
    try {
        const BlockConvolver convolver("avx1024", 64, 64, block.data());
    } catch (const sepflow::Error &error) {
        message = error.what();
    }
    CHECK(message.find("'avx1024'") != std::string::npos);
}
