#include "plugins/vapoursynth/filter.h"

#include <algorithm>
#include <functional>

#include "runtime/base/error.h"
#include "runtime/base/image.h"

namespace sepflow::vapoursynth {

namespace {

sepflow_type type_of(const VideoFormat &format) {
    if (format.sample_type == kFloat) {
        if (format.bits == 16) return SEPFLOW_F16;
        if (format.bits == 32) return SEPFLOW_F32;
    } else if (format.bits >= 8 && format.bits <= 16) {
        return format.bits == 8 ? SEPFLOW_U8 : SEPFLOW_U16;
    }
    throw Error(SEPFLOW_E_FORMAT,
                "only integers of 8 to 16 bits and floats of 16 or 32 bits are supported");
}

// Results of 9 to 15 bits saturate as u16; what lies beyond their own largest value is brought back
// to it.
void saturate(const sepflow_image &plane, uint16_t largest) {
    for (int64_t y = 0; y < plane.bounds.h; ++y) {
        auto *row = reinterpret_cast<uint16_t *>(pixel_address(plane, 0, y, 0));
        std::transform(row, row + plane.bounds.w, row,
                       [largest](uint16_t v) { return std::min(v, largest); });
    }
}

}  // namespace

std::shared_ptr<const NodePlan> Filter::plan_for(const VideoFormat &format) {
    const sepflow_type type = type_of(format);
    return parameters.plan(type, type, 1);
}

const Frame *Filter::frame(int n, FrameContext *context, Core *core) {
    const auto freed = [this](const Frame *frame) { api_.free_frame(frame); };
    const std::unique_ptr<const Frame, decltype(freed)> source(api_.frame(n, node(), context),
                                                               freed);
    const VideoFormat &format = *api_.frame_format(source.get());
    const auto plan = plan_for(format);

    const Frame *copied[3] = {};
    const int places[3] = {0, 1, 2};
    for (int p = 0; p < 3; ++p) copied[p] = planes[static_cast<size_t>(p)] ? nullptr : source.get();
    std::unique_ptr<Frame, decltype(freed)> result(
        api_.new_video_frame2(&format, api_.width(source.get(), 0), api_.height(source.get(), 0),
                              copied, places, source.get(), core),
        freed);

    for (int p = 0; p < format.planes; ++p) {
        if (copied[p] != nullptr) continue;
        sepflow_image in = {};
        in.struct_size = sizeof in;
        in.type = type_of(format);
        in.channels = 1;
        in.bounds = {0, 0, api_.width(source.get(), p), api_.height(source.get(), p)};
        in.domain = in.bounds;
        in.stride_x = in.stride_c = type_bytes(in.type);
        sepflow_image out = in;
        in.data = const_cast<uint8_t *>(api_.read_pointer(source.get(), p));
        in.stride_y = api_.stride(source.get(), p);
        out.data = api_.write_pointer(result.get(), p);
        out.stride_y = api_.stride(result.get(), p);
        filter_image(*plan, in, out, 1);  // the core has frames enough for its threads
        if (in.type == SEPFLOW_U16 && format.bits < 16)
            saturate(out, static_cast<uint16_t>((1 << format.bits) - 1));
    }
    return result.release();
}

}  // namespace sepflow::vapoursynth
