// Column pass: mid(x, y, t) = sum over k of taps(k, t) * in(x, y + k),  k = 0 .. taps.extent(0)-1,
// one result for each term t of the kernel. Channels, if interleaved, are just more x.
// Run time: the number of taps and terms. Built time: pixel type, instruction set, schedule.
//
// The accumulators of a register tile (tiles.h) stay in registers while k runs outermost; `taps` of
// them are unrolled so that each loaded row feeds several sums. The order of operations of a pixel
// is the same wherever it lies in a tile, so its bytes do not depend on the tiling.
#include <Halide.h>

#include "schedules.h"
#include "tiles.h"

namespace {

using namespace Halide;

class ColumnPass : public Generator<ColumnPass> {
  public:
    GeneratorParam<bool> transposed{"transposed", false};

    Input<Buffer<>> in{"in", 2};
    Input<Buffer<>> taps{"taps", 2};
    Output<Buffer<>> mid{"mid", 3};

    void generate() {
        const Type type = mid.type();
        const int lanes = natural_vector_size(type);
        const auto tile = sepflow::column_tile(lanes * type.bytes());

        // Whole groups of unrolled taps, then the rest one by one: no tap is read beyond the last,
        // so an infinity just outside the filter's reach stays outside.
        const Expr count = taps.dim(0).extent();
        RDom group(0, tile.taps, 0, count / tile.taps, "group");
        RDom rest(0, count % tile.taps, "rest");
        const Expr k = group.y * tile.taps + group.x;
        const Expr k_rest = count / tile.taps * tile.taps + rest;

        sum(x, y, t) = cast(type, 0);
        sum(x, y, t) += taps(k, t) * cast(type, in(x, y + k));
        sum(x, y, t) += taps(k_rest, t) * cast(type, in(x, y + k_rest));
        mid(x, y, t) = sum(x, y, t);

        taps.dim(0).set_min(0);
        taps.dim(1).set_min(0);

        // Transposed, a block is lanes x lanes, stored so that the rows become the lanes of a
        // vector.
        const int width = transposed ? lanes : lanes * tile.vectors;
        const int height = transposed ? lanes : tile.rows;
        if (transposed) {
            sepflow::lay_rows_as_lanes(mid, lanes);
            mid.bound(y, 0, lanes);
        }
        Var xi("xi"), yi("yi");
        mid.split(x, x, xi, width)
            .split(y, y, yi, height)
            .reorder(xi, yi, y, x, t)
            .vectorize(xi, lanes)
            .unroll(xi)
            .unroll(yi);
        sepflow::keep_in_registers(sum, mid, y, {{x, width}, {y, height}, {t, 1}}, lanes);
        sum.update(0).reorder(x, y, t, group.x, group.y).vectorize(x, lanes);
        sum.update(0).unroll(x).unroll(y).unroll(t).unroll(group.x);
        sum.update(1).reorder(x, y, t, rest).vectorize(x, lanes).unroll(x).unroll(y).unroll(t);
    }

  private:
    Func sum{"sum"};
    Var x{"x"}, y{"y"}, t{"t"};
};

}  // namespace

HALIDE_REGISTER_GENERATOR(ColumnPass, column_pass)
