// Time of sepflow against libvips's own operations for the same kernel: from memory into the same
// memory, taking turns. `convsep` as its users would call it: whole taps over their sum, which
// suits its integer form best.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include "plugins/vips/vips_api.h"

namespace {

constexpr int kWidth = 4096, kHeight = 4096, kLength = 21, kRounds = 7;

struct Unref {
    void operator()(VipsImage *image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

void check(int status) {
    if (status != 0) vips_error_exit(nullptr);
}

template <typename Step>
Image made(const Step &step) {
    VipsImage *image = nullptr;
    check(step(&image));
    return Image(image);
}

// A Gaussian: a row of it, or all `rows` by the same.
Image mask(int rows) {
    std::vector<double> taps, values;
    for (int i = 0; i < kLength; ++i)
        taps.push_back(std::round(20 * std::exp(-0.5 * std::pow((i - kLength / 2) / 3.5, 2))));
    double sum = 0;
    for (int y = 0; y < rows; ++y) {
        for (const double tap : taps) {
            values.push_back(rows == 1 ? tap : tap * taps[static_cast<size_t>(y)]);
            sum += values.back();
        }
    }
    Image image(vips_image_new_matrix_from_array(kLength, rows, values.data(),
                                                 static_cast<int>(values.size())));
    vips_image_set_double(image.get(), "scale", sum);
    return image;
}

Image noise(int bands, VipsBandFormat format, int width, int height) {
    std::vector<Image> planes;
    std::vector<VipsImage *> loose;
    for (int i = 0; i < bands; ++i) {
        planes.push_back(made([&](VipsImage **out) {
            return vips_gaussnoise(out, width, height, "mean", 128.0, "sigma", 40.0, "seed", i,
                                   nullptr);
        }));
        loose.push_back(planes.back().get());
    }
    const Image joined =
        made([&](VipsImage **out) { return vips_bandjoin(loose.data(), out, bands, nullptr); });
    const Image cast =
        made([&](VipsImage **out) { return vips_cast(joined.get(), out, format, nullptr); });
    return Image(vips_image_copy_memory(cast.get()));
}

struct Operation {
    const char *name;
    std::function<int(VipsImage *, VipsImage **)> run;
};

double seconds_now() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

// Memory that is there already: that the system hands it out is no part of any operation.
class Turns {
  public:
    Turns(VipsImage *in, const Operation &operation) : in_(in), operation_(operation) {
        const Image out = result();
        memory_.assign(VIPS_IMAGE_SIZEOF_IMAGE(out.get()), 1);
        take();  // to warm up
        seconds_.clear();
    }
    void take() {
        const double start = seconds_now();
        const Image out = result();
        const Image memory = into(out.get());
        check(vips_image_write(out.get(), memory.get()));
        seconds_.push_back(seconds_now() - start);
    }
    double median() {
        std::sort(seconds_.begin(), seconds_.end());
        return seconds_[seconds_.size() / 2];
    }
    double greatest_difference(const Turns &other) const {
        const Image mine = into(result().get()), theirs = other.into(other.result().get());
        const Image difference = made(
            [&](VipsImage **out) { return vips_subtract(mine.get(), theirs.get(), out, nullptr); });
        const Image size =
            made([&](VipsImage **out) { return vips_abs(difference.get(), out, nullptr); });
        double greatest = 0;
        check(vips_max(size.get(), &greatest, nullptr));
        return greatest;
    }
    const char *name() const { return operation_.name; }

  private:
    Image result() const {
        return made([&](VipsImage **out) { return operation_.run(in_, out); });
    }
    Image into(VipsImage *like) const {
        return Image(vips_image_new_from_memory(memory_.data(), memory_.size(), like->Xsize,
                                                like->Ysize, like->Bands, like->BandFmt));
    }

    VipsImage *in_;
    const Operation &operation_;
    std::vector<char> memory_;
    std::vector<double> seconds_;
};

void compare(const char *pixels, VipsImage *in, const std::vector<Operation> &operations) {
    std::vector<Turns> all;
    for (const Operation &operation : operations) all.emplace_back(in, operation);
    for (int round = 0; round < kRounds; ++round) {
        for (Turns &turns : all) turns.take();
    }
    for (Turns &turns : all)
        std::printf("| %s, %d x %d | %d | %s | %.1f | %.1f | %.2g |\n", pixels, in->Xsize,
                    in->Ysize, vips_concurrency_get(), turns.name(), 1e3 * turns.median(),
                    turns.median() / all[0].median(), turns.greatest_difference(all[0]));
    std::fflush(stdout);
}

}  // namespace

int main(int, char **argv) {
    check(VIPS_INIT(argv[0]));
    vips_cache_set_max(0);  // every turn computes
    const Image line = mask(1), square = mask(kLength);
    // The border that libvips has.
    const auto sepflow = [&](VipsBandFormat format) {
        return [&, format](VipsImage *in, VipsImage **out) {
            return vips_call("sepflow", in, out, "mask", square.get(), "border", 2, "format",
                             format, nullptr);
        };
    };
    const auto convsep = [&](VipsPrecision precision) {
        return [&, precision](VipsImage *in, VipsImage **out) {
            return vips_convsep(in, out, line.get(), "precision", precision, nullptr);
        };
    };
    const auto conv = [&](VipsPrecision precision) {
        return [&, precision](VipsImage *in, VipsImage **out) {
            return vips_conv(in, out, square.get(), "precision", precision, nullptr);
        };
    };
    const Operation ours = {"`sepflow`", sepflow(VIPS_FORMAT_NOTSET)};
    const Operation ours_in_float = {"`sepflow`, to float", sepflow(VIPS_FORMAT_FLOAT)};
    const std::vector<Operation> integers = {
        ours,
        {"`convsep`, integer", convsep(VIPS_PRECISION_INTEGER)},
        {"`convsep`, approximate", convsep(VIPS_PRECISION_APPROXIMATE)}};
    const std::vector<Operation> floats = {ours_in_float,
                                           {"`convsep`, float", convsep(VIPS_PRECISION_FLOAT)}};
    std::printf("libvips %s, Gaussian of %d x %d taps, medians of %d\n\n", vips_version_string(),
                kLength, kLength, kRounds);
    std::printf("| pixels | threads | operation | ms | times ours | differs by at most |\n");
    std::printf("|---|---:|---|---:|---:|---:|\n");
    for (const int threads : {1, 2}) {
        vips_concurrency_set(threads);
        compare("uchar", noise(1, VIPS_FORMAT_UCHAR, kWidth, kHeight).get(), integers);
        compare("3 x uchar", noise(3, VIPS_FORMAT_UCHAR, kWidth, kHeight).get(), integers);
        compare("ushort", noise(1, VIPS_FORMAT_USHORT, kWidth, kHeight).get(), integers);
        compare("uchar", noise(1, VIPS_FORMAT_UCHAR, kWidth, kHeight).get(), floats);
        compare("float", noise(1, VIPS_FORMAT_FLOAT, kWidth, kHeight).get(), floats);
    }
    // conv takes all taps, too long for a picture of that size.
    compare("uchar", noise(1, VIPS_FORMAT_UCHAR, kWidth / 4, kHeight / 4).get(),
            {ours, {"`conv`, integer", conv(VIPS_PRECISION_INTEGER)}});
    compare("float", noise(1, VIPS_FORMAT_FLOAT, kWidth / 4, kHeight / 4).get(),
            {ours_in_float, {"`conv`, float", conv(VIPS_PRECISION_FLOAT)}});
}
