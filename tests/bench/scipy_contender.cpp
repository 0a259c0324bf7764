#include <nlohmann/json.hpp>

#include "tests/bench/peers.h"
#include "tests/bench/python.h"

namespace bench {

namespace {

const char *dtype_of(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return "uint8";
        case SEPFLOW_U16:
            return "uint16";
        case SEPFLOW_S16:
            return "int16";
        case SEPFLOW_F32:
            return "float32";
        default:
            return "float64";
    }
}

}  // namespace

std::vector<Contender> scipy_contenders(const Buffers &buffers) {
    const Workload &w = buffers.workload;
    if (w.type.type == SEPFLOW_F16 || w.rank != 1 || w.threads != 1 || w.channels != 1 ||
        w.delta() != 0)
        return {};
    const nlohmann::json request = {{"peer", "scipy"},
                                    {"in", buffers.in.path()},
                                    {"out", buffers.theirs.path()},
                                    {"dtype", dtype_of(w.type.type)},
                                    {"shape", {w.height, w.width}},
                                    {"row", w.row()},
                                    {"column", w.column()}};
    return {{"scipy", [line = request.dump()] { return python_seconds(line); }}};
}

}  // namespace bench
