#include "tests/soak/judge.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace soak {

namespace {

struct Wanted {
    double value, allowed;  // before it is rounded to the result's type
};

double largest_of(sepflow_type type, const oracle::Image &image, const oracle::Options &options) {
    switch (type) {
        case SEPFLOW_U8:
            return 255;
        case SEPFLOW_U16:
            return 65535;
        case SEPFLOW_S16:
            return 32768;
        default:
            break;
    }
    double largest = std::max(1.0, std::fabs(options.border_value));
    for (const double sample : image.samples) largest = std::max(largest, std::fabs(sample));
    return largest;
}

// The precision that an arithmetic node may compute in.
double precision(sepflow_type type) {
    return type == SEPFLOW_F16 || type == SEPFLOW_F32 ? 0x1p-24 : 0x1p-53;
}

class Formula {
  public:
    Formula(const Node &node, size_t output, const std::vector<const Picture *> &inputs,
            double error_bound)
        : node_(node),
          output_(output),
          inputs_(inputs),
          unit_(4 * precision(inputs[0]->type)),
          bound_(error_bound) {
        if (node.kernels.empty()) return;
        const Picture &in = *inputs[0];
        const double largest = largest_of(in.type, in.image, node.options);
        error_ = error_bound * std::max(largest, std::fabs(node.missing_value));
        if (node.missing != Missing::kNone) weigh(in.image, *inputs[1]);
    }

    Wanted at(int64_t x, int64_t y, int c) const {
        if (!node_.kernels.empty()) return filtered(x, y, c);
        if (node_.kind == Kind::kDecimate) {
            return {inputs_[0]->at(x * node_.factor_x + node_.phase_x,
                                   y * node_.factor_y + node_.phase_y, c),
                    0};
        }
        const double a = inputs_[0]->at(x, y, c);
        const double b = inputs_.size() > 1 ? inputs_[1]->at(x, y, c) : 0;
        switch (node_.kind) {
            case Kind::kAdd:
                return {a + b, rounding(std::fabs(a) + std::fabs(b))};
            case Kind::kSubtract:
                return {a - b, rounding(std::fabs(a) + std::fabs(b))};
            case Kind::kMultiply:
                return {a * b, rounding(std::fabs(a * b))};
            case Kind::kMagnitude:
                return {std::sqrt(a * a + b * b), rounding(std::sqrt(a * a + b * b))};
            case Kind::kAbsolute:
                return {std::fabs(a), 0};
            case Kind::kScaleOffset:
                return {node_.scale * a + node_.offset,
                        rounding(std::fabs(node_.scale * a) + std::fabs(node_.offset))};
            default:
                return {a, 0};
        }
    }

  private:
    // Returns the rounding error of a few operations. A square may be lost below the normal range.
    double rounding(double magnitude) const {
        return unit_ * magnitude + (unit_ > 0x1p-40 ? 0x1p-70 : 0x1p-500);
    }

    // Weights of all pixels, and the pixels as they are summed: m in, or m in + (1 - m)
    // missing_value.
    void weigh(const oracle::Image &in, const Picture &mask) {
        weights_ = mask.image;
        taken_ = in;
        const bool is_integer = mask.type >> 8 != 3;
        const double whole = is_integer ? largest_of(mask.type, {}, {}) : 1;
        for (size_t i = 0; i < weights_.samples.size(); ++i) {
            double &weight = weights_.samples[i];
            weight = std::max(weight / (mask.type == SEPFLOW_S16 ? 32767 : whole), 0.0);
            taken_.samples[i] *= weight;
            if (node_.missing == Missing::kFill)
                taken_.samples[i] += (1 - weight) * node_.missing_value;
        }
    }

    // delta + S sum(K m in) / sum(K m); of little support anything.
    Wanted normalised(int64_t x, int64_t y, int c) const {
        const oracle::Kernel &kernel = node_.kernels[output_];
        double sum = 0;
        for (const double tap : kernel.taps) sum += tap;
        oracle::Options plain = node_.options;
        plain.scale = 1;
        plain.delta = 0;
        const double over = oracle::convolve(taken_, kernel, plain, x, y, c).value;
        plain.border_value = 1;  // the weight of what a constant border stands for
        const double under = oracle::convolve(weights_, kernel, plain, x, y, c).value;
        if (under == 0) return {node_.missing_value, 0};
        // Nor is what the factors may be off by any support.
        const bool is_little = under * std::fabs(node_.options.scale) < 4 * bound_;
        if (under < 1e-3 * sum || is_little) return {0, HUGE_VAL};
        const double exact = node_.options.delta + node_.options.scale * sum * over / under;
        return {exact, error_ * 2 * sum / under * 1.01 + 1e-12 * std::fabs(exact)};
    }

    Wanted filtered(int64_t x, int64_t y, int c) const {
        const Picture &in = *inputs_[0];
        const oracle::Kernel &kernel = node_.kernels[output_];
        if (node_.missing == Missing::kIgnore)
            return normalised(x - in.domain.x, y - in.domain.y, c);
        const oracle::Result exact =
            oracle::convolve(node_.missing == Missing::kFill ? taken_ : in.image, kernel,
                             node_.options, x - in.domain.x, y - in.domain.y, c);
        // The sum in double is not exact either.
        const double own = static_cast<double>(kernel.taps.size() + 8) * 0x1p-53 * exact.magnitude;
        const double twice = node_.missing == Missing::kFill ? 2 : 1;  // pixels are rounded before
        return {exact.value, twice * error_ + own};
    }

    const Node &node_;
    size_t output_;
    const std::vector<const Picture *> &inputs_;
    double unit_, bound_, error_ = 0;
    oracle::Image weights_, taken_;  // of missing pixels
};

}  // namespace

Verdict judge(const Node &node, size_t output, const std::vector<const Picture *> &inputs,
              const Picture &result, double error_bound, int64_t samples, Random &random) {
    const Formula formula(node, output, inputs, error_bound);
    const sepflow_rect &domain = result.domain;
    Verdict verdict;
    const auto compare = [&](int64_t x, int64_t y, int c) {
        const Wanted wanted = formula.at(x, y, c);
        const double got = result.at(x, y, c);
        const double low = oracle::to_type(wanted.value - wanted.allowed, result.type),
                     high = oracle::to_type(wanted.value + wanted.allowed, result.type);
        ++verdict.pixels;
        const double rounded = oracle::unit(wanted.value, result.type) / 2;
        const double saturated = std::min(std::max(wanted.value, low), high);
        const double error = std::fabs(got - saturated) - rounded;
        if (wanted.allowed > 0) verdict.worst = std::max(verdict.worst, error / wanted.allowed);
        if (low <= got && got <= high) return;
        std::ostringstream text;
        text.precision(17);
        text << "pixel (" << x << ", " << y << ", " << c << ") is " << got << ", exactly "
             << wanted.value << ", allowed " << wanted.allowed;
        verdict.mistake = text.str();
    };
    const int64_t all = domain.w * domain.h;
    for (int c = 0; c < result.image.channels; ++c) {
        for (int64_t y = domain.y; y < domain.y + domain.h; ++y) {
            const bool is_edge = y == domain.y || y == domain.y + domain.h - 1;
            for (int64_t x = domain.x; x < domain.x + domain.w; ++x) {
                const bool is_end = x == domain.x || x == domain.x + domain.w - 1;
                if (all > samples && !is_edge && !is_end && !random.once_in(all / samples))
                    continue;
                compare(x, y, c);
                if (!verdict.mistake.empty()) return verdict;
            }
        }
    }
    return verdict;
}

}  // namespace soak
