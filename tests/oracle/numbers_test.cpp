// Numbers at the ends of their range: what is not finite, denormals, taps from 1e-300 to 1e300, images of a single row or
// column or beyond 4 GiB, the longest kernels, and sizes whose products overflow.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <sys/mman.h>
#include <vector>

#include "tests/oracle/case.h"
#include "tests/oracle/plan.h"

using namespace oracle;

namespace {

constexpr int kBorders[] = {SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_REFLECT,
                            SEPFLOW_BORDER_REPLICATE,  SEPFLOW_BORDER_WRAP,
                            SEPFLOW_BORDER_CONSTANT,   SEPFLOW_BORDER_TRUNCATE};

// A method and a schedule of it.
struct Way {
    int method, schedule;
};
constexpr Way kWays[] = {{SEPFLOW_METHOD_SEPARABLE, SEPFLOW_SCHEDULE_PLAIN},
                         {SEPFLOW_METHOD_SEPARABLE, SEPFLOW_SCHEDULE_TRANSPOSED},
                         {SEPFLOW_METHOD_DIRECT, SEPFLOW_SCHEDULE_AUTO},
                         {SEPFLOW_METHOD_FFT, SEPFLOW_SCHEDULE_AUTO}};

sepflow_options options_of(sepflow_type type, const Way &way, int border) {
    sepflow_options options = oracle::options_of(type);
    options.method = way.method;
    options.schedule = way.schedule;
    options.border_x = options.border_y = border;
    if (border == SEPFLOW_BORDER_CONSTANT) options.border_value = 0.25;
    return options;
}

PlanPointer plan_of(const Kernel &kernel, const sepflow_options &options) {
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    REQUIRE_MESSAGE(sepflow_plan_create(kernel.taps.data(), kernel.rows, kernel.columns,
                                        kernel.columns, &options, &plan, &error) == SEPFLOW_OK,
                    error.message);
    return PlanPointer(plan);
}

Image filtered(const PlanPointer &plan, const Image &image, sepflow_type type) {
    Pixels in(type, image.w, image.h, image.channels, Layout::kInterleaved),
        out(type, image.w, image.h, image.channels, Layout::kInterleaved);
    in.write(image);
    apply(plan, in.image(), out.image());
    REQUIRE(out.canaries_intact());
    return out.read();
}

sepflow_plan_description described(const PlanPointer &plan) {
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    REQUIRE(sepflow_plan_describe(plan.get(), &d) == SEPFLOW_OK);
    return d;
}

// Taps that are all there and alike in nothing.
Kernel uneven_kernel(int64_t rows, int64_t columns) {
    Kernel kernel{rows, columns, {}};
    for (int64_t i = 0; i < rows * columns; ++i)
        kernel.taps.push_back(static_cast<double>(1 + i * i % 7) / 16);
    return kernel;
}

Options oracle_options(int border) {
    Options options;
    options.border_x = options.border_y = border;
    options.border_value = 0.25;
    return options;
}

// Memory that costs nothing until it is touched.
class Sparse {
  public:
    explicit Sparse(size_t bytes) : bytes_(bytes) {
        memory_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        REQUIRE(memory_ != MAP_FAILED);
    }
    ~Sparse() { munmap(memory_, bytes_); }
    Sparse(const Sparse &) = delete;
    uint8_t *data() const { return static_cast<uint8_t *>(memory_); }

  private:
    size_t bytes_;
    void *memory_;
};

}  // namespace

TEST_CASE("what is not finite reaches as far as the taps, and no further") {
    constexpr int64_t kW = 41, kH = 23;
    const Kernel kernel = uneven_kernel(4, 7);
    std::mt19937_64 random(5);
    for (const sepflow_type type : {SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64}) {
        const Image clean = random_image(kW, kH, 1, type, random);
        for (const Way &way : kWays) {
            for (const int border : kBorders) {
                const PlanPointer plan = plan_of(kernel, options_of(type, way, border));
                const Image expected = filtered(plan, clean, type);
                const double bound = 4 * described(plan).output_error_bound;
                for (const double odd : {std::nan(""), std::numeric_limits<double>::infinity()}) {
                    Image image = clean;
                    image.at(random() % 2 == 0 ? 0 : 19, random() % 2 == 0 ? kH - 1 : 11, 0) = odd;
                    const Image got = filtered(plan, image, type);
                    INFO("type ", type, " method ", way.method, " schedule ", way.schedule,
                         " border ", border, " pixel ", odd);
                    int wrong = 0;
                    for (int64_t y = 0; y < kH; ++y) {
                        for (int64_t x = 0; x < kW; ++x) {
                            const bool reached = !std::isfinite(
                                convolve(image, kernel, oracle_options(border), x, y, 0).value);
                            const double value = got.at(x, y, 0);
                            // By transforms, a block that holds it is summed directly.
                            const double off = std::fabs(value - expected.at(x, y, 0));
                            const double may =
                                way.method == SEPFLOW_METHOD_FFT ? bound + unit(value, type) : 0;
                            wrong += reached ? std::isfinite(value) : !(off <= may);
                        }
                    }
                    CHECK(wrong == 0);
                }
            }
        }
    }
}

