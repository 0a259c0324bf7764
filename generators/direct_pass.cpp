// Direct pass: out(x, y) = pixel(delta + sum over runs g and taps k of taps(k, g) * in(x +
// places(0, g), y + places(1, g) + k)): the 2-D sum itself, over the taps that are not zero,
// gathered into vertical runs of equal length, taps.extent(0) = 1 .. 4. Run time: the runs and
// their places, in samples and rows. Built time: types, instruction set.
//
// The rows of a register tile share the loads of a run: n rows and k taps need n + k - 1 vectors
// for nk multiplications. The order of operations of a pixel is the same wherever it lies in a
// tile, as in the other passes.
#include <Halide.h>

#include "pixel.h"
#include "schedules.h"
#include "tiles.h"

namespace {

using namespace Halide;

class DirectPass : public Generator<DirectPass> {
  public:
    Input<Buffer<>> in{"in", 2};
    Input<Buffer<>> taps{"taps", 2};
    Input<Buffer<int32_t>> places{"places", 2};
    Input<int32_t> reach_x{"reach_x"}, reach_y{"reach_y"};  // of the taps, from 0 on
    Input<double> delta{"delta"};
    Output<Buffer<>> out{"out", 2};

    void generate() {
        const Type type = taps.type();
        const int natural = natural_vector_size<uint8_t>();
        const int lanes = natural / type.bytes();
        const auto tile = sepflow::plain_tile(sepflow::registers(natural));
        taps.dim(0).set_min(0);
        taps.dim(1).set_min(0);
        places.dim(0).set_bounds(0, 2);
        places.dim(1).set_min(0);

        RDom run(0, sepflow::kLongestRun, 0, taps.dim(1).extent(), "run");
        run.where(run.x < taps.dim(0).extent());
        sum(x, y) = cast(type, delta);
        // Without the promise nothing bounds what is read.
        const Expr across = unsafe_promise_clamped(places(0, run.y), 0, reach_x),
                   down = unsafe_promise_clamped(places(1, run.y) + run.x, 0, reach_y);
        sum(x, y) += taps(run.x, run.y) * in(x + across, y + down);
        out(x, y) = sepflow::to_pixel(sum(x, y), out.type());

        Var xi("xi"), yi("yi");
        const int width = lanes * tile.vectors;
        out.split(x, x, xi, width)
            .split(y, y, yi, tile.rows)
            .reorder(xi, yi, y, x)
            .vectorize(xi, lanes)
            .unroll(xi)
            .unroll(yi);
        sepflow::keep_in_registers(sum, out, y, {{x, width}, {y, tile.rows}}, lanes);
        sum.update()
            .reorder(x, y, run.x, run.y)
            .vectorize(x, lanes)
            .unroll(x)
            .unroll(y)
            .unroll(run.x);
        for (int known = 1; known <= sepflow::kLongestRun; ++known)
            out.specialize(taps.dim(0).extent() == known);
    }

  private:
    Func sum{"sum"};
    Var x{"x"}, y{"y"};
};

}  // namespace

HALIDE_REGISTER_GENERATOR(DirectPass, direct_pass)
