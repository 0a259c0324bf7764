#include "runtime/execute/layout.h"

#include "runtime/execute/blocking.h"
#include "runtime/execute/pass_buffer.h"
#include "runtime/plan/plan.h"

namespace sepflow {

bool is_direct(const sepflow_image &image, bool interleaved, int64_t rows) {
    return (interleaved ? is_interleaved(image) : is_planar(image)) &&
           fits_a_pass(image.stride_y, rows, type_bytes(image.type));
}

Walk choose_walk(const Plan &plan, const sepflow_image &in, const sepflow_image &out) {
    Walk walk;
    const bool interleaved =
        in.channels == 1 || is_interleaved(out) || (!is_planar(out) && is_interleaved(in));
    walk.step = interleaved ? in.channels : 1;
    walk.planes = interleaved ? 1 : in.channels;
    const int64_t rows = kMostPassRows + static_cast<int64_t>(plan.kernel.rows);
    walk.input_direct = plan.direct_column_pass != nullptr && is_direct(in, interleaved, rows);
    walk.output_direct = out.type == plan.result_type() && is_direct(out, interleaved, rows);
    return walk;
}

}  // namespace sepflow
