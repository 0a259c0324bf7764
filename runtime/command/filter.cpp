// sepflow filter IN OUT --kernel TEXT: a graph of one separable node, fed from a file.
#include <chrono>
#include <cstdio>
#include <memory>

#include "runtime/command/command.h"
#include "runtime/command/session.h"

namespace sepflow {

namespace {

struct Filter {
    std::string in, out, side_by_side;
    PlanOptions plan;
    int threads = 0;
    bool quiet = false;
};

void set_number(sepflow_graph *graph, const char *param, double value) {
    CallError error;
    sepflow_value v = {};
    v.struct_size = sizeof v;
    v.type = SEPFLOW_VALUE_FLOAT;
    v.f = value;
    error.check(sepflow_graph_set_value(graph, "filter", param, &v, error));
}

void set_integer(sepflow_graph *graph, const char *param, int64_t value) {
    CallError error;
    sepflow_value v = {};
    v.struct_size = sizeof v;
    v.type = SEPFLOW_VALUE_INT;
    v.i = value;
    error.check(sepflow_graph_set_value(graph, "filter", param, &v, error));
}

void set_text(sepflow_graph *graph, const char *param, const std::string &text) {
    CallError error;
    error.check(sepflow_graph_set_text(graph, "filter", param, text.c_str(), error));
}

void set_kernel(sepflow_graph *graph, const PlanOptions &options) {
    const std::optional<Matrix> image = options.kernel_image();
    if (!image) return set_text(graph, "kernel", options.kernel);
    CallError error;
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = SEPFLOW_VALUE_MATRIX;
    value.rows = image->rows;
    value.columns = image->columns;
    value.a = image->taps.data();
    error.check(sepflow_graph_set_value(graph, "filter", "kernel", &value, error));
}

GraphPointer make_graph(const sepflow_registry *registry, const PlanOptions &options) {
    CallError error;
    sepflow_graph *graph = nullptr;
    error.check(sepflow_graph_create(registry, &graph, error));
    GraphPointer owner(graph);
    const sepflow_type type = options.type.empty() ? SEPFLOW_TYPE_NONE : type_of_name(options.type);
    error.check(sepflow_graph_add_input(graph, "in", error));
    error.check(sepflow_graph_add_node(graph, "filter", "org.sepflow.separable", type, error));
    error.check(sepflow_graph_connect(graph, "in", "filter", "in", error));
    error.check(sepflow_graph_add_output(graph, "out", "filter", error));
    set_kernel(graph, options);
    set_text(graph, "border_x", options.border_x());
    set_text(graph, "border_y", options.border_y());
    set_number(graph, "border_value", options.border_value);
    set_text(graph, "extent", options.extent);
    set_integer(graph, "convolve", options.convolve ? 1 : 0);
    set_integer(graph, "anchor_x", options.anchor_x());
    set_integer(graph, "anchor_y", options.anchor_y());
    set_number(graph, "tolerance", options.tolerance);
    set_integer(graph, "rank", options.rank);
    set_number(graph, "scale", options.scale);
    set_number(graph, "delta", options.delta);
    set_text(graph, "variant", options.variant);
    set_text(graph, "schedule", options.schedule);
    return owner;
}

void report(const sepflow_graph *graph, const Filter &filter, double seconds) {
    CallError error;
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    error.check(sepflow_graph_node_plan_info(graph, "filter", &info, error));
    std::fprintf(
        stderr,
        "%s: %lld x %lld taps as %d pair%s of 1-D passes (%s), error at most %.2g of full scale; "
        "%.3g s with reading and writing\n",
        filter.plan.kernel.c_str(), static_cast<long long>(info.left + info.right + 1),
        static_cast<long long>(info.top + info.bottom + 1), info.rank, info.rank == 1 ? "" : "s",
        info.variant, info.error_bound, seconds);
}

void run_filter(const Filter &filter) {
    const auto start = std::chrono::steady_clock::now();
    const RegistryPointer registry = find_plugins();
    const GraphPointer graph = make_graph(registry.get(), filter.plan);
    const InputImage in(filter.in);
    in.bind(graph.get(), "in");
    CallError error;
    error.check(sepflow_graph_prepare(graph.get(), error));
    write_output(graph.get(), "out", filter.out, filter.threads, in.vips());
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    if (!filter.side_by_side.empty())
        write_side_by_side(filter.side_by_side, filter.in, filter.out);
    if (!filter.quiet) report(graph.get(), filter, elapsed.count());
}

}  // namespace

void add_filter(CLI::App &app) {
    const auto filter = std::make_shared<Filter>();
    CLI::App *verb = app.add_subcommand("filter", "Filter an image file with the separable node");
    verb->add_option("IN", filter->in, "Image to read: PNG, JPEG, TIFF, WebP, EXR, PNM, CSV ...")
        ->required();
    verb->add_option(
            "OUT", filter->out,
            "Image to write, its format by the suffix: .png .jpg .webp .tif .pgm .ppm .pfm .v .csv")
        ->required();
    filter->plan.add_to(*verb);
    verb->add_option("--threads", filter->threads, "Threads to use; 0: one per CPU")
        ->check(CLI::Range(0, 4096))
        ->capture_default_str();
    verb->add_option("--side-by-side", filter->side_by_side,
                     "Also write IN and OUT beside each other");
    verb->add_flag("-q,--quiet", filter->quiet, "Do not report how the kernel was factored");
    verb->footer("All channels are filtered alike, alpha too. OUT appears whole or not at all.");
    verb->callback([filter] { run_filter(*filter); });
}

}  // namespace sepflow
