#include "plugins/vips/filtered.h"

#include <algorithm>
#include <exception>

#include "runtime/base/error.h"

namespace sepflow::vips {

namespace {

// Data that libvips's threads share while they compute regions of one image. The corner of a domain
// is pixel 0, 0 in libvips.
struct Job {
    ImagePointer in;
    std::shared_ptr<const NodePlan> plan;
    sepflow_rect in_domain, out_domain;
};

sepflow_image image_of(VipsRegion *region, const sepflow_rect &bounds, const sepflow_rect &domain) {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    image.type = type_of(region->im->BandFmt);
    image.channels = channels_of(region->im);
    image.data = VIPS_REGION_ADDR(region, static_cast<int>(bounds.x - domain.x),
                                  static_cast<int>(bounds.y - domain.y));
    image.bounds = bounds;
    image.domain = domain;
    image.stride_c = (image.type & 0xff) / 8;
    image.stride_x = image.stride_c * image.channels;
    image.stride_y = static_cast<int64_t>(VIPS_REGION_LSKIP(region));
    return image;
}

int generate(VipsRegion *out, void *sequence, void *, void *client, gboolean *) {
    auto *in = static_cast<VipsRegion *>(sequence);
    const auto &job = *static_cast<const Job *>(client);
    const VipsRect &valid = out->valid;
    const sepflow_rect wanted = {valid.left + job.out_domain.x, valid.top + job.out_domain.y,
                                 valid.width, valid.height};
    try {
        const sepflow_rect needed = job.plan->input_region(wanted, job.in_domain);
        const VipsRect area = {static_cast<int>(needed.x - job.in_domain.x),
                               static_cast<int>(needed.y - job.in_domain.y),
                               static_cast<int>(needed.w), static_cast<int>(needed.h)};
        if (vips_region_prepare(in, &area) != 0) return -1;
        filter_image(*job.plan, image_of(in, needed, job.in_domain),
                     image_of(out, wanted, job.out_domain), 1);
        return 0;
    } catch (const std::exception &e) {
        vips_error("sepflow", "%s", e.what());
        return -1;
    }
}

// Strips are cheaper to hand over than tiles, but read as many rows more as the kernel is high: 16
// rows of a 6000 x 4000 picture take 0.7 of a tile's time at 21 taps and 0.9 at 61.
VipsDemandStyle demand_style(const sepflow_plan_info &info) {
    return info.top + info.bottom <= 64 ? VIPS_DEMAND_STYLE_FATSTRIP : VIPS_DEMAND_STYLE_SMALLTILE;
}

// Transforms take whole blocks: kept for the tiles of libvips that share them, two rows of them.
ImagePointer in_tiles(ImagePointer image, const sepflow_plan_info &info) {
    const auto width = static_cast<int>(info.preferred_tile_w),
               height = static_cast<int>(info.preferred_tile_h);
    VipsImage *cached = nullptr;
    if (vips_tilecache(image.get(), &cached, "tile_width", width, "tile_height", height,
                       "max_tiles", 2 * (image->Xsize / width + 1), "threaded", TRUE, nullptr) != 0)
        throw VipsError{};
    return ImagePointer(cached);
}

// Grown to multiples of `step`, then by the halo; begins with a multiple again.
void grow(int64_t step, int64_t before, int64_t after, int64_t &first, int64_t &count) {
    const auto below = [step](int64_t i) { return (i >= 0 ? i : i - step + 1) / step * step; };
    const int64_t end = -below(-(first + count)) + after;
    first = below(below(first) - before);
    count = end - first;
}

// The job's input with its other end around it, as far as the output reads: a region at an edge
// would need whole rows or columns otherwise. Blocks of transforms stay where they were.
void wrap(Job &job, Wraps wraps) {
    const sepflow_plan_info info = job.plan->info();
    sepflow_rect domain = job.in_domain;
    if (wraps.x) {
        domain.x = job.out_domain.x;
        domain.w = job.out_domain.w;
        grow(std::max<int64_t>(info.preferred_tile_w, 1), info.left, info.right, domain.x,
             domain.w);
    }
    if (wraps.y) {
        domain.y = job.out_domain.y;
        domain.h = job.out_domain.h;
        grow(std::max<int64_t>(info.preferred_tile_h, 1), info.top, info.bottom, domain.y,
             domain.h);
    }
    VipsImage *embedded = nullptr;
    if (vips_embed(job.in.get(), &embedded, static_cast<int>(-domain.x),
                   static_cast<int>(-domain.y), static_cast<int>(domain.w),
                   static_cast<int>(domain.h), "extend", VIPS_EXTEND_REPEAT, nullptr) != 0)
        throw VipsError{};
    job.in.reset(embedded);
    job.in_domain = domain;
}

}  // namespace

ImagePointer filtered(ImagePointer in, std::shared_ptr<const NodePlan> plan, VipsBandFormat format,
                      Wraps wraps) {
    const sepflow_rect in_domain = {0, 0, in->Xsize, in->Ysize};
    const sepflow_rect out_domain = plan->output_domain(in_domain);
    if (out_domain.w <= 0 || out_domain.h <= 0)
        throw Error(SEPFLOW_E_INVALID, "the kernel is larger than the image: no pixel is left");
    auto job = std::make_unique<Job>(Job{std::move(in), std::move(plan), in_domain, out_domain});
    if (wraps.x || wraps.y) wrap(*job, wraps);

    ImagePointer out(vips_image_new());
    const sepflow_plan_info info = job->plan->info();
    if (vips_image_pipelinev(out.get(), demand_style(info), job->in.get(), nullptr) != 0)
        throw VipsError{};
    out->Xsize = static_cast<int>(out_domain.w);
    out->Ysize = static_cast<int>(out_domain.h);
    out->Xoffset = static_cast<int>(-out_domain.x);
    out->Yoffset = static_cast<int>(-out_domain.y);
    out->BandFmt = format;
    Job *shared = job.release();
    g_object_set_data_full(G_OBJECT(out.get()), "sepflow", shared,
                           [](gpointer data) { delete static_cast<Job *>(data); });
    if (vips_image_generate(out.get(), vips_start_one, generate, vips_stop_one, shared->in.get(),
                            shared) != 0)
        throw VipsError{};
    return info.preferred_tile_h > 0 ? in_tiles(std::move(out), info) : std::move(out);
}

std::string name_of(VipsBandFormat format) {
    return vips_enum_nick(VIPS_TYPE_BAND_FORMAT, format);
}

VipsBandFormat working_format(VipsBandFormat format) {
    switch (format) {
        case VIPS_FORMAT_CHAR:
            return VIPS_FORMAT_SHORT;
        case VIPS_FORMAT_UINT:
        case VIPS_FORMAT_INT:
            return VIPS_FORMAT_DOUBLE;
        default:
            return format;
    }
}

sepflow_type type_of(VipsBandFormat format) {
    switch (format) {
        case VIPS_FORMAT_UCHAR:
            return SEPFLOW_U8;
        case VIPS_FORMAT_USHORT:
            return SEPFLOW_U16;
        case VIPS_FORMAT_SHORT:
            return SEPFLOW_S16;
        case VIPS_FORMAT_FLOAT:
        case VIPS_FORMAT_COMPLEX:
            return SEPFLOW_F32;
        case VIPS_FORMAT_DOUBLE:
        case VIPS_FORMAT_DPCOMPLEX:
            return SEPFLOW_F64;
        default:
            throw Error(SEPFLOW_E_FORMAT, name_of(format) + " pixels cannot be filtered");
    }
}

int32_t channels_of(const VipsImage *image) {
    return vips_band_format_iscomplex(image->BandFmt) ? 2 * image->Bands : image->Bands;
}

}  // namespace sepflow::vips
