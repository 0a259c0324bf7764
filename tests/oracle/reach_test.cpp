// How far NaN and infinity reach (sepflow.h, SEPFLOW_MISSING_PROPAGATE), on random plans against a
// brute-force map.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <vector>

#include "tests/oracle/bank.h"
#include "tests/oracle/case.h"
#include "tests/oracle/plan.h"

using namespace oracle;

namespace {

constexpr sepflow_type kFloats[] = {SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64};
constexpr sepflow_type kTypes[] = {SEPFLOW_U8,  SEPFLOW_U16, SEPFLOW_S16,
                                   SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64};
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kOdd[] = {kNan, kInfinity, -kInfinity};
// Zero, a denormal of f32, a number that rounds to zero there, and one whose square rounds to zero
// in f64.
constexpr double kSmall[] = {0, 1e-42, 1e-60, 1e-200};

template <typename Array>
auto any_of(const Array &values, std::mt19937_64 &random) {
    return values[random() % std::size(values)];
}

int64_t pick(int64_t low, int64_t high, std::mt19937_64 &random) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
}

bool is_float(sepflow_type type) {
    return type >> 8 == 3;
}

// A plan, and all that the oracle must know of it.
struct Subject {
    Kernel kernel;
    Options options;
    sepflow_options asked;
    PlanPointer plan;
    std::string text;
};

std::vector<double> sparse_filter(int64_t length, std::mt19937_64 &random) {
    std::vector<double> filter;
    for (int64_t k = 0; k < length; ++k) {
        const double tap = static_cast<double>(pick(1, 9, random)) / 16;
        filter.push_back(random() % 2 == 0 ? tap : any_of(kSmall, random));
    }
    filter[random() % ((filter.size() + 1) / 2)] = 0.5;
    return filter;
}

void mirror(std::vector<double> &filter, double sign) {
    for (size_t k = 0, last = filter.size() - 1; 2 * k < last; ++k)
        filter[last - k] = sign * filter[k];
    if (sign < 0 && filter.size() % 2 == 1) filter[filter.size() / 2] = 0;
}

Kernel outer_product(const std::vector<double> &column, const std::vector<double> &row) {
    Kernel kernel{static_cast<int64_t>(column.size()), static_cast<int64_t>(row.size()), {}};
    for (const double c : column) {
        for (const double r : row) {
            const bool is_tap = c != 0 && r != 0;  // however small
            const double least = std::copysign(5e-324, c * r);
            kernel.taps.push_back(!is_tap ? 0 : c * r != 0 ? c * r : least);
        }
    }
    return kernel;
}

