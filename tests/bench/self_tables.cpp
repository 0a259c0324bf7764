// Sepflow against itself: relative costs of types, channels, ranks, threads, schedules and lengths.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <thread>

#include "tests/bench/peers.h"
#include "tests/bench/tables.h"

namespace bench {

namespace {

struct Labelled {
    std::string name;
    Workload workload;
};

// Medians in seconds, all in turns.
std::vector<double> medians(const std::vector<Labelled> &all, double seconds) {
    std::vector<std::unique_ptr<Buffers>> buffers;
    std::vector<Contender> contenders;
    for (const Labelled &one : all) {
        buffers.push_back(std::make_unique<Buffers>(one.workload));
        contenders.push_back(sepflow_contender(one.name, *buffers.back(), buffers.back()->ours));
    }
    std::vector<double> result;
    for (const Times &times : take_turns(contenders, seconds)) result.push_back(times.median());
    return result;
}

// A table that has a row for each workload, and in it a column for each way to run it;
// `number(times, i)` is what stands in column i.
template <typename Ways, typename Number>
Row compared(const Settings &settings, const std::string &title, std::vector<std::string> columns,
             const std::vector<std::string> &names, Ways ways, Number number) {
    columns.insert(columns.end(), names.begin(), names.end());
    Table table(title, columns);
    for (const Workload &workload : settings.workloads) {
        const std::vector<Labelled> all = ways(workload);
        const std::vector<double> times = medians(all, settings.seconds);
        Row row = row_of(workload);
        for (size_t i = 0; i < all.size(); ++i) row[all[i].name] = number(times, i);
        table.add(row);
    }
    return table.rows();
}

double of_first(const std::vector<double> &times, size_t i) {
    return times[i] / times[0];
}

std::string schedule_chosen(const Workload &w) {
    const std::vector<double> column = w.column(), row = w.row();
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = w.type.type;
    options.delta = w.delta();
    sepflow_plan *plan = nullptr;
    if (sepflow_plan_from_vectors(column.data(), w.length, row.data(), w.length, &options, &plan,
                                  nullptr) != SEPFLOW_OK)
        return "?";
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    sepflow_plan_describe(plan, &d);
    const std::string chosen = std::string(d.schedule) + " " + d.arithmetic;
    sepflow_plan_free(plan);
    return chosen;
}

}  // namespace

Row types_table(const Settings &settings) {
    std::vector<std::string> names;
    for (const PixelType &type : kPixelTypes) names.push_back(type.name);
    return compared(
        settings, "Time of each type as a multiple of that of the type asked for.",
        {"type", "size", "taps", "kind", "threads"}, names,
        [](const Workload &workload) {
            std::vector<Labelled> all{{workload.type.name, workload}};  // first, as the measure
            for (const PixelType &type : kPixelTypes) {
                if (type.type == workload.type.type) continue;
                all.push_back({type.name, workload});
                all.back().workload.type = type;
            }
            return all;
        },
        of_first);
}

Row channels_table(const Settings &settings) {
    return compared(
        settings,
        "Time of interleaved channels as a multiple of one channel's, for rows of the same bytes.",
        {"type", "size", "taps", "kind", "threads"}, {"1", "2", "3", "4"},
        [](const Workload &workload) {
            std::vector<Labelled> all;
            for (const int channels : {1, 2, 3, 4}) {
                all.push_back({std::to_string(channels), workload});
                all.back().workload.width = workload.width / 12 * 12 / channels;
                all.back().workload.channels = channels;
            }
            return all;
        },
        of_first);
}

Row ranks_table(const Settings &settings) {
    return compared(
        settings, "Time of rank r as a multiple of r times that of rank 1.",
        {"type", "size", "taps", "threads"}, {"1", "2", "3", "4", "5", "6", "7", "8"},
        [](const Workload &workload) {
            std::vector<Labelled> all;
            for (int rank = 1; rank <= std::min(8, workload.length); ++rank) {
                all.push_back({std::to_string(rank), workload});
                all.back().workload.rank = rank;
                all.back().workload.kind = Taps::kArbitrary;
            }
            return all;
        },
        [](const std::vector<double> &times, size_t i) {
            return times[i] / times[0] / static_cast<double>(i + 1);
        });
}

Row threads_table(const Settings &settings) {
    const auto cpus = static_cast<int>(std::thread::hardware_concurrency());
    std::vector<std::string> names;
    std::vector<int> counts;
    for (int n = 1; n < cpus; n *= 2) counts.push_back(n);
    counts.push_back(cpus);
    for (const int n : counts) names.push_back(std::to_string(n));
    return compared(
        settings, "How many times faster n threads are than one, by the wall's clock.",
        {"type", "size", "taps", "kind"}, names,
        [&](const Workload &workload) {
            std::vector<Labelled> all;
            for (const int n : counts) {
                all.push_back({std::to_string(n), workload});
                all.back().workload.threads = n;
                all.back().workload.by_wall = true;
            }
            return all;
        },
        [](const std::vector<double> &times, size_t i) { return times[0] / times[i]; });
}

Row schedules_table(const Settings &settings) {
    std::vector<std::string> columns{"type", "size", "taps", "kind", "threads"};
    columns.insert(columns.end(), settings.variants.begin(), settings.variants.end());
    columns.push_back("chosen");
    Table table(
        "Time with transposes as a multiple of that without, for each instruction set, and what "
        "the plan chooses.\n"
        "For u8 'fixed' has no transposes; what is compared is then f32 with and without.",
        columns);
    for (const Workload &workload : settings.workloads) {
        Row row = row_of(workload);
        for (const std::string &variant : settings.variants) {
            std::vector<Labelled> all{{"plain", workload}, {"transposed", workload}};
            for (Labelled &one : all) one.workload.variant = variant;
            all[0].workload.schedule = SEPFLOW_SCHEDULE_PLAIN;
            all[1].workload.schedule = SEPFLOW_SCHEDULE_TRANSPOSED;
            const std::vector<double> times = medians(all, settings.seconds);
            row[variant] = times[1] / times[0];
        }
        row["chosen"] = schedule_chosen(workload);
        table.add(row);
    }
    return table.rows();
}

Row lengths_table(const Settings &settings) {
    Table table(
        "Time of each odd number of taps, as a multiple of the first, and of the line through its "
        "neighbours.\n"
        "Only the first number of taps that was asked for matters, and the last.",
        {"type", "size", "kind", "threads", "taps", "of first", "of line"});
    const int first = settings.workloads.front().length, last = settings.workloads.back().length;
    for (const Workload &workload : settings.workloads) {
        if (workload.length != first) continue;
        std::vector<Labelled> all;
        // Every odd length up to 129, then three together now and then.
        for (int length = first | 1; length <= last; length += 2) {
            if (length > 129 && (length - 1) % 100 > 2 && (length + 1) % 100 > 2) continue;
            all.push_back({std::to_string(length), workload});
            all.back().workload.length = length;
        }
        const std::vector<double> times = medians(all, settings.seconds);
        for (size_t i = 0; i < all.size(); ++i) {
            Row row = row_of(all[i].workload);
            row["ms"] = times[i] * 1e3;
            row["of first"] = times[i] / times[0];
            const auto taps = [&](size_t k) { return all[k].workload.length; };
            if (i > 0 && i + 1 < all.size() && taps(i + 1) - taps(i - 1) == 4)
                row["of line"] = 2 * times[i] / (times[i - 1] + times[i + 1]);
            table.add(row);
        }
    }
    return table.rows();
}

Row calls_table(const Settings &settings) {
    Table table(
        "Microseconds of one call, and sepFilter2D's time as a multiple; many calls a turn.",
        {"type", "size", "taps", "kind", "us", "sepFilter2D"});
    for (Workload workload : settings.workloads) {
        // Returns the calls that make a turn long compared with reading the clock, and no longer.
        workload.calls =
            static_cast<int>(std::clamp<int64_t>(4'000'000 / workload.samples(), 1, 200));
        const Buffers buffers(workload);
        std::vector<Contender> contenders{sepflow_contender("sepflow", buffers, buffers.ours)};
        const std::vector<Contender> peers = opencv_contenders(buffers);
        if (!peers.empty()) contenders.push_back(peers.front());
        const std::vector<Times> times = take_turns(contenders, settings.seconds);
        Row row = row_of(workload);
        row["us"] = times[0].median() * 1e6;
        if (!peers.empty()) row["sepFilter2D"] = times[1].median() / times[0].median();
        table.add(row);
    }
    return table.rows();
}

}  // namespace bench
