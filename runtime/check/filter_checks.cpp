// Checks of filters: nodes whose plan_info has a method and which have a matrix parameter "kernel".
#include <algorithm>
#include <cmath>

#include "runtime/base/image.h"
#include "runtime/check/check.h"
#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {0, 0, 31, 23};

// A filter of 32-bit floats by the first of our matrices.
struct Filter {
    Format format;
    Node node;
    Plan plan;
    Scene scene;

    explicit Filter(Subject &subject)
        : format(float_format(subject)),
          node(node_with_kernel(subject)),
          plan(node.configure(config_for(format, kDomain.w, kDomain.h))),
          scene(subject, plan, format, kDomain) {
        if (plan.info().method == nullptr) throw Skipped{"it does not say that it is a filter"};
        if (!same(scene.out_domain(), kDomain)) throw Skipped{"its output has another domain"};
    }

    double at(const Bytes &result, int64_t x, int64_t y) const {
        const auto sample = static_cast<size_t>((y * kDomain.w + x) * format.channels);
        return number_at(&result[sample * sizeof(float)], format.out);
    }

  private:
    static Format float_format(Subject &subject) {
        for (const Format &known : subject.formats()) {
            if (known.in == SEPFLOW_F32 && known.out == SEPFLOW_F32) return known;
        }
        throw Skipped{"it does not filter 32-bit floats"};
    }
    static Node node_with_kernel(Subject &subject) {
        for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
            const sepflow_param_desc desc = subject.param(i);
            if (desc.type != SEPFLOW_VALUE_MATRIX || std::string(desc.id) != "kernel") continue;
            Node node = subject.node();
            if (node.try_set(i, matrices()[0]).ok()) return node;
            throw Skipped{"its kernel takes no matrix of 3 x 2"};
        }
        throw Skipped{"it has no parameter 'kernel'"};
    }
};

// Sums to one, so what is the same everywhere stays, but for what rounding and the plan's bound
// allow.
void constant(Subject &subject) {
    Filter filter(subject);
    constexpr double kValue = 0.625;
    for (int64_t y = 0; y < kDomain.h; ++y) {
        for (int64_t x = 0; x < kDomain.w; ++x) {
            for (int32_t c = 0; c < filter.format.channels; ++c) filter.scene.set(x, y, c, kValue);
        }
    }
    const sepflow_plan_info info = filter.plan.info();
    const Bytes result = filter.scene.compute(kDomain);
    for (int64_t y = info.top; y < kDomain.h - info.bottom; ++y) {
        for (int64_t x = info.left; x < kDomain.w - info.right; ++x) {
            const double got = filter.at(result, x, y);
            require(std::fabs(got - kValue) <= info.error_bound + 1e-6,
                    "a kernel that sums to one turns " + std::to_string(kValue) + " into " +
                        std::to_string(got));
        }
    }
}

// The response to one pixel is the kernel, or the kernel turned by half a circle; not mirrored, not
// transposed, and within the halo.
void orientation(Subject &subject) {
    Filter filter(subject);
    Bytes &pixels = filter.scene.input(0);
    std::fill(pixels.begin(), pixels.end(), static_cast<unsigned char>(0));
    constexpr int64_t kX = 15, kY = 11;
    filter.scene.set(kX, kY, 0, 1);
    const Bytes result = filter.scene.compute(kDomain);
    const sepflow_plan_info info = filter.plan.info();
    const double allowed = info.error_bound + 1e-6;
    const sepflow_value &kernel = matrices()[0];
    const int64_t count = kernel.rows * kernel.columns;
    // Whether the response begins at (x, y).
    const auto is_kernel_at = [&](int64_t x, int64_t y, bool turned) {
        for (int64_t i = 0; i < count; ++i) {
            const double tap = kernel.a[turned ? count - 1 - i : i];
            const double got = filter.at(result, x + i % kernel.columns, y + i / kernel.columns);
            if (std::fabs(got - tap) > allowed) return false;
        }
        return true;
    };
    // The pixels that see (kX, kY) are those of the halo, turned.
    for (int64_t y = kY - info.bottom; y + kernel.rows - 1 <= kY + info.top; ++y) {
        for (int64_t x = kX - info.right; x + kernel.columns - 1 <= kX + info.left; ++x) {
            if (is_kernel_at(x, y, false) || is_kernel_at(x, y, true)) return;
        }
    }
    throw Failed{
        "the response to one pixel is neither the kernel nor the kernel turned by 180 degrees"};
}

}  // namespace

std::vector<Check> filter_checks() {
    return {
        {"constant", "keeps constant images constant with a kernel that sums to one",
         "Keep the sum of the filters at the kernel's, and state in error_bound how far results "
         "may lie off.",
         constant},
        {"orientation", "applies the kernel in the right orientation and position",
         "Take rows and columns of the matrix as they are stored, and keep to left, right, top and "
         "bottom of plan_info.",
         orientation},
    };
}

}  // namespace sepflow::check
