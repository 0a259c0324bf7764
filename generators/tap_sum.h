// The sum that both passes are made of: over terms t and taps k, of taps(k, t) * sample(k, t), in the order in which
// registers hold it best.
#pragma once

#include <Halide.h>
#include <functional>
#include <vector>

#include "form.h"

namespace sepflow {

// What is summed. Folded, the middle tap of a filter of odd length must be half of what it is: its pixel is paired
// with itself.
struct Terms {
    Halide::Expr length, count;  // of the filters; how many of them
    std::function<Halide::Expr(Halide::Expr k, Halide::Expr t)> tap, sample;
    std::function<Halide::Expr(Halide::Expr tap, Halide::Expr sample)> product;
    Fold fold;
};

class TapSum {
  public:
    // Adds the updates to `sum`, which has its initial value. `vars` are its variables, that of the vector first.
    // `unrolled` taps form a group; what is left over is added one by one: no tap is read beyond the last, so an
    // infinity just outside the filter's reach stays outside.
    TapSum(Halide::Func sum, const std::vector<Halide::Var> &vars, const Terms &terms, int unrolled)
        : sum_(sum), vars_(vars), folded_(terms.fold != Fold::kNone) {
        using namespace Halide;
        const Expr steps = folded_ ? (terms.length + 1) / 2 : terms.length;
        group_ = RDom(0, unrolled, 0, steps / unrolled, 0, terms.count, "group");
        rest_ = RDom(0, unrolled - 1, 0, terms.count, "rest");
        rest_.where(rest_.x < steps % unrolled);
        add(terms, group_.y * unrolled + group_.x, group_.z);
        add(terms, steps / unrolled * unrolled + rest_.x, rest_.y);
    }

    // `vars[0]` becomes the vector; the tile's other vars are unrolled inside the loop over groups. Folded, a group
    // finishes one result after the other: the two windows of samples then slide through the registers instead of
    // being held whole. Column pass, cycles a vector at 9 / 21 / 63 taps, tile of 1 x 16 in the cache (Zen 4,
    // AVX-512): this way 11.6 / 19.9 / 43.8, tap by tap 16.6 / 28.8 / 68.2, not folded 14.4 / 26.2 / 67.9.
    void schedule(int lanes) {
        using namespace Halide;
        std::vector<VarOrRVar> groups(vars_.begin(), vars_.end()), rest = groups;
        const auto taps_at = folded_ ? 1 : static_cast<ptrdiff_t>(vars_.size());
        groups.insert(groups.begin() + taps_at, group_.x);
        groups.insert(groups.end(), {group_.y, group_.z});
        unroll(sum_.update(0).reorder(groups), lanes).unroll(group_.x);
        rest.insert(rest.end(), {rest_.x, rest_.y});
        unroll(sum_.update(1).reorder(rest), lanes).unroll(rest_.x);
    }

  private:
    void add(const Terms &terms, const Halide::Expr &k, const Halide::Expr &t) {
        using namespace Halide;
        Expr sample = terms.sample(k, t);
        if (folded_) {
            const Expr mirrored = terms.sample(terms.length - 1 - k, t);
            sample = terms.fold == Fold::kEven ? sample + mirrored : sample - mirrored;
        }
        const std::vector<Var> args = sum_.args();
        sum_(std::vector<Expr>(args.begin(), args.end())) += terms.product(terms.tap(k, t), sample);
    }

    Halide::Stage unroll(Halide::Stage stage, int lanes) const {
        stage.vectorize(vars_[0], lanes);
        for (const Halide::Var &var : vars_) stage.unroll(var);
        return stage;
    }

    Halide::Func sum_;
    std::vector<Halide::Var> vars_;
    bool folded_;
    Halide::RDom group_, rest_;
};

}  // namespace sepflow
