// Schedules that the passes share: register tiles and transposes.
#pragma once

#include <Halide.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "form.h"

namespace sepflow {

// Fold as a parameter of a generator.
inline const std::map<std::string, Fold> &fold_names() {
    static const std::map<std::string, Fold> names = {
        {"none", Fold::kNone}, {"even", Fold::kEven}, {"odd", Fold::kOdd}};
    return names;
}

struct Extent {
    Halide::Var var;
    int size;
};

// Holds `sum` in registers at loop `level` of `consumer`: constant extents, everything unrolled,
// the first var vectorised and innermost in storage. The caller schedules the updates alike, taps
// outermost.
inline void keep_in_registers(Halide::Func sum, Halide::Func consumer, const Halide::Var &level,
                              const std::vector<Extent> &extents, int lanes) {
    sum.compute_at(consumer, level).store_in(Halide::MemoryType::Register);
    std::vector<Halide::Var> order;
    for (const auto &[var, size] : extents) {
        sum.bound_extent(var, size);
        order.push_back(var);
    }
    sum.reorder_storage(order[0], order[1]);
    sum.vectorize(order[0], lanes);
    for (const Halide::Var &var : order) sum.unroll(var);
}

// The intermediate of the transposed schedule: blocks of `lanes` rows whose pixel (x, y) lies at
// x * lanes + y, so that a column of a block is one vector. Halide's interleaver turns the `lanes`
// strided stores of a block into shuffles and dense stores only because the stride is a constant
// equal to their number (its Deinterleave.cpp); anything else becomes scalar stores.
// tests/unit/generators counts them.
template <typename Buffer>
void lay_rows_as_lanes(Buffer &mid, int lanes) {
    mid.dim(0).set_stride(lanes);
    mid.dim(1).set_stride(1);
    mid.dim(1).set_bounds(0, lanes);
}

// Turns vectors along y into a lanes x lanes block stored along x, by the same interleaving.
inline void transpose_on_store(Halide::Func block, Halide::Func consumer, const Halide::Var &x,
                               const Halide::Var &y, int lanes) {
    block.compute_at(consumer, x).store_in(Halide::MemoryType::Stack);
    block.bound_extent(x, lanes).bound_extent(y, lanes);
    block.reorder(y, x).vectorize(y, lanes).unroll(x);
}

}  // namespace sepflow
