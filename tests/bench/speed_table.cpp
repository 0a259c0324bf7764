// Sepflow against the limit and the peers, on the same buffers, in turns.
#include <algorithm>
#include <map>

#include "tests/bench/limit.h"
#include "tests/bench/peers.h"
#include "tests/bench/tables.h"

namespace bench {

namespace {

const std::vector<std::string> kPeers = {"sepFilter2D", "GaussianBlur", "filter2D", "scipy",
                                         "vips"};

std::vector<Contender> contenders_of(const Buffers &buffers, bool peers) {
    std::vector<Contender> all{copying(buffers), multiplying(buffers.workload),
                               sepflow_contender("sepflow", buffers, buffers.ours)};
    if (!peers) return all;
    for (const auto &some :
         {opencv_contenders(buffers), vips_contenders(buffers), scipy_contenders(buffers)})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

// Ours and sepFilter2D's results, once more: the turns of all went into the same buffers.
void keep_difference(Row &row, const Buffers &buffers) {
    const std::vector<Contender> peers = opencv_contenders(buffers);
    if (peers.empty()) return;
    sepflow_contender("sepflow", buffers, buffers.ours).turn();
    peers.front().turn();
    row["difference"] = largest_difference(buffers.workload.type, buffers.ours, buffers.theirs,
                                           buffers.workload.samples());
}

Row measure(const Workload &workload, const Settings &settings) {
    const Buffers buffers(workload);
    const std::vector<Times> times =
        take_turns(contenders_of(buffers, settings.peers), settings.seconds);
    std::map<std::string, double> median;
    for (const Times &t : times) median[t.name] = t.median();
    Row row = row_of(workload);
    keep_times(row, times);
    const double ours = median["sepflow"];
    row["limit"] = median["fma"] > median["memcpy"] ? "fma" : "memcpy";
    row["of limit"] = ours / std::max(median["memcpy"], median["fma"]);
    row["of memcpy"] = ours / median["memcpy"];
    row["of fma"] = ours / median["fma"];
    for (const std::string &peer : kPeers) {
        if (median.count(peer) != 0) row[peer] = median[peer] / ours;
    }
    if (settings.peers) keep_difference(row, buffers);
    return row;
}

}  // namespace

Row speed_table(const Settings &settings) {
    Table table(
        "Our time as a multiple of the limit (the greater of memcpy and 2 * taps multiply-adds a "
        "sample), of memcpy and\n"
        "of the multiply-adds; then each peer's time as a multiple of ours, and how far ours and "
        "sepFilter2D's are apart.",
        {"type", "size", "taps", "kind", "threads", "limit", "of limit", "of memcpy", "of fma",
         "sepFilter2D", "GaussianBlur", "filter2D", "scipy", "vips", "difference"});
    for (const Workload &workload : settings.workloads) table.add(measure(workload, settings));
    return table.rows();
}

}  // namespace bench
