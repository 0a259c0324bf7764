#include "plugins/gegl/picture.h"

#include <algorithm>
#include <memory>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/image.h"

namespace sepflow::gegl {

namespace {

struct FreeScratch {
    void operator()(float *pixels) const { gegl_scratch_free(pixels); }
};
using Scratch = std::unique_ptr<float, FreeScratch>;

Scratch scratch(const sepflow_rect &bounds, int32_t channels) {
    const size_t count = static_cast<size_t>(bounds.w * bounds.h * channels);
    return Scratch(
        static_cast<float *>(gegl_scratch_alloc(std::max<size_t>(count, 1) * sizeof(float))));
}

// Pixels are copied to and from such blocks: memory for a whole picture would be new for each call,
// and its page faults took up to 25 times as long as the filter. Wide kernels get wider blocks,
// since what neighbours share is read twice.
constexpr int64_t kBlockWidth = 512, kBlockHeight = 256;

int64_t block_side(int64_t least, int64_t halo, int64_t multiple) {
    const int64_t side = std::max(least, 2 * halo);
    return multiple > 0 ? (side + multiple - 1) / multiple * multiple : side;
}

float *pixel(const sepflow_image &image, int64_t x, int64_t y) {
    return reinterpret_cast<float *>(pixel_address(image, x, y, 0));
}

}  // namespace

const Babl *working_format(const Babl *source, const Babl *space, bool needs_alpha) {
    if (source == nullptr) return babl_format_with_space("RaGaBaA float", space);
    if (babl_format_is_format_n(source))
        return babl_format_n(babl_type("float"), babl_format_get_n_components(source));
    const int flags = babl_get_model_flags(babl_format_get_model(source));
    // Either may miss it: the second that of HSVA.
    const bool alpha =
        needs_alpha || (flags & BABL_MODEL_FLAG_ALPHA) != 0 || babl_format_has_alpha(source) != 0;
    const char *name = alpha ? "RaGaBaA float" : "RGB float";
    if ((flags & BABL_MODEL_FLAG_GRAY) != 0) name = alpha ? "YaA float" : "Y float";
    if ((flags & BABL_MODEL_FLAG_CMYK) != 0) name = alpha ? "camayakaA float" : "cmyk float";
    return babl_format_with_space(name, space);
}

sepflow_rect rect_of(const GeglRectangle &rectangle) {
    return {rectangle.x, rectangle.y, rectangle.width, rectangle.height};
}

GeglRectangle rectangle_of(const sepflow_rect &rect) {
    return {static_cast<gint>(rect.x), static_cast<gint>(rect.y), static_cast<gint>(rect.w),
            static_cast<gint>(rect.h)};
}

Picture::Picture(std::shared_ptr<const NodePlan> plan, const sepflow_rect &box, const Babl *format,
                 const Beyond &beyond, bool keeps_alpha)
    : plan_(std::move(plan)),
      box_(box),
      domain_(box),
      format_(format),
      channels_(babl_format_get_n_components(format)),
      is_painted_(beyond.rgba != nullptr),
      keeps_alpha_(keeps_alpha && babl_format_has_alpha(format) != 0) {
    const sepflow_plan_info info = plan_->info();
    if (!beyond.reads_far) {
        block_w_ = block_side(kBlockWidth, info.left + info.right, info.preferred_tile_w);
        block_h_ = block_side(kBlockHeight, info.top + info.bottom, info.preferred_tile_h);
    }
    if (!is_painted_) return;
    if (babl_format_is_format_n(format)) {
        throw Error(SEPFLOW_E_FORMAT, std::string("channels of ") + babl_get_name(format) +
                                          " are not colours: " + beyond.name +
                                          " cannot lie around them");
    }
    const Babl *rgba = babl_format_with_space("RGBA float", format);
    babl_process(babl_fish(rgba, format), beyond.rgba, around_.data(), 1);
    domain_ = {box.x - info.left, box.y - info.top, box.w + info.left + info.right,
               box.h + info.top + info.bottom};
}

sepflow_rect Picture::needed(const sepflow_rect &out) const {
    return intersected(plan_->input_region(out, domain_), box_);
}

// The grid lies over the domain, as that of the transform's blocks does.
void Picture::filter(GeglBuffer *input, GeglBuffer *output, const sepflow_rect &out) const {
    const auto start = [](int64_t first, int64_t origin, int64_t step) {
        return first - (first - origin) % step;
    };
    for (int64_t y = start(out.y, domain_.y, block_h_); y < out.y + out.h; y += block_h_) {
        for (int64_t x = start(out.x, domain_.x, block_w_); x < out.x + out.w; x += block_w_)
            filter_block(input, output, intersected({x, y, block_w_, block_h_}, out));
    }
}

void Picture::filter_block(GeglBuffer *input, GeglBuffer *output, const sepflow_rect &out) const {
    const sepflow_rect in = plan_->input_region(out, domain_);
    const Scratch in_pixels = scratch(in, channels_), out_pixels = scratch(out, channels_);
    const sepflow_image in_image = image_in(in_pixels.get(), in),
                        out_image = image_in(out_pixels.get(), out);
    read(input, in_image);
    filter_image(*plan_, in_image, out_image, 1);
    if (keeps_alpha_) copy_alpha(in_image, out_image);
    const GeglRectangle rectangle = rectangle_of(out);
    gegl_buffer_set(output, &rectangle, 0, format_, out_pixels.get(), GEGL_AUTO_ROWSTRIDE);
}

sepflow_image Picture::image_in(float *pixels, const sepflow_rect &bounds) const {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    image.type = SEPFLOW_F32;
    image.channels = channels_;
    image.data = pixels;
    image.bounds = bounds;
    image.domain = domain_;
    image.stride_c = sizeof(float);
    image.stride_x = image.stride_c * channels_;
    image.stride_y = image.stride_x * bounds.w;
    return image;
}

void Picture::read(GeglBuffer *input, const sepflow_image &image) const {
    const sepflow_rect inside = intersected(image.bounds, box_);
    if (is_painted_ && !same(inside, image.bounds)) paint_around(image);
    if (is_empty(inside)) return;
    const GeglRectangle rectangle = rectangle_of(inside);
    gegl_buffer_get(input, &rectangle, 1, format_, pixel(image, inside.x, inside.y),
                    static_cast<gint>(image.stride_y), GEGL_ABYSS_NONE);
}

void Picture::paint_around(const sepflow_image &image) const {
    const sepflow_rect &bounds = image.bounds;
    for (int64_t y = bounds.y; y < bounds.y + bounds.h; ++y) {
        for (int64_t x = bounds.x; x < bounds.x + bounds.w; ++x)
            std::copy_n(around_.begin(), channels_, pixel(image, x, y));
    }
}

void Picture::copy_alpha(const sepflow_image &from, const sepflow_image &to) const {
    const sepflow_rect &bounds = to.bounds;
    for (int64_t y = bounds.y; y < bounds.y + bounds.h; ++y) {
        for (int64_t x = bounds.x; x < bounds.x + bounds.w; ++x)
            pixel(to, x, y)[channels_ - 1] = pixel(from, x, y)[channels_ - 1];
    }
}

}  // namespace sepflow::gegl
