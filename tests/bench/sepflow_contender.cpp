#include <stdexcept>

#include "tests/bench/peers.h"

namespace bench {

namespace {

using Plan = std::shared_ptr<sepflow_plan>;

// A kernel of rank r: the sum of r pairs of filters, made from one pair by moving their taps
// around.
std::vector<double> matrix_of_rank(const Workload &w) {
    const std::vector<double> column = w.column(), row = w.row();
    const size_t n = column.size();
    std::vector<double> matrix(n * n, 0.0);
    for (size_t t = 0; t < static_cast<size_t>(w.rank); ++t) {
        for (size_t j = 0; j < n; ++j) {
            for (size_t i = 0; i < n; ++i)
                matrix[j * n + i] += column[(j * (t + 1)) % n] * row[(i + 2 * t) % n];
        }
    }
    return matrix;
}

Plan plan_of(const Workload &w) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = w.type.type;
    options.channels = w.channels;
    options.delta = w.delta();
    options.schedule = w.schedule;
    if (!w.variant.empty()) options.variant = w.variant.c_str();
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    sepflow_status status;
    if (w.rank == 1) {
        const std::vector<double> column = w.column(), row = w.row();
        status = sepflow_plan_from_vectors(column.data(), w.length, row.data(), w.length, &options,
                                           &plan, &error);
    } else {
        options.rank = w.rank;
        const std::vector<double> matrix = matrix_of_rank(w);
        status = sepflow_plan_create(matrix.data(), w.length, w.length, w.length, &options, &plan,
                                     &error);
    }
    if (status != SEPFLOW_OK) throw std::runtime_error(error.message);
    return Plan(plan, sepflow_plan_free);
}

}  // namespace

Contender sepflow_contender(const std::string &name, const Buffers &buffers, const Buffer &to) {
    const sepflow_image in = buffers.image(buffers.in), out = buffers.image(to);
    const int threads = buffers.workload.threads;
    return timed(name, buffers.workload, [=, plan = plan_of(buffers.workload)] {
        if (sepflow_apply(plan.get(), &in, &out, nullptr, threads, nullptr) != SEPFLOW_OK)
            throw std::runtime_error("sepflow_apply failed");
    });
}

}  // namespace bench
