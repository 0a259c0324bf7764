#include "runtime/execute/layout.h"

#include "runtime/execute/pass_buffer.h"
#include "runtime/plan/plan.h"

namespace sepflow {

Walk choose_walk(const Plan &plan, const sepflow_image &in, const sepflow_image &out) {
    Walk walk;
    const bool interleaved =
        in.channels == 1 || is_interleaved(out) || (!is_planar(out) && is_interleaved(in));
    walk.step = interleaved ? in.channels : 1;
    walk.planes = interleaved ? 1 : in.channels;
    // A pass sees a strip of the image, and the rows above it.
    const int64_t rows = 64 + static_cast<int64_t>(plan.kernel.rows);
    const auto direct = [&](const sepflow_image &image) {
        return (interleaved ? is_interleaved(image) : is_planar(image)) &&
               fits_a_pass(image.stride_y, rows, type_bytes(image.type));
    };
    walk.input_direct = plan.direct_column_pass != nullptr && direct(in);
    walk.output_direct = out.type == plan.result_type() && direct(out);
    return walk;
}

}  // namespace sepflow
