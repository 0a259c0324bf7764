// Row pass: out(x, y) = pixel(delta + sum over t, k of taps(k, t) * mid(x + k * step, y, t)), k = 0
// .. taps.extent(0)-1, t = 0 .. taps.extent(1)-1: the filters of all terms, summed in the tile. Run
// time: the number of taps and terms; step, the distance of neighbours: the channels of an
// interleaved image. Built time: types, instruction set, form.
//
// Plain: vectors along x; neighbouring taps load overlapping, unaligned vectors.
// Transposed: reads what the transposed column pass wrote, whose vectors hold one column of a block
// of rows; loads are aligned and shared between outputs, and the block is transposed back as it is
// stored.
//
// In fixed point (taps and mid s16; plan/fixed_point.h) products are floor(tap * sample / 2^16),
// `delta` is in units of the sum, and the pixel is the sum over 2^shift, rounded, plus `offset`,
// saturated.
#include <Halide.h>

#include "pixel.h"
#include "schedules.h"
#include "tap_sum.h"
#include "tiles.h"

namespace {

using namespace Halide;

class RowPass : public Generator<RowPass> {
  public:
    GeneratorParam<bool> transposed{"transposed", false};
    GeneratorParam<sepflow::Fold> fold{"fold", sepflow::Fold::kNone, sepflow::fold_names()};

    Input<Buffer<>> mid{"mid", 3};
    Input<Buffer<>> taps{"taps", 2};
    Input<int32_t> step{"step"};
    Input<double> delta{"delta"};
    Input<int32_t> shift{"shift"}, offset{"offset"};
    Output<Buffer<>> out{"out", 2};

    void generate() {
        const Type type = taps.type();
        const int lanes =
            sepflow::vector_bytes_of(natural_vector_size<uint8_t>(), type.is_float()) /
            type.bytes();
        taps.dim(0).set_min(0);
        taps.dim(1).set_min(0);
        sum(x, y) = cast(type, delta);
        if (transposed) {
            generate_transposed(lanes, sepflow::transposed_tile(lanes));
        } else {
            generate_plain(lanes,
                           sepflow::plain_tile(sepflow::registers(natural_vector_size<uint8_t>())));
        }
    }

  private:
    sepflow::TapSum sum_taps(const std::vector<Var> &vars, int unrolled) {
        const sepflow::Terms terms = {
            taps.dim(0).extent(),
            taps.dim(1).extent(),
            [&](const Expr &k, const Expr &t) { return taps(k, t); },
            [&](const Expr &k, const Expr &t) { return mid(x + k * step, y, t); },
            sepflow::product,
            fold};
        return sepflow::TapSum(sum, vars, terms, unrolled);
    }

    Expr pixel(const Expr &value) {
        if (value.type().is_float()) return sepflow::to_pixel(value, out.type());
        return sepflow::fixed_to_pixel(value, shift, offset, out.type());
    }

    void generate_plain(int lanes, const sepflow::RegisterTile &tile) {
        sepflow::TapSum tap_sum = sum_taps({x, y}, tile.taps);
        out(x, y) = pixel(sum(x, y));
        const int width = lanes * tile.vectors;
        out.split(x, x, xi, width)
            .split(y, y, yi, tile.rows)
            .reorder(xi, yi, x, y)
            .vectorize(xi, lanes)
            .unroll(xi)
            .unroll(yi);
        sepflow::keep_in_registers(sum, out, x, {{x, width}, {y, tile.rows}}, lanes);
        tap_sum.schedule(lanes);
        for (const int known : {3, 5, 7, 9})
            out.specialize(step == 1)
                .specialize(taps.dim(1).extent() == 1)
                .specialize(taps.dim(0).extent() == known);
    }

    void generate_transposed(int lanes, const sepflow::RegisterTile &tile) {
        sepflow::TapSum tap_sum = sum_taps({y, x}, tile.taps);
        Func block("block");
        block(x, y) = sum(x, y);
        out(x, y) = pixel(block(x, y));
        sepflow::lay_rows_as_lanes(mid, lanes);
        out.dim(1).set_bounds(0, lanes);
        out.bound(y, 0, lanes);
        out.split(x, x, xi, lanes).reorder(xi, y, x).vectorize(xi, lanes).unroll(y);
        sepflow::transpose_on_store(block, out, x, y, lanes);
        sepflow::keep_in_registers(sum, out, x, {{y, lanes}, {x, lanes}}, lanes);
        // With a known step, the samples that neighbouring taps and results share are loaded once:
        // cycles a vector at 9 / 21 / 63 taps, folded (Zen 4, AVX-512) 11.3 / 19.0 / 43.8, with a
        // step of run time 14.2 / 28.0 / 63 or more.
        for (const int known : {1, 2, 3, 4}) {
            tap_sum.schedule_step(step == known, known, lanes);
            out.specialize(step == known);
        }
        tap_sum.schedule(lanes);
    }

    Func sum{"sum"};
    Var x{"x"}, y{"y"}, xi{"xi"}, yi{"yi"};
};

}  // namespace

HALIDE_REGISTER_GENERATOR(RowPass, row_pass)
