#include "plugins/separable/filter_params.h"

#include "plugins/kit/descriptors.h"
#include "runtime/base/error.h"

namespace sepflow {

std::vector<sepflow_port_desc> filter_inputs() {
    return {input_port("in", all_types()),
            input_port("mask", all_types(), SEPFLOW_PORT_OPTIONAL | SEPFLOW_PORT_OWN_FORMAT)};
}

std::vector<sepflow_param_desc> filter_params() {
    // In the order of the constants in sepflow.h.
    static const std::vector<const char *> borders = {"reflect101", "reflect",  "replicate",
                                                      "wrap",       "constant", "truncate"};
    static const std::vector<const char *> schedules = {"auto", "plain", "transposed"};
    static const std::vector<const char *> methods = {"auto", "separable", "direct", "fft"};
    static const std::vector<const char *> policies = {"propagate", "ignore", "fill"};
    sepflow_param_desc missing_value = number_param(
        {"missing_value", "Missing value",
         "Value for missing pixels, and for results without any valid pixel; may be NaN for floats",
         nullptr},
        0, 0, 0);
    missing_value.flags |= SEPFLOW_PARAM_NAN;
    return {
        choice_param(
            {"border_x", "Border, horizontal", "Pixels left and right of the image", nullptr},
            "reflect101", borders),
        choice_param({"border_y", "Border, vertical", "Pixels above and below the image", nullptr},
                     "reflect101", borders),
        number_param({"border_value", "Border value", "Pixel value of border 'constant'", nullptr},
                     0, 0, 0),
        integer_param(
            {"convolve", "Convolve", "1: flip the kernel (convolution); 0: correlation", nullptr},
            0, 0, 1),
        integer_param({"anchor_x", "Anchor, horizontal",
                       "Kernel column on the output pixel; -1: the middle", "pixels"},
                      -1, -1, static_cast<int64_t>(kMaxKernelLength) - 1),
        integer_param({"anchor_y", "Anchor, vertical",
                       "Kernel row on the output pixel; -1: the middle", "pixels"},
                      -1, -1, static_cast<int64_t>(kMaxKernelLength) - 1),
        number_param({"tolerance", "Tolerance",
                      "Largest error, as a part of the output's full scale; 0: half a unit between "
                      "integers, otherwise the precision of the arithmetic",
                      nullptr},
                     0, 0, 1),
        advanced(integer_param(
            {"rank", "Rank", "Pairs of 1-D passes; 0: as many as the tolerance needs", nullptr}, 0,
            0, static_cast<int64_t>(kMaxKernelLength))),
        number_param({"scale", "Scale", "Multiplies the kernel", nullptr}, 1, 0, 0),
        number_param({"delta", "Delta", "Added to every result", nullptr}, 0, 0, 0),
        advanced(text_param(
            {"variant", "Variant", "Instruction set to run on; empty: the best", nullptr}, "")),
        advanced(choice_param(
            {"schedule", "Schedule",
             "Form of the passes; results differ by no more than their bounds", nullptr},
            "auto", schedules)),
        advanced(choice_param(
            {"method", "Method",
             "Method of taking the 2-D sum; auto: the cheapest that keeps the tolerance", nullptr},
            "auto", methods)),
        choice_param({"missing", "Missing pixels",
                      "NaN, and pixels whose mask is 0: propagate NaN, ignore them and rescale "
                      "what is left, or fill them",
                      nullptr},
                     "propagate", policies),
        missing_value,
        integer_param(
            {"keep_missing", "Keep missing",
             "1: set results to the missing value where their own pixel is missing", nullptr},
            0, 0, 1),
        advanced(integer_param(
            {"strict", "Strict",
             "1: make the bytes of float images the same on every instruction set", nullptr},
            0, 0, 1)),
    };
}

Plan plan_from_parameters(const Kernel &kernel, const Parameters &parameters,
                          const PlanFormat &format, int32_t extent) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = format.in_type;
    options.out_type = format.out_type;
    options.channels = format.channels;
    options.border_x = parameters.choice("border_x");
    options.border_y = parameters.choice("border_y");
    options.border_value = parameters.number("border_value");
    options.extent = extent;
    options.flags = parameters.integer("convolve") != 0 ? SEPFLOW_OPTION_CONVOLVE : 0;
    options.tolerance = parameters.number("tolerance");
    options.rank = static_cast<int32_t>(parameters.integer("rank"));
    options.scale = parameters.number("scale");
    if (options.scale == 0) throw Error(SEPFLOW_E_PARAM, "scale must not be 0");
    options.delta = parameters.number("delta");
    options.schedule = parameters.choice("schedule");
    options.method = parameters.choice("method");
    options.missing = parameters.choice("missing");
    options.missing_value = parameters.number("missing_value");
    if (parameters.integer("keep_missing") != 0) options.flags |= SEPFLOW_OPTION_KEEP_MISSING;
    if (parameters.integer("strict") != 0) options.flags |= SEPFLOW_OPTION_STRICT;
    options.variant = parameters.text("variant").c_str();

    const int64_t anchor_x = parameters.integer("anchor_x"),
                  anchor_y = parameters.integer("anchor_y");
    if (anchor_x >= 0 || anchor_y >= 0) {
        options.flags |= SEPFLOW_OPTION_ANCHOR;
        options.anchor_x = anchor_x >= 0 ? anchor_x : static_cast<int64_t>(kernel.columns / 2);
        options.anchor_y = anchor_y >= 0 ? anchor_y : static_cast<int64_t>(kernel.rows / 2);
    }
    return make_plan(kernel, check_options(&options));
}

}  // namespace sepflow
