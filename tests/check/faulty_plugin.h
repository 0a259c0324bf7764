// A small filter that keeps to node.h, but for the one fault that the variable SEPFLOW_TEST_FAULT
// names.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <sepflow/node.h>

namespace faulty {

inline bool has(const char *fault) {
    static const char *const wanted = std::getenv("SEPFLOW_TEST_FAULT");
    return wanted != nullptr && std::strcmp(wanted, fault) == 0;
}

sepflow_status fail(sepflow_error *error, sepflow_status code, const char *message,
                    int32_t param = -1);

template <typename Struct>
Struct known(const Struct *given) {
    Struct result = {};
    std::memcpy(&result, given, std::min<size_t>(given->struct_size, sizeof result));
    return result;
}

inline sepflow_image image_at(const sepflow_image *first, uint32_t index) {
    return known(reinterpret_cast<const sepflow_image *>(reinterpret_cast<const char *>(first) +
                                                         size_t{index} * first->struct_size));
}

struct Values {
    std::vector<double> kernel;
    std::string kernel_text, edge = "replicate", label = "a";
    int64_t rows = 0, columns = 0;
    double gain = 1;
    int64_t offset = 0;  // added to every result
    double outside = 0;  // beyond the edge "zero"
};
enum Param : uint32_t { kKernel, kGain, kEdge, kLabel, kOffset, kOutside, kParamCount };

struct Halo {
    int64_t left, right, top, bottom;
};

struct Node {
    const sepflow_host *host;
    Values values;
    struct Plan *plan = nullptr;
};

struct Plan {
    Values values;
    const Node *node;
    const sepflow_host *host;
    sepflow_config config;
    std::atomic<int> owners{1};
};

// As the header of a later minor version would declare it.
struct WideImage {
    sepflow_image known;
    int64_t later[14];
};

inline bool is_ready = false;  // between init and deinit
void change_fpu();

Halo halo_of(const Values &values);
const sepflow_node_desc &correct();     // the node without a mistake
const sepflow_node_desc &descriptor();  // with the one that is chosen
sepflow_status process(const sepflow_plan *plan, const sepflow_process *call, sepflow_error *error);

}  // namespace faulty