TEST_CASE("denormals are kept, on every path") {
    // Their sums with small integers are exact.
    constexpr int64_t kW = 61, kH = 37;
    const Kernel kernel{3, 5, {1, 2, 3, 2, 1, 2, 4, 6, 4, 2, 3, 6, 9, 6, 3}};
    struct Row {
        sepflow_type type;
        int least;
    };
    for (const Row &row :
         {Row{SEPFLOW_F16, -24}, Row{SEPFLOW_F32, -149}, Row{SEPFLOW_F64, -1074}}) {
        Image image(kW, kH, 1);
        for (size_t i = 0; i < image.samples.size(); ++i)
            image.samples[i] = std::ldexp(static_cast<double>(i * 7 % 15) - 7, row.least);
        for (const char *variant : variants()) {
            for (const Way &way : kWays) {
                sepflow_options options = options_of(row.type, way, SEPFLOW_BORDER_REPLICATE);
                options.variant = variant;
                const Image got = filtered(plan_of(kernel, options), image, row.type);
                INFO("type ", row.type, " method ", way.method, " schedule ", way.schedule, " ",
                     std::string(variant));
                // Transforms have roundings of their own, here of some of the least numbers there are.
                const bool rounds = way.method == SEPFLOW_METHOD_FFT && row.type == SEPFLOW_F64;
                const double may = rounds ? std::ldexp(200, row.least) : 0;
                double worst = 0;
                for (int64_t y = 0; y < kH; ++y) {
                    for (int64_t x = 0; x < kW; ++x) {
                        const double exact =
                            convolve(image, kernel, oracle_options(SEPFLOW_BORDER_REPLICATE), x, y,
                                     0)
                                .value;
                        worst = std::max(worst, std::fabs(got.at(x, y, 0) - exact));
                    }
                }
                CHECK(worst <= may);
            }
        }
    }
}

TEST_CASE(
    "taps of any size are factored alike: scaled by a power of two, so are factors and results") {
    std::mt19937_64 random(8);
    const Image image = random_image(17, 13, 1, SEPFLOW_F64, random);
    for (const int64_t rank : {1, 2, 3}) {
        const Kernel kernel = random_kernel(5, 8, rank, random);
        const Way way = {SEPFLOW_METHOD_SEPARABLE, SEPFLOW_SCHEDULE_AUTO};
        const sepflow_options options = options_of(SEPFLOW_F64, way, SEPFLOW_BORDER_WRAP);
        const PlanPointer plain = plan_of(kernel, options);
        const Image expected = filtered(plain, image, SEPFLOW_F64);
        for (const int exponent : {-996, -530, -100, 100, 530, 996}) {  // 1e-300 .. 1e300
            Kernel scaled = kernel;
            for (double &tap : scaled.taps) tap = std::ldexp(tap, exponent);
            const PlanPointer plan = plan_of(scaled, options);
            const sepflow_plan_description d = described(plan);
            INFO("rank ", rank, " exponent ", exponent);
            CHECK(d.rank == described(plain).rank);
            CHECK(d.remainder_norm_1 <= 1e-13 * d.kernel_norm_1);
            const Image got = filtered(plan, image, SEPFLOW_F64);
            double worst = 0, largest = 0;
            for (size_t i = 0; i < got.samples.size(); ++i) {
                const double back = std::ldexp(got.samples[i], -exponent);
                worst = std::max(worst, std::fabs(back - expected.samples[i]));
                largest = std::max(largest, std::fabs(expected.samples[i]));
            }
            CHECK(worst <= 1e-14 * largest);
        }
    }
}

