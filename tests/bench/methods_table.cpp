// Compares the three methods, and the model by which the plan chooses.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <lapacke.h>
#include <map>
#include <memory>
#include <stdexcept>
#include <variant>

#include "runtime/execute/execute.h"
#include "runtime/plan/plan.h"
#include "tests/bench/buffers.h"
#include "tests/bench/kernel_bed.h"
#include "tests/bench/tables.h"

namespace bench {

namespace {

using sepflow::Kernel;
using sepflow::Method;
using sepflow::Plan;

std::shared_ptr<const Plan> plan_by(const Kernel &kernel, const Workload &w, int32_t method) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = w.type.type;
    options.channels = w.channels;
    options.method = method;
    if (!w.variant.empty()) options.variant = w.variant.c_str();
    return std::make_shared<const Plan>(make_plan(kernel, sepflow::check_options(&options)));
}

Contender contender(const std::string &name, std::shared_ptr<const Plan> plan,
                    const Buffers &buffers) {
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.input_count = call.output_count = 1;
    call.max_threads = buffers.workload.threads;
    const sepflow_image in = buffers.image(buffers.in), out = buffers.image(buffers.ours);
    call.region = out.bounds;
    return timed(name, buffers.workload, [=] {
        sepflow_process c = call;
        c.inputs = &in;
        c.outputs = &out;
        sepflow::process(*plan, c, nullptr);
    });
}

struct Contest {
    std::vector<std::shared_ptr<const Plan>> plans;
    std::vector<Times> times;
};

// All three methods for a kernel.
Contest contest(const Kernel &kernel, const Buffers &buffers, double seconds) {
    Contest result;
    std::vector<Contender> contenders;
    for (int32_t method = SEPFLOW_METHOD_SEPARABLE; method <= SEPFLOW_METHOD_FFT; ++method) {
        result.plans.push_back(plan_by(kernel, buffers.workload, method));
        contenders.push_back(
            contender(name_of(method_of(result.plans.back()->way)), result.plans.back(), buffers));
    }
    result.times = take_turns(contenders, seconds);
    return result;
}

// One measured plan, as the model sees it.
struct Sample {
    std::string coefficients;      // whose
    std::vector<double> features;  // what each of them is multiplied by
    double nanoseconds;
};

Sample sample_of(const sepflow::PassPairs &pairs, double nanoseconds) {
    const double terms = pairs.row_taps.terms,
                 taps = terms * (pairs.row_taps.length + pairs.column_taps.length);
    if (pairs.fixed) return {"kFixed", {1, 0, taps}, nanoseconds};
    const double floats = pairs.arithmetic.sample_bytes() / 4;
    const char *name = !pairs.transposed()              ? "kPlain"
                       : sepflow::folds(pairs.row_form) ? "kFolded"
                                                        : "kTransposed";
    return {name, {floats, floats * terms, floats * taps}, nanoseconds};
}

Sample sample_of(const sepflow::DirectSum &sum, double nanoseconds) {
    const double floats = sum.arithmetic.sample_bytes() / 4, runs = sum.runs.count;
    return {"kDirect", {floats, floats * runs, floats * runs * sum.runs.length}, nanoseconds};
}

Sample sample_of(const sepflow::Transforms &transforms, double nanoseconds) {
    const double samples = static_cast<double>(transforms.nx) * transforms.ny;
    const double a_result =
        samples / static_cast<double>(transforms.results_w * transforms.results_h);
    return {"transforms", {1, a_result, a_result * samples / 65536}, nanoseconds};
}

Sample sample_of(const Plan &plan, double nanoseconds) {
    return std::visit([&](const auto &way) { return sample_of(way, nanoseconds); }, plan.way);
}

// Least squares of relative errors; a coefficient that comes out negative is left out.
std::vector<double> fitted(const std::vector<Sample> &samples) {
    const size_t n = samples.front().features.size();
    std::vector<bool> used(n);
    for (size_t j = 0; j < n; ++j) {
        used[j] = std::any_of(samples.begin(), samples.end(),
                              [&](const Sample &s) { return s.features[j] != 0; });
    }
    for (;;) {
        std::vector<size_t> columns;
        for (size_t j = 0; j < n; ++j) {
            if (used[j]) columns.push_back(j);
        }
        std::vector<double> a, b(samples.size(), 1.0);
        for (const Sample &s : samples) {
            for (const size_t j : columns) a.push_back(s.features[j] / s.nanoseconds);
        }
        const auto count = static_cast<lapack_int>(columns.size());
        if (LAPACKE_dgels(LAPACK_ROW_MAJOR, 'N', static_cast<lapack_int>(samples.size()), count, 1,
                          a.data(), count, b.data(), 1) != 0)
            throw std::runtime_error("the measurements do not determine the model");
        std::vector<double> result(n, 0.0);
        for (size_t i = 0; i < columns.size(); ++i) result[columns[i]] = b[i];
        const auto least = std::min_element(result.begin(), result.end());
        if (*least >= 0) return result;
        used[static_cast<size_t>(least - result.begin())] = false;
    }
}

double predicted(const Sample &sample, const std::vector<double> &coefficients) {
    double sum = 0;
    for (size_t j = 0; j < coefficients.size(); ++j) sum += sample.features[j] * coefficients[j];
    return sum;
}

}  // namespace

