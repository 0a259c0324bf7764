// JPEG, PNG and WebP files around encoded pixels, with our metadata and no other. libvips 8.14
// would add Exif data and a resolution that the input lacks, omit the JFIF header, and write eXIf
// twice.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/command/metadata.h"

namespace sepflow::command {

// Takes an encoder's bytes as they come and passes them through with its metadata replaced by ours.
class Container {
  public:
    using Sink = std::function<void(std::string_view)>;
    virtual ~Container() = default;
    virtual void write(std::string_view bytes) = 0;
    virtual void end() {}
};

std::unique_ptr<Container> jpeg_container(const Metadata &metadata, Container::Sink sink);
std::unique_ptr<Container> png_container(const Metadata &metadata, Container::Sink sink);

// Returns a file with the picture of `encoded`, the output of libwebp's encoder.
std::string webp_file(std::string_view encoded, const Metadata &metadata, int width, int height,
                      bool has_alpha);

// Returns the metadata that fit into segments of 64 KiB.
Metadata fitted_to_jpeg(const Metadata &metadata);

}  // namespace sepflow::command
