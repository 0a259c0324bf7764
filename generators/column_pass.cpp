// Column pass: mid(x, y, t) = sum over k of taps(k, t) * in(x, y + k), k = 0 .. taps.extent(0)-1,
// one result for each term t of the kernel. Channels, if interleaved, are just more x. Run time:
// the number of taps and terms. Built time: types, instruction set, form.
//
// In fixed point (taps, in and mid s16; plan/fixed_point.h) products are
// floor(tap * sample / 2^16), and `bias` is added to the sum.
//
// The accumulators of a register tile (tiles.h) stay in registers while the taps run. The order of
// operations of a pixel is the same wherever it lies in a tile, so its bytes do not depend on the
// tiling.
#include <Halide.h>

#include "pixel.h"
#include "schedules.h"
#include "tap_sum.h"
#include "tiles.h"

namespace {

using namespace Halide;

class ColumnPass : public Generator<ColumnPass> {
  public:
    GeneratorParam<bool> transposed{"transposed", false};
    GeneratorParam<sepflow::Fold> fold{"fold", sepflow::Fold::kNone, sepflow::fold_names()};

    Input<Buffer<>> in{"in", 2};
    Input<Buffer<>> taps{"taps", 2};
    Input<int32_t> bias{"bias"};
    Output<Buffer<>> mid{"mid", 3};

    void generate() {
        const Type type = mid.type();
        const int lanes =
            sepflow::vector_bytes_of(natural_vector_size<uint8_t>(), type.is_float()) /
            type.bytes();
        const auto tile =
            transposed ? sepflow::transposed_tile(lanes)
                       : sepflow::plain_tile(sepflow::registers(natural_vector_size<uint8_t>()));
        const sepflow::Terms terms = {
            taps.dim(0).extent(),
            1,
            [&](const Expr &k, const Expr &) { return taps(k, t); },
            [&](const Expr &k, const Expr &) { return cast(type, in(x, y + k)); },
            sepflow::product,
            fold};
        sum(x, y, t) = cast(type, type.is_float() ? Expr(0) : bias);
        sepflow::TapSum tap_sum(sum, {x, y, t}, terms, tile.taps);
        mid(x, y, t) = sum(x, y, t);

        taps.dim(0).set_min(0);
        taps.dim(1).set_min(0);

        const int width = lanes * tile.vectors;
        if (transposed) {
            sepflow::lay_rows_as_lanes(mid, lanes);
            mid.bound(y, 0, lanes);
        }
        Var xi("xi"), yi("yi");
        mid.split(x, x, xi, width)
            .split(y, y, yi, tile.rows)
            .reorder(xi, yi, y, x, t)
            .vectorize(xi, lanes)
            .unroll(xi)
            .unroll(yi);
        sepflow::keep_in_registers(sum, mid, y, {{x, width}, {y, tile.rows}, {t, 1}}, lanes);
        tap_sum.schedule(lanes);
        if (!transposed) {
            for (const int known : {3, 5, 7, 9}) mid.specialize(taps.dim(0).extent() == known);
        }
    }

  private:
    Func sum{"sum"};
    Var x{"x"}, y{"y"}, t{"t"};
};

}  // namespace

HALIDE_REGISTER_GENERATOR(ColumnPass, column_pass)