// Returns a subject whose taps have one sign where a border or a mask may divide by the sum.
Subject random_subject(uint64_t seed, int missing, std::mt19937_64 &random) {
    Subject s;
    s.asked = options_of(any_of(kFloats, random), any_of(kTypes, random),
                         static_cast<int>(pick(1, 3, random)));
    const int64_t longest = seed % 16 == 0 ? 40 : 11;
    std::vector<double> column = sparse_filter(pick(1, longest - 2, random), random),
                        row = sparse_filter(pick(1, longest, random), random);
    // Symmetric filters fold; antisymmetric ones, too, but sum to zero.
    const bool may_cancel = missing == SEPFLOW_MISSING_PROPAGATE && seed % 2 == 0;
    if (random() % 3 == 0) mirror(column, 1);
    if (random() % 3 == 0) mirror(row, may_cancel && random() % 2 == 0 ? -1 : 1);
    s.kernel = outer_product(column, row);
    const bool given = random() % 2 == 0;
    if (!given) {
        for (double &tap : s.kernel.taps) {
            tap = static_cast<double>(pick(1, 9, random)) / 16;
            if (random() % 3 == 0) tap = any_of(kSmall, random);
        }
        s.kernel.taps[random() % ((s.kernel.taps.size() + 1) / 2)] = 0.5;
        if (random() % 3 == 0) mirror(s.kernel.taps, 1);
    }
    sepflow_options &o = s.asked;
    s.options.convolve = random() % 2 == 0;
    o.flags = s.options.convolve ? SEPFLOW_OPTION_CONVOLVE : 0;
    if (random() % 2 == 0) {
        o.flags |= SEPFLOW_OPTION_ANCHOR;
        s.options.anchor_x = o.anchor_x = pick(0, s.kernel.columns - 1, random);
        s.options.anchor_y = o.anchor_y = pick(0, s.kernel.rows - 1, random);
    }
    if (random() % 4 == 0) o.flags |= SEPFLOW_OPTION_STRICT;
    const uint64_t borders = may_cancel ? 5 : 6;  // the last truncates, and rescales to the sum
    o.border_x = static_cast<int>(random() % borders);
    o.border_y = static_cast<int>(random() % borders);
    o.border_value = 0.25;
    o.extent = static_cast<int>(random() % 3);
    o.missing = missing;
    const int methods = missing == SEPFLOW_MISSING_PROPAGATE ? 4 : 3;
    o.method = static_cast<int>(random() % static_cast<uint64_t>(methods));
    o.schedule = o.method == SEPFLOW_METHOD_SEPARABLE ? static_cast<int>(random() % 3) : 0;
    if (o.method == SEPFLOW_METHOD_SEPARABLE && random() % 3 == 0) o.rank = 1;
    constexpr double kScales[] = {1, 1, 1, 0.5, 1e-300};
    o.scale = any_of(kScales, random);
    if (missing != SEPFLOW_MISSING_PROPAGATE) {
        o.scale = std::max(o.scale, 0.5);  // of 1e-300, sums of weights would be zero
        o.missing_value = 7;
        if (random() % 3 == 0) o.flags |= SEPFLOW_OPTION_KEEP_MISSING;
    }
    o.delta = static_cast<double>(random() % 2);
    const std::vector<const char *> runnable = variants();
    o.variant = random() % 2 == 0 ? any_of(runnable, random) : nullptr;

    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    s.text = "seed " + std::to_string(seed);
    const sepflow_status status =
        given ? sepflow_plan_from_vectors(column.data(), s.kernel.rows, row.data(),
                                          s.kernel.columns, &o, &plan, &error)
              : sepflow_plan_create(s.kernel.taps.data(), s.kernel.rows, s.kernel.columns,
                                    s.kernel.columns, &o, &plan, &error);
    REQUIRE_MESSAGE(status == SEPFLOW_OK, s.text, ": ", std::string(error.message));
    s.plan.reset(plan);
    s.text += std::string(given ? ", vectors, " : ", matrix, ") + described(s.plan).method +
              ", schedule " + std::to_string(o.schedule) + ", borders " +
              std::to_string(o.border_x) + " " + std::to_string(o.border_y) + ", types " +
              std::to_string(o.in_type) + " " + std::to_string(o.out_type) + ", scale " +
              (o.scale < 0.5 ? "1e-300" : std::to_string(o.scale)) + ", variant " +
              (o.variant != nullptr ? o.variant : "best");
    return s;
}

// One pixel, two, or many; in the corners, at the edges and anywhere.
void put_odd(Image &image, Image &odd, std::mt19937_64 &random) {
    const auto place = [&](int64_t size) {
        const int64_t places[] = {0, size - 1, size / 2, pick(0, size - 1, random)};
        return any_of(places, random);
    };
    const int64_t counts[] = {1, 1, 2, image.w * image.h / 8};
    for (int64_t left = any_of(counts, random); left > 0; --left) {
        const int64_t x = place(image.w), y = place(image.h);
        const int c = static_cast<int>(pick(0, image.channels - 1, random));
        image.at(x, y, c) = any_of(kOdd, random);
        odd.at(x, y, c) = 1;
    }
}

