#include "runtime/factor/refine.h"

#include <algorithm>
#include <cmath>

#include "runtime/factor/lapack.h"
#include "runtime/factor/norms.h"
#include "runtime/factor/symmetry.h"

namespace sepflow {

namespace {

constexpr int kMostRounds = 40, kLeastRounds = 5;
constexpr double kMostWork =
    4e8;  // multiply-adds: half a second; kernels that want more are left alone

// A matrix of one row for each term: the row filters, or the column filters.
using Filters = std::vector<std::vector<double>>;

// 1, -1 or 0: what a filter's mirror image is of it.
int parity(const std::vector<double> &filter) {
    return is_even(filter) ? 1 : is_odd(filter) ? -1 : 0;
}

void impose(int parity, std::vector<double> &filter) {
    if (parity == 0) return;
    for (size_t k = 0, last = filter.size() - 1; k <= last - k; ++k) {
        const double mean = (filter[k] + parity * filter[last - k]) / 2;
        filter[last - k] = parity * mean;
        filter[k] = mean;
        if (k == last - k && parity < 0) filter[k] = 0;
    }
}

class Refinement {
  public:
    Refinement(const Kernel &kernel, const std::vector<Factor> &factors) : kernel_(kernel) {
        for (const Factor &factor : factors) {
            columns_.push_back(factor.column);
            rows_.push_back(factor.row);
            column_parity_.push_back(parity(factor.column));
            row_parity_.push_back(parity(factor.row));
        }
        find_remainder();
    }

    // One of each side. False if a system cannot be solved.
    bool round() {
        balance();
        return improve(columns_, column_parity_, rows_, kernel_.columns, 1) &&
               improve(rows_, row_parity_, columns_, 1, kernel_.columns);
    }

    double norm_1() const { return sum_abs(remainder_); }

    std::vector<Factor> factors() const {
        std::vector<Factor> result;
        for (size_t t = 0; t < rows_.size(); ++t) result.push_back({columns_[t], rows_[t]});
        return result;
    }

  private:
    // Equal lengths on both sides keep the systems well conditioned.
    void balance() {
        for (size_t t = 0; t < rows_.size(); ++t) {
            const double c = norm_2(columns_[t]), r = norm_2(rows_[t]);
            if (c == 0 || r == 0) continue;
            const double scale = std::sqrt(c / r);
            for (double &tap : rows_[t]) tap *= scale;
            for (double &tap : columns_[t]) tap /= scale;
        }
    }

    void find_remainder() {
        remainder_ = kernel_.taps;
        for (size_t t = 0; t < rows_.size(); ++t) {
            double *e = remainder_.data();
            for (const double c : columns_[t]) {
                for (const double r : rows_[t]) *e++ -= c * r;
            }
        }
    }

    // For each place i of the unknown filters, the r x r normal equations sum over j of w d d^T u =
    // sum of w K d, where j runs along the known ones. The strides are those of the kernel's taps
    // along i and j.
    bool improve(Filters &unknown, const std::vector<int> &parities, const Filters &known,
                 size_t stride_i, size_t stride_j) {
        const size_t r = known.size();
        double largest = 0;
        for (const double e : remainder_) largest = std::max(largest, std::fabs(e));
        if (largest == 0) return false;
        // Where E is next to nothing the weight stays finite.
        const double least = 1e-4 * largest;
        std::vector<double> matrix(r * r), right(r);
        for (size_t i = 0; i < unknown.front().size(); ++i) {
            std::fill(matrix.begin(), matrix.end(), 0.0);
            std::fill(right.begin(), right.end(), 0.0);
            for (size_t j = 0; j < known.front().size(); ++j) {
                const size_t at = i * stride_i + j * stride_j;
                const double weight = largest / (std::fabs(remainder_[at]) + least);
                for (size_t s = 0; s < r; ++s) {
                    const double weighted = weight * known[s][j];
                    right[s] += weighted * kernel_.taps[at];
                    for (size_t t = 0; t <= s; ++t) matrix[s * r + t] += weighted * known[t][j];
                }
            }
            const auto n = static_cast<lapack_int>(r);
            const lapack_int info =
                LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', n, 1, matrix.data(), n, right.data(), 1);
            check_memory(info);
            if (info != 0) return false;
            for (size_t t = 0; t < r; ++t) unknown[t][i] = right[t];
        }
        for (size_t t = 0; t < r; ++t) impose(parities[t], unknown[t]);
        find_remainder();
        return true;
    }

    const Kernel &kernel_;
    std::vector<double> remainder_;  // K less the factors
    Filters columns_, rows_;
    std::vector<int> column_parity_, row_parity_;
};

}  // namespace

std::vector<Factor> refined(const Kernel &kernel, const std::vector<Factor> &factors) {
    const auto r = static_cast<double>(factors.size());
    const double work = static_cast<double>(kernel.rows * kernel.columns) * r * (r + 6);
    const int rounds = static_cast<int>(std::min<double>(kMostRounds, kMostWork / work));
    if (rounds < kLeastRounds) return factors;
    Refinement refinement(kernel, factors);
    std::vector<Factor> best = factors;
    double least = refinement.norm_1();
    for (int i = 0; i < rounds && refinement.round(); ++i) {
        const double norm = refinement.norm_1();
        if (!(norm < least)) continue;
        least = norm;
        best = refinement.factors();
    }
    return best;
}

}  // namespace sepflow
