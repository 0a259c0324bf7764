// sepflow run: a graph from JSON, fed from files, written to files. Nodes may be anybody's, so it
// all happens in a child process: if one crashes or hangs, outputs that do without it are made by
// another.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <vector>

#include "runtime/command/files/band_format.h"
#include "runtime/command/files/image_file.h"
#include "runtime/command/process/interrupt.h"
#include "runtime/command/process/numbers.h"
#include "runtime/command/process/watch.h"
#include "runtime/command/verbs/call.h"
#include "runtime/command/verbs/plugins.h"
#include "runtime/command/verbs/rendering.h"
#include "runtime/command/verbs/subgraph.h"
#include "runtime/command/verbs/verbs.h"

namespace sepflow::command {

namespace {

// More than the library takes, so that it can say so.
constexpr size_t kMostJson = size_t{16} << 20;

struct Run {
    std::string graph, in, out, files;
    std::vector<std::string> inputs, outputs, settings;
    int32_t threads = 0;
    double patience = 600;  // seconds
    bool quiet = false;
};

std::string check_assignment(const std::string &text) {
    const size_t equals = text.find('=');
    const bool sound = equals != text.npos && equals > 0 && equals + 1 < text.size();
    return sound ? "" : "'" + text + "' is not NAME=VALUE";
}

std::pair<std::string, std::string> split_at(const std::string &text, char mark) {
    const size_t at = text.find(mark);
    return {text.substr(0, at), text.substr(at + 1)};
}

std::string read_text(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    std::string text;
    char block[1 << 16];
    while (text.size() <= kMostJson && (file.read(block, sizeof block), file.gcount() > 0))
        text.append(block, static_cast<size_t>(file.gcount()));
    if (file.bad() || !file.is_open())
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": " + std::strerror(errno));
    return text;
}

GraphPointer make_graph(const sepflow_registry *registry, const std::string &json,
                        const std::string &path) {
    sepflow_graph *graph = nullptr;
    try {
        call([&](sepflow_error *error) {
            return sepflow_graph_from_json(registry, json.data(), json.size(), &graph, error);
        });
    } catch (const Error &error) {
        throw Error(error.code(), path + ": " + error.what());
    }
    return GraphPointer(graph);
}

struct Setting {
    std::string node, param, value;
};

// NODE.PARAM=VALUE, where a node's name may have dots of its own.
Setting setting_of(const std::string &text) {
    const auto [place, value] = split_at(text, '=');
    const size_t dot = place.rfind('.');
    if (dot == place.npos)
        throw Error(SEPFLOW_E_PARAM, "--set " + text + " does not name NODE.PARAM");
    return {place.substr(0, dot), place.substr(dot + 1), value};
}

using NameOf = const char *(*)(const sepflow_graph *, uint32_t);

std::vector<std::string> names_of(const sepflow_graph *graph, NameOf name_of) {
    std::vector<std::string> names;
    for (uint32_t i = 0; const char *name = name_of(graph, i); ++i) names.emplace_back(name);
    return names;
}

// Files by name of input or output; a lone `positional` file belongs to the only name there is.
std::map<std::string, std::string> files_by_name(const std::vector<std::string> &names,
                                                 const std::vector<std::string> &assignments,
                                                 const std::string &positional,
                                                 const std::string &what) {
    std::map<std::string, std::string> files;
    const auto add = [&](const std::string &name, const std::string &file) {
        if (files.emplace(name, file).second) return;
        throw Error(SEPFLOW_E_PARAM, "the " + what + " '" + name + "' is given two files");
    };
    for (const std::string &assignment : assignments) {
        const auto [name, file] = split_at(assignment, '=');
        add(name, file);
    }
    if (!positional.empty()) {
        if (names.size() != 1) {
            throw Error(SEPFLOW_E_PARAM, "the graph has " + std::to_string(names.size()) + " " +
                                             what + "s; name each with --" + what + " NAME=FILE");
        }
        add(names.front(), positional);
    }
    for (const auto &[name, file] : files) {
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            throw Error(SEPFLOW_E_PARAM, "the graph has no " + what + " named '" + name +
                                             "'; it has " + CLI::detail::join(names, ", "));
        }
    }
    return files;
}