// The sum of taps times pixels, those beyond a constant border or one that truncates being 0.
double sum_at(const Image &image, const Kernel &taps, const Subject &s, int64_t x, int64_t y,
              int c) {
    Options options = s.options;
    const auto cut = [](int border) {
        return border == SEPFLOW_BORDER_TRUNCATE ? int{SEPFLOW_BORDER_CONSTANT} : border;
    };
    options.border_x = cut(s.asked.border_x);
    options.border_y = cut(s.asked.border_y);
    return convolve(image, taps, options, x, y, c).value;
}

Kernel pattern_of(const Kernel &kernel, bool all) {
    Kernel pattern = kernel;
    for (double &tap : pattern.taps) tap = all || tap != 0 ? 1 : 0;
    return pattern;
}

bool is_reached(double value, sepflow_type type) {
    if (is_float(type)) return !std::isfinite(value);
    return value == to_type(-kInfinity, type) || value == to_type(kInfinity, type);
}

bool same_number(double a, double b) {
    return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b));
}

// Returns the error allowed. The FFT sums blocks that hold such a pixel directly.
double allowed(const Subject &s) {
    const sepflow_plan_description d = described(s.plan);
    if (std::string(d.method) != "fft") return 0;
    return 2 * d.output_error_bound + 2 * unit(2 + d.kernel_norm_1, s.asked.out_type);
}

struct Wrong {
    int missed = 0, touched = 0;
};

// `expected` is what the image gives without its odd pixels; `counts(x, y, c)`: whether a result
// has to be reached.
template <typename Counts>
Wrong compare(const Subject &s, const Image &odd, const Image &expected, const Image &got,
              const sepflow_rect &domain, Counts counts) {
    const Kernel some = pattern_of(s.kernel, false), all = pattern_of(s.kernel, true);
    const double may = allowed(s);
    Wrong wrong;
    for (int64_t y = 0; y < got.h; ++y) {
        for (int64_t x = 0; x < got.w; ++x) {
            for (int c = 0; c < got.channels; ++c) {
                const double value = got.at(x, y, c), clean = expected.at(x, y, c);
                const int64_t at_x = domain.x + x, at_y = domain.y + y;
                if (sum_at(odd, some, s, at_x, at_y, c) > 0) {
                    wrong.missed += counts(at_x, at_y, c) && !is_reached(value, s.asked.out_type);
                } else if (sum_at(odd, all, s, at_x, at_y, c) == 0) {
                    wrong.touched +=
                        may == 0 ? !same_number(value, clean) : !(std::fabs(value - clean) <= may);
                }
            }
        }
    }
    return wrong;
}

bool always(int64_t, int64_t, int) {
    return true;
}

sepflow_rect domain_of(const Subject &s, const Image &image) {
    const sepflow_rect in = {0, 0, image.w, image.h};
    sepflow_rect out = {};
    REQUIRE(sepflow_plan_output_domain(s.plan.get(), &in, &out) == SEPFLOW_OK);
    return out;
}

Image filtered(const Subject &s, const Image &image, const Image *mask, const sepflow_rect &region,
               std::mt19937_64 &random) {
    Pixels in(s.asked.in_type, image.w, image.h, image.channels, any_of(kLayouts, random)),
        out(s.asked.out_type, region.w, region.h, image.channels, any_of(kLayouts, random)),
        weights(SEPFLOW_F32, image.w, image.h, image.channels, Layout::kInterleaved);
    in.write(image);
    out.image().bounds = region;
    out.image().domain = domain_of(s, image);
    if (mask != nullptr) weights.write(*mask);
    const sepflow_image inputs[] = {in.image(), weights.image()};
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = inputs;
    call.input_count = mask != nullptr ? 2 : 1;
    call.outputs = &out.image();
    call.output_count = 1;
    call.region = region;
    call.max_threads = static_cast<int>(pick(1, 3, random));
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_status status = sepflow_process_plan(s.plan.get(), &call, &error);
    REQUIRE_MESSAGE(status == SEPFLOW_OK, s.text, ": ", std::string(error.message));
    REQUIRE(out.canaries_intact());
    return out.read();
}

