// Images with missing pixels, compared with astropy's convolve.
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "runtime/kernel/kernel.h"
#include "tests/bench/buffers.h"
#include "tests/bench/python.h"
#include "tests/bench/tables.h"

namespace bench {

namespace {

// One pixel in ten becomes NaN.
void make_holes(const Buffers &buffers) {
    const auto fill = [&](auto *samples) {
        for (int64_t i = 0; i < buffers.workload.samples(); i += 10) samples[i] = NAN;
    };
    if (buffers.workload.type.type == SEPFLOW_F32) {
        fill(static_cast<float *>(buffers.in.data()));
    } else {
        fill(static_cast<double *>(buffers.in.data()));
    }
}

using Plan = std::shared_ptr<sepflow_plan>;

Plan plan_of(const sepflow::Kernel &kernel, const Workload &w, int32_t missing) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = w.type.type;
    options.border_x = options.border_y = SEPFLOW_BORDER_CONSTANT;
    options.missing = missing;
    sepflow_plan *plan = nullptr;
    const auto rows = static_cast<int64_t>(kernel.rows),
               columns = static_cast<int64_t>(kernel.columns);
    if (sepflow_plan_create(kernel.taps.data(), rows, columns, columns, &options, &plan, nullptr) !=
        SEPFLOW_OK)
        throw std::runtime_error("no plan");
    return Plan(plan, sepflow_plan_free);
}

Contender ours(const std::string &name, const Plan &plan, const Buffers &buffers) {
    const sepflow_image in = buffers.image(buffers.in), out = buffers.image(buffers.ours);
    return timed(name, buffers.workload, [=] {
        if (sepflow_apply(plan.get(), &in, &out, nullptr, 1, nullptr) != SEPFLOW_OK)
            throw std::runtime_error("sepflow_apply failed");
    });
}

Contender astropy(const sepflow::Kernel &kernel, const Buffers &buffers) {
    const Workload &w = buffers.workload;
    std::vector<std::vector<double>> rows;
    for (size_t y = 0; y < kernel.rows; ++y) {
        const double *row = kernel.taps.data() + y * kernel.columns;
        rows.emplace_back(row, row + kernel.columns);
    }
    const nlohmann::json request = {{"peer", "astropy"},
                                    {"in", buffers.in.path()},
                                    {"out", buffers.theirs.path()},
                                    {"dtype", w.type.type == SEPFLOW_F32 ? "float32" : "float64"},
                                    {"shape", {w.height, w.width}},
                                    {"kernel", rows}};
    return {"astropy", [line = request.dump()] { return python_seconds(line); }};
}

}  // namespace

Row missing_table(const Settings &settings) {
    Table table(
        "One pixel in ten NaN: ours, ours without missing pixels, and astropy's convolve, one "
        "thread; ratios of "
        "times to ours, and the largest difference.",
        {"kernel", "type", "size", "no missing", "astropy", "differs"});
    for (Workload workload : settings.workloads) {
        if (workload.type.type != SEPFLOW_F32 && workload.type.type != SEPFLOW_F64) continue;
        for (const char *text : {"gaussian 1", "gaussian 3.75", "disc 15", "gaussian 7.5"}) {
            const Buffers buffers(workload);
            make_holes(buffers);
            const sepflow::Kernel kernel = sepflow::kernel_from_text(text);
            const std::vector<Times> times = take_turns(
                {ours("no missing", plan_of(kernel, workload, SEPFLOW_MISSING_PROPAGATE), buffers),
                 ours("ours", plan_of(kernel, workload, SEPFLOW_MISSING_IGNORE), buffers),
                 astropy(kernel, buffers)},
                settings.seconds);
            Row row = row_of(workload);
            row["kernel"] = std::string(text) + ", " + std::to_string(kernel.columns) + "x" +
                            std::to_string(kernel.rows);
            keep_times(row, times);
            row["no missing"] = times[0].median() / times[1].median();
            row["astropy"] = times[2].median() / times[1].median();
            ours("ours", plan_of(kernel, workload, SEPFLOW_MISSING_IGNORE), buffers).turn();
            row["differs"] =
                largest_difference(workload.type, buffers.ours, buffers.theirs, workload.samples());
            table.add(row);
        }
    }
    return table.rows();
}

}  // namespace bench