std::vector<std::string> values_of(const std::map<std::string, std::string> &files) {
    std::vector<std::string> values;
    for (const auto &[name, file] : files) values.push_back(file);
    return values;
}

void apply_settings(const Run &o, sepflow_graph *graph, const std::string &json, bool is_part) {
    for (const std::string &text : o.settings) {
        const Setting setting = setting_of(text);
        if (is_part && !has_node(json, setting.node)) continue;
        call([&](sepflow_error *error) {
            return sepflow_graph_set_text(graph, setting.node.c_str(), setting.param.c_str(),
                                          setting.value.c_str(), error);
        });
    }
}

// Results without support are NaN in floats unless the graph says otherwise.
void set_missing_values(const Run &o, sepflow_graph *graph, std::string json,
                        const std::map<std::string, std::string> &types) {
    for (const std::string &text : o.settings) {
        const Setting setting = setting_of(text);
        json = with_param(json, setting.node, setting.param, setting.value);
    }
    for (const std::string &node : filters_without_missing_value(json, types)) {
        call([&](sepflow_error *error) {
            return sepflow_graph_set_text(graph, node.c_str(), "missing_value", "nan", error);
        });
    }
}

// One run of the graph: the outputs first .. end of `names`, each committed when it is whole.
struct Job {
    std::string json;
    bool is_part;  // of the graph that was given
    std::vector<std::string> names;
    size_t first, end;
};

void run_job(const Run &o, const Job &job, Watch &watch) {
    start_vips("sepflow");
    // Reports skipped plugins once.
    const RegistryPointer registry = job.is_part ? find_plugins().registry : open_plugins();
    sepflow_registry_observe(registry.get(), Watch::observe, &watch);
    const GraphPointer graph = make_graph(registry.get(), job.json, o.graph);
    if (!o.files.empty()) {
        call([&](sepflow_error *error) {
            return sepflow_graph_allow_files(graph.get(), o.files.c_str(), error);
        });
    }
    apply_settings(o, graph.get(), job.json, job.is_part);

    const auto input_names = names_of(graph.get(), sepflow_graph_input_name);
    const auto inputs = files_by_name(input_names, o.inputs, o.in, "input");
    std::vector<std::string> output_names = names_of(graph.get(), sepflow_graph_output_name);
    if (job.is_part) output_names = job.names;
    const auto outputs = files_by_name(output_names, o.outputs, o.out, "output");
    if (outputs.empty()) throw Error(SEPFLOW_E_PARAM, "no output is given; use --output NAME=FILE");
    check_distinct(values_of(outputs));

    std::vector<ImagePointer> images;
    std::map<std::string, std::string> types;
    for (const std::string &name : input_names) {
        const auto file = inputs.find(name);
        if (file == inputs.end()) {
            throw Error(SEPFLOW_E_PARAM,
                        "the input '" + name + "' has no file; use --input " + name + "=FILE");
        }
        images.push_back(read_image(file->second));
        if (!job.is_part) print_remarks(remarks_on(images.back().get(), false));
        bind_input(graph.get(), name, images.back().get());
        types[name] = type_name(type_of_band_format(images.back()->BandFmt));
    }
    set_missing_values(o, graph.get(), job.json, types);
    for (const ImagePointer &image : images) {
        for (const auto &[name, file] : outputs) check_keeps_pages(image.get(), file);
    }
    if (images.empty()) throw Error(SEPFLOW_E_PARAM, o.graph + ": the graph has no inputs");
    call([&](sepflow_error *error) { return sepflow_graph_prepare(graph.get(), error); });

    for (size_t i = job.first; i < job.end; ++i) {
        const auto output = outputs.find(job.names[i]);
        watch.reached(static_cast<int>(i));
        if (output == outputs.end()) continue;
        Rendering rendering(graph.get(), output->first, images.front().get(), o.threads, !o.quiet);
        check_writable(output->second, rendering.type(), rendering.channels());
        OutputFile file(output->second);
        const std::string losses = rendering.write(file);
        file.commit();
        print_remarks(losses);
    }
}