// The bytes of a part, whose blocks and tiles are others, are those of the whole.
int different_in_a_part(const Subject &s, const Image &image, const Image &whole,
                        const sepflow_rect &domain, std::mt19937_64 &random) {
    const int64_t x = pick(0, domain.w - 1, random), y = pick(0, domain.h - 1, random);
    const sepflow_rect part = {domain.x + x, domain.y + y, pick(1, domain.w - x, random),
                               pick(1, domain.h - y, random)};
    const Image got = filtered(s, image, nullptr, part, random);
    int different = 0;
    for (int64_t j = 0; j < part.h; ++j) {
        for (int64_t i = 0; i < part.w; ++i) {
            for (int c = 0; c < got.channels; ++c)
                different += !same_number(got.at(i, j, c), whole.at(x + i, y + j, c));
        }
    }
    return different;
}

}  // namespace

TEST_CASE(
    "NaN and infinity reach every result one of whose non-zero taps lies on them, and none beyond "
    "the kernel's rows and columns") {
    for (uint64_t seed = 90000; seed < 90800; ++seed) {
        std::mt19937_64 random(seed);
        const Subject s = random_subject(seed, SEPFLOW_MISSING_PROPAGATE, random);
        // From 512 x 512 on, passes read the image itself.
        const bool large = seed % 200 == 0;
        const int64_t w = large ? 530 : pick(1, 90, random), h = large ? 513 : pick(1, 70, random);
        const Image clean = random_image(w, h, s.asked.channels, s.asked.in_type, random);
        Image image = clean, odd(w, h, s.asked.channels);
        put_odd(image, odd, random);
        const sepflow_rect domain = domain_of(s, image);
        if (domain.w == 0 || domain.h == 0) continue;
        const Image expected = filtered(s, clean, nullptr, domain, random),
                    got = filtered(s, image, nullptr, domain, random);
        const Wrong wrong = compare(s, odd, expected, got, domain, always);
        INFO(s.text);
        CHECK(wrong.missed == 0);
        CHECK(wrong.touched == 0);
        CHECK(different_in_a_part(s, image, got, domain, random) == 0);
    }
}

TEST_CASE(
    "missing pixels let nothing through, and infinities that are not missing reach as far as any") {
    for (uint64_t seed = 92000; seed < 92500; ++seed) {
        std::mt19937_64 random(seed);
        const bool fills = seed % 2 == 0;
        const Subject s =
            random_subject(seed, fills ? SEPFLOW_MISSING_FILL : SEPFLOW_MISSING_IGNORE, random);
        const int64_t w = pick(1, 60, random), h = pick(1, 50, random);
        Image clean = random_image(w, h, s.asked.channels, s.asked.in_type, random);
        Image image = clean, mask(w, h, image.channels), odd(w, h, image.channels);
        std::fill(mask.samples.begin(), mask.samples.end(), 1);
        Image expected_mask = mask;
        for (size_t i = 0; i < image.samples.size(); ++i) {
            const uint64_t kind = random() % 40;
            if (kind < 10) expected_mask.samples[i] = 0;
            if (kind < 5) mask.samples[i] = 0;
            if (kind < 10) image.samples[i] = kind < 5 ? any_of(kOdd, random) : kNan;
            if (kind == 10 && seed % 3 != 0) image.samples[i] = kInfinity;
            odd.samples[i] = kind == 10 && seed % 3 != 0;
        }
        const sepflow_rect domain = domain_of(s, image);
        if (domain.w == 0 || domain.h == 0) continue;
        const Image expected = filtered(s, clean, &expected_mask, domain, random),
                    got = filtered(s, image, &mask, domain, random);
        const auto counts = [&](int64_t x, int64_t y, int c) {
            const bool inside = x >= 0 && x < w && y >= 0 && y < h;
            const bool keeps = (s.asked.flags & SEPFLOW_OPTION_KEEP_MISSING) != 0;
            if (keeps && inside && expected_mask.at(x, y, c) == 0) return false;
            // IGNORE counts where there is something to divide by.
            return fills || sum_at(expected_mask, s.kernel, s, x, y, c) > 0.01;
        };
        const Wrong wrong = compare(s, odd, expected, got, domain, counts);
        INFO(s.text);
        CHECK(wrong.missed == 0);
        CHECK(wrong.touched == 0);
    }
}

