// The compiled passes need nothing of Halide's runtime but these: no allocation, no threads, no
// printing. A pass that finds a buffer to be wrong calls one of them and returns its result. All
// such checks repeat ones that we make before, so a code that gets out is a bug of ours and is
// reported as one. Without the runtime no weak halide_* symbol exists that another plugin's Halide
// could replace or be replaced by.
#include <HalideRuntime.h>

extern "C" {

int halide_error_bad_type(void *, const char *, uint32_t, uint32_t) {
    return halide_error_code_bad_type;
}

int halide_error_bad_dimensions(void *, const char *, int32_t, int32_t) {
    return halide_error_code_bad_dimensions;
}

int halide_error_access_out_of_bounds(void *, const char *, int, int, int, int, int) {
    return halide_error_code_access_out_of_bounds;
}

int halide_error_buffer_allocation_too_large(void *, const char *, uint64_t, uint64_t) {
    return halide_error_code_buffer_allocation_too_large;
}

int halide_error_buffer_extents_negative(void *, const char *, int, int) {
    return halide_error_code_buffer_extents_negative;
}

int halide_error_buffer_extents_too_large(void *, const char *, int64_t, int64_t) {
    return halide_error_code_buffer_extents_too_large;
}

int halide_error_constraints_make_required_region_smaller(void *, const char *, int, int, int, int,
                                                          int) {
    return halide_error_code_constraints_make_required_region_smaller;
}

int halide_error_constraint_violated(void *, const char *, int, const char *, int) {
    return halide_error_code_constraint_violated;
}

int halide_error_buffer_argument_is_null(void *, const char *) {
    return halide_error_code_buffer_argument_is_null;
}

int halide_error_host_is_null(void *, const char *) {
    return halide_error_code_host_is_null;
}

int halide_error_device_dirty_with_no_device_support(void *, const char *) {
    return halide_error_code_device_dirty_with_no_device_support;
}

}  // extern "C"
