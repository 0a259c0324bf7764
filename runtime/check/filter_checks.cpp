// Of nodes with a parameter "kernel", a matrix: what every filter does.
#include <algorithm>
#include <cmath>

#include "runtime/check/check.h"
#include "runtime/check/picture.h"
#include "runtime/image.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {0, 0, 31, 23};
constexpr int64_t kRows = 3, kColumns = 2;  // of Subject::taps()

uint32_t kernel_param(const Subject &subject) {
    for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
        const sepflow_param_desc &desc = subject.param(i);
        if (desc.type == SEPFLOW_VALUE_MATRIX && std::string(desc.id) == "kernel") return i;
    }
    throw Skipped{"it has no parameter 'kernel'"};
}

Format float_format(Subject &subject) {
    for (const Format &format : subject.formats()) {
        if (format.in == SEPFLOW_F32 && format.out == SEPFLOW_F32) return format;
    }
    throw Skipped{"it does not filter 32-bit floats"};
}

// Sums to one, so what is the same everywhere stays, but for what rounding and the plan's bound allow.
void constant(Subject &subject) {
    const uint32_t kernel = kernel_param(subject);
    const Format format = float_format(subject);
    Node node = subject.node();
    node.set(kernel, Subject::matrix());
    const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
    Scene scene(subject, plan, format, kDomain);
    constexpr double kValue = 0.625;
    for (int64_t y = 0; y < kDomain.h; ++y) {
        for (int64_t x = 0; x < kDomain.w; ++x) {
            for (int32_t c = 0; c < format.channels; ++c) scene.set(x, y, c, kValue);
        }
    }
    const sepflow_plan_info info = plan.info();
    const double allowed = info.error_bound + 1e-6;
    const sepflow_rect out = scene.out_domain();
    const Bytes result = scene.compute(out);
    for (int64_t y = info.top; y < out.h - info.bottom; ++y) {
        for (int64_t x = info.left; x < out.w - info.right; ++x) {
            const double got = number_at(
                &result[static_cast<size_t>((y * out.w + x) * format.channels * 4)], format.out);
            require(std::fabs(got - kValue) <= allowed, "a kernel that sums to one turns " +
                                                            std::to_string(kValue) + " into " +
                                                            std::to_string(got));
        }
    }
}

// The response to one pixel is the kernel, or the kernel turned by half a circle; not mirrored, not transposed.
void orientation(Subject &subject) {
    const uint32_t kernel = kernel_param(subject);
    const Format format = float_format(subject);
    Node node = subject.node();
    node.set(kernel, Subject::matrix());
    const Plan plan = node.configure(config_for(format, kDomain.w, kDomain.h));
    Scene scene(subject, plan, format, kDomain);
    if (!same(scene.out_domain(), kDomain)) throw Skipped{"its output lies otherwise"};
    std::fill(scene.input(0).begin(), scene.input(0).end(), static_cast<unsigned char>(0));
    constexpr int64_t kX = 15, kY = 11;
    scene.set(kX, kY, 0, 1);
    const Bytes result = scene.compute(kDomain);
    const sepflow_plan_info info = plan.info();
    require(info.left + info.right + 1 == kColumns && info.top + info.bottom + 1 == kRows,
            "the halo of a kernel of 3 rows and 2 columns is of another size");
    const auto response = [&](int64_t row, int64_t column) {
        const int64_t x = kX - info.right + column, y = kY - info.bottom + row;
        const auto sample = static_cast<size_t>((y * kDomain.w + x) * format.channels);
        return number_at(&result[sample * 4], format.out);
    };
    const auto is_near = [&](bool turned) {
        for (int64_t row = 0; row < kRows; ++row) {
            for (int64_t column = 0; column < kColumns; ++column) {
                const int64_t place = row * kColumns + column;
                const double tap = Subject::taps()[static_cast<size_t>(
                    turned ? kRows * kColumns - 1 - place : place)];
                if (std::fabs(response(row, column) - tap) > info.error_bound + 1e-6) return false;
            }
        }
        return true;
    };
    require(is_near(true) || is_near(false),
            "the response to one pixel is neither the kernel nor the kernel turned by 180 degrees");
}

}  // namespace

std::vector<Check> filter_checks() {
    return {
        {"constant", "keeps what is constant, by a kernel that sums to one", constant},
        {"orientation", "applies the kernel the right way round and in the right place",
         orientation},
    };
}

}  // namespace sepflow::check
