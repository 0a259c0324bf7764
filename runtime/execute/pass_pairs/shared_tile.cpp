#include "runtime/execute/pass_pairs/shared_tile.h"

#include <algorithm>
#include <variant>

#include "runtime/execute/pass_pairs/band.h"
#include "runtime/execute/sink.h"

namespace sepflow {

namespace {

// The memory of a tile of shared terms.
struct Buffers {
    Band band;
    void *terms;     // results of a strip of each, one after the other
    void *combined;  // of an output that the image does not take directly
    int64_t rows;    // of a strip, or more where a pass over terms wants a block

    Buffers(const Job &job, const Walk &walk, const Blocking &b, const sepflow_rect &tile,
            Carver &carver)
        : band(job, walk, b, tile, carver), rows(std::max(b.strip_rows, b.result_rows)) {
        const int64_t strip = band.columns() * rows * job.sample_bytes();
        terms = carver.take(job.pairs.row_taps.terms * strip);
        combined = carver.take(strip);
    }
};

// The row passes of terms that are kept; then each output: a term's row pass, or one over kept
// results.
class SharedTile {
  public:
    SharedTile(const Job &job, const std::vector<Call> &calls, const Walk &walk,
               const Blocking &blocking, const Tile &tile, Carver &carver)
        : job_(job),
          calls_(calls),
          walk_(walk),
          least_rows_(blocking.result_rows),
          tile_(tile),
          buffers_(job, walk, blocking, tile.area, carver) {}

    void run(const Call &call, int32_t plane) const {
        const Band &band = buffers_.band;
        band.each([&](int64_t y) {
            band.fill(call, y, plane);
            band.each_strip(
                [&](int64_t first, int64_t count) { run_strip(y, first, count, plane); });
        });
    }

  private:
    void run_strip(int64_t y, int64_t first, int64_t count, int32_t plane) const {
        const sepflow_type type = job_.pairs.arithmetic.sample_type;
        for (const int32_t term : job_.shared->summed) {
            run_term(term, first, count, 0, {results_of(term), buffers_.band.columns(), type});
        }
        const sepflow_rect pixels = buffers_.band.pixels(y, first, count);
        for (const Combination &combination : job_.shared->combinations) {
            if (!calls_[combination.output].is_wanted()) continue;
            run_output(combination, first, count, pixels, plane);
        }
    }

    void run_output(const Combination &combination, int64_t first, int64_t count,
                    const sepflow_rect &pixels, int32_t plane) const {
        const Call &call = calls_[combination.output];
        const Plan &member = *combination.member;
        const Arithmetic &arithmetic = std::get<PassPairs>(member.way).arithmetic;
        Walk walk = walk_;
        walk.writes_image = call.out.type == arithmetic.result_type &&
                            suits_a_pass(call.out, walk.planes == 1, count);
        const Sink sink(member, arithmetic, call, walk, tile_.area, tile_.inside, nullptr);
        const bool is_block = combination.is_term || count >= least_rows_;
        const int64_t rows = is_block ? count : least_rows_;
        Results results = {buffers_.combined, buffers_.band.columns(), sink.type()};
        if (sink.takes_pixels() && buffers_.band.is_whole() && is_block)
            results = sink.image_rows(pixels.x, pixels.y, plane);
        if (combination.is_term) {
            run_term(combination.first, first, count, sink.delta(), results);
        } else {
            combine(combination, rows, sink.delta(), results);
        }
        sink.take(results, nullptr, pixels, plane);
    }

    void run_term(int32_t term, int64_t first, int64_t count, double delta,
                  const Results &results) const {
        const PassPairs &pairs = job_.pairs;
        PassBuffer out(results.samples, results.type,
                       {{buffers_.band.columns(), 1}, {count, results.pitch}});
        PassBuffer taps = taps_buffer(pairs.arithmetic, pairs.row_taps, term, 1);
        const int32_t column = job_.shared->column_of[static_cast<size_t>(term)];
        PassBuffer mid = buffers_.band.intermediate({0, first, count, column, 1});
        const RowPass pass = pairs.arithmetic.row_pass(pairs.row_form, results.type);
        check_pass(pass(mid, taps, walk_.step, delta, 0, 0, out));
    }

    void combine(const Combination &combination, int64_t rows, double delta,
                 const Results &results) const {
        const Arithmetic &arithmetic = job_.pairs.arithmetic;
        const int64_t columns = buffers_.band.columns();
        const int32_t terms = combination.weights.terms;
        PassBuffer out(results.samples, results.type, {{columns, 1}, {rows, results.pitch}});
        PassBuffer summed(results_of(combination.first), arithmetic.sample_type,
                          {{columns, 1}, {rows, columns}, {terms, term_size()}});
        PassBuffer weights = taps_buffer(arithmetic, combination.weights, 0, terms);
        const RowPass pass = arithmetic.row_pass(Form::kPlain, results.type);
        check_pass(pass(summed, weights, 1, delta, 0, 0, out));
    }

    int64_t term_size() const { return buffers_.band.columns() * buffers_.rows; }  // in samples
    void *results_of(int32_t term) const {
        return static_cast<char *>(buffers_.terms) + term * term_size() * job_.sample_bytes();
    }

    const Job &job_;
    const std::vector<Call> &calls_;
    const Walk &walk_;
    const int64_t least_rows_;
    const Tile &tile_;
    const Buffers buffers_;
};

}  // namespace

uint64_t shared_tile_scratch_bytes(const Job &job, int32_t step, const Blocking &blocking) {
    Walk walk;
    walk.step = step;
    Carver carver(nullptr);
    Buffers(job, walk, blocking, largest_tile(blocking, step), carver);
    return static_cast<uint64_t>(carver.used());
}

void run_shared_tile(const Job &job, const std::vector<Call> &calls, const Call &call,
                     const Walk &walk, const Blocking &blocking, const Tile &tile, void *scratch) {
    Carver carver(scratch);
    const SharedTile shared(job, calls, walk, blocking, tile, carver);
    for (int32_t plane = 0; plane < walk.planes; ++plane) shared.run(call, plane);
}

}  // namespace sepflow
