// An image row by row, for formats that are written here.
#pragma once

#include <functional>
#include <vips/vips.h>

namespace sepflow::command {

enum class First { kTop, kBottom };

// Calls `take` with the pixels of each row.
void for_each_row(VipsImage *image, First first, const std::function<void(const VipsPel *)> &take);

}  // namespace sepflow::command
