// Compares Sepflow with other systems, with the limit of the machine, and with itself.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sys/utsname.h>
#include <thread>

#include "tests/bench/tables.h"

namespace bench {

const std::vector<TableMaker> kTables = {
    {"speed", "Sepflow against the limit, OpenCV, libvips and SciPy", speed_table},
    {"types", "pixel types against f32", types_table},
    {"channels", "interleaved channels against one channel of the same bytes", channels_table},
    {"ranks", "rank r against r times rank 1", ranks_table},
    {"threads", "threads against one", threads_table},
    {"schedules", "with transposes against without, for each instruction set", schedules_table},
    {"lengths", "every odd number of taps against its neighbours", lengths_table},
    {"calls",
     "one call on a small image, in microseconds",
     calls_table,
     {{"16x16", "64x64", "256x256"}, {"f32", "u8"}, {"sym"}, {3, 9, 21}, 0.1}},
    {"methods",
     "separable, direct and FFT on a bed of kernels, and which the plan takes",
     methods_table,
     {{"1024x1024"}, {"f32", "u8"}, {"sym"}, {3}}},
    {"fit",
     "the coefficients that the plan predicts the methods' costs by",
     fit_table,
     {{"2048x1536"}, {"f32", "u8"}, {"sym"}, {3}, 0.03}},
    {"plans",
     "milliseconds to make a plan, for 60 kernels",
     plans_table,
     {{"64x64"}, {"f32", "u8"}, {"sym"}, {3}, 0.2}},
    {"refined", "ranks and errors of refined factors against plain truncation; no times",
     refined_table},
    {"missing",
     "NaN left out, against astropy",
     missing_table,
     {{"1024x768"}, {"f32", "f64"}, {"sym"}, {3}}},
    {"banks",
     "several kernels over one image against one by one",
     banks_table,
     {{"2048x1536"}, {"f32", "u8"}, {"sym"}, {5, 9, 21, 63}}},
    {"unsharp", "a graph against its blur", unsharp_table},
    {"instructions", "instructions a sample, by callgrind", instructions_table},
};

}  // namespace bench

namespace {

using namespace bench;

struct Asked : Usual {
    std::string table = "speed", json, contender = "sepflow", variant;
    std::vector<int> threads{1};
    bool no_peers = false, fit = false;
    bool counted = false;  // the instructions table runs this program so
};

Workload with_size(Workload w, const std::string &size) {
    char x = 0;
    std::istringstream text(size);
    if (!(text >> w.width >> x >> w.height) || x != 'x' || w.width < 1 || w.height < 1)
        throw std::invalid_argument("a size is WIDTHxHEIGHT or WIDTHxHEIGHTxCHANNELS, not '" +
                                    size + "'");
    if (text >> x >> w.channels && (x != 'x' || w.channels < 1 || w.channels > 4))
        throw std::invalid_argument("channels are 1 to 4");
    return w;
}

std::vector<Workload> workloads(const Asked &asked) {
    std::vector<Workload> all;
    for (const std::string &size : asked.sizes) {
        for (const std::string &type : asked.types) {
            for (const std::string &kind : asked.kinds) {
                for (const int threads : asked.threads) {
                    for (const int taps : asked.taps) {
                        Workload w = with_size({}, size);
                        w.type = pixel_type(type);
                        w.kind = taps_kind(kind);
                        w.threads = threads > 0
                                        ? threads
                                        : static_cast<int>(std::thread::hardware_concurrency());
                        w.length = taps;
                        w.variant = asked.variant;
                        all.push_back(w);
                    }
                }
            }
        }
    }
    return all;
}

// Returns the variants that a plan can be forced to here, the best first.
std::vector<std::string> variants() {
    std::vector<std::string> names;
    for (const char *name : {"avx512", "avx2", "sse2", "neon"}) {
        sepflow_options options = {};
        options.struct_size = sizeof options;
        options.in_type = SEPFLOW_F32;
        options.variant = name;
        sepflow_plan *plan = nullptr;
        if (sepflow_plan_from_text("gaussian 1", &options, &plan, nullptr) == SEPFLOW_OK)
            names.push_back(name);
        sepflow_plan_free(plan);
    }
    return names;
}

std::string cpu() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
    }
    utsname name;
    return uname(&name) == 0 ? name.machine : "unknown";
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&now));
    return text;
}

