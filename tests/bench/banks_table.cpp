// Several kernels over one image: as a bank, and one by one.
#include <memory>
#include <stdexcept>

#include "tests/bench/buffers.h"
#include "tests/bench/tables.h"

namespace bench {

namespace {

using Plan = std::shared_ptr<sepflow_plan>;

struct Family {
    std::string name;
    std::vector<std::string> kernels;
};

std::string number(double value) {
    return std::to_string(value);
}

std::string listed(const std::vector<double> &taps) {
    std::string text;
    char digits[32];
    for (const double tap : taps) {
        std::snprintf(digits, sizeof digits, " %.17g", tap);
        text += digits;
    }
    return text;
}

std::string filters(const std::vector<double> &row, const std::vector<double> &column) {
    return "row" + listed(row) + " col" + listed(column);
}

// Returns families of kernels with `workload.length` taps a side.
std::vector<Family> families(Workload w) {
    w.kind = Taps::kSymmetric;
    const std::vector<double> smooth = w.column();
    w.kind = Taps::kAntisymmetric;
    const std::vector<double> slope = w.row();
    const double sigma = sigma_of(w.length);
    const std::string radius = " " + std::to_string(w.length / 2);
    const auto dog = [&](double a, double b) {
        return "dog " + number(a * sigma) + " " + number(b * sigma) + radius;
    };
    Family gabor = {"Gabor bank of 8", {}};
    const double s = (w.length / 2) / 4.0;  // its radius is ceil(4 s)
    for (const char *angle : {"22.5", "-22.5", "45", "-45", "67.5", "-67.5", "0", "90"})
        gabor.kernels.push_back("gabor " + number(s) + " " + number(3 * s) + " " + angle);
    return {{"gradient pair", {filters(slope, smooth), filters(smooth, slope)}},
            {"smoothed and gradients",
             {filters(smooth, smooth), filters(slope, smooth), filters(smooth, slope)}},
            {"DoG stack of 4", {dog(0.4, 0.5), dog(0.5, 0.63), dog(0.63, 0.8), dog(0.8, 1)}},
            gabor};
}

Plan plan_of(const std::string &kernel, const Workload &w) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = w.type.type;
    options.out_type = w.type.type == SEPFLOW_F64 ? SEPFLOW_F64 : SEPFLOW_F32;
    options.channels = w.channels;
    sepflow_plan *plan = nullptr;
    if (sepflow_plan_from_text(kernel.c_str(), &options, &plan, nullptr) != SEPFLOW_OK)
        throw std::runtime_error("no plan of " + kernel);
    return Plan(plan, sepflow_plan_free);
}

Plan bank_of(const std::vector<Plan> &members) {
    std::vector<const sepflow_plan *> plans;
    for (const Plan &member : members) plans.push_back(member.get());
    sepflow_plan *bank = nullptr;
    if (sepflow_plan_bank(plans.data(), static_cast<int32_t>(plans.size()), &bank, nullptr) !=
        SEPFLOW_OK)
        throw std::runtime_error("no bank");
    return Plan(bank, sepflow_plan_free);
}

void process(const Plan &plan, const sepflow_image &in, const sepflow_image *outputs, size_t count,
             const Workload &w) {
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = &in;
    call.input_count = 1;
    call.outputs = outputs;
    call.output_count = static_cast<uint32_t>(count);
    call.region = in.bounds;
    call.max_threads = w.threads;
    if (sepflow_process_plan(plan.get(), &call, nullptr) != SEPFLOW_OK)
        throw std::runtime_error("sepflow_process_plan failed");
}

int32_t terms_of(const Plan &plan) {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    sepflow_plan_query(plan.get(), &info);
    return info.rank;
}

}  // namespace

Row banks_table(const Settings &settings) {
    Table table(
        "Kernels one by one, as a multiple of the time of their bank; and the pairs of passes that "
        "run, one by one and in the bank.",
        {"kernels", "type", "size", "taps", "threads", "terms", "in bank", "one by one"});
    for (const Workload &workload : settings.workloads) {
        for (const Family &family : families(workload)) {
            const Buffers buffers(workload);
            Workload results = workload;
            results.type = pixel_type(workload.type.type == SEPFLOW_F64 ? "f64" : "f32");
            std::vector<std::unique_ptr<Buffers>> owners;
            std::vector<sepflow_image> outputs;
            std::vector<Plan> members;
            int32_t terms = 0;
            for (const std::string &kernel : family.kernels) {
                members.push_back(plan_of(kernel, workload));
                terms += terms_of(members.back());
                owners.push_back(std::make_unique<Buffers>(results));
                outputs.push_back(owners.back()->image(owners.back()->ours));
            }
            const Plan bank = bank_of(members);
            const sepflow_image in = buffers.image(buffers.in);
            const std::vector<Times> times = take_turns(
                {timed("bank", workload,
                       [&] { process(bank, in, outputs.data(), outputs.size(), workload); }),
                 timed("one by one", workload,
                       [&] {
                           for (size_t i = 0; i < members.size(); ++i)
                               process(members[i], in, &outputs[i], 1, workload);
                       })},
                settings.seconds);
            Row row = row_of(workload);
            row["kernels"] = family.name;
            row["terms"] = terms;
            row["in bank"] = terms_of(bank);
            keep_times(row, times);
            row["one by one"] = times[1].median() / times[0].median();
            table.add(row);
        }
    }
    return table.rows();
}

}  // namespace bench
