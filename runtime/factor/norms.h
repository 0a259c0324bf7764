// Sizes of a filter.
#pragma once

#include <vector>

namespace sepflow {

double norm_2(const std::vector<double> &filter);  // safe at both ends of the range
double sum_abs(const std::vector<double> &filter);
// In extended precision: exact for taps that are floats, for every practical filter.
long double exact_sum(const std::vector<double> &filter);
// So little is left of the taps in their sum that to divide by it would blow them up.
bool cancels(const std::vector<double> &filter);

}  // namespace sepflow