TEST_CASE("filters of which one is tiny and one is huge") {
    const std::vector<double> column = {1e-300, -3e-300, 2e-300}, row = {1e300, 5e299};
    std::mt19937_64 random(9);
    for (const sepflow_type type : {SEPFLOW_F32, SEPFLOW_F64, SEPFLOW_U8}) {
        INFO("type ", type);
        sepflow_options options = oracle::options_of(type);
        options.method = SEPFLOW_METHOD_SEPARABLE;
        sepflow_plan *made = nullptr;
        sepflow_error error = {};
        error.struct_size = sizeof error;
        const sepflow_status status =
            sepflow_plan_from_vectors(column.data(), 3, row.data(), 2, &options, &made, &error);
        REQUIRE_MESSAGE(status == SEPFLOW_OK, error.message);
        const PlanPointer plan(made);
        const Kernel kernel{3, 2, {1, 0.5, -3, -1.5, 2, 1}};
        const Image image = random_image(13, 9, 1, type, random);
        const Image got = filtered(plan, image, type);
        for (int64_t i = 0; i < 13 * 9; ++i) {
            const double exact = convolve(image, kernel, Options(), i % 13, i / 13, 0).value;
            const double may = described(plan).output_error_bound + unit(exact, type);
            CHECK(std::fabs(got.samples[static_cast<size_t>(i)] - to_type(exact, type)) <= may);
        }
    }
}

TEST_CASE("a scale far from 1 costs filters that are given no precision") {
    struct Row {
        double column, row, scale;
    };
    // Each alone, times the scale, would be a denormal, or nothing.
    for (const Row &r : {Row{0x1p1000, 0x1p-1000, 0x1p-60}, Row{0x1p50, 0x1p-40, 0x1p-1000},
                         Row{0x1p-1000, 0x1p1000, 0x1p-50}, Row{0x1p-40, 0x1p50, 0x1p1000}}) {
        const double column[] = {r.column / 3, -r.column, r.column / 7}, row[] = {r.row, r.row / 5};
        sepflow_options options = oracle::options_of(SEPFLOW_F64);
        options.method = SEPFLOW_METHOD_SEPARABLE;
        options.scale = r.scale;
        sepflow_plan *made = nullptr;
        REQUIRE(sepflow_plan_from_vectors(column, 3, row, 2, &options, &made, nullptr) ==
                SEPFLOW_OK);
        const PlanPointer plan(made);
        std::mt19937_64 random(14);
        const Image image = random_image(9, 7, 1, SEPFLOW_F64, random);
        const Kernel kernel{3, 2, {1.0 / 3, 1.0 / 15, -1, -0.2, 1.0 / 7, 1.0 / 35}};
        const Image got = filtered(plan, image, SEPFLOW_F64);
        const double unit = r.column * r.row * r.scale;
        INFO("scale ", r.scale);
        for (int64_t i = 0; i < 9 * 7; ++i) {
            const double exact = convolve(image, kernel, Options(), i % 9, i / 9, 0).value;
            CHECK(std::fabs(got.samples[static_cast<size_t>(i)] / unit - exact) <= 1e-15);
        }
    }
}

TEST_CASE("taps from the least to the largest number in one kernel") {
    const Kernel kernel{2, 3, {1e300, 1, 1e-300, -1e-300, 5e-324, 2e300}};
    const PlanPointer plan = plan_of(kernel, oracle::options_of(SEPFLOW_F64));
    const sepflow_plan_description d = described(plan);
    CHECK(d.kernel_norm_1 == 3e300);
    CHECK(d.remainder_norm_1 <= 1e-13 * d.kernel_norm_1);
    Image image(7, 5, 1);
    image.at(3, 2, 0) = 0.5;
    const Image got = filtered(plan, image, SEPFLOW_F64);
    CHECK(got.at(4, 3, 0) == 0.5e300);
    // f32 cannot hold them, and says so.
    sepflow_plan *none = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_options single = oracle::options_of(SEPFLOW_F32);
    CHECK(sepflow_plan_create(kernel.taps.data(), 2, 3, 3, &single, &none, &error) ==
          SEPFLOW_E_PARAM);
    CHECK(std::string(error.message).find("too large") != std::string::npos);
}

