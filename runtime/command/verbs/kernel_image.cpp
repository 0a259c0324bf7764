#include "runtime/command/verbs/kernel_image.h"

#include <cstring>
#include <numeric>
#include <vector>

#include "runtime/command/files/image_file.h"

namespace sepflow::command {

Kernel read_kernel_image(const std::string &path) {
    const ImagePointer image = read_image(path);
    print_remarks(remarks_on(image.get(), false));
    if (image->Bands != 1) {
        throw Error(SEPFLOW_E_PARAM, "the kernel " + path + " has " + std::to_string(image->Bands) +
                                         " channels; it must be a grey image");
    }
    const auto columns = static_cast<size_t>(image->Xsize);
    const auto rows = static_cast<size_t>(image->Ysize);
    if (rows > kMaxKernelLength || columns > kMaxKernelLength) {
        throw Error(SEPFLOW_E_PARAM, "the kernel " + path + " is longer than " +
                                         std::to_string(kMaxKernelLength) + " pixels");
    }
    VipsImage *doubles = nullptr;
    if (vips_cast_double(image.get(), &doubles, nullptr)) throw vips_failure("cannot read " + path);
    const ImagePointer owner(doubles);
    size_t bytes = 0;
    const std::unique_ptr<void, void (*)(void *)> memory(
        vips_image_write_to_memory(doubles, &bytes), g_free);
    if (!memory) throw vips_failure("cannot read " + path);
    std::vector<double> taps(rows * columns);
    std::memcpy(taps.data(), memory.get(), bytes);
    // The brightness of an aperture's picture means nothing: whole numbers are weights. Floats are
    // taps.
    if (vips_band_format_isint(image->BandFmt)) {
        const double sum = std::accumulate(taps.begin(), taps.end(), 0.0);
        if (sum == 0) throw Error(SEPFLOW_E_PARAM, "the kernel " + path + " is black");
        for (double &tap : taps) tap /= sum;
    }
    return kernel_from_matrix(taps.data(), rows, columns, static_cast<std::ptrdiff_t>(columns));
}

}  // namespace sepflow::command
