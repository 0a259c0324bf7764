// Image files through libvips, as inputs and outputs of a graph.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vips/vips.h>

#include <sepflow/host.h>

#include "runtime/command/plan_options.h"

namespace sepflow {

struct Unref {
    void operator()(void *object) const { g_object_unref(object); }
};
using VipsImagePointer = std::unique_ptr<VipsImage, Unref>;

// A file that is open for reading. Small images are decoded into memory, large ones read tile by tile.
class InputImage {
  public:
    explicit InputImage(const std::string &path);  // throws Failure

    sepflow_type type() const { return type_; }
    int32_t channels() const { return image_->Bands; }
    int64_t width() const { return image_->Xsize; }
    int64_t height() const { return image_->Ysize; }
    VipsImage *vips() const { return image_.get(); }

    void bind(sepflow_graph *graph, const std::string &input) const;

  private:
    std::string path_;
    VipsImagePointer image_;
    sepflow_type type_;
    bool in_memory_;
};

// Computes output pixels: fills out->bounds; throws.
using ComputeRegion = std::function<void(const sepflow_image &out)>;

// Throws Failure if a file of that name cannot hold such pixels, before anything is computed.
void check_output_format(const std::string &path, sepflow_type type, int32_t channels);

// Writes an image of `described`'s type and domain, band by band as the file needs them. The file appears whole
// under its name, or not at all. Metadata come from `like`.
void write_image(const std::string &path, const sepflow_image &described,
                 const ComputeRegion &compute, VipsImage *like);

// Two images of equal height beside each other.
void write_side_by_side(const std::string &path, const std::string &left, const std::string &right);

// A grey image as a kernel whose taps sum to one.
Matrix read_grey_matrix(const std::string &path);

}  // namespace sepflow
