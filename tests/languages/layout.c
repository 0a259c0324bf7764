/* Prints the size of each struct that bindings declare anew, and the place of each field, as the
   header has them. */
#include <stdio.h>

#include <sepflow/sepflow.h>

#define SIZE(s) printf(#s " %zu\n", sizeof(s))
#define FIELD(s, f) printf(#s "." #f " %zu\n", offsetof(s, f))
#define FIELDS4(s, a, b, c, d) FIELD(s, a), FIELD(s, b), FIELD(s, c), FIELD(s, d)

int main(void) {
    SIZE(sepflow_error);
    FIELDS4(sepflow_error, struct_size, code, param_index, message);
    SIZE(sepflow_rect);
    FIELDS4(sepflow_rect, x, y, w, h);
    SIZE(sepflow_image);
    FIELDS4(sepflow_image, struct_size, type, channels, flags);
    FIELDS4(sepflow_image, data, bounds, domain, stride_x);
    FIELD(sepflow_image, stride_y), FIELD(sepflow_image, stride_c);
    SIZE(sepflow_options);
    FIELDS4(sepflow_options, struct_size, flags, in_type, out_type);
    FIELDS4(sepflow_options, channels, border_x, border_y, extent);
    FIELDS4(sepflow_options, border_value, anchor_x, anchor_y, tolerance);
    FIELDS4(sepflow_options, rank, schedule, scale, delta);
    FIELDS4(sepflow_options, variant, method, missing, missing_value);
    SIZE(sepflow_process);
    FIELDS4(sepflow_process, struct_size, flags, input_count, output_count);
    FIELDS4(sepflow_process, inputs, outputs, region, max_threads);
    FIELDS4(sepflow_process, reserved, scratch, scratch_size, host);
    FIELD(sepflow_process, call_ctx);
    SIZE(sepflow_plan_info);
    FIELDS4(sepflow_plan_info, struct_size, flags, left, right);
    FIELDS4(sepflow_plan_info, top, bottom, rank, reserved);
    FIELDS4(sepflow_plan_info, error_bound, preferred_tile_w, preferred_tile_h, scratch_bytes);
    FIELD(sepflow_plan_info, cost_per_pixel), FIELD(sepflow_plan_info, variant);
    FIELD(sepflow_plan_info, method);
    return 0;
}
