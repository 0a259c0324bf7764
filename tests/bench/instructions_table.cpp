// Instructions a pixel, counted by callgrind: the same whatever else the machine does. This program
// runs itself under it, one contender each time. Valgrind knows AVX2 and not AVX-512.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tests/bench/peers.h"
#include "tests/bench/tables.h"

// Its instructions are counted, by name.
extern "C" __attribute__((noinline)) double sepflow_bench_counted(
    const bench::Contender &contender);
extern "C" double sepflow_bench_counted(const bench::Contender &contender) {
    return contender.turn();
}

namespace bench {

namespace {

double counted_instructions(const std::string &file) {
    std::ifstream in(file);
    for (std::string word; in >> word;) {
        double count = 0;
        if (word == "totals:" && in >> count) return count;
    }
    throw std::runtime_error("callgrind counted nothing; is valgrind installed?");
}

double instructions_a_pixel(const std::string &contender, const Workload &w,
                            const std::string &program) {
    const std::string file = "/tmp/sepflow-bench-" + std::to_string(std::rand()) + ".callgrind";
    const std::string command =
        "valgrind -q --tool=callgrind --collect-atstart=no --toggle-collect=sepflow_bench_counted" +
        (" --callgrind-out-file=" + file) + " '" + program + "' --counted --contender " +
        contender + " --types " + w.type.name + " --sizes " + w.size_text() + " --taps " +
        std::to_string(w.length) + " --kinds " + name_of(w.kind) + " >/dev/null";
    const int status = std::system(command.c_str());
    if (status != 0) throw std::runtime_error("this failed: " + command);
    const double count = counted_instructions(file);
    std::remove(file.c_str());
    return count / static_cast<double>(w.samples());
}

}  // namespace

void run_counted(const std::string &name, const Workload &workload) {
    const Buffers buffers(workload);
    std::vector<Contender> all = opencv_contenders(buffers);
    all.push_back(sepflow_contender("sepflow", buffers, buffers.ours));
    for (const Contender &contender : all) {
        if (contender.name != name) continue;
        contender.turn();
        sepflow_bench_counted(contender);
        return;
    }
    throw std::invalid_argument("there is no contender '" + name + "' for this workload");
}

Row instructions_table(const Settings &settings) {
    const std::vector<std::string> names{"sepflow", "sepFilter2D"};
    Table table("Instructions a sample, counted by callgrind, at most AVX2.",
                {"type", "size", "taps", "kind", "sepflow", "sepFilter2D"});
    for (const Workload &workload : settings.workloads) {
        Row row = row_of(workload);
        for (const std::string &name : names)
            row[name] = instructions_a_pixel(name, workload, settings.program);
        table.add(row);
    }
    return table.rows();
}

}  // namespace bench
