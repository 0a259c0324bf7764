// JPEG, PNG and WebP files around pixels that others encode: with the metadata that we have, and no others. libvips would
// write Exif data that nobody asked for, a resolution that is not known, no JFIF header, and some things twice (8.14).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/command/metadata.h"

namespace sepflow::command {

// Takes an encoder's bytes as they come and passes them on with its metadata replaced by ours.
class Container {
  public:
    using Sink = std::function<void(std::string_view)>;
    virtual ~Container() = default;
    virtual void write(std::string_view bytes) = 0;
    virtual void end() {}
};

std::unique_ptr<Container> jpeg_container(const Metadata &metadata, Container::Sink sink);
std::unique_ptr<Container> png_container(const Metadata &metadata, Container::Sink sink);

// Returns the file of one picture: `encoded` is a file of libwebp's encoder.
std::string webp_file(std::string_view encoded, const Metadata &metadata, int width, int height,
                      bool has_alpha);

// What fits into a JPEG file, whose segments hold 64 KiB.
Metadata fitted_to_jpeg(const Metadata &metadata);

}  // namespace sepflow::command
