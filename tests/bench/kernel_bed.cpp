#include "tests/bench/kernel_bed.h"

#include <algorithm>
#include <random>

namespace bench {

namespace {

using sepflow::Kernel;

class Bed {
  public:
    explicit Bed(unsigned seed) : random_(seed) {}

    void add_named(const std::vector<const char *> &texts) {
        for (const char *text : texts) kernels_.push_back({text, sepflow::kernel_from_text(text)});
    }

    // The sum of `rank` pairs of random filters; symmetric ones fold.
    void add_of_rank(size_t rows, size_t columns, size_t rank, bool symmetric = false) {
        Kernel kernel = empty(rows, columns);
        for (size_t t = 0; t < rank; ++t) {
            const std::vector<double> column = filter(rows, symmetric),
                                      row = filter(columns, symmetric);
            for (size_t y = 0; y < rows; ++y) {
                for (size_t x = 0; x < columns; ++x)
                    kernel.taps[y * columns + x] += column[y] * row[x];
            }
        }
        add("rank " + std::to_string(rank) + (symmetric ? " symmetric" : ""), std::move(kernel));
    }

    // One tap in `part` is not zero.
    void add_sparse(size_t rows, size_t columns, unsigned part) {
        Kernel kernel = empty(rows, columns);
        for (double &tap : kernel.taps) tap = random_() % part == 0 ? uniform() : 0;
        kernel.taps.front() = kernel.taps.back() = 1;
        add("sparse 1/" + std::to_string(part), std::move(kernel));
    }

    std::vector<BedKernel> take() { return std::move(kernels_); }

  private:
    static Kernel empty(size_t rows, size_t columns) {
        Kernel kernel;
        kernel.rows = rows;
        kernel.columns = columns;
        kernel.taps.resize(rows * columns);
        return kernel;
    }
    double uniform() { return std::uniform_real_distribution<double>(-1, 1)(random_); }
    std::vector<double> filter(size_t length, bool symmetric) {
        std::vector<double> taps(length);
        for (double &tap : taps) tap = uniform();
        if (symmetric) {
            for (size_t i = 0; i < length / 2; ++i) taps[length - 1 - i] = taps[i];
        }
        return taps;
    }
    // Sums to one in magnitude, so that no type saturates.
    void add(const std::string &name, Kernel kernel) {
        double sum = 0;
        for (const double tap : kernel.taps) sum += std::abs(tap);
        for (double &tap : kernel.taps) tap /= sum;
        kernels_.push_back(
            {name + ", " + std::to_string(kernel.columns) + "x" + std::to_string(kernel.rows),
             std::move(kernel)});
    }

    std::mt19937 random_;
    std::vector<BedKernel> kernels_;
};

}  // namespace

std::vector<BedKernel> test_bed() {
    Bed bed(1);
    bed.add_named({"gaussian 1",    "gaussian 3",
                   "gaussian 10",   "box 3",
                   "box 9 31",      "sobel x",
                   "binomial 5",    "3x3 0 1 0 1 -4 1 0 1 0",
                   "disc 1.5",      "disc 2.5",
                   "disc 3.5",      "disc 5",
                   "disc 7.5",      "disc 10",
                   "disc 15",       "disc 20",
                   "disc 30",       "disc 45",
                   "disc 63",       "log 1",
                   "log 2",         "log 4",
                   "dog 1 1.6",     "dog 4 6.4",
                   "gabor 1 4 30",  "gabor 2 6 45",
                   "gabor 4 10 60", "gabor 8 20 30",
                   "motion 9 30",   "motion 15 45",
                   "motion 31 10",  "motion 61 70",
                   "motion 101 45", "expsum 1 0.1 -0.5 0.02"});
    for (const size_t n : {3, 4, 5, 6, 7, 9, 11, 13, 15, 21, 25, 31, 41, 63, 91, 127})
        bed.add_of_rank(n, n, n);
    for (const size_t n : {5, 9, 15, 31, 63, 127}) bed.add_of_rank(n, n, 2);
    for (const size_t n : {9, 15, 31, 63, 127}) bed.add_of_rank(n, n, 4, true);
    for (const size_t n : {31, 63, 127}) bed.add_of_rank(n, n, 8);
    bed.add_of_rank(3, 31, 3);
    bed.add_of_rank(41, 7, 5);
    bed.add_of_rank(5, 101, 5);
    bed.add_sparse(9, 9, 4);
    bed.add_sparse(21, 15, 10);
    bed.add_sparse(63, 63, 20);
    bed.add_sparse(101, 127, 100);
    return bed.take();
}

std::vector<BedKernel> fit_bed() {
    Bed bed(2);
    for (const size_t rank : {1, 2, 3, 5, 9}) {
        for (const size_t n : {5, 10, 17, 37, 75, 120}) {
            if (rank > n) continue;
            bed.add_of_rank(n, n + n / 3, rank);
            bed.add_of_rank(n + 1 - n % 2, n | 1, rank, true);
        }
    }
    for (const size_t n : {3, 4, 6, 8, 12, 18, 28, 48, 80, 110, 150, 220})
        bed.add_of_rank(n, n + n / 4, n);
    bed.add_sparse(12, 10, 3);
    bed.add_sparse(30, 30, 8);
    bed.add_sparse(80, 60, 30);
    return bed.take();
}

}  // namespace bench
