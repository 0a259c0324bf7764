// sepflow-compile, reached as `sepflow compile`: one kernel, ahead of time, to NAME.h and NAME.a
// for any target. A program of its own: it needs Halide, which the others do without.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <string>

#include "runtime/base/error.h"
#include "runtime/command/process/numbers.h"
#include "runtime/command/process/program.h"
#include "runtime/embedded/filter.h"
#include "runtime/embedded/header.h"
#include "runtime/embedded/output_files.h"
#include "runtime/embedded/passes.h"

namespace sepflow::embedded {

namespace {

struct Asked {
    Specification specification;
    std::string in_type, out_type, border = "reflect101", anchor, method = "auto", folder = ".";
    bool convolve = false, checks = false;
};

int32_t index_of(const std::string &word, const std::vector<std::string> &words,
                 const std::string &what) {
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end())
        throw Error(SEPFLOW_E_PARAM,
                    what + " '" + word + "' is none of " + CLI::detail::join(words, ", "));
    return static_cast<int32_t>(found - words.begin());
}

sepflow_type type_of(const std::string &name) {
    constexpr sepflow_type types[] = {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32};
    return types[index_of(name, {"u8", "u16", "s16", "f32"}, "pixel type")];
}

// "X,Y", or one word for both.
std::pair<std::string, std::string> both(const std::string &text) {
    const size_t comma = text.find(',');
    if (comma == text.npos) return {text, text};
    return {text.substr(0, comma), text.substr(comma + 1)};
}

// In the order of the constants of sepflow.h.
int32_t border_of(const std::string &word) {
    return index_of(word, {"reflect101", "reflect", "replicate", "wrap", "constant", "truncate"},
                    "border");
}

void set_anchor(sepflow_options &options, const std::string &text) {
    const auto [x, y] = both(text);
    if (!CLI::detail::lexical_cast(x, options.anchor_x) ||
        !CLI::detail::lexical_cast(y, options.anchor_y))
        throw Error(SEPFLOW_E_PARAM,
                    "anchor '" + text + "' is not X,Y: column and row of the kernel");
    options.flags |= SEPFLOW_OPTION_ANCHOR;
}

Specification specification_of(const Asked &asked) {
    Specification specification = asked.specification;
    sepflow_options &options = specification.options;
    options.struct_size = sizeof options;
    options.in_type = type_of(asked.in_type);
    if (!asked.out_type.empty()) options.out_type = type_of(asked.out_type);
    options.border_x = border_of(both(asked.border).first);
    options.border_y = border_of(both(asked.border).second);
    options.method = index_of(asked.method, {"auto", "separable", "direct"}, "method");
    if (asked.convolve) options.flags |= SEPFLOW_OPTION_CONVOLVE;
    if (!asked.anchor.empty()) set_anchor(options, asked.anchor);
    return specification;
}

// Refuses names that the node's file or its headers use. The filter's own are NAME_begin and the
// like.
void check_node_name(const std::string &name) {
    for (const char *prefix : {"node_", "NODE_", "sepflow_", "SEPFLOW_"})
        if ((name + "_").rfind(prefix, 0) == 0)
            throw Error(SEPFLOW_E_PARAM, "'" + name + "': with --node names cannot begin with " +
                                             "node_ or sepflow_, as " + name + "_begin would");
}

void write_files(const Filter &filter, const Asked &asked) {
    OutputFiles files(asked.folder);
    files.add_apart(filter.name + ".a",
                    [&](const std::string &path) { compile_passes(filter, path); });
    files.add(filter.name + ".h", header(filter));
    if (asked.specification.is_node) files.add(filter.name + "_node.c", node(filter));
    files.commit();
}

void compile(const Asked &asked) {
    const Filter filter = make_filter(specification_of(asked));
    if (asked.specification.is_node) check_node_name(filter.name);
    if (!asked.checks) write_files(filter, asked);
    std::cout << filter.name << " for " << filter.target_name << '\n' << certificate(filter, "  ");
    std::cout.flush();
    if (!std::cout) throw Error(SEPFLOW_E_IO, "cannot write to standard output");
}

void add_options(CLI::App &app, Asked &o) {
    sepflow_options &options = o.specification.options;
    app.add_option("NAME", o.specification.name, "Name of the C function, of NAME.h and of NAME.a")
        ->required();
    app.add_option("-k,--kernel", o.specification.kernel, "Kernel, as for 'sepflow filter'")
        ->required();
    app.add_option("--target", o.specification.target,
                   "Processor and system: arm-64-linux, arm-64-noos, x86-64-linux-avx2 ...")
        ->required();
    app.add_option("--in-type", o.in_type, "Pixel type: u8, u16, s16 or f32")->required();
    app.add_option("--type", o.out_type, "Pixel type of the result (that of the input)");
    app.add_option("--channels", options.channels, "Interleaved channels (1)")
        ->check(CLI::Range(1, 64));
    app.add_option("--max-width", o.specification.max_width,
                   "Width of the widest image, in pixels (1024)")
        ->default_val(1024);
    app.add_option("-b,--border", o.border,
                   "Border pixels: constant, replicate, reflect, reflect101 (the default) or wrap "
                   "(along x); one for both axes, or x,y");
    app.add_option("--border-value", options.border_value, "Pixel value of the constant border (0)")
        ->transform(command::number());
    app.add_flag("--convolve", o.convolve,
                 "Flip the kernel (true convolution); the default is correlation");
    app.add_option("--anchor", o.anchor,
                   "X,Y: column and row of the kernel that lie on the result's pixel (the middle)");
    app.add_option("--tolerance", options.tolerance,
                   "Largest error, as a part of the result's full scale, such as 1/510")
        ->type_name("PART")
        ->transform(command::number());
    app.add_option("--rank", options.rank, "Use exactly this rank");
    app.add_option("--scale", options.scale, "Multiply the result, by 1/257 for instance (1)")
        ->transform(command::number())
        ->check(command::check_scale);
    app.add_option("--delta", options.delta, "Add to the result, after scale (0)")
        ->transform(command::number());
    app.add_option("--method", o.method,
                   "separable, direct or auto: the cheapest that keeps the tolerance");
    app.add_flag("--node", o.specification.is_node,
                 "Write NAME_node.c too: the filter as a node, for a host program to link in");
    app.add_option("--output", o.folder, "Folder to write to (.)")->type_name("FOLDER");
    app.add_flag("--check", o.checks, "Write nothing; print what would be compiled");
}

// Errors of Halide 15 and later are no std::exception.
void compile_or_say_why(const Asked &asked) {
    try {
        compile(asked);
    } catch (const Halide::Error &error) {
        throw Error(SEPFLOW_E_UNSUPPORTED, error.what());
    }
}

}  // namespace

}  // namespace sepflow::embedded

int main(int argc, char **argv) {
    using namespace sepflow::embedded;
    Asked asked;
    CLI::App app(
        "Compiles one filter for firmware: NAME.h and NAME.a, without heap, threads or libraries.",
        "sepflow compile");
    add_options(app, asked);
    return sepflow::command::run_verb(app, argc, argv, "compile one filter for firmware",
                                      [&] { compile_or_say_why(asked); });
}
