#include "runtime/embedded/passes.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <variant>
#include <vector>

#include "generators/pixel.h"
#include "generators/tiles.h"

namespace sepflow::embedded {

namespace {

using namespace Halide;

Type pixel_type(sepflow_type type) {
    const int bits = type & 0xff;
    return type >> 8 == 1 ? UInt(bits) : type >> 8 == 2 ? Int(bits) : Float(bits);
}

// In fixed point (runtime/plan/fixed_point.h) (pixel - 128) * 2^8.
Expr sample_of(const Plan &plan, const Expr &pixel) {
    return plan.fixed ? (cast<int16_t>(pixel) - 128) << 8 : cast<float>(pixel);
}

// A tap as the passes take it.
Expr tap_at(const Taps &taps, int32_t index) {
    return std::visit([&](const auto &passed) { return Expr(passed[static_cast<size_t>(index)]); },
                      taps.passed);
}

Fold fold_of(Form form) {
    return form == Form::kTransposedEven  ? Fold::kEven
           : form == Form::kTransposedOdd ? Fold::kOdd
                                          : Fold::kNone;
}

// The library's product (generators/pixel.h), where NEON has it in two instructions: twice the high half, halved.
Expr tap_product(const Target &target, const Expr &tap, const Expr &sample) {
    if (target.arch != Target::ARM || tap.type().is_float()) return product(tap, sample);
    const Expr twice = cast<int32_t>(tap) * cast<int32_t>(sample) >> 15;
    return saturating_cast<int16_t>(twice) >> 1;
}

class Passes {
  public:
    explicit Passes(const Filter &filter) : filter_(filter), plan_(filter.plan) {
        for (int32_t k = 0; k < filter.rows(); ++k) {
            rows_.emplace_back(pixel_type(plan_.options.in_type), 1, "row" + std::to_string(k));
            rows_.back().dim(0).set_min(0);
        }
    }

    Module columns() {
        const Fold fold = fold_of(plan_.column_form);
        std::vector<Expr> terms;
        for (int32_t t = 0; t < filter_.terms(); ++t) {
            const Expr first =
                plan_.fixed ? Expr(static_cast<int16_t>(plan_.fixed->column_bias)) : Expr(0.0f);
            terms.push_back(add_taps(first, plan_.column_taps, t, fold,
                                     {0, steps_of(plan_.column_taps, fold)},
                                     [&](int32_t k) { return source(k, x_); }));
        }
        Func mid("mid");
        mid(x_, t_) = terms.size() == 1 ? terms[0] : mux(t_, terms);
        mid.bound(t_, 0, filter_.terms());
        mid.output_buffer().dim(0).set_min(0);
        mid.output_buffer().dim(1).set_bounds(0, filter_.terms()).set_stride(filter_.pitch());
        schedule(mid, TailStrategy::RoundUp);
        mid.reorder(xi_, t_, x_).unroll(t_);
        return module_of(mid, {rows_.begin(), rows_.end()}, "columns");
    }

    Module row() {
        ImageParam mid(plan_.fixed ? Int(16) : Float(32), 2, "mid");
        mid.dim(0).set_min(0);
        mid.dim(1).set_bounds(0, filter_.terms()).set_stride(filter_.pitch());
        const Fold fold = fold_of(plan_.row_form);
        const auto sample = [&](int32_t t) {
            return [&, t](int32_t k) { return mid(x_ + k * filter_.step(), t); };
        };
        // As the library's pass does: whole groups of taps of all terms, then what is left of each.
        const int32_t group =
            plan_.row_form == Form::kPlain ? plain_tile(16).taps : transposed_tile(1).taps;
        const int32_t steps = steps_of(plan_.row_taps, fold), grouped = steps / group * group;
        Expr sum = plan_.fixed ? Expr(static_cast<int16_t>(plan_.fixed->row_bias)) : delta();
        for (int32_t t = 0; t < filter_.terms(); ++t)
            sum = add_taps(sum, plan_.row_taps, t, fold, {0, grouped}, sample(t));
        for (int32_t t = 0; t < filter_.terms(); ++t)
            sum = add_taps(sum, plan_.row_taps, t, fold, {grouped, steps}, sample(t));
        return pixels(sum, {mid});
    }

