// Pixels in memory, in every layout that an image may have.
#pragma once

#include <vector>

#include <sepflow/sepflow.h>

#include "tests/oracle/reference.h"

namespace oracle {

enum class Layout { kInterleaved, kPlanar, kPadded, kBottomUp, kMirrored, kSparse };
inline constexpr Layout kLayouts[] = {Layout::kInterleaved, Layout::kPlanar,   Layout::kPadded,
                                      Layout::kBottomUp,    Layout::kMirrored, Layout::kSparse};

// Pixels in memory of some layout, between canaries.
class Pixels {
  public:
    Pixels(sepflow_type type, int64_t w, int64_t h, int channels, Layout layout);
    const sepflow_image &image() const { return image_; }
    sepflow_image &image() { return image_; }
    void write(const Image &from);
    Image read() const;
    bool canaries_intact() const;  // every byte that is no pixel
    const std::vector<unsigned char> &bytes() const { return bytes_; }

  private:
    std::vector<unsigned char> bytes_;
    std::vector<bool> is_pixel_;
    sepflow_image image_;
};

}  // namespace oracle
