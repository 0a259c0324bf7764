#include "runtime/plan/arithmetic.h"

namespace sepflow {

namespace {

// Unfused sums also end in a pass that fuses nothing.
OutputPixel output_pixel(sepflow_type type, bool unfused) {
    switch (type) {
        case SEPFLOW_U8:
            return OutputPixel::kU8;
        case SEPFLOW_U16:
            return OutputPixel::kU16;
        case SEPFLOW_S16:
            return OutputPixel::kS16;
        case SEPFLOW_F32:
            return unfused ? OutputPixel::kF32FromIntegers : OutputPixel::kF32;
        default:
            return OutputPixel::kF64;
    }
}

InputPixel input_pixel(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return InputPixel::kU8;
        case SEPFLOW_U16:
            return InputPixel::kU16;
        case SEPFLOW_S16:
            return InputPixel::kS16;
        default:
            return InputPixel::kF32;
    }
}

}  // namespace

Arithmetic float_arithmetic(const Options &options, Precision precision) {
    const bool is_double = precision == Precision::kDouble;
    Arithmetic a;
    a.precision = precision;
    a.sample_type = is_double ? SEPFLOW_F64 : SEPFLOW_F32;
    const bool converts = is_double || options.out_type == SEPFLOW_F16;
    a.result_type = converts ? a.sample_type : options.out_type;
    a.unfused = options.is_unfused();
    // In f64, only the plainest set is compiled without fused operations
    // (generators/variants.cmake).
    a.passes = is_double && a.unfused ? &pass_sets().back() : options.passes;
    if (!is_double && options.in_type != SEPFLOW_F16)
        a.load = a.passes->load[static_cast<int>(input_pixel(options.in_type))];
    return a;
}

Arithmetic fixed_arithmetic(const Options &options) {
    Arithmetic a = float_arithmetic(options, Precision::kSingle);
    a.sample_type = SEPFLOW_S16;
    a.result_type = SEPFLOW_U8;
    a.load = a.passes->fixed_load;
    return a;
}

ColumnPass Arithmetic::column_pass(Form form) const {
    if (is_fixed()) return passes->fixed_column;
    const Samples samples = precision == Precision::kDouble ? Samples::kF64
                            : unfused                       ? Samples::kF32FromIntegers
                                                            : Samples::kF32;
    return passes->column[static_cast<int>(form)][static_cast<int>(samples)];
}

ColumnPass Arithmetic::image_column_pass(sepflow_type from) const {
    if (from == sample_type) return column_pass(Form::kPlain);
    if (is_fixed() || precision == Precision::kDouble || from == SEPFLOW_F16) return nullptr;
    return passes->direct_column[static_cast<int>(input_pixel(from))];
}

RowPass Arithmetic::row_pass(Form form, sepflow_type to) const {
    if (is_fixed()) return passes->fixed_row;
    return passes->row[static_cast<int>(form)][static_cast<int>(output_pixel(to, unfused))];
}

DirectPass Arithmetic::direct_pass(sepflow_type to) const {
    return passes->direct[static_cast<int>(output_pixel(to, unfused))];
}

}  // namespace sepflow
