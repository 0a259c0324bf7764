// The cost of a graph compared with its most expensive node: blur, subtract, scale, add, tile by
// tile.
#include <cstdio>
#include <memory>
#include <stdexcept>

#include <sepflow/host.h>

#include "tests/bench/peers.h"
#include "tests/bench/tables.h"

namespace bench {

namespace {

struct Free {
    void operator()(sepflow_registry *registry) const { sepflow_registry_free(registry); }
    void operator()(sepflow_graph *graph) const { sepflow_graph_free(graph); }
};
using Registry = std::unique_ptr<sepflow_registry, Free>;
using Graph = std::unique_ptr<sepflow_graph, Free>;

constexpr char kBlur[] = R"({"inputs": ["photo"], "nodes": {
    "blur": {"type": "org.sepflow.separable", "params": {"kernel": "KERNEL"}, "in": "photo"}},
    "outputs": {"result": "blur"}})";
constexpr char kUnsharp[] = R"({"inputs": ["photo"], "nodes": {
    "blur": {"type": "org.sepflow.separable", "params": {"kernel": "KERNEL"}, "in": "photo"},
    "detail": {"type": "org.sepflow.subtract", "in": {"a": "photo", "b": "blur"}},
    "amount": {"type": "org.sepflow.scale_offset", "params": {"scale": 0.8}, "in": "detail"},
    "sum": {"type": "org.sepflow.add", "in": {"a": "photo", "b": "amount"}}},
    "outputs": {"result": "sum"}})";

void check(sepflow_status status, const sepflow_error &error) {
    if (status != SEPFLOW_OK) throw std::runtime_error(error.message);
}

std::string as_text(const std::vector<double> &taps) {
    std::string text;
    char number[32];
    for (const double tap : taps) {
        std::snprintf(number, sizeof number, " %.17g", tap);
        text += number;
    }
    return text;
}

std::string with_kernel(std::string json, const Workload &w) {
    const std::string kernel = "row" + as_text(w.row()) + " col" + as_text(w.column());
    return json.replace(json.find("KERNEL"), 6, kernel);
}

Contender graph_contender(const std::string &name, const char *json,
                          const sepflow_registry *registry, const Buffers &buffers) {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    sepflow_graph *graph = nullptr;
    const std::string text = with_kernel(json, buffers.workload);
    check(sepflow_graph_from_json(registry, text.data(), text.size(), &graph, &error), error);
    const std::shared_ptr<sepflow_graph> owner(graph, Free());
    const sepflow_image in = buffers.image(buffers.in), out = buffers.image(buffers.ours);
    check(sepflow_graph_bind_image(graph, "photo", &in, &error), error);
    check(sepflow_graph_prepare(graph, &error), error);
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.max_threads = buffers.workload.threads;
    return timed(name, buffers.workload, [owner, out, run] {
        sepflow_error failed = {};
        failed.struct_size = sizeof failed;
        check(sepflow_graph_compute(owner.get(), "result", &out, &run, &failed), failed);
    });
}

}  // namespace

Row unsharp_table(const Settings &settings) {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    sepflow_registry *made = nullptr;
    check(sepflow_registry_create(&made, &error), error);
    const Registry registry(made);
    check(sepflow_registry_scan(made, SEPFLOW_PLUGINS, nullptr, nullptr), error);
    Table table(
        "Times of a graph that blurs and of one that makes an unsharp mask, as multiples of a "
        "call of sepflow_apply that blurs.",
        {"type", "size", "taps", "threads", "blur", "unsharp", "unsharp/blur"});
    for (const Workload &workload : settings.workloads) {
        const Buffers buffers(workload);
        const std::vector<Times> times =
            take_turns({sepflow_contender("apply", buffers, buffers.ours),
                        graph_contender("blur", kBlur, registry.get(), buffers),
                        graph_contender("unsharp", kUnsharp, registry.get(), buffers)},
                       settings.seconds);
        Row row = row_of(workload);
        keep_times(row, times);
        row["blur"] = times[1].median() / times[0].median();
        row["unsharp"] = times[2].median() / times[0].median();
        row["unsharp/blur"] = times[2].median() / times[1].median();
        table.add(row);
    }
    return table.rows();
}

}  // namespace bench
