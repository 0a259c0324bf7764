// Regions in any order and from any number of threads, and no more of the input than they need.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <doctest/doctest.h>
#include <random>
#include <thread>

#include "tests/hosts/vips/picture.h"

using namespace vips_test;

namespace {

constexpr int kWidth = 401, kHeight = 263;

std::vector<VipsRect> pieces(VipsImage *image, int width, int height, uint32_t seed) {
    std::vector<VipsRect> all;
    for (int y = 0; y < image->Ysize; y += height) {
        for (int x = 0; x < image->Xsize; x += width)
            all.push_back(
                {x, y, std::min(width, image->Xsize - x), std::min(height, image->Ysize - y)});
    }
    std::shuffle(all.begin(), all.end(), std::mt19937(seed));
    return all;
}

// Every `step`-th piece from `first` on, into the whole picture's bytes.
void compute(VipsImage *image, const std::vector<VipsRect> &rects, size_t first, size_t step,
             Bytes &all) {
    VipsRegion *region = vips_region_new(image);
    const size_t pixel = VIPS_IMAGE_SIZEOF_PEL(image);
    bool ok = region != nullptr;
    for (size_t i = first; i < rects.size() && ok; i += step) {
        const VipsRect &rect = rects[i];
        ok = vips_region_prepare(region, &rect) == 0;
        for (int y = rect.top; y < rect.top + rect.height && ok; ++y) {
            const size_t place = static_cast<size_t>(y) * static_cast<size_t>(image->Xsize) +
                                 static_cast<size_t>(rect.left);
            std::memcpy(&all[place * pixel], VIPS_REGION_ADDR(region, rect.left, y),
                        static_cast<size_t>(rect.width) * pixel);
        }
    }
    g_object_unref(region);
    CHECK(ok);
}

Bytes by_pieces(VipsImage *image, const std::vector<VipsRect> &rects, size_t threads) {
    Bytes all(VIPS_IMAGE_SIZEOF_IMAGE(image));
    std::vector<std::thread> workers;
    for (size_t i = 0; i < threads; ++i) {
        workers.emplace_back([&, i] {
            compute(image, rects, i, threads, all);
            vips_thread_shutdown();
        });
    }
    for (std::thread &worker : workers) worker.join();
    return all;
}

// A picture of nothing that counts the pixels it is asked for.
class Counted {
  public:
    Counted(int width, int height) {
        start();
        image_.reset(vips_image_new());
        vips_image_init_fields(image_.get(), width, height, 1, VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
                               VIPS_INTERPRETATION_B_W, 1, 1);
        REQUIRE(vips_image_pipelinev(image_.get(), VIPS_DEMAND_STYLE_ANY, nullptr) == 0);
        REQUIRE(vips_image_generate(image_.get(), nullptr, generate, nullptr, &pixels_, nullptr) ==
                0);
    }
    VipsImage *image() { return image_.get(); }

    // How many pixels a region of the filtered picture takes.
    int64_t taken(const Filter &filter, const VipsRect &rect) {
        const Image out = filtered(image_.get(), filter);
        REQUIRE_MESSAGE(out != nullptr, error_text());
        CHECK(pixels_ == 0);  // nothing is computed before it is asked for
        VipsRegion *region = vips_region_new(out.get());
        REQUIRE(vips_region_prepare(region, &rect) == 0);
        g_object_unref(region);
        return pixels_.exchange(0);
    }

  private:
    static int generate(VipsRegion *out, void *, void *pixels, void *, gboolean *) {
        vips_region_black(out);
        *static_cast<std::atomic<int64_t> *>(pixels) +=
            int64_t{out->valid.width} * out->valid.height;
        return 0;
    }

    std::atomic<int64_t> pixels_{0};
    Image image_;
};

}  // namespace

TEST_CASE("regions of any size and order, from several threads at once, are the whole picture's") {
    for (const VipsBandFormat format : {VIPS_FORMAT_UCHAR, VIPS_FORMAT_INT, VIPS_FORMAT_COMPLEX}) {
        const Image in = noise(format, kWidth, kHeight, 2);
        for (const int border :
             {SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_WRAP, SEPFLOW_BORDER_TRUNCATE}) {
            for (const int extent :
                 {SEPFLOW_EXTENT_SAME, SEPFLOW_EXTENT_VALID, SEPFLOW_EXTENT_FULL}) {
                Filter some = filter("disc 4.5", border);
                some.options.extent = extent;
                const Bytes expected = applied(in.get(), some);
                const Image out = filtered(in.get(), some);
                REQUIRE_MESSAGE(out != nullptr, error_text());
                CHECK((by_pieces(out.get(), pieces(out.get(), 37, 29, 1), 1) == expected));
                CHECK((by_pieces(out.get(), pieces(out.get(), 128, 7, 2), 4) == expected));
                CHECK((by_pieces(out.get(), pieces(out.get(), 1000, 1, 3), 3) == expected));
            }
        }
    }
}

TEST_CASE("one thread and eight give the same bytes") {
    for (const VipsBandFormat format : kFormats) {
        const Image in = noise(format, kWidth, kHeight, 3);
        for (const char *kernel : {"gaussian 3", "disc 9"}) {
            Bytes results[2];
            for (const int threads : {1, 8}) {
                vips_concurrency_set(threads);
                const Image out = filtered(in.get(), filter(kernel));
                REQUIRE_MESSAGE(out != nullptr, error_text());
                results[threads == 8] = bytes_of(out.get());
            }
            vips_concurrency_set(0);
            CHECK((results[0] == results[1]));
        }
    }
}

TEST_CASE("a region takes no more of the input than its kernel reaches") {
    Counted source(4000, 3000);
    CHECK(source.taken(filter(kUneven), {2000, 1500, 16, 20}) == (16 + 3) * (20 + 4));
    CHECK(source.taken(filter(kUneven, SEPFLOW_BORDER_WRAP), {2000, 1500, 16, 20}) ==
          (16 + 3) * (20 + 4));
    // At the corner two columns and two rows less; wrapped around, no less and no whole rows.
    CHECK(source.taken(filter(kUneven, SEPFLOW_BORDER_CONSTANT), {0, 0, 16, 20}) ==
          (16 + 1) * (20 + 2));
    CHECK(source.taken(filter(kUneven, SEPFLOW_BORDER_WRAP), {0, 0, 16, 20}) ==
          (16 + 3) * (20 + 4));
}

TEST_CASE("a kernel that changes nothing hands the picture through") {
    const VipsRect all = {0, 0, kWidth, kHeight};
    for (const VipsBandFormat format : kFormats) {
        const Image in = noise(format, kWidth, kHeight, 2);
        for (const char *kernel : {"1x1 1", "box 1"}) {
            const Image out = filtered(in.get(), filter(kernel));
            REQUIRE_MESSAGE(out != nullptr, error_text());
            VipsRegion *region = vips_region_new(out.get());
            REQUIRE(vips_region_prepare(region, &all) == 0);
            CHECK(static_cast<const void *>(VIPS_REGION_ADDR(region, 0, 0)) ==
                  vips_image_get_data(in.get()));
            g_object_unref(region);
        }
    }
    // But into another format it is cast.
    const Image in = noise(VIPS_FORMAT_SHORT, kWidth, kHeight);
    Filter into = filter("1x1 1");
    into.format = VIPS_FORMAT_UCHAR;
    CHECK((bytes_of(filtered(in.get(), into).get()) == applied(in.get(), into)));
}
