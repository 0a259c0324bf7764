// How long a plan takes to make.
#include <cstdio>
#include <stdexcept>

#include <sepflow/sepflow.h>

#include "tests/bench/kernel_bed.h"
#include "tests/bench/tables.h"

namespace bench {

namespace {

class Plan {
  public:
    Plan(const sepflow::Kernel &kernel, const Workload &workload) {
        sepflow_options options = {};
        options.struct_size = sizeof options;
        options.in_type = workload.type.type;
        options.channels = workload.channels;
        const auto rows = static_cast<int64_t>(kernel.rows),
                   columns = static_cast<int64_t>(kernel.columns);
        if (sepflow_plan_create(kernel.taps.data(), rows, columns, columns, &options, &plan_,
                                nullptr) != SEPFLOW_OK)
            throw std::runtime_error("a kernel of the bed has no plan");
    }
    ~Plan() { sepflow_plan_free(plan_); }
    Plan(const Plan &) = delete;
    Plan &operator=(const Plan &) = delete;

    std::string method() const {
        sepflow_plan_description description = {};
        description.struct_size = sizeof description;
        sepflow_plan_describe(plan_, &description);
        return description.method;
    }

  private:
    sepflow_plan *plan_ = nullptr;
};

}  // namespace

Row plans_table(const Settings &settings) {
    constexpr size_t kKernels = 60;
    std::vector<BedKernel> bed = test_bed();
    bed.resize(kKernels);
    Table table("Milliseconds to make a plan from the taps of a kernel.",
                {"kernel", "type", "method", "milliseconds"});
    for (const Workload &workload : settings.workloads) {
        double sum = 0;
        for (const auto &[name, kernel] : bed) {
            const auto make = [&, &taps = kernel] { Plan(taps, workload); };
            const double seconds =
                take_turns({timed(name, workload, make)}, settings.seconds).front().median();
            Row row = row_of(workload);
            row["kernel"] = name;
            row["method"] = Plan(kernel, workload).method();
            row["milliseconds"] = 1e3 * seconds;
            table.add(row);
            sum += seconds;
        }
        std::printf("%s: %zu plans in %.1f ms\n", workload.type.name, bed.size(), 1e3 * sum);
    }
    return table.rows();
}

}  // namespace bench