Row methods_table(const Settings &settings) {
    Table table(
        "The methods on a bed of kernels: nanoseconds a sample, and the time of the one that the "
        "plan "
        "takes over that of the fastest.",
        {"kernel", "type", "rank", "separable", "direct", "fft", "takes", "beside"});
    int count = 0, within = 0;
    double worst = 0;
    for (const Workload &workload : settings.workloads) {
        const Buffers buffers(workload);
        for (const auto &[name, kernel] : test_bed()) {
            const auto plan = plan_by(kernel, workload, SEPFLOW_METHOD_AUTO);
            const std::vector<Times> times = contest(kernel, buffers, settings.seconds).times;
            Row row = row_of(workload);
            row["kernel"] = name;
            row["rank"] = plan->factoring.rank();
            double least = times[0].median();
            for (const Times &t : times) {
                least = std::min(least, t.median());
                row[t.name] = t.median() * 1e9 / static_cast<double>(workload.samples());
            }
            const auto taken = static_cast<size_t>(method_of(plan->way));
            const double beside = times[taken].median() / least;
            row["takes"] = name_of(method_of(plan->way));
            row["beside"] = beside;
            table.add(row);
            ++count;
            within += beside <= 1.25 ? 1 : 0;
            worst = std::max(worst, beside);
        }
    }
    std::printf("\n%d of %d within 1.25 of the fastest method (%.1f%%), the worst %.2f\n", within,
                count, 100.0 * within / count, worst);
    return table.rows();
}

Row fit_table(const Settings &settings) {
    std::map<std::string, std::vector<Sample>> samples;
    for (const Workload &workload : settings.workloads) {
        const Buffers buffers(workload);
        for (const auto &[name, kernel] : fit_bed()) {
            const Contest measured = contest(kernel, buffers, settings.seconds);
            for (size_t i = 0; i < measured.plans.size(); ++i) {
                const double nanoseconds = measured.times[i].median() * 1e9;
                const Sample sample = sample_of(
                    *measured.plans[i], nanoseconds / static_cast<double>(workload.samples()));
                samples[sample.coefficients].push_back(sample);
            }
        }
    }
    Table table(
        "The model of runtime/plan/cost_model.h, fitted: nanoseconds, and its "
        "errors.",
        {"coefficients", "1st", "2nd", "3rd", "kernels", "low", "high"});
    for (const auto &[name, all] : samples) {
        const std::vector<double> c = fitted(all);
        double low = INFINITY, high = 0;
        for (const Sample &s : all) {
            low = std::min(low, predicted(s, c) / s.nanoseconds);
            high = std::max(high, predicted(s, c) / s.nanoseconds);
        }
        table.add({{"coefficients", name},
                   {"1st", c[0]},
                   {"2nd", c[1]},
                   {"3rd", c[2]},
                   {"kernels", all.size()},
                   {"low", low},
                   {"high", high}});
    }
    return table.rows();
}

}  // namespace bench
