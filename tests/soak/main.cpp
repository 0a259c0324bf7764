// sepflow_soak [--minutes M] [--seed N] [--once]: random graphs for a time, each against a
// brute-force oracle, while memory must stay flat. Graph i of a run is made from the seed N + i, so
// one that fails is run alone by --seed and --once.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <random>
#include <string>

#include "tests/soak/memory.h"
#include "tests/soak/session.h"

namespace {

struct Arguments {
    double minutes = 2;
    uint64_t seed = 0;
    bool once = false;
};

bool parse(int argc, char **argv, Arguments &arguments) {
    arguments.seed = std::random_device()();
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--once") {
            arguments.once = true;
        } else if (word == "--minutes" && i + 1 < argc) {
            arguments.minutes = std::atof(argv[++i]);
        } else if (word == "--seed" && i + 1 < argc) {
            arguments.seed = std::strtoull(argv[++i], nullptr, 10);
        } else {
            return false;
        }
    }
    return arguments.minutes > 0;
}

void print(const soak::Totals &totals, const soak::Memory &memory) {
    std::printf(
        "%lld graphs, %lld nodes, %lld computations (%lld cancelled), %lld changes; %lld pixels "
        "compared, worst error over bound %.3f; %s\n",
        static_cast<long long>(totals.graphs), static_cast<long long>(totals.nodes),
        static_cast<long long>(totals.computations), static_cast<long long>(totals.cancelled),
        static_cast<long long>(totals.changes), static_cast<long long>(totals.pixels), totals.worst,
        memory.summary().c_str());
    std::fflush(stdout);
}

int soak_for(const sepflow_registry *registry, const Arguments &arguments) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(Clock::now() - start).count() / 60 / arguments.minutes;
    };
    soak::Totals totals;
    soak::Memory memory;
    double next_report = 0.1;
    for (uint64_t seed = arguments.seed; elapsed() < 1; ++seed) {
        try {
            soak::run_graph(registry, seed, totals);
        } catch (const std::exception &error) {
            std::printf("FAILED --seed %llu --once: %s\n%s", static_cast<unsigned long long>(seed),
                        error.what(), soak::described(seed).c_str());
            return 1;
        }
        if (arguments.once) break;
        memory.sample(elapsed());
        if (elapsed() > next_report) {
            print(totals, memory);
            next_report += 0.1;
        }
    }
    print(totals, memory);
    const std::string growth = arguments.once ? "" : memory.growth();
    if (!growth.empty()) std::printf("FAILED: %s\n", growth.c_str());
    return growth.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char **argv) {
    Arguments arguments;
    if (!parse(argc, argv, arguments)) {
        std::fprintf(stderr, "usage: sepflow_soak [--minutes M] [--seed N] [--once]\n");
        return 2;
    }
    std::printf("seed %llu\n", static_cast<unsigned long long>(arguments.seed));
    sepflow_registry *registry = nullptr;
    if (sepflow_registry_create(&registry, nullptr) != SEPFLOW_OK ||
        sepflow_registry_scan(registry, SEPFLOW_PLUGIN_DIR, nullptr, nullptr) != SEPFLOW_OK) {
        std::fprintf(stderr, "no registry\n");
        return 1;
    }
    const int result = soak_for(registry, arguments);
    sepflow_registry_free(registry);
    return result;
}
