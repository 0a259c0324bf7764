// sepflow run GRAPH.json: any graph, its inputs and outputs bound to files.
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <vector>

#include "runtime/command/command.h"
#include "runtime/command/session.h"

namespace sepflow {

namespace {

struct RunGraph {
    std::string graph;
    std::vector<std::string> files;  // IN OUT
    std::vector<std::string> inputs, outputs, settings;
    int threads = 0;
};

std::pair<std::string, std::string> split_at_equals(const std::string &text) {
    const size_t equals = text.find('=');
    return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string check_assignment(const std::string &text) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        return "'" + text + "' is not of the form NAME=VALUE";
    return {};
}

std::string read_text(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) throw Failure("cannot read graph '" + path + "'");
    return text.str();
}

GraphPointer load_graph(const sepflow_registry *registry, const RunGraph &run) {
    const std::string json = read_text(run.graph);
    CallError error;
    sepflow_graph *graph = nullptr;
    error.check(sepflow_graph_from_json(registry, json.data(), json.size(), &graph, error));
    GraphPointer owner(graph);
    for (const std::string &setting : run.settings) {
        const auto [name, value] = split_at_equals(setting);
        const size_t dot = name.rfind('.');
        if (dot == std::string::npos)
            throw Failure("--set " + setting + ": give NODE.PARAMETER=VALUE");
        error.check(sepflow_graph_set_text(graph, name.substr(0, dot).c_str(),
                                           name.substr(dot + 1).c_str(), value.c_str(), error));
    }
    return owner;
}

// NAME=FILE pairs; a graph with one input and one output takes plain IN OUT.
std::map<std::string, std::string> bindings(const std::vector<std::string> &named,
                                            const std::string &plain, const char *first,
                                            const char *second, const char *kind) {
    std::map<std::string, std::string> result;
    for (const std::string &text : named) {
        const auto [name, file] = split_at_equals(text);
        if (!result.emplace(name, file).second)
            throw Failure(std::string(kind) + " '" + name + "' is given twice");
    }
    if (plain.empty()) return result;
    if (first == nullptr || second != nullptr) {
        throw Failure(
            "this graph does not have one input and one output; use --input NAME=FILE and --output "
            "NAME=FILE");
    }
    result.emplace(first, plain);
    return result;
}

void run_graph(const RunGraph &run) {
    const RegistryPointer registry = find_plugins();
    const GraphPointer graph = load_graph(registry.get(), run);
    const auto name = [&](auto function, uint32_t index) { return function(graph.get(), index); };
    const auto in =
        bindings(run.inputs, run.files.empty() ? "" : run.files[0],
                 name(sepflow_graph_input_name, 0), name(sepflow_graph_input_name, 1), "input");
    const auto out =
        bindings(run.outputs, run.files.empty() ? "" : run.files[1],
                 name(sepflow_graph_output_name, 0), name(sepflow_graph_output_name, 1), "output");
    if (out.empty()) throw Failure("no output is asked for; use --output NAME=FILE");

    std::vector<std::unique_ptr<InputImage>> images;
    for (const auto &[input, file] : in) {
        images.push_back(std::make_unique<InputImage>(file));
        images.back()->bind(graph.get(), input);
    }
    CallError error;
    error.check(sepflow_graph_prepare(graph.get(), error));
    VipsImage *like = images.empty() ? nullptr : images.front()->vips();
    for (const auto &[output, file] : out) {
        sepflow_image described = {};
        described.struct_size = sizeof described;
        error.check(sepflow_graph_describe_output(graph.get(), output.c_str(), &described, error));
        check_output_format(file, described.type, described.channels);
    }
    for (const auto &[output, file] : out)
        write_output(graph.get(), output, file, run.threads, like);
}

}  // namespace

void add_run(CLI::App &app) {
    const auto run = std::make_shared<RunGraph>();
    CLI::App *verb = app.add_subcommand("run", "Run a graph of nodes on image files");
    verb->add_option("GRAPH", run->graph, "The graph, JSON; see runtime/host/README.md")
        ->required();
    verb->add_option("FILES", run->files, "IN OUT, if the graph has one input and one output")
        ->expected(0, 2);
    verb->add_option("--input", run->inputs, "NAME=FILE for an input of the graph")
        ->check(check_assignment);
    verb->add_option("--output", run->outputs, "NAME=FILE for an output of the graph")
        ->check(check_assignment);
    verb->add_option("--set", run->settings, "NODE.PARAMETER=VALUE, overriding the graph")
        ->check(check_assignment);
    verb->add_option("--threads", run->threads, "Threads to use; 0: one per CPU")
        ->check(CLI::Range(0, 4096))
        ->capture_default_str();
    verb->callback([run] {
        if (run->files.size() == 1)
            throw CLI::ValidationError("FILES", "give both IN and OUT, or neither");
        run_graph(*run);
    });
}

}  // namespace sepflow
