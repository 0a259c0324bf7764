#include "runtime/embedded/passes.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <numeric>
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
Expr sample_of(bool is_fixed, const Expr &pixel) {
    return is_fixed ? (cast<int16_t>(pixel) - 128) << 8 : cast<float>(pixel);
}

Fold fold_of(Form form) {
    return form == Form::kTransposedEven  ? Fold::kEven
           : form == Form::kTransposedOdd ? Fold::kOdd
                                          : Fold::kNone;
}

// The library's product (generators/pixel.h), where NEON has it in two instructions: twice the high
// half, halved.
Expr tap_product(const Target &target, int16_t tap, const Expr &sample) {
    if (target.arch != Target::ARM) return product(tap, sample);
    const Expr twice = cast<int32_t>(tap) * cast<int32_t>(sample) >> 15;
    return saturating_cast<int16_t>(twice) >> 1;
}

float largest_of(const std::vector<float> &taps) {
    return std::accumulate(taps.begin(), taps.end(), 0.0f,
                           [](float most, float tap) { return std::max(most, std::fabs(tap)); });
}

// The same in floats, of one of `taps`. Halide rewrites x * c + y * d as (x + y * (d / c)) * c,
// which overflows if c is far below d, and x * 0 as 0, though NaN and infinity times 0 are NaN.
// Within strict_float it does neither.
Expr tap_product(const std::vector<float> &taps, size_t index, const Expr &sample) {
    const Expr product = taps[index] * sample;
    const bool is_far = std::fabs(double{taps[index]}) < 0x1p-100 * largest_of(taps);
    return is_far ? strict_float(product) : product;
}

// Zero taps that stay in the code; all others are left out. Where a tap of the kernel is not zero,
// but zero in f32 or in all factors, NaN and infinity have to reach the result
// (runtime/plan/README.md). The first term then keeps its zeros there.
struct KeptZeros {
    std::vector<bool> down, across;
};

KeptZeros kept_zeros(const Filter &filter) {
    const Kernel &kernel = filter.plan.request.kernel;
    KeptZeros kept = {std::vector<bool>(kernel.rows), std::vector<bool>(kernel.columns)};
    const PassPairs *pairs = filter.pairs();
    if (is_integer(filter.options().in_type) || pairs == nullptr) return kept;
    const auto &down = std::get<std::vector<float>>(pairs->column_taps.passed),
               &across = std::get<std::vector<float>>(pairs->row_taps.passed);
    const auto keep = [](std::vector<bool> &zeros, size_t k, bool is_folded) {
        zeros[is_folded ? std::min(k, zeros.size() - 1 - k) : k] = true;
    };
    for (size_t y = 0; y < kernel.rows; ++y) {
        for (size_t x = 0; x < kernel.columns; ++x) {
            bool meets = kernel.tap(y, x) == 0;
            for (size_t t = 0; t < static_cast<size_t>(pairs->row_taps.terms); ++t)
                meets |= down[t * kernel.rows + y] != 0 && across[t * kernel.columns + x] != 0;
            if (meets) continue;
            keep(kept.down, y, folds(pairs->column_form));
            keep(kept.across, x, folds(pairs->row_form));
        }
    }
    return kept;
}

class Passes {
  public:
    explicit Passes(const Filter &filter)
        : filter_(filter), request_(filter.plan.request), kept_(kept_zeros(filter)) {
        if (filter.is_fixed()) fixed_ = &*filter.pairs()->fixed;
        for (int32_t k = 0; k < filter.rows(); ++k) {
            rows_.emplace_back(pixel_type(request_.options.in_type), 1, "row" + std::to_string(k));
            rows_.back().dim(0).set_min(0);
        }
    }

    Module columns(const PassPairs &pairs) {
        const Fold fold = fold_of(pairs.column_form);
        const int32_t count = pairs.column_taps.terms;
        std::vector<Expr> terms;
        for (int32_t t = 0; t < count; ++t) {
            const Expr first =
                fixed_ ? Expr(static_cast<int16_t>(fixed_->column_bias)) : Expr(0.0f);
            terms.push_back(add_taps(first, pairs.column_taps, kept_.down, t, fold,
                                     {0, steps_of(pairs.column_taps, fold)},
                                     [&](int32_t k) { return source(k, x_); }));
        }
        Func mid("mid");
        mid(x_, t_) = terms.size() == 1 ? terms[0] : mux(t_, terms);
        mid.bound(t_, 0, count);
        mid.output_buffer().dim(0).set_min(0);
        mid.output_buffer().dim(1).set_bounds(0, count).set_stride(filter_.pitch());
        schedule(mid, TailStrategy::RoundUp);
        mid.reorder(xi_, t_, x_).unroll(t_);
        return module_of(mid, {rows_.begin(), rows_.end()}, "columns");
    }

