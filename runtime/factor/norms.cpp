#include "runtime/factor/norms.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sepflow {

double norm_2(const std::vector<double> &filter) {
    double largest = 0;
    for (double tap : filter) largest = std::max(largest, std::fabs(tap));
    if (largest == 0) return 0;
    double squares = 0;
    for (double tap : filter) squares += (tap / largest) * (tap / largest);
    return largest * std::sqrt(squares);
}

double sum_abs(const std::vector<double> &filter) {
    return std::accumulate(filter.begin(), filter.end(), 0.0,
                           [](double total, double tap) { return total + std::fabs(tap); });
}

long double exact_sum(const std::vector<double> &filter) {
    return std::accumulate(filter.begin(), filter.end(), 0.0L);
}

bool cancels(const std::vector<double> &filter) {
    return std::fabs(static_cast<double>(exact_sum(filter))) < 0.01 * sum_abs(filter);
}

}  // namespace sepflow
