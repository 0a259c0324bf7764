#include "plugins/vips/operation.h"

#include <cstddef>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "plugins/vips/arguments.h"
#include "plugins/vips/filtered.h"
#include "runtime/base/error.h"
#include "runtime/command/files/metadata.h"

namespace sepflow::vips {

namespace {

constexpr char kName[] = "sepflow";

struct Operation {
    VipsOperation parent;
    VipsImage *in, *out, *mask;
    VipsBandFormat format;
    Arguments arguments;
};

struct OperationClass {
    VipsOperationClass parent;
};

VipsObjectClass *parent_class = nullptr;

bool is_set(VipsObject *object, const char *argument) {
    return vips_object_argument_isset(object, argument) != 0;
}

// A step of libvips that makes an image of another.
template <typename Step>
ImagePointer made(const Step &step) {
    VipsImage *image = nullptr;
    if (step(&image) != 0) throw VipsError{};
    return ImagePointer(image);
}

ImagePointer cast_to(VipsBandFormat format, ImagePointer image) {
    if (image->BandFmt == format) return image;
    // Casts of floats to integers cut the fraction off.
    if (vips_band_format_isfloat(image->BandFmt) && vips_band_format_isint(format))
        image = made([&](VipsImage **out) { return vips_rint(image.get(), out, nullptr); });
    return made([&](VipsImage **out) { return vips_cast(image.get(), out, format, nullptr); });
}

// The taps over the mask's scale, and its offset added to what is added anyway, as vips_conv()
// takes them.
void set_mask(HostedFilter &filter, VipsImage *mask) {
    const ImagePointer matrix =
        made([&](VipsImage **out) { return vips_check_matrix(kName, mask, out); });
    std::vector<double> taps(VIPS_IMAGE_N_PELS(matrix.get()));
    std::memcpy(taps.data(), VIPS_MATRIX(matrix.get(), 0, 0), taps.size() * sizeof(double));
    for (double &tap : taps) tap /= vips_image_get_scale(mask);
    filter.set_kernel(taps.data(), matrix->Ysize, matrix->Xsize);
    const double delta = g_ascii_strtod(filter.text("delta").c_str(), nullptr);
    filter.set("delta", delta + vips_image_get_offset(mask));
}

void set_up(Operation &operation, HostedFilter &filter) {
    VipsObject *object = VIPS_OBJECT(&operation);
    if (is_set(object, "kernel") == is_set(object, "mask"))
        throw Error(SEPFLOW_E_PARAM, "set kernel, such as \"gaussian 3\", or mask, a matrix image");
    give(object, filter);
    if (operation.mask != nullptr) set_mask(filter, operation.mask);
}

VipsBandFormat out_format(VipsBandFormat in, VipsBandFormat wanted, const HostedFilter &filter) {
    const bool is_complex = vips_band_format_iscomplex(in) != 0;
    if (is_complex && (filter.text("delta") != "0" || filter.text("border_value") != "0"))
        throw Error(SEPFLOW_E_PARAM, "delta and border_value are real: not for complex pixels");
    if (wanted == VIPS_FORMAT_NOTSET) return in;
    if (is_complex != (vips_band_format_iscomplex(wanted) != 0))
        throw Error(SEPFLOW_E_FORMAT, name_of(in) + " pixels cannot become " + name_of(wanted) +
                                          ": complex ones stay complex");
    return wanted;
}

bool is_pass_through(const NodePlan &plan, const VipsImage *in) {
    const sepflow_rect out = plan.output_domain({0, 0, in->Xsize, in->Ysize});
    return (plan.info().flags & SEPFLOW_PLAN_IDENTITY) != 0 && out.w == in->Xsize &&
           out.h == in->Ysize;
}

// Returns the axes to repeat. None is repeated next to one that truncates, where pixels near an
// edge of the picture are rescaled, be it by 1, and rounded again.
Wraps wraps_of(const HostedFilter &filter) {
    const std::string x = filter.text("border_x"), y = filter.text("border_y");
    return {x == "wrap" && y != "truncate", y == "wrap" && x != "truncate"};
}

ImagePointer result(Operation &operation) {
    HostedFilter filter;
    set_up(operation, filter);
    ImagePointer image =
        made([&](VipsImage **out) { return vips_image_decode(operation.in, out); });
    const VipsBandFormat format = out_format(image->BandFmt, operation.format, filter),
                         working_in = working_format(image->BandFmt),
                         working_out = working_format(format);
    const auto plan =
        filter.plan(type_of(working_in), type_of(working_out), channels_of(image.get()));
    if (!is_pass_through(*plan, image.get())) {
        image = cast_to(working_in, std::move(image));
        image = filtered(std::move(image), plan, working_out, wraps_of(filter));
    }
    return cast_to(format, std::move(image));
}

int build(VipsObject *object) {
    if (parent_class->build(object) != 0) return -1;
    auto &operation = *reinterpret_cast<Operation *>(object);
    try {
        const ImagePointer image = result(operation);
        g_object_set(object, "out", vips_image_new(), nullptr);
        if (vips_image_write(image.get(), operation.out) != 0) return -1;
        command::refresh_metadata(operation.out, operation.in);
        return 0;
    } catch (const VipsError &) {
        return -1;
    } catch (const std::exception &e) {
        vips_error(kName, "%s", e.what());
        return -1;
    }
}

// As the kernel's text is read: in either case, behind any spaces.
bool names_file(const std::string &kernel) {
    const size_t first = kernel.find_first_not_of(" \t\n\r_");
    return first != std::string::npos &&
           g_ascii_strncasecmp(kernel.c_str() + first, "file", 4) == 0;
}

// Rows are read from top to bottom, unless the first one needs the last. What a file held is not
// kept: it may hold something else by now, which the arguments do not tell.
VipsOperationFlags get_flags(VipsOperation *operation) {
    HostedFilter filter;
    try {
        give(VIPS_OBJECT(operation), filter);
    } catch (const std::exception &) {
        return VIPS_OPERATION_NONE;  // which build will tell
    }
    const int order =
        filter.text("border_y") == "wrap" ? VIPS_OPERATION_NONE : VIPS_OPERATION_SEQUENTIAL;
    const int kept = names_file(filter.text("kernel")) ? VIPS_OPERATION_NOCACHE : 0;
    return static_cast<VipsOperationFlags>(order | kept);
}

void init_class(gpointer klass, gpointer) {
    parent_class = static_cast<VipsObjectClass *>(g_type_class_peek_parent(klass));
    auto *gobject_class = static_cast<GObjectClass *>(klass);
    gobject_class->set_property = vips_object_set_property;
    gobject_class->get_property = vips_object_get_property;

    auto *object_class = static_cast<VipsObjectClass *>(klass);
    object_class->nickname = kName;
    object_class->description = HostedFilter::desc().summary;
    object_class->build = build;
    static_cast<VipsOperationClass *>(klass)->get_flags = get_flags;

    VIPS_ARG_IMAGE(klass, "in", 1, "Input", "Input image", VIPS_ARGUMENT_REQUIRED_INPUT,
                   offsetof(Operation, in));
    VIPS_ARG_IMAGE(klass, "out", 2, "Output", "Output image", VIPS_ARGUMENT_REQUIRED_OUTPUT,
                   offsetof(Operation, out));
    VIPS_ARG_IMAGE(klass, "mask", 3, "Mask", "The kernel as a matrix image, in place of its text",
                   VIPS_ARGUMENT_OPTIONAL_INPUT, offsetof(Operation, mask));
    VIPS_ARG_ENUM(klass, "format", 4, "Format", "Band format of the output; that of the input",
                  VIPS_ARGUMENT_OPTIONAL_INPUT, offsetof(Operation, format), VIPS_TYPE_BAND_FORMAT,
                  VIPS_FORMAT_NOTSET);
    install_arguments(object_class, offsetof(Operation, arguments));
}

void init(GTypeInstance *instance, gpointer) {
    reinterpret_cast<Operation *>(instance)->format = VIPS_FORMAT_NOTSET;
}

}  // namespace

void register_operation() {
    GTypeInfo info = {};
    info.class_size = sizeof(OperationClass);
    info.class_init = init_class;
    info.instance_size = sizeof(Operation);
    info.instance_init = init;
    g_type_register_static(VIPS_TYPE_OPERATION, "SepflowVipsSeparable", &info,
                           static_cast<GTypeFlags>(0));
}

}  // namespace sepflow::vips