    Module row(const PassPairs &pairs) {
        const int32_t count = pairs.row_taps.terms;
        ImageParam mid(fixed_ ? Int(16) : Float(32), 2, "mid");
        mid.dim(0).set_min(0);
        mid.dim(1).set_bounds(0, count).set_stride(filter_.pitch());
        const Fold fold = fold_of(pairs.row_form);
        const auto sample = [&](int32_t t) {
            return [&, t](int32_t k) { return mid(x_ + k * filter_.step(), t); };
        };
        // As the library's pass does: whole groups of taps of all terms, then what is left of each.
        const int32_t group =
            pairs.row_form == Form::kPlain ? plain_tile(16).taps : transposed_tile(1).taps;
        const int32_t steps = steps_of(pairs.row_taps, fold), grouped = steps / group * group;
        Expr sum = fixed_ ? Expr(static_cast<int16_t>(fixed_->row_bias)) : delta();
        for (int32_t t = 0; t < count; ++t)
            sum = add_taps(sum, pairs.row_taps, kept_.across, t, fold, {0, grouped}, sample(t));
        for (int32_t t = 0; t < count; ++t)
            sum = add_taps(sum, pairs.row_taps, kept_.across, t, fold, {grouped, steps}, sample(t));
        return pixels(sum, {mid});
    }

    Module direct(const DirectSum &direct_sum) {
        const Runs &runs = direct_sum.runs;
        const auto &taps = std::get<std::vector<float>>(runs.taps);
        Expr sum = delta();
        for (int32_t i = 0; i < runs.count * runs.length; ++i) {
            const auto place = static_cast<size_t>(i / runs.length * 2);
            const int32_t column = runs.places[place],
                          row = runs.places[place + 1] + i % runs.length;
            const double tap =
                request_.kernel.tap(static_cast<size_t>(row), static_cast<size_t>(column));
            const bool is_kept = tap != 0 && static_cast<float>(tap) == 0;
            if (taps[static_cast<size_t>(i)] == 0 && !is_kept) continue;
            sum = sum + tap_product(taps, static_cast<size_t>(i),
                                    source(row, x_ + column * filter_.step()));
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

    // Adds some of one term's taps to `sum`, in the order of the library's passes, so that sums of
    // integer pixels are the same.
    Expr add_taps(Expr sum, const Taps &taps, const std::vector<bool> &kept, int32_t term,
                  Fold fold, Steps steps, const std::function<Expr(int32_t k)> &sample) const {
        const int32_t last = taps.length - 1;
        for (int32_t k = steps.first; k < steps.end; ++k) {
            const auto index = static_cast<size_t>(term * taps.length + k);
            if (taps.f64[index] == 0 && !(term == 0 && kept[static_cast<size_t>(k)])) continue;
            Expr value = sample(k);
            if (fold == Fold::kEven) value = value + sample(last - k);
            if (fold == Fold::kOdd) value = value - sample(last - k);
            sum = sum + product_of(taps, index, value);
        }
        return sum;
    }

    Expr product_of(const Taps &taps, size_t index, const Expr &sample) const {
        if (fixed_) {
            const auto &fixed = std::get<std::vector<int16_t>>(taps.passed);
            return tap_product(filter_.target, fixed[index], sample);
        }
        return tap_product(std::get<std::vector<float>>(taps.passed), index, sample);
    }

    Expr source(int32_t row, const Expr &x) const {
        return sample_of(fixed_ != nullptr, rows_[static_cast<size_t>(row)](x));
    }

    Expr delta() const { return Expr(static_cast<float>(request_.options.delta)); }

    Module pixels(const Expr &sum, const std::vector<Argument> &arguments) {
        const Type type = pixel_type(request_.options.out_type);
        Func out("out");
        out(x_) = fixed_ ? fixed_to_pixel(sum, fixed_->output_shift, fixed_->output_offset, type)
                         : to_pixel(sum, type);
        out.output_buffer().dim(0).set_min(0);
        schedule(out, TailStrategy::ShiftInwards);
        return module_of(out, arguments, "row");
    }

    // A tile is a few vectors of samples; its sums stay in registers.
    void schedule(Func f, TailStrategy tail) {
        const int lanes =
            std::max(filter_.target.natural_vector_size(fixed_ ? Int(16) : Float(32)), 1);
        Var lane("lane");
        f.split(x_, x_, xi_, filter_.tile(), tail).split(xi_, xi_, lane, lanes);
        f.vectorize(lane).unroll(xi_);
    }

    Module module_of(Func f, const std::vector<Argument> &arguments, const std::string &pass) {
        return Pipeline(f).compile_to_module(arguments, filter_.name + "_" + pass, filter_.target,
                                             LinkageType::ExternalPlusArgv);
    }

    const Filter &filter_;
    const Request &request_;
    const FixedPoint *fixed_ = nullptr;
    const KeptZeros kept_;
    std::vector<ImageParam> rows_;
    Var x_{"x"}, xi_{"xi"}, t_{"t"};
};

}  // namespace

void compile_passes(const Filter &filter, const std::string &path) {
    Passes passes(filter);
    std::vector<Module> modules;
    if (const PassPairs *pairs = filter.pairs()) {
        modules = {passes.columns(*pairs), passes.row(*pairs)};
    } else {
        modules = {passes.direct(std::get<DirectSum>(filter.plan.way))};
    }
    Module all = link_modules(filter.name, modules);
    // Which linking forgets, and with it that multiplications and additions must not be fused.
    const bool is_strict = std::any_of(modules.begin(), modules.end(), [](const Module &module) {
        return module.any_strict_float();
    });
    all.set_any_strict_float(is_strict);
    // In two steps: where LLVM ends the process, Halide would leave the object file in its own
    // folder.
    const std::string object = std::filesystem::path(path).replace_extension(".o").string();
    all.compile({{OutputFileType::object, object}});
    create_static_library({object}, filter.target, path);
    std::filesystem::remove(object);
}

}  // namespace sepflow::embedded
