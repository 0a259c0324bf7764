// sepflow filter: one image through the separable node, as a plugin in a graph of one.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>

#include "runtime/command/call.h"
#include "runtime/command/describe.h"
#include "runtime/command/image_file.h"
#include "runtime/command/pixel_type.h"
#include "runtime/command/plan_options.h"
#include "runtime/command/plugins.h"
#include "runtime/command/rendering.h"
#include "runtime/command/verbs.h"

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
                        const NamedKernel &kernel, VipsImage *input, VipsImage *mask) {
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

// What stands for pixels outside, and for missing ones, is one of the pixels.
double largest_read(const PlanOptions &options, sepflow_type in) {
    double largest = largest_pixel(in);
    if (options.border.find("constant") != options.border.npos)
        largest = std::max(largest, std::fabs(options.border_value.value_or(0)));
    if (options.missing == "fill")
        largest = std::max(largest, std::fabs(options.missing_value.value_or(0)));
    return largest;
}

// One line: how the kernel was factored and what it cost.
std::string factoring_line(const Filter &o, const NamedKernel &kernel,
                           const sepflow_plan_info &info, sepflow_type in, sepflow_type out,
                           double seconds) {
    const std::string size =
        std::to_string(kernel.kernel.rows) + " x " + std::to_string(kernel.kernel.columns);
    const bool is_relative = is_float(in) && is_float(out);
    const double largest = is_relative ? 1 : largest_read(o.plan, in);
    const std::string method = info.method;
    const std::string how = method == "fft"      ? "by Fourier transforms"
                            : method == "direct" ? "directly"
                                                 : "as rank " + std::to_string(info.rank);
    return o.plan.kernel + ": " + size + " taps " + how + ", error at most " +
           error_in_words(info.error_bound * largest, in, out) + ", " +
           short_number(info.cost_per_pixel) + " multiply-adds per sample, " + info.variant + ", " +
           short_number(seconds * 1e3) + " ms";
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

// Input and result, side by side on the input's height.
void write_comparison(VipsImage *input, Rendering &rendering, const OutputFile &file) {
    VipsImage *joined = nullptr;
    if (vips_join(input, rendering.image(), &joined, VIPS_DIRECTION_HORIZONTAL, "expand", TRUE,
                  "shim", 8, nullptr)) {
        throw vips_failure("cannot write " + file.path());
    }
    const ImagePointer owner(joined);
    check_writable(file.path(), type_of_band_format(joined->BandFmt), joined->Bands);
    rendering.write(joined, file);
}

std::unique_ptr<OutputFile> file_if(const std::string &path) {
    return path.empty() ? nullptr : std::make_unique<OutputFile>(path);
}

void filter(Filter o) {
    if (!o.mask.empty() && o.plan.missing.empty()) o.plan.missing = "ignore";
    start_vips("sepflow");
    const NamedKernel kernel = read_kernel(o.plan.kernel);
    const ImagePointer input = read_image(o.in);
    const RegistryPointer registry = open_plugins();
    const ImagePointer mask = o.mask.empty() ? nullptr : read_image(o.mask);
    const GraphPointer graph = make_graph(registry.get(), o.plan, kernel, input.get(), mask.get());
    Rendering rendering(graph.get(), kOutput, input.get(), o.threads, !o.quiet);
    check_writable(o.out, rendering.type(), rendering.channels());

    check_distinct({o.mask, kernel.file, o.out, o.compare, o.report});
    check_distinct({o.in, o.compare, o.report});
    check_keeps_pages(input.get(), o.out);
    OutputFile out(o.out);
    const auto compare = file_if(o.compare);
    const auto report = file_if(o.report);
    rendering.write(rendering.image(), out);
    const double seconds = rendering.seconds();
    const sepflow_plan_info info = filter_info(graph.get());
    const sepflow_type in_type = type_of_band_format(input->BandFmt);
    const PlanPointer plan =
        report || o.explain ? make_direct_plan(o.plan, kernel, in_type, rendering.type()) : nullptr;
    if (report) write_report(o, input.get(), rendering, info, plan.get(), *report);
    if (compare) write_comparison(input.get(), rendering, *compare);
    out.commit();
    if (compare) compare->commit();
    if (report) report->commit();
    if (o.explain) std::cout << plan_text(plan.get(), kernel.text, in_type, rendering.type());
    if (!o.quiet) {
        std::cerr << factoring_line(o, kernel, info, in_type, rendering.type(), seconds) << '\n';
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
    verb->add_option(
            "--mask", o->mask,
            "Image of IN's size whose pixels are weights of IN's, white 1, black 0: missing; "
            "with it, --missing is ignore unless given")
        ->type_name("FILE");
    verb->add_option("-j,--threads", o->threads, "At most so many threads (0: one per CPU)")
        ->check(CLI::Range(0, kMostThreads));
    verb->add_option("--report", o->report, "Write how the kernel was factored, as JSON")
        ->type_name("FILE.json");
    verb->add_flag("--explain", o->explain,
                   "Print how the kernel was factored, as the verb explain does");
    verb->add_option("--compare", o->compare, "Write input and result side by side")
        ->type_name("FILE");
    verb->add_flag("-q,--quiet", o->quiet, "No report line and no progress bar");
    verb->footer(
        "Every channel is filtered alike, alpha too, as stored. The pixel type is kept unless "
        "--type is given;\nCSV is read as f64. Colour profile and resolution are kept; "
        "Exif data\nbetween JPEG, PNG and WebP. JPEG is written at quality 95, WebP lossless, TIFF "
        "uncompressed.");
    verb->callback([o] { filter(*o); });
}

}  // namespace sepflow::command
