// Pictures as GEGL has them: in which format they are filtered, which part is read, and the
// filtering itself.
#pragma once

#include <array>

#include "plugins/gegl/gegl_api.h"
#include "plugins/hosted/hosted_filter.h"

namespace sepflow::gegl {

// Linear light, floats, in the space of the source, with alpha multiplied in; grey, CMYK and
// channels without colour stay what they are.
const Babl *working_format(const Babl *source, const Babl *space, bool needs_alpha);

sepflow_rect rect_of(const GeglRectangle &rectangle);
GeglRectangle rectangle_of(const sepflow_rect &rect);

// Pixels outside the picture's bounding box.
struct Beyond {
    const char *name;     // in GEGL
    const char *border;   // of the node
    const float *rgba;    // painted around as far as the kernel reaches; NULL: border rule
    bool is_transparent;  // so that the output needs alpha
    bool reads_far;       // the other end of a row is as near as its own
};

// A plan and the picture that it is for. Re-entrant.
class Picture {
  public:
    Picture(std::shared_ptr<const NodePlan> plan, const sepflow_rect &box, const Babl *format,
            const Beyond &beyond, bool keeps_alpha);

    sepflow_rect needed(const sepflow_rect &out) const;  // of the input, within the box
    void filter(GeglBuffer *input, GeglBuffer *output, const sepflow_rect &out) const;  // throws

  private:
    void filter_block(GeglBuffer *input, GeglBuffer *output, const sepflow_rect &out) const;
    sepflow_image image_in(float *pixels, const sepflow_rect &bounds) const;
    void read(GeglBuffer *input, const sepflow_image &image) const;
    void paint_around(const sepflow_image &image) const;
    void copy_alpha(const sepflow_image &from, const sepflow_image &to) const;

    std::shared_ptr<const NodePlan> plan_;
    sepflow_rect box_, domain_;
    const Babl *format_;
    int32_t channels_;
    bool is_painted_, keeps_alpha_;
    int64_t block_w_ = kNoLimit, block_h_ = kNoLimit;
    static constexpr int64_t kNoLimit = int64_t{1} << 32;
    std::array<float, 8> around_ = {};
};

}  // namespace sepflow::gegl