Row machine() {
    return {{"date", today()},
            {"cpu", cpu()},
            {"cpus", std::thread::hardware_concurrency()},
            {"variants", variants()},
            {"sepflow", sepflow_version()},
            {"opencv", SEPFLOW_OPENCV_VERSION},
            {"halide", SEPFLOW_HALIDE_VERSION},
            {"compiler", SEPFLOW_COMPILER}};
}

void make_table(const Asked &asked, const TableMaker &table, const std::string &program) {
    const Row about = machine();
    std::cout << about["date"].get<std::string>() << ", " << about["cpu"].get<std::string>() << ", "
              << about["cpus"] << " CPUs, " << about["variants"][0].get<std::string>()
              << ", Halide " << SEPFLOW_HALIDE_VERSION << ", " << SEPFLOW_COMPILER << ", OpenCV "
              << SEPFLOW_OPENCV_VERSION << "\n"
              << std::flush;
    const Row rows =
        table.make({workloads(asked), variants(), asked.seconds, !asked.no_peers, program});
    if (asked.json.empty()) return;
    std::ofstream file(asked.json);
    file << Row{{"table", table.name}, {"machine", about}, {"rows", rows}}.dump(1) << "\n";
    if (!file) throw std::runtime_error("cannot write " + asked.json);
}

// Fills in what the command line leaves open from the table.
void complete(Asked &asked, const CLI::App &app) {
    if (asked.fit) asked.table = "fit";
    const auto table = std::find_if(kTables.begin(), kTables.end(),
                                    [&](const TableMaker &t) { return asked.table == t.name; });
    const Usual &usual = table->usual;
    if (app.count("--sizes") == 0) asked.sizes = usual.sizes;
    if (app.count("--types") == 0) asked.types = usual.types;
    if (app.count("--kinds") == 0) asked.kinds = usual.kinds;
    if (app.count("--taps") == 0) asked.taps = usual.taps;
    if (app.count("--seconds") == 0) asked.seconds = usual.seconds;
}

void run(const Asked &asked, const std::string &program) {
    if (asked.counted) {
        for (const Workload &workload : workloads(asked)) run_counted(asked.contender, workload);
        return;
    }
    for (const TableMaker &table : kTables) {
        if (asked.table == table.name) return make_table(asked, table, program);
    }
}

}  // namespace

int main(int argc, char **argv) {
    Asked asked;
    CLI::App app{
        "Measures Sepflow. Contenders take turns on the same buffers; numbers are ratios of "
        "medians. Each table has sizes, types and taps of its own where none are given."};
    std::string tables;
    std::vector<std::string> names;
    for (const TableMaker &table : kTables) {
        names.push_back(table.name);
        tables += std::string("\n  ") + table.name + ": " + table.about;
    }
    app.add_option("table", asked.table, "One of:" + tables)
        ->check(CLI::IsMember(names))
        ->capture_default_str();
    app.add_flag("--fit", asked.fit, "The table fit");
    app.add_option("--sizes", asked.sizes, "WxH or WxHxCHANNELS")->delimiter(',');
    app.add_option("--types", asked.types, "u8 u16 s16 f16 f32 f64")->delimiter(',');
    app.add_option("--taps", asked.taps, "Lengths of the filters")
        ->delimiter(',')
        ->check(CLI::Range(1, 4095));
    app.add_option("--kinds", asked.kinds,
                   "sym, anti, any: symmetric, antisymmetric, arbitrary taps")
        ->delimiter(',');
    app.add_option("-j,--threads", asked.threads, "Numbers of threads, 0: one for each CPU")
        ->delimiter(',')
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    app.add_option("--variant", asked.variant, "Force an instruction set of ours, such as avx2");
    app.add_option("--seconds", asked.seconds, "For the turns of each contender");
    app.add_flag("--no-peers", asked.no_peers, "Compare with memcpy and the multiply-adds only");
    app.add_option("--json", asked.json, "Write all numbers to this file");
    app.add_flag("--counted", asked.counted)->group("");
    app.add_option("--contender", asked.contender)->group("");
    CLI11_PARSE(app, argc, argv);
    try {
        complete(asked, app);
        run(asked, argv[0]);
    } catch (const std::exception &error) {
        std::cerr << "bench: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
