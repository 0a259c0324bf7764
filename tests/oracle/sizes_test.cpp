// Sizes at the ends of their range: images of a single row or column or beyond 4 GiB, the longest
// kernels, and sizes whose products overflow.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <sys/mman.h>
#include <vector>

#include "tests/oracle/case.h"
#include "tests/oracle/plan.h"
#include "tests/oracle/ways.h"

using namespace oracle;

namespace {

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
            // A kernel of several terms.
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