bool is_asked_for(const Run &o, const std::string &output) {
    return o.outputs.empty() ||
           std::any_of(o.outputs.begin(), o.outputs.end(), [&](const std::string &assignment) {
               return split_at(assignment, '=').first == output;
           });
}

void run(const Run &o) {
    const std::string json = read_text(o.graph);
    const std::vector<std::string> names = outputs_of(json);
    Watch watch(o.patience);
    note_signals();
    std::vector<std::string> failures;  // sentences, each once
    const auto attempt = [&](const Job &job) {
        std::string why;
        const auto ending = watch.run([&] { run_job(o, job, watch); }, &why);
        if (ending == Watch::Ending::kInterrupted) throw Error(SEPFLOW_E_CANCELLED, "interrupted");
        if (ending == Watch::Ending::kDone) return true;
        if (std::find(failures.begin(), failures.end(), why) == failures.end())
            failures.push_back(why);
        return false;
    };

    size_t next = 0;
    do {
        if (attempt({json, false, names, next, names.size()})) break;
        if (watch.step() >= 0) {  // while that output was computed
            if (watch.was_mistake()) break;
            next = static_cast<size_t>(watch.step()) + 1;
            continue;
        }
        // Before any output: whether it concerns all of them shows only one by one.
        if (names.size() - next > 1) {
            for (; next < names.size(); ++next) {
                if (is_asked_for(o, names[next]))
                    attempt({subgraph(json, names[next]), true, names, next, next + 1});
            }
        }
        break;
    } while (next < names.size());
    if (failures.empty()) return;
    for (size_t i = 0; i + 1 < failures.size(); ++i)
        std::cerr << "sepflow: " << failures[i] << '\n';
    throw Error(SEPFLOW_E_INTERNAL, failures.back());
}

}  // namespace

void add_run(CLI::App &app) {
    CLI::App *verb = app.add_subcommand("run", "Run a graph of nodes from a JSON file");
    const auto o = std::make_shared<Run>();
    verb->add_option("graph", o->graph, "The graph")->required()->type_name("GRAPH.json");
    verb->add_option("in", o->in, "File for the only input")->type_name("IN");
    verb->add_option("out", o->out, "File for the only output")->type_name("OUT");
    verb->add_option("-i,--input", o->inputs, "File for an input")
        ->type_name("NAME=FILE")
        ->expected(1)
        ->take_all()
        ->check(check_assignment);
    verb->add_option("-o,--output", o->outputs, "File for an output")
        ->type_name("NAME=FILE")
        ->expected(1)
        ->take_all()
        ->check(check_assignment);
    verb->add_option("-s,--set", o->settings, "Change a parameter of a node")
        ->type_name("NODE.PARAM=VALUE")
        ->expected(1)
        ->take_all()
        ->check(check_assignment);
    verb->add_option("--files", o->files,
                     "Folder from which the graph may read files, as in \"file kernel.csv\"; "
                     "without it, none")
        ->type_name("FOLDER");
    verb->add_option("-j,--threads", o->threads, "Largest number of threads (0: one per CPU)")
        ->check(CLI::Range(0, kMostThreads));
    verb->add_option("--patience", o->patience,
                     "Seconds after which a node that does not return is stopped (600)")
        ->transform(number())
        ->check(CLI::Range(0.1, 1e6));
    verb->add_flag("-q,--quiet", o->quiet, "No progress bar");
    verb->callback([o] { run(*o); });
}

}  // namespace sepflow::command
