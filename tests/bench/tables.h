// The tables that the bench can make.
#pragma once

#include <functional>

#include "tests/bench/table.h"

namespace bench {

struct Settings {
    std::vector<Workload> workloads;    // every combination of what was asked for
    std::vector<std::string> variants;  // that this CPU runs, the best first
    double seconds = 1;                 // for each contender's turns
    bool peers = true;
    std::string program;  // this one, to run itself under callgrind
};

// Defaults of a table.
struct Usual {
    std::vector<std::string> sizes{"4096x4096"}, types{"f32", "u8", "u16"}, kinds{"sym", "any"};
    std::vector<int> taps{3, 5, 9, 21, 63};
    double seconds = 0.5;  // for the turns of each contender
};

struct TableMaker {
    const char *name, *about;
    std::function<Row(const Settings &)> make;
    Usual usual = {};
};
extern const std::vector<TableMaker> kTables;

Row speed_table(const Settings &settings);
Row instructions_table(const Settings &settings);
Row unsharp_table(const Settings &settings);
Row methods_table(const Settings &settings);
Row fit_table(const Settings &settings);
Row plans_table(const Settings &settings);
Row refined_table(const Settings &settings);
Row missing_table(const Settings &settings);
Row banks_table(const Settings &settings);
// Sepflow against itself.
Row types_table(const Settings &settings);
Row channels_table(const Settings &settings);
Row ranks_table(const Settings &settings);
Row threads_table(const Settings &settings);
Row schedules_table(const Settings &settings);
Row lengths_table(const Settings &settings);
Row calls_table(const Settings &settings);

// Runs contender `name` ("sepflow" or a peer) once, twice to warm up; what the instructions table
// counts.
void run_counted(const std::string &name, const Workload &workload);

}  // namespace bench