namespace {

// Compares the ends, and every 1999th pixel between.
template <typename T>
void check_line(sepflow_type type, int64_t w, int64_t h) {
    const Kernel kernel = uneven_kernel(5, 8);
    const int64_t length = w * h;
    Image image(w, h, 1);
    std::vector<T> in(static_cast<size_t>(length)), out(in.size());
    for (size_t i = 0; i < in.size(); ++i)
        image.samples[i] = in[i] = static_cast<T>(i * 2654435761 % 256);
    for (const Way &way : kWays) {
        const PlanPointer plan = plan_of(kernel, options_of(type, way, SEPFLOW_BORDER_REFLECT));
        apply(plan, sepflow_image_dense(in.data(), type, w, h, 1),
              sepflow_image_dense(out.data(), type, w, h, 1));
        double worst = 0;
        for (int64_t i = 0; i < length; i += i < 20 || i >= length - 20 ? 1 : 1999) {
            if (i > 20 && i + 1999 >= length) i = std::max(i, length - 20);
            const int64_t x = h == 1 ? i : 0, y = h == 1 ? 0 : i;
            const double exact =
                convolve(image, kernel, oracle_options(SEPFLOW_BORDER_REFLECT), x, y, 0).value;
            const double off =
                static_cast<double>(out[static_cast<size_t>(i)]) - to_type(exact, type);
            worst = std::max(worst, std::fabs(off) - unit(exact, type));
        }
        INFO(w, " x ", h, " method ", way.method, " schedule ", way.schedule);
        const double largest =
            type == SEPFLOW_F32 ? 255 : 1;  // of the pixels; bounds of floats are for 1
        CHECK(worst <= largest * described(plan).output_error_bound);
    }
}

}  // namespace

TEST_CASE("images of one row or one column of a million pixels") {
    // Sanitizers watch a sixteenth.
    const char *share = std::getenv("SEPFLOW_TEST_SHARE");
    const int64_t part = share != nullptr ? std::strtoll(share, nullptr, 10) : 1;
    const int64_t length = 1000000 / (part * part);
    check_line<uint8_t>(SEPFLOW_U8, length, 1);
    check_line<float>(SEPFLOW_F32, 1, length);
}

TEST_CASE("images beyond 4 GiB, and strides beyond 32 bits") {
    struct Shape {
        int64_t w, h, stride_x, stride_y;
    };
    const int64_t wide = (int64_t{1} << 32) + 4096;
    const Shape shapes[] = {{70000, 70000, 1, 70000},        // 4.9 GB of rows
                            {40, 30, 1, wide},               // rows 4 GiB apart
                            {wide, 3, 1, wide},              // a row longer than 4 GiB
                            {30, 40, int64_t{1} << 31, 1}};  // columns 2 GiB apart
    const Kernel kernel = uneven_kernel(5, 4);
    for (const Shape &shape : shapes) {
        const Sparse from(static_cast<size_t>((shape.w - 1) * shape.stride_x +
                                              (shape.h - 1) * shape.stride_y + 1)),
            to(static_cast<size_t>((shape.w - 1) * shape.stride_x + (shape.h - 1) * shape.stride_y +
                                   1));
        sepflow_image in = sepflow_image_dense(from.data(), SEPFLOW_U8, shape.w, shape.h, 1);
        in.stride_x = shape.stride_x;
        in.stride_y = shape.stride_y;
        sepflow_image out = in;
        out.data = to.data();
        // The last corner, which the border reflects.
        const int64_t x0 = std::max<int64_t>(shape.w - 30, 0),
                      y0 = std::max<int64_t>(shape.h - 30, 0);
        Image corner(shape.w - x0, shape.h - y0, 1);
        for (int64_t y = 0; y < corner.h; ++y) {
            for (int64_t x = 0; x < corner.w; ++x) {
                const auto pixel = static_cast<uint8_t>(x * 31 + y * 57);
                corner.at(x, y, 0) = pixel;
                from.data()[(x0 + x) * shape.stride_x + (y0 + y) * shape.stride_y] = pixel;
            }
        }
        for (const Way &way : kWays) {
            const PlanPointer plan =
                plan_of(kernel, options_of(SEPFLOW_U8, way, SEPFLOW_BORDER_REFLECT));
            const int64_t skip_x = x0 > 0 ? 8 : 0, skip_y = y0 > 0 ? 8 : 0;
            const sepflow_rect region = {x0 + skip_x, y0 + skip_y, corner.w - skip_x,
                                         corner.h - skip_y};
            apply(plan, in, out, &region);
            INFO(shape.w, " x ", shape.h, " method ", way.method, " schedule ", way.schedule);
            double worst = 0;
            for (int64_t y = skip_y; y < corner.h; ++y) {
                for (int64_t x = skip_x; x < corner.w; ++x) {
                    const double exact =
                        convolve(corner, kernel, oracle_options(SEPFLOW_BORDER_REFLECT), x, y, 0)
                            .value;
                    const double got =
                        to.data()[(x0 + x) * shape.stride_x + (y0 + y) * shape.stride_y];
                    worst = std::max(worst, std::fabs(got - to_type(exact, SEPFLOW_U8)));
                }
            }
            CHECK(worst <= 1);
        }
    }
}

