// The sum that both passes are made of: over terms t and taps k, of taps(k, t) * sample(k, t), in
// the order in which registers hold it best.
#pragma once

#include <Halide.h>
#include <functional>
#include <vector>

#include "form.h"

namespace sepflow {

// Terms of a sum. If they are folded, the middle tap of a filter of odd length must be half of what
// it is: its pixel is paired with itself.
struct Terms {
    Halide::Expr length, count;  // of the filters; how many of them
    std::function<Halide::Expr(Halide::Expr k, Halide::Expr t)> tap, sample;
    std::function<Halide::Expr(Halide::Expr tap, Halide::Expr sample)> product;
    Fold fold;
};

class TapSum {
  public:
    // Adds the updates to `sum`, which has its initial value. `vars` are its variables, that of the
    // vector first. `unrolled` taps form a group; what is left over is added one by one: no tap is
    // read beyond the last, so an infinity just outside the filter's reach stays outside.
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

    // `vars[0]` becomes the vector; the tile's other vars are unrolled inside the loop over groups.
    // Folded, a group finishes one result after the other: the two windows of samples then slide
    // through the registers instead of being held whole. Column pass, cycles a vector at 9 / 21 /
    // 63 taps, tile of 1 x 16 in the cache (Zen 4, AVX-512): this way 11.6 / 19.9 / 43.8, tap by
    // tap 16.6 / 28.8 / 68.2, not folded 14.4 / 26.2 / 67.9.
    void schedule(int lanes) { schedule(sum_.update(0), sum_.update(1), lanes); }

    // The same where `condition` says that samples `step` apart along vars[1] meet neighbouring
    // taps: the results that share samples follow each other.
    void schedule_step(const Halide::Expr &condition, int step, int lanes) {
        using namespace Halide;
        Stage groups = sum_.update(0).specialize(condition),
              rest = sum_.update(1).specialize(condition);
        if (step == 1 || !folded_) return schedule(groups, rest, lanes);
        Var across("across"), along("along");
        groups.split(vars_[1], along, across, step, TailStrategy::GuardWithIf)
            .reorder({vars_[0], group_.x, along, across, group_.y, group_.z})
            .vectorize(vars_[0], lanes)
            .unroll(group_.x)
            .unroll(along)
            .unroll(across);
        schedule_rest(rest, lanes);
    }

  private:
    void schedule(Halide::Stage groups, Halide::Stage rest, int lanes) {
        using namespace Halide;
        std::vector<VarOrRVar> order(vars_.begin(), vars_.end());
        order.insert(folded_ ? order.begin() + 1 : order.end(), group_.x);
        order.insert(order.end(), {group_.y, group_.z});
        unroll(groups.reorder(order), lanes).unroll(group_.x);
        schedule_rest(rest, lanes);
    }

    void schedule_rest(Halide::Stage rest, int lanes) {
        std::vector<Halide::VarOrRVar> order(vars_.begin(), vars_.end());
        order.insert(order.end(), {rest_.x, rest_.y});
        unroll(rest.reorder(order), lanes).unroll(rest_.x);
    }

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