    Module direct() {
        const Runs &runs = plan_.runs;
        const auto &taps = std::get<std::vector<float>>(runs.taps);
        Expr sum = delta();
        for (int32_t i = 0; i < runs.count * runs.length; ++i) {
            const auto place = static_cast<size_t>(i / runs.length * 2);
            const float tap = taps[static_cast<size_t>(i)];
            if (tap == 0) continue;
            sum = sum + tap * source(runs.places[place + 1] + i % runs.length,
                                     x_ + runs.places[place] * filter_.step());
        }
        return pixels(sum, {rows_.begin(), rows_.end()});
    }

  private:
    struct Steps {
        int32_t first, end;
    };

    static int32_t steps_of(const Taps &taps, Fold fold) {
        return fold == Fold::kNone ? taps.length : (taps.length + 1) / 2;
    }

    // Adds some of one term's taps to `sum`, in the order of the library's passes, so that sums of integer pixels are the same.
    Expr add_taps(Expr sum, const Taps &taps, int32_t term, Fold fold, Steps steps,
                  const std::function<Expr(int32_t k)> &sample) const {
        const int32_t last = taps.length - 1;
        for (int32_t k = steps.first; k < steps.end; ++k) {
            const Expr tap = tap_at(taps, term * taps.length + k);
            if (is_const_zero(tap)) continue;
            Expr value = sample(k);
            if (fold == Fold::kEven) value = value + sample(last - k);
            if (fold == Fold::kOdd) value = value - sample(last - k);
            sum = sum + tap_product(filter_.target, tap, value);
        }
        return sum;
    }

    Expr source(int32_t row, const Expr &x) const {
        return sample_of(plan_, rows_[static_cast<size_t>(row)](x));
    }

    Expr delta() const { return Expr(static_cast<float>(plan_.options.delta)); }

    Module pixels(const Expr &sum, const std::vector<Argument> &arguments) {
        const Type type = pixel_type(plan_.options.out_type);
        Func out("out");
        out(x_) = plan_.fixed ? fixed_to_pixel(sum, plan_.fixed->output_shift,
                                               plan_.fixed->output_offset, type)
                              : to_pixel(sum, type);
        out.output_buffer().dim(0).set_min(0);
        schedule(out, TailStrategy::ShiftInwards);
        return module_of(out, arguments, "row");
    }

    // A tile is a few vectors of samples; its sums stay in registers.
    void schedule(Func f, TailStrategy tail) {
        const int lanes =
            std::max(filter_.target.natural_vector_size(plan_.fixed ? Int(16) : Float(32)), 1);
        Var lane("lane");
        f.split(x_, x_, xi_, filter_.tile(), tail).split(xi_, xi_, lane, lanes);
        f.vectorize(lane).unroll(xi_);
    }

    Module module_of(Func f, const std::vector<Argument> &arguments, const std::string &pass) {
        return Pipeline(f).compile_to_module(arguments, filter_.name + "_" + pass, filter_.target,
                                             LinkageType::ExternalPlusArgv);
    }

    const Filter &filter_;
    const Plan &plan_;
    std::vector<ImageParam> rows_;
    Var x_{"x"}, xi_{"xi"}, t_{"t"};
};

}  // namespace

void compile_passes(const Filter &filter, const std::string &path) {
    Passes passes(filter);
    std::vector<Module> modules;
    if (filter.is_direct()) {
        modules = {passes.direct()};
    } else {
        modules = {passes.columns(), passes.row()};
    }
    Module all = link_modules(filter.name, modules);
    // Which linking forgets, and with it that multiplications and additions must not be fused.
    all.set_any_strict_float(filter.target.has_feature(Target::StrictFloat));
    // In two steps: where LLVM ends the process, Halide would leave the object file in its own folder.
    const std::string object = std::filesystem::path(path).replace_extension(".o").string();
    all.compile({{OutputFileType::object, object}});
    create_static_library({object}, filter.target, path);
    std::filesystem::remove(object);
}

}  // namespace sepflow::embedded
