// Row pass: out(x, y) = pixel(delta + sum over t, k of taps(k, t) * mid(x + k * step, y, t)),
// k = 0 .. taps.extent(0)-1, t = 0 .. taps.extent(1)-1: the filters of all terms, summed in the
// tile. Run time: the number of taps and terms; step, the distance of neighbours: the channels of
// an interleaved image. Built time: pixel type, instruction set, schedule.
//
// Plain: vectors along x; neighbouring taps load overlapping, unaligned vectors.
// Transposed: reads what the transposed column pass wrote, whose vectors hold one column of a block
// of rows; loads are aligned and shared between outputs, and the block is transposed back as it is
// stored.
#include <Halide.h>

#include "pixel.h"
#include "schedules.h"
#include "tiles.h"

namespace {

using namespace Halide;

class RowPass : public Generator<RowPass> {
  public:
    GeneratorParam<bool> transposed{"transposed", false};

    Input<Buffer<>> mid{"mid", 3};
    Input<Buffer<>> taps{"taps", 2};
    Input<int32_t> step{"step"};
    Input<double> delta{"delta"};
    Output<Buffer<>> out{"out", 2};

    void generate() {
        const Type type = taps.type();
        const int lanes = natural_vector_size(type);
        const auto tile = transposed ? sepflow::column_tile(lanes * type.bytes())
                                     : sepflow::row_tile(lanes * type.bytes());

        const Expr count = taps.dim(0).extent(), terms = taps.dim(1).extent();
        RDom group(0, tile.taps, 0, count / tile.taps, 0, terms, "group");
        RDom rest(0, count % tile.taps, 0, terms, "rest");
        const Expr k = group.y * tile.taps + group.x;
        const Expr k_rest = count / tile.taps * tile.taps + rest.x;

        sum(x, y) = cast(type, delta);
        sum(x, y) += taps(k, group.z) * mid(x + k * step, y, group.z);
        sum(x, y) += taps(k_rest, rest.y) * mid(x + k_rest * step, y, rest.y);

        taps.dim(0).set_min(0);
        taps.dim(1).set_min(0);

        if (transposed) {
            generate_transposed(group, rest, lanes);
        } else {
            generate_plain(group, rest, lanes, tile);
        }
    }

  private:
    void generate_plain(const RDom &group, const RDom &rest, int lanes,
                        const sepflow::RegisterTile &tile) {
        out(x, y) = sepflow::to_pixel(sum(x, y), out.type());
        const int width = lanes * tile.vectors;
        out.split(x, x, xi, width)
            .split(y, y, yi, tile.rows)
            .reorder(xi, yi, x, y)
            .vectorize(xi, lanes)
            .unroll(xi)
            .unroll(yi);
        sepflow::keep_in_registers(sum, out, x, {{x, width}, {y, tile.rows}}, lanes);
        sum.update(0).reorder(x, y, group.x, group.y, group.z).vectorize(x, lanes);
        sum.update(0).unroll(x).unroll(y).unroll(group.x);
        sum.update(1).reorder(x, y, rest.x, rest.y).vectorize(x, lanes).unroll(x).unroll(y);
    }

    void generate_transposed(const RDom &group, const RDom &rest, int lanes) {
        Func block("block");
        block(x, y) = sum(x, y);
        out(x, y) = sepflow::to_pixel(block(x, y), out.type());
        sepflow::lay_rows_as_lanes(mid, lanes);
        out.dim(1).set_bounds(0, lanes);
        out.bound(y, 0, lanes);
        out.split(x, x, xi, lanes).reorder(xi, y, x).vectorize(xi, lanes).unroll(y);
        sepflow::transpose_on_store(block, out, x, y, lanes);
        sepflow::keep_in_registers(sum, out, x, {{y, lanes}, {x, lanes}}, lanes);
        sum.update(0).reorder(y, x, group.x, group.y, group.z).vectorize(y, lanes);
        sum.update(0).unroll(x).unroll(group.x);
        sum.update(1).reorder(y, x, rest.x, rest.y).vectorize(y, lanes).unroll(x);
    }

    Func sum{"sum"};
    Var x{"x"}, y{"y"}, xi{"xi"}, yi{"yi"};
};

}  // namespace

HALIDE_REGISTER_GENERATOR(RowPass, row_pass)
