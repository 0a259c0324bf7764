#include "runtime/kernel/named.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "runtime/base/error.h"

namespace sepflow {

namespace {

constexpr double kPi = 3.14159265358979323846;

using Numbers = std::vector<double>;

void require(bool condition, const char *sentence) {
    if (!condition) throw Error(SEPFLOW_E_PARAM, sentence);
}

// A length of 2 * radius + 1 that is worth allocating.
int64_t checked_radius(double radius) {
    if (!(radius <= (static_cast<double>(kMaxKernelLength) - 1) / 2)) {
        throw Error(SEPFLOW_E_PARAM, "the kernel would be longer than " +
                                         std::to_string(kMaxKernelLength) + " taps along an axis");
    }
    return static_cast<int64_t>(radius);
}

size_t checked_length(double length) {
    require(length >= 1 && length == std::floor(length),
            "a length must be a whole number of at least 1");
    if (length > static_cast<double>(kMaxKernelLength)) {
        throw Error(SEPFLOW_E_PARAM, "a kernel may have at most " +
                                         std::to_string(kMaxKernelLength) + " taps along an axis");
    }
    return static_cast<size_t>(length);
}

double sum(const std::vector<double> &taps) {
    return std::accumulate(taps.begin(), taps.end(), 0.0);
}

std::vector<double> normalised(std::vector<double> taps) {
    const double total = sum(taps);
    for (double &tap : taps) tap /= total;
    return taps;
}

// Samples f(x), x = -radius .. radius; one side is mirrored, so that symmetry is exact.
template <typename F>
std::vector<double> sampled(int64_t radius, double mirror_sign, F f) {
    std::vector<double> taps(static_cast<size_t>(2 * radius + 1));
    for (int64_t x = 0; x <= radius; ++x) {
        const double value = x == 0 && mirror_sign < 0 ? 0 : f(static_cast<double>(x));
        taps[static_cast<size_t>(radius + x)] = value;
        taps[static_cast<size_t>(radius - x)] = mirror_sign * value;
    }
    if (mirror_sign < 0) taps[static_cast<size_t>(radius)] = 0;
    return taps;
}

// Samples f(x, y) on a square; only point-wise, so that f decides on symmetry.
template <typename F>
Kernel sampled_2d(int64_t radius, F f) {
    Kernel kernel;
    kernel.rows = kernel.columns = static_cast<size_t>(2 * radius + 1);
    if (kernel.rows * kernel.columns > kMaxKernelTaps) {
        throw Error(SEPFLOW_E_PARAM,
                    "the kernel would have more than " + std::to_string(kMaxKernelTaps) + " taps");
    }
    kernel.taps.reserve(kernel.rows * kernel.columns);
    for (int64_t y = -radius; y <= radius; ++y) {
        for (int64_t x = -radius; x <= radius; ++x) {
            kernel.taps.push_back(f(static_cast<double>(x), static_cast<double>(y)));
        }
    }
    return kernel;
}

Kernel with_sum_one(Kernel kernel) {
    kernel.taps = normalised(std::move(kernel.taps));
    return kernel;
}

// Along an axis, 6.3e-5 of a Gaussian lie beyond 4 sigma: a sixtieth of an 8-bit step, and up to
// four 16-bit steps next to the strongest edges. SciPy truncates there, too, but rounds the radius
// to nearest.
constexpr double kGaussianReach = 4;

std::vector<double> gaussian_filter(double sigma) {
    require(sigma > 0, "sigma must be above 0");
    const int64_t radius = checked_radius(std::ceil(kGaussianReach * sigma));
    return normalised(
        sampled(radius, 1, [&](double x) { return std::exp(-x * x / (2 * sigma * sigma)); }));
}

Kernel gaussian(const Numbers &n) {
    return kernel_from_vectors(gaussian_filter(n.size() > 1 ? n[1] : n[0]), gaussian_filter(n[0]));
}

Kernel box(const Numbers &n) {
    const auto filter = [](double length) {
        const size_t count = checked_length(length);
        return std::vector<double>(count, 1.0 / static_cast<double>(count));
    };
    return kernel_from_vectors(filter(n.size() > 1 ? n[1] : n[0]), filter(n[0]));
}

Kernel binomial(const Numbers &n) {
    const size_t count = checked_length(n[0]);
    require(count <= 65, "a binomial kernel has at most 65 taps along an axis; use a gaussian");
    std::vector<double> filter = {1};
    while (filter.size() < count) {
        filter.push_back(0);
        for (size_t i = filter.size() - 1; i > 0; --i) filter[i] = (filter[i] + filter[i - 1]) / 2;
        filter[0] /= 2;
    }
    return kernel_from_vectors(filter, filter);
}

Kernel disc(const Numbers &n) {
    const double radius = n[0];
    require(radius >= 0, "the radius must be at least 0");
    return with_sum_one(sampled_2d(checked_radius(std::floor(radius)), [&](double x, double y) {
        return x * x + y * y <= radius * radius ? 1.0 : 0.0;
    }));
}

// Laplacian of the normalised Gaussian, (x^2 + y^2 - 2 s^2) / (2 pi s^6) * exp(-x^2 / (2 s^2))
// exp(-y^2 / (2 s^2)): a second derivative along x that smooths along y, and the other way round.
// s^2, subtracted from each square, is replaced by the number that lets the truncated samples sum
// to zero: flat regions give zero.
Kernel laplacian_of_gaussian(const Numbers &n) {
    const double s2 = n[0] * n[0];
    require(n[0] > 0, "sigma must be above 0");
    const int64_t radius = checked_radius(std::ceil(kGaussianReach * n[0]));
    const auto bell = [&](double x) { return std::exp(-x * x / (2 * s2)); };
    const std::vector<double> smooth = sampled(radius, 1, bell);
    const double moment =
        sum(sampled(radius, 1, [&](double x) { return x * x * bell(x); })) / sum(smooth);
    const std::vector<double> curve = sampled(
        radius, 1, [&](double x) { return (x * x - moment) / (2 * kPi * s2 * s2 * s2) * bell(x); });
    return kernel_from_factors({{smooth, curve}, {curve, smooth}});
}

Kernel difference_of_gaussians(const Numbers &n) {
    require(n[0] > 0 && n[1] > 0, "both sigmas must be above 0");
    if (n.size() > 2)
        require(n[2] >= 1 && n[2] == std::floor(n[2]),
                "the radius must be a whole number of at least 1");
    const int64_t radius =
        checked_radius(n.size() > 2 ? n[2] : std::ceil(kGaussianReach * std::max(n[0], n[1])));
    const auto normalised_on_radius = [&](double sigma) {
        return normalised(
            sampled(radius, 1, [&](double x) { return std::exp(-x * x / (2 * sigma * sigma)); }));
    };
    const std::vector<double> a = normalised_on_radius(n[0]), b = normalised_on_radius(n[1]);
    std::vector<double> minus_b = b;
    for (double &tap : minus_b) tap = -tap;
    return kernel_from_factors({{a, a}, {minus_b, b}});
}

// Derivative along x of the Gaussian; its response to a ramp of slope 1 is 1.
Kernel derivative(const Numbers &n) {
    const double sigma = n[0];
    require(sigma > 0, "sigma must be above 0");
    const int64_t radius = checked_radius(std::ceil(kGaussianReach * sigma));
    std::vector<double> row =
        sampled(radius, -1, [&](double x) { return x * std::exp(-x * x / (2 * sigma * sigma)); });
    double response = 0;
    for (size_t i = 0; i < row.size(); ++i) {
        response += row[i] * static_cast<double>(static_cast<int64_t>(i) - radius);
    }
    for (double &tap : row) tap /= response;
    return kernel_from_vectors(gaussian_filter(sigma), row);
}

// cos(a x + b y) = cos(a x) cos(b y) - sin(a x) sin(b y), each with the Gaussian along its axis.
Kernel gabor(const Numbers &n) {
    const double sigma = n[0], wavelength = n[1], angle = n[2] * kPi / 180;
    require(sigma > 0, "sigma must be above 0");
    require(wavelength > 0, "the wavelength must be above 0");
    const int64_t radius = checked_radius(std::ceil(kGaussianReach * sigma));
    const auto wave = [&](double frequency, double sign) {
        return sampled(radius, sign, [&](double x) {
            const double phase = 2 * kPi * frequency * x / wavelength;
            return std::exp(-x * x / (2 * sigma * sigma)) *
                   (sign > 0 ? std::cos(phase) : std::sin(phase));
        });
    };
    const double along_x = std::cos(angle), along_y = std::sin(angle);
    std::vector<double> minus_sine = wave(along_y, -1);
    for (double &tap : minus_sine) tap = -tap;
    return kernel_from_factors(
        {{wave(along_y, 1), wave(along_x, 1)}, {minus_sine, wave(along_x, -1)}});
}

// A line of the given length and one pixel of width, each tap its overlap measured by distance.
Kernel motion(const Numbers &n) {
    const double length = n[0], angle = n[1] * kPi / 180;
    require(length > 0, "the length must be above 0");
    const double dx = std::cos(angle),
                 dy = -std::sin(angle);  // degrees turn counter-clockwise, y is down
    return with_sum_one(sampled_2d(checked_radius(std::ceil(length / 2)), [&](double x, double y) {
        const double along = std::fabs(x * dx + y * dy), across = std::fabs(x * dy - y * dx);
        return std::clamp(length / 2 + 0.5 - along, 0.0, 1.0) * std::clamp(1 - across, 0.0, 1.0);
    }));
}

// sum over k of B_k * exp(-r^2 * S_k), until every term is below 1e-6 of the largest at the centre.
Kernel exponential_sum(const Numbers &n) {
    require(n.size() % 2 == 0, "the numbers of expsum come in pairs: B S");
    double largest = 0, reach = 0;
    for (size_t k = 0; k < n.size(); k += 2) largest = std::max(largest, std::fabs(n[k]));
    require(largest > 0, "at least one B must not be 0");
    for (size_t k = 0; k < n.size(); k += 2) {
        require(n[k + 1] > 0, "every S must be above 0");
        const double ratio = std::fabs(n[k]) / (1e-6 * largest);
        if (ratio > 1) reach = std::max(reach, std::sqrt(std::log(ratio) / n[k + 1]));
    }
    const int64_t radius = checked_radius(std::ceil(reach));
    std::vector<Factor> factors;
    for (size_t k = 0; k < n.size(); k += 2) {
        const std::vector<double> bell =
            sampled(radius, 1, [&](double x) { return std::exp(-x * x * n[k + 1]); });
        Factor factor = {bell, bell};
        for (double &tap : factor.column) tap *= n[k];
        factors.push_back(factor);
    }
    return kernel_from_factors(factors);
}

Kernel laplacian(const Numbers &) {
    const double taps[] = {0, 1, 0, 1, -4, 1, 0, 1, 0};
    return kernel_from_matrix(taps, 3, 3, 3);
}

Kernel identity(const Numbers &) {
    return kernel_from_vectors({1}, {1});
}

struct Gradient {
    const char *name;
    double side, middle;  // smoothing across the derivative -1 0 1
};
constexpr Gradient kGradients[] = {{"prewitt", 1, 1}, {"scharr", 3, 10}, {"sobel", 1, 2}};

}  // namespace

const std::vector<NamedKernel> &named_kernels() {
    constexpr size_t kAny = 64;
    static const std::vector<NamedKernel> kernels = {
        {"binomial", "N", 1, 1, binomial},
        {"box", "COLUMNS [ROWS]", 1, 2, box},
        {"derivative", "SIGMA", 1, 1, derivative},
        {"disc", "RADIUS", 1, 1, disc},
        {"dog", "SIGMA1 SIGMA2 [RADIUS]", 2, 3, difference_of_gaussians},
        {"expsum", "B1 S1 [B2 S2 ...]", 2, kAny, exponential_sum},
        {"gabor", "SIGMA WAVELENGTH DEGREES", 3, 3, gabor},
        {"gauss", "SIGMA [SIGMA_Y]", 1, 2, gaussian},
        {"gaussian", "SIGMA [SIGMA_Y]", 1, 2, gaussian},
        {"identity", "", 0, 0, identity},
        {"laplacian", "", 0, 0, laplacian},
        {"log", "SIGMA", 1, 1, laplacian_of_gaussian},
        {"motion", "LENGTH DEGREES", 2, 2, motion},
    };
    return kernels;
}

bool is_gradient_name(std::string_view name) {
    return std::any_of(std::begin(kGradients), std::end(kGradients),
                       [&](const Gradient &g) { return name == g.name; });
}

Kernel gradient_kernel(std::string_view name, bool along_y) {
    const auto *gradient = std::find_if(std::begin(kGradients), std::end(kGradients),
                                        [&](const Gradient &g) { return name == g.name; });
    std::vector<double> across = {gradient->side, gradient->middle, gradient->side},
                        along = {-1, 0, 1};
    return along_y ? kernel_from_vectors(along, across) : kernel_from_vectors(across, along);
}

}  // namespace sepflow
