#include "runtime/execute/layout.h"

#include "runtime/execute/pass_buffer.h"

namespace sepflow {

bool suits_a_pass(const sepflow_image &image, bool interleaved, int64_t rows) {
    return (interleaved ? is_interleaved(image) : is_planar(image)) &&
           fits_a_pass(image.stride_y, rows, type_bytes(image.type));
}

Walk choose_walk(const Kernel &kernel, const Arithmetic &arithmetic, bool reads_pixels,
                 const sepflow_image &in, const sepflow_image &out) {
    Walk walk;
    const bool interleaved =
        in.channels == 1 || is_interleaved(out) || (!is_planar(out) && is_interleaved(in));
    walk.step = interleaved ? in.channels : 1;
    walk.planes = interleaved ? 1 : in.channels;
    const int64_t rows = kMostPassRows + static_cast<int64_t>(kernel.rows);
    walk.reads_image = reads_pixels && suits_a_pass(in, interleaved, rows);
    walk.writes_image = out.type == arithmetic.result_type && suits_a_pass(out, interleaved, rows);
    return walk;
}

}  // namespace sepflow
