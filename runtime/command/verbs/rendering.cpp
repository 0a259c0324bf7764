#include "runtime/command/verbs/rendering.h"

#include <algorithm>
#include <cstring>
#include <sstream>

#include "runtime/command/files/band_format.h"
#include "runtime/command/files/metadata.h"
#include "runtime/command/process/interrupt.h"
#include "runtime/command/verbs/call.h"

namespace sepflow::command {

namespace {

// A band is tall enough to give every thread tiles, and small enough for two in memory.
constexpr int64_t kBandBytes = int64_t{32} << 20;
constexpr int64_t kLeastBandRows = 256;
constexpr int64_t kMostBandBytes = int64_t{256} << 20;  // for those rows

sepflow_status read_pixels(void *ctx, const sepflow_image *into, sepflow_error *error) {
    return guarded(error, [&] {
        if (interrupting_signal() != 0) throw Error(SEPFLOW_E_CANCELLED, "interrupted");
        auto *image = static_cast<VipsImage *>(ctx);
        // A region belongs to the thread that made it, so each call has its own.
        const std::unique_ptr<VipsRegion, Unref> region(vips_region_new(image));
        const sepflow_rect &b = into->bounds;
        const VipsRect rect = {static_cast<int>(b.x), static_cast<int>(b.y), static_cast<int>(b.w),
                               static_cast<int>(b.h)};
        if (vips_region_prepare(region.get(), &rect)) {
            throw vips_failure(std::string("cannot read ") + path_of(image));
        }
        const size_t sample = static_cast<size_t>(into->type & 0xff) / 8;
        const size_t pixel = sample * static_cast<size_t>(into->channels);
        const bool dense = into->stride_c == static_cast<int64_t>(sample) &&
                           into->stride_x == static_cast<int64_t>(pixel);
        for (int64_t y = 0; y < b.h; ++y) {
            const auto *from = VIPS_REGION_ADDR(region.get(), rect.left, rect.top + y);
            auto *to = static_cast<uint8_t *>(into->data) + y * into->stride_y;
            if (dense) {
                std::memcpy(to, from, pixel * static_cast<size_t>(b.w));
                continue;
            }
            for (int64_t x = 0; x < b.w; ++x) {
                for (int32_t c = 0; c < into->channels; ++c, from += sample) {
                    std::memcpy(to + x * into->stride_x + c * into->stride_c, from, sample);
                }
            }
        }
    });
}

// Names the colour space by the new type; libvips reads the range of the values from it.
VipsInterpretation interpretation_for(const VipsImage *like, VipsBandFormat format, int bands) {
    const bool is_same_space = like->BandFmt == format || like->Type == VIPS_INTERPRETATION_CMYK ||
                               like->Type == VIPS_INTERPRETATION_MULTIBAND;
    if (is_same_space && like->Bands == bands) return like->Type;
    const bool was_grey =
        like->Type == VIPS_INTERPRETATION_B_W || like->Type == VIPS_INTERPRETATION_GREY16;
    const bool grey = bands < 3 || (was_grey && like->Bands == bands);
    if (format == VIPS_FORMAT_USHORT) {
        return grey ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16;
    }
    return grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
}

int32_t is_cancelled(void *) {
    return interrupting_signal() != 0;
}

}  // namespace

void bind_input(sepflow_graph *graph, const std::string &input, VipsImage *image) {
    sepflow_source source = {};
    source.struct_size = sizeof source;
    source.type = type_of_band_format(image->BandFmt);
    source.channels = image->Bands;
    source.domain = {0, 0, image->Xsize, image->Ysize};
    source.ctx = image;
    source.read = read_pixels;
    call([&](sepflow_error *error) {
        return sepflow_graph_bind_source(graph, input.c_str(), &source, error);
    });
}

Rendering::Rendering(const sepflow_graph *graph, const std::string &output, VipsImage *like,
                     int32_t threads, bool show_progress)
    : graph_(graph), name_(output), threads_(threads), progress_(show_progress) {
    output_.struct_size = sizeof output_;
    call([&](sepflow_error *error) {
        return sepflow_graph_describe_output(graph, output.c_str(), &output_, error);
    });
    const sepflow_rect &domain = output_.domain;
    if (domain.w < 1 || domain.h < 1) {
        throw Error(SEPFLOW_E_PARAM,
                    "the result has no pixels: the image is smaller than the kernel "
                    "and the extent is valid");
    }
    const VipsBandFormat format = band_format_of_type(output_.type);
    if (format == VIPS_FORMAT_NOTSET || std::max(domain.w, domain.h) > VIPS_MAX_COORD) {
        throw Error(SEPFLOW_E_FORMAT, format == VIPS_FORMAT_NOTSET
                                          ? "no supported file format holds " +
                                                type_name(output_.type) + " pixels; use --type f32"
                                          : "the result is too large for an image file");
    }
    const int64_t line = domain.w * output_.channels * (output_.type & 0xff) / 8;
    const int64_t rows =
        std::max(kBandBytes / line, std::min(kLeastBandRows, kMostBandBytes / line));
    band_rows_ = std::clamp<int64_t>(rows, 1, domain.h);

    image_.reset(vips_image_new());
    if (vips_image_pipelinev(image_.get(), VIPS_DEMAND_STYLE_FATSTRIP, like, nullptr)) {
        throw vips_failure("cannot make the result");
    }
    vips_image_init_fields(image_.get(), static_cast<int>(domain.w), static_cast<int>(domain.h),
                           output_.channels, format, VIPS_CODING_NONE,
                           interpretation_for(like, format, output_.channels), like->Xres,
                           like->Yres);
    if (vips_image_generate(image_.get(), nullptr, generate, nullptr, this, nullptr)) {
        throw vips_failure("cannot make the result");
    }
    gone_ = refresh_metadata(image_.get(), like);
}

std::string Rendering::write(const OutputFile &file) {
    std::string text;
    const auto add = [&](const std::string &word) {
        if ((", " + text + ",").find(", " + word + ",") != text.npos) return;
        text += (text.empty() ? "" : ", ") + word;
    };
    const std::vector<std::string> left_out = write(image_.get(), file);
    for (const std::string &word : gone_) add(word);
    const char *unread = "";
    if (vips_image_get_typeof(image_.get(), kUnreadField) != 0)
        vips_image_get_string(image_.get(), kUnreadField, &unread);
    std::istringstream words(unread);
    for (std::string word; std::getline(words, word, ',');) add(word.substr(word[0] == ' '));
    for (const std::string &word : left_out) add(word);
    const std::string alpha = mistaken_alpha(image_.get(), file.path());
    if (text.empty()) return alpha;
    return (alpha.empty() ? "" : alpha + "; ") + file.path() + " leaves out: " + text;
}

std::vector<std::string> Rendering::write(VipsImage *image, const OutputFile &file) {
    try {
        std::vector<std::string> left_out = write_image(image, file);
        progress_.wipe();
        return left_out;
    } catch (const Error &) {
        if (failure_) std::rethrow_exception(failure_);
        throw;
    }
}

int Rendering::generate(VipsRegion *region, void *, void *a, void *, gboolean *) {
    auto *self = static_cast<Rendering *>(a);
    try {
        self->fill(region);
        return 0;
    } catch (...) {
        self->failure_ = std::current_exception();
        return -1;
    }
}

void Rendering::fill(VipsRegion *region) {
    const VipsRect &wanted = region->valid;
    const size_t pixel = static_cast<size_t>(output_.channels) * (output_.type & 0xff) / 8;
    for (int64_t y = wanted.top; y < wanted.top + wanted.height; ++y) {
        const int64_t first = y / band_rows_ * band_rows_;
        if (first != band_first_) compute_band(first);
        const size_t at = static_cast<size_t>((y - first) * width() + wanted.left) * pixel;
        std::memcpy(VIPS_REGION_ADDR(region, wanted.left, static_cast<int>(y)), &band_[at],
                    pixel * static_cast<size_t>(wanted.width));
    }
}

void Rendering::compute_band(int64_t first_row) {
    const int64_t rows = std::min(band_rows_, height() - first_row);
    const int64_t sample = (output_.type & 0xff) / 8;
    sepflow_image band = output_;
    band.stride_c = sample;
    band.stride_x = sample * output_.channels;
    band.stride_y = band.stride_x * width();
    band.bounds = {output_.domain.x, output_.domain.y + first_row, width(), rows};
    band_first_ = -1;
    band_.resize(static_cast<size_t>(band.stride_y * band_rows_));
    band.data = band_.data();

    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.max_threads = threads_;
    struct Share {
        Progress *progress;
        double before, share;
    } share = {&progress_, static_cast<double>(first_row) / static_cast<double>(height()),
               static_cast<double>(rows) / static_cast<double>(height())};
    run.ctx = &share;
    run.progress = [](void *ctx, int64_t done, int64_t total) {
        const auto *part = static_cast<const Share *>(ctx);
        part->progress->show(part->before +
                             part->share * static_cast<double>(done) / static_cast<double>(total));
    };
    run.is_cancelled = is_cancelled;

    const auto start = std::chrono::steady_clock::now();
    call([&](sepflow_error *error) {
        return sepflow_graph_compute(graph_, name_.c_str(), &band, &run, error);
    });
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    band_first_ = first_row;
}

}  // namespace sepflow::command
