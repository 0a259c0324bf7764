#include "tests/hosts/vips/picture.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <doctest/doctest.h>
#include <gmodule.h>
#include <limits>
#include <random>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "tests/oracle/plan.h"

namespace vips_test {

namespace {

int thread_count() {
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    while (const dirent *entry = readdir(tasks)) count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

Loading load() {
    setenv("VIPSHOME", "/nonexistent", 1);
    REQUIRE(VIPS_INIT("sepflow_vips_tests") == 0);
    vips_cache_set_max(0);
    Loading loading = {};
    loading.before = surroundings();
    GModule *module = g_module_open(SEPFLOW_VIPS, G_MODULE_BIND_LAZY);
    loading.after = surroundings();
    REQUIRE_MESSAGE(module != nullptr, g_module_error());
    return loading;
}

// Pixels as the filter works on them: of the type T, `values` of them.
template <typename To, typename From>
Bytes converted(const Bytes &pixels) {
    const size_t count = pixels.size() / sizeof(From);
    Bytes result(count * sizeof(To));
    for (size_t i = 0; i < count; ++i) {
        From from;
        std::memcpy(&from, &pixels[i * sizeof from], sizeof from);
        double value = static_cast<double>(from);
        if (std::is_integral<To>::value)
            value = std::clamp(std::nearbyint(value),
                               static_cast<double>(std::numeric_limits<To>::min()),
                               static_cast<double>(std::numeric_limits<To>::max()));
        const To to = static_cast<To>(value);
        std::memcpy(&result[i * sizeof to], &to, sizeof to);
    }
    return result;
}

sepflow_type working_type(VipsBandFormat format) {
    switch (format) {
        case VIPS_FORMAT_UCHAR:
            return SEPFLOW_U8;
        case VIPS_FORMAT_USHORT:
            return SEPFLOW_U16;
        case VIPS_FORMAT_CHAR:
        case VIPS_FORMAT_SHORT:
            return SEPFLOW_S16;
        case VIPS_FORMAT_FLOAT:
        case VIPS_FORMAT_COMPLEX:
            return SEPFLOW_F32;
        default:
            return SEPFLOW_F64;
    }
}

Bytes widened(VipsBandFormat format, const Bytes &pixels) {
    if (format == VIPS_FORMAT_CHAR) return converted<int16_t, int8_t>(pixels);
    if (format == VIPS_FORMAT_UINT) return converted<double, uint32_t>(pixels);
    if (format == VIPS_FORMAT_INT) return converted<double, int32_t>(pixels);
    return pixels;
}

Bytes narrowed(VipsBandFormat format, const Bytes &pixels) {
    if (format == VIPS_FORMAT_CHAR) return converted<int8_t, int16_t>(pixels);
    if (format == VIPS_FORMAT_UINT) return converted<uint32_t, double>(pixels);
    if (format == VIPS_FORMAT_INT) return converted<int32_t, double>(pixels);
    return pixels;
}

}  // namespace

bool Surroundings::operator==(const Surroundings &other) const {
    return threads == other.threads && sse == other.sse && x87 == other.x87;
}

Surroundings surroundings() {
    Surroundings now = {thread_count(), 0, 0};
#if defined(__x86_64__)
    now.sse = _mm_getcsr() & 0xffc0;  // all but the sticky flags
    uint16_t x87 = 0;
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    now.x87 = x87;
#endif
    return now;
}

const Loading &start() {
    static const Loading loading = load();
    return loading;
}

std::string name_of(VipsBandFormat format) {
    return vips_enum_nick(VIPS_TYPE_BAND_FORMAT, format);
}

Image noise(VipsBandFormat format, int width, int height, int bands) {
    start();
    std::mt19937 random(static_cast<uint32_t>(7 * format + bands));
    const size_t pixels = static_cast<size_t>(width) * static_cast<size_t>(height * bands);
    Bytes memory(pixels * vips_format_sizeof(format));
    for (size_t i = 0; i + 4 <= memory.size(); i += 4) {
        const uint32_t bits = random();
        std::memcpy(&memory[i], &bits, 4);
    }
    if (!vips_band_format_isint(format)) {
        const bool is_single = format == VIPS_FORMAT_FLOAT || format == VIPS_FORMAT_COMPLEX;
        const Bytes numbers(
            memory.begin(),
            memory.begin() + static_cast<std::ptrdiff_t>(memory.size() / (is_single ? 1 : 2)));
        memory =
            is_single ? converted<float, int32_t>(numbers) : converted<double, int32_t>(numbers);
    }
    return Image(vips_image_new_from_memory_copy(memory.data(), memory.size(), width, height, bands,
                                                 format));
}

Image loaded(const std::string &file) {
    start();
    Image image(vips_image_new_from_file(file.c_str(), nullptr));
    REQUIRE_MESSAGE(image != nullptr, error_text());
    return image;
}

Bytes bytes_of(VipsImage *image) {
    size_t size = 0;
    void *memory = vips_image_write_to_memory(image, &size);
    REQUIRE_MESSAGE(memory != nullptr, error_text());
    const Bytes bytes(static_cast<char *>(memory), static_cast<char *>(memory) + size);
    g_free(memory);
    return bytes;
}

Filter filter(const std::string &kernel, int border) {
    Filter made;
    made.kernel = kernel;
    made.options.struct_size = sizeof made.options;
    made.options.border_x = made.options.border_y = border;
    return made;
}

Image filtered(VipsImage *in, const Filter &filter) {
    start();
    const sepflow_options &o = filter.options;
    const bool has_anchor = (o.flags & SEPFLOW_OPTION_ANCHOR) != 0;
    VipsImage *out = nullptr;
    const int status = vips_call(
        "sepflow", in, &out, "kernel", filter.kernel.c_str(), "format", filter.format, "extent",
        o.extent, "border_x", o.border_x, "border_y", o.border_y, "border_value", o.border_value,
        "convolve", (o.flags & SEPFLOW_OPTION_CONVOLVE) != 0, "anchor_x",
        has_anchor ? static_cast<int>(o.anchor_x) : -1, "anchor_y",
        has_anchor ? static_cast<int>(o.anchor_y) : -1, "tolerance", o.tolerance, "scale",
        o.scale == 0 ? 1 : o.scale, "delta", o.delta, "method", o.method, nullptr);
    return Image(status == 0 ? out : nullptr);
}

Bytes applied(VipsImage *in, const Filter &filter) {
    const VipsBandFormat format = filter.format == VIPS_FORMAT_NOTSET ? in->BandFmt : filter.format;
    sepflow_options options = filter.options;
    options.in_type = working_type(in->BandFmt);
    options.out_type = working_type(format);
    options.channels = in->Bands * (vips_band_format_iscomplex(in->BandFmt) ? 2 : 1);
    const oracle::PlanPointer plan = oracle::plan_from(filter.kernel, options);

    Bytes pixels = widened(in->BandFmt, bytes_of(in));
    const sepflow_image from =
        sepflow_image_dense(pixels.data(), options.in_type, in->Xsize, in->Ysize, options.channels);
    sepflow_rect domain = {};
    REQUIRE(sepflow_plan_output_domain(plan.get(), &from.bounds, &domain) == SEPFLOW_OK);
    sepflow_image to =
        sepflow_image_dense(nullptr, options.out_type, domain.w, domain.h, options.channels);
    to.bounds = domain;
    Bytes result(static_cast<size_t>(to.stride_y * domain.h));
    to.data = result.data();
    oracle::apply(plan, from, to);
    return narrowed(format, result);
}

std::string error_text() {
    const std::string text = vips_error_buffer();
    vips_error_clear();
    return text;
}

}  // namespace vips_test
