#include "runtime/command/files/rows.h"

#include "runtime/command/files/image_file.h"

namespace sepflow::command {

void for_each_row(VipsImage *image, First first, const std::function<void(const VipsPel *)> &take) {
    const std::unique_ptr<VipsRegion, Unref> region(vips_region_new(image));
    for (int i = 0; i < image->Ysize; ++i) {
        const int y = first == First::kTop ? i : image->Ysize - 1 - i;
        const VipsRect row = {0, y, image->Xsize, 1};
        if (vips_region_prepare(region.get(), &row)) throw vips_failure("the image has no row");
        take(VIPS_REGION_ADDR(region.get(), 0, y));
    }
}

}  // namespace sepflow::command
