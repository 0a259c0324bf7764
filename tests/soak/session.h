// One random graph, from nothing to nothing: built in the host, computed whole, in tiles, on
// threads, cancelled, changed while it lives, judged node by node, and freed.
#pragma once

#include <cstdint>
#include <string>

#include <sepflow/host.h>

namespace soak {

struct Totals {
    int64_t graphs = 0, nodes = 0, computations = 0, cancelled = 0, changes = 0, pixels = 0;
    double worst = 0;  // error over bound
};

// Throws std::runtime_error that says what is wrong.
void run_graph(const sepflow_registry *registry, uint64_t seed, Totals &totals);

// Describes the graph of the seed for readers.
std::string described(uint64_t seed);

}  // namespace soak
