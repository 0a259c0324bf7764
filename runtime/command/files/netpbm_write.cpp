#include <cstring>

#include "runtime/command/files/netpbm.h"
#include "runtime/command/files/rows.h"

namespace sepflow::command {

// libvips would change colour spaces on the way and write the time of day into the header.
void write_netpbm(VipsImage *image, const OutputFile &file) {
    const bool is_float = image->BandFmt == VIPS_FORMAT_FLOAT;
    const bool is_wide = image->BandFmt == VIPS_FORMAT_USHORT;
    const bool is_grey = image->Bands == 1;
    const std::string magic = is_float ? (is_grey ? "Pf" : "PF") : (is_grey ? "P5" : "P6");
    // PFM's -1 says little-endian.
    const std::string scale = is_float ? "-1.0" : is_wide ? "65535" : "255";
    file.write(magic + "\n" + std::to_string(image->Xsize) + " " + std::to_string(image->Ysize) +
               "\n" + scale + "\n");
    std::string line(VIPS_IMAGE_SIZEOF_LINE(image), '\0');
    for_each_row(image, is_float ? First::kBottom : First::kTop, [&](const VipsPel *row) {
        std::memcpy(line.data(), row, line.size());
        // 16-bit samples are big-endian.
        for (size_t i = 0; is_wide && i < line.size(); i += 2) std::swap(line[i], line[i + 1]);
        file.write(line);
    });
}

}  // namespace sepflow::command
