// sepflow filter: one image through the separable node, as a plugin in a graph of one.
#include <iostream>
#include <memory>

#include "runtime/command/files/band_format.h"
#include "runtime/command/files/image_file.h"
#include "runtime/command/process/interrupt.h"
#include "runtime/command/verbs/call.h"
#include "runtime/command/verbs/comparison.h"
#include "runtime/command/verbs/describe.h"
#include "runtime/command/verbs/plan_options.h"
#include "runtime/command/verbs/plugins.h"
#include "runtime/command/verbs/rendering.h"
#include "runtime/command/verbs/verbs.h"

namespace sepflow::command {

namespace {

constexpr const char *kInput = "in";
constexpr const char *kMask = "mask";
constexpr const char *kFilter = "filter";
constexpr const char *kOutput = "out";

struct Filter {
    PlanOptions plan;
    std::string in, out, mask, report, compare;
    int32_t threads = 0;
    bool quiet = false, explain = false;
};

GraphPointer make_graph(const sepflow_registry *registry, const PlanOptions &options,
                        const KernelOption &kernel, VipsImage *input, VipsImage *mask) {
    sepflow_graph *made = nullptr;
    call([&](sepflow_error *error) { return sepflow_graph_create(registry, &made, error); });
    GraphPointer graph(made);
    call([&](sepflow_error *error) { return sepflow_graph_add_input(made, kInput, error); });
    call([&](sepflow_error *error) {
        return sepflow_graph_add_node(made, kFilter, "org.sepflow.separable",
                                      type_from_name(options.type), error);
    });
    set_node_parameters(made, kFilter, options, kernel);
    call([&](sepflow_error *error) {
        return sepflow_graph_connect(made, kInput, kFilter, "in", error);
    });
    if (mask != nullptr) {
        call([&](sepflow_error *error) { return sepflow_graph_add_input(made, kMask, error); });
        call([&](sepflow_error *error) {
            return sepflow_graph_connect(made, kMask, kFilter, "mask", error);
        });
        bind_input(made, kMask, mask);
    }
    call([&](sepflow_error *error) {
        return sepflow_graph_add_output(made, kOutput, kFilter, error);
    });
    bind_input(made, kInput, input);
    call([&](sepflow_error *error) { return sepflow_graph_prepare(made, error); });
    return graph;
}

sepflow_plan_info filter_info(const sepflow_graph *graph) {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    call([&](sepflow_error *error) {
        return sepflow_graph_node_plan_info(graph, kFilter, &info, error);
    });
    return info;
}

// One line: how the kernel was factored and what it cost.
std::string factoring_line(const KernelOption &kernel, const sepflow_plan *plan,
                           const sepflow_plan_info &info, sepflow_type in, sepflow_type out,
                           double seconds) {
    const std::string size =
        std::to_string(kernel.kernel.rows) + " x " + std::to_string(kernel.kernel.columns);
    const std::string method = info.method;
    const std::string how = method == "fft"      ? "by Fourier transforms"
                            : method == "direct" ? "directly"
                                                 : "as rank " + std::to_string(info.rank);
    return kernel.text + ": " + size + " taps " + how + ", error at most " +
           error_in_words(plan, in, out) + ", " + short_number(info.cost_per_pixel) +
           " multiply-adds per sample, " + info.variant + ", " + short_number(seconds * 1e3) +
           " ms";
}

void write_report(const Filter &o, VipsImage *input, const Rendering &rendering,
                  const sepflow_plan_info &info, const sepflow_plan *plan, OutputFile &file) {
    const sepflow_type in = type_of_band_format(input->BandFmt);
    nlohmann::ordered_json json;
    json["input"] = {{"file", o.in},
                     {"width", input->Xsize},
                     {"height", input->Ysize},
                     {"channels", input->Bands},
                     {"type", type_name(in)}};
    json["output"] = {{"file", o.out},
                      {"width", rendering.width()},
                      {"height", rendering.height()},
                      {"channels", rendering.channels()},
                      {"type", type_name(rendering.type())}};
    json["rank"] = info.rank;
    json["error_bound"] = info.error_bound;
    json["variant"] = info.variant;
    json["milliseconds"] = rendering.seconds() * 1e3;
    json["plan"] = plan_json(plan, o.plan.kernel);
    file.write(json_text(json) + "\n");
}

std::unique_ptr<OutputFile> file_if(const std::string &path) {
    return path.empty() ? nullptr : std::make_unique<OutputFile>(path);
}

// Writes remarks on the input and what the output loses, in one line.
void print_losses(const Filter &o, VipsImage *input, const std::string &losses,
                  const Comparison &comparison) {
    std::string line = remarks_on(input, !o.mask.empty());
    for (const std::string &sentence : {losses, comparison.remark})
        line += (line.empty() || sentence.empty() ? "" : "; ") + sentence;
    print_remarks(line);
}

// Returns what the options make of the input's white.
Scaling scaling_of(const Filter &o, VipsImage *input, sepflow_type out) {
    Scaling scaling;
    scaling.in_type = type_of_band_format(input->BandFmt);
    scaling.white = out == SEPFLOW_S16 ? 0 : white_of_file(input);
    scaling.scale = o.plan.scale.value_or(1);
    scaling.delta = o.plan.delta.value_or(0);
    return scaling;
}

void filter(Filter o) {
    if (!o.mask.empty() && o.plan.missing.empty()) o.plan.missing = "ignore";
    start_vips("sepflow");
    const KernelOption kernel = read_kernel(o.plan.kernel);
    const ImagePointer input = read_image(o.in);
    const sepflow_type in_type = type_of_band_format(input->BandFmt);
    set_defaults(o.plan, in_type);
    const RegistryPointer registry = open_plugins();
    const ImagePointer mask = o.mask.empty() ? nullptr : read_image(o.mask);
    if (mask) print_remarks(remarks_on(mask.get(), true));
    note_signals();  // from here on there is something to cancel
    const GraphPointer graph = make_graph(registry.get(), o.plan, kernel, input.get(), mask.get());
    Rendering rendering(graph.get(), kOutput, input.get(), o.threads, !o.quiet);
    check_writable(o.out, rendering.type(), rendering.channels(),
                   scaling_of(o, input.get(), rendering.type()));
    if (!o.compare.empty()) check_comparable(o.compare, rendering.channels());

    check_distinct({o.mask, kernel.file, o.out, o.compare, o.report});
    check_distinct({o.in, o.compare, o.report});
    check_keeps_pages(input.get(), o.out);
    OutputFile out(o.out);
    const auto compare_file = file_if(o.compare);
    const auto report = file_if(o.report);
    const Comparison comparison =
        compare_file ? compare(input.get(), rendering.image(), o.compare) : Comparison{};
    const std::string losses = rendering.write(out);
    const double seconds = rendering.seconds();
    const sepflow_plan_info info = filter_info(graph.get());
    const bool is_asked_for = report || o.explain || !o.quiet;
    const PlanPointer plan =
        is_asked_for ? make_plan(o.plan, kernel, in_type, rendering.type()) : nullptr;
    if (report) write_report(o, input.get(), rendering, info, plan.get(), *report);
    if (compare_file) rendering.write(comparison.picture.get(), *compare_file);
    out.commit();
    if (compare_file) compare_file->commit();
    if (report) report->commit();
    print_losses(o, input.get(), losses, comparison);
    if (o.explain) std::cout << plan_text(plan.get(), kernel.text, in_type, rendering.type());
    if (!o.quiet) {
        std::cerr << factoring_line(kernel, plan.get(), info, in_type, rendering.type(), seconds)
                  << '\n';
    }
}

}  // namespace

void add_filter(CLI::App &app) {
    CLI::App *verb = app.add_subcommand("filter", "Convolve an image with a kernel");
    const auto o = std::make_shared<Filter>();
    verb->add_option("in", o->in,
                     "Image to read: PNG, JPEG, TIFF, WebP, OpenEXR, PGM, PPM, PFM, CSV ...")
        ->required()
        ->type_name("IN");
    verb->add_option("out", o->out,
                     "Image to write, in the format of its suffix: .png .jpg .webp .tif .pgm .ppm "
                     ".pfm .csv; appears whole or not at all, and may be IN")
        ->required()
        ->type_name("OUT");
    add_plan_options(*verb, o->plan);
    verb->add_option("--mask", o->mask,
                     "Image of IN's size with weights for the pixels of IN: white is 1, black is 0 "
                     "(missing); makes ignore the default of --missing")
        ->type_name("FILE");
    verb->add_option("-j,--threads", o->threads, "Largest number of threads (0: one per CPU)")
        ->check(CLI::Range(0, kMostThreads));
    verb->add_option("--report", o->report, "Write how the kernel was factored, as JSON")
        ->type_name("FILE.json");
    verb->add_flag("--explain", o->explain,
                   "Print how the kernel was factored, as the verb explain does");
    verb->add_option("--compare", o->compare, "Write input and result side by side")
        ->type_name("FILE");
    verb->add_flag("-q,--quiet", o->quiet,
                   "Print no report line and no progress bar; notes on what is left out stay");
    verb->footer(
        "Every channel is filtered in the same way, alpha included, as stored. The pixel type is "
        "kept unless "
        "--type is given;\nCSV is read as f64. JPEG is written at quality 95, WebP lossless, TIFF "
        "uncompressed.\nThumbnails and other pictures of the unfiltered image are not kept. One "
        "line says what else "
        "of the\ninput's metadata the output's format leaves out.");
    verb->callback([o] { filter(*o); });
}

}  // namespace sepflow::command