TEST_CASE("kernels of 4095 taps along an axis") {
    std::mt19937_64 random(13);
    for (const sepflow_type type : {SEPFLOW_F64, SEPFLOW_U8}) {
        for (const bool is_row : {true, false}) {
            const int64_t rows = is_row ? 1 : 4095, columns = is_row ? 4095 : 1;
            Case c;
            c.in_type = c.out_type = type;
            c.w = 23;
            c.h = 11;
            c.options.border_x = SEPFLOW_BORDER_WRAP;
            set_random_vectors(c, rows, columns, random);
            check(c);
            // Of several terms.
            c.form = Form::kMatrix;
            c.kernel = random_kernel(is_row ? 3 : 4095, is_row ? 4095 : 3, 3, random);
            c.w = 9;
            c.h = 6;
            check(c);
        }
    }
}

TEST_CASE("sizes whose products overflow are refused") {
    const sepflow_options good = oracle::options_of(SEPFLOW_F32);
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const double taps[] = {1, 2, 3, 4};
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
    for (const int64_t rows : {int64_t{1} << 32, kMost, kMost / 2, int64_t{1} << 62}) {
        CHECK(sepflow_plan_create(taps, rows, int64_t{1} << 32, 1, &good, &plan, &error) < 0);
        CHECK(sepflow_plan_create(taps, rows, 2, kMost, &good, &plan, &error) < 0);
        CHECK(sepflow_plan_from_vectors(taps, rows, taps, rows, &good, &plan, &error) < 0);
    }
    for (const char *text : {"4294967296x4294967296 1", "99999999999999999999x3 1 2 3",
                             "4095x4095 1", "box 4095 1e9", "disc 2047", "gaussian 1e18"}) {
        CHECK_MESSAGE(sepflow_plan_from_text(text, &good, &plan, &error) == SEPFLOW_E_PARAM,
                      std::string(text));
        CHECK(plan == nullptr);
    }

    const PlanPointer filter = plan_from("box 3", good);
    sepflow_rect rect = {};
    for (const sepflow_rect &domain :
         {sepflow_rect{kMost, 0, 1, 1}, sepflow_rect{0, -kMost, 1, 1}, sepflow_rect{0, 0, kMost, 1},
          sepflow_rect{1, 1, kMost - 1, kMost - 1}, sepflow_rect{0, 0, -1, 1}}) {
        CHECK(sepflow_plan_output_domain(filter.get(), &domain, &rect) == SEPFLOW_E_INVALID);
        CHECK(sepflow_plan_input_region(filter.get(), &domain, &domain, &rect) ==
              SEPFLOW_E_INVALID);
    }
    std::vector<float> in(64), out(64, -7);
    const auto refuses = [&](sepflow_image from, sepflow_image to, const sepflow_rect *region) {
        CHECK(sepflow_apply(filter.get(), &from, &to, region, 1, &error) == SEPFLOW_E_INVALID);
        CHECK(out == std::vector<float>(64, -7));
    };
    const sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F32, 8, 8, 1),
                        to = sepflow_image_dense(out.data(), SEPFLOW_F32, 8, 8, 1);
    for (const int64_t stride : {kMost - 3, -(kMost - 3), kMost / 4 * 4 / 7 / 4 * 4 + 4}) {
        sepflow_image far = from, far_out = to;
        far.stride_y = far_out.stride_x = stride;
        refuses(far, to, nullptr);
        refuses(from, far_out, nullptr);
    }
    const sepflow_rect beyond = {kMost - 4, 0, 8, 8};
    refuses(from, to, &beyond);
    sepflow_image huge = from;
    huge.bounds = huge.domain = {-(int64_t{1} << 47), 0, int64_t{1} << 48, 8};
    refuses(huge, to, nullptr);
}

TEST_CASE("two thousand million channels are a plan that asks for what it needs") {
    sepflow_options options = oracle::options_of(SEPFLOW_U8);
    options.channels = std::numeric_limits<int32_t>::max();
    const PlanPointer plan = plan_from("box 3", options);
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    REQUIRE(sepflow_plan_query(plan.get(), &info) == SEPFLOW_OK);
    CHECK(info.scratch_bytes < uint64_t{1} << 62);
    uint8_t in[16] = {}, out[16] = {};
    sepflow_image from = sepflow_image_dense(in, SEPFLOW_U8, 2, 2, options.channels),
                  to = sepflow_image_dense(out, SEPFLOW_U8, 2, 2, options.channels);
    from.stride_c = to.stride_c = int64_t{1} << 40;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    CHECK(sepflow_apply(plan.get(), &from, &to, nullptr, 1, &error) == SEPFLOW_E_INVALID);
}