TEST_CASE("NaN and infinity reach the outputs of a bank as far as those of its plans") {
    for (uint64_t seed = 93000; seed < 93120; ++seed) {
        std::mt19937_64 random(seed);
        const int64_t rows = pick(1, 7, random), columns = pick(1, 9, random);
        const std::vector<double> filters[] = {
            sparse_filter(rows, random), sparse_filter(rows, random),
            sparse_filter(columns, random), sparse_filter(columns, random)};
        sepflow_options o = options_of(any_of(kFloats, random), SEPFLOW_TYPE_NONE,
                                       static_cast<int>(pick(1, 3, random)));
        o.border_x = static_cast<int>(random() % 5);
        o.border_y = static_cast<int>(random() % 5);
        o.method = static_cast<int>(random() % 2) * SEPFLOW_METHOD_SEPARABLE;
        const int64_t w = pick(1, 70, random), h = pick(1, 60, random);
        const Image clean = random_image(w, h, o.channels, o.in_type, random);
        Image image = clean, odd(w, h, o.channels);
        put_odd(image, odd, random);

        // Sums and differences of a few separable kernels, so that passes are shared.
        std::vector<Subject> subjects;
        std::vector<PlanPointer> members;
        std::vector<sepflow_type> types;
        for (int i = 0; i < 4; ++i) {
            Kernel kernel{rows, columns, {}};
            const double weights[] = {static_cast<double>(pick(-2, 2, random)),
                                      static_cast<double>(pick(1, 2, random))};
            const auto &first_row = filters[2 + random() % 2], &second_row = filters[2];
            for (size_t j = 0; j < filters[0].size(); ++j) {
                for (size_t k = 0; k < first_row.size(); ++k)
                    kernel.taps.push_back(weights[0] * filters[0][j] * first_row[k] +
                                          weights[1] * filters[1][j] * second_row[k]);
            }
            o.out_type = any_of(kTypes, random);
            members.push_back(oracle::plan_of(kernel, o));
            types.push_back(o.out_type);
            Subject s;
            s.kernel = kernel;
            s.asked = o;
            s.plan = oracle::plan_of(kernel, o);
            subjects.push_back(std::move(s));
        }
        const PlanPointer bank = bank_of(members);
        const auto outputs_of = [&](const Image &from) {
            Pixels in(o.in_type, w, h, o.channels, Layout::kInterleaved);
            in.write(from);
            const std::vector<Pixels> outputs =
                outputs_for(types, w, h, o.channels, any_of(kLayouts, random));
            REQUIRE(run(bank, {in.image()}, images_of(outputs), {0, 0, w, h}, 2) == SEPFLOW_OK);
            std::vector<Image> images;
            for (const Pixels &output : outputs) images.push_back(output.read());
            return images;
        };
        const std::vector<Image> expected = outputs_of(clean), got = outputs_of(image);
        INFO("seed ", seed);
        for (size_t i = 0; i < subjects.size(); ++i) {
            const Wrong wrong =
                compare(subjects[i], odd, expected[i], got[i], {0, 0, w, h}, always);
            CHECK(wrong.missed == 0);
            CHECK(wrong.touched == 0);
        }
    }
}
