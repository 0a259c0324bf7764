// Image files through libvips, and CSV for small numeric cases.
#pragma once

#include <memory>
#include <string>
#include <vips/vips.h>

#include <sepflow/node.h>

#include "runtime/command/output_file.h"
#include "runtime/error.h"

namespace sepflow::command {

struct Unref {
    void operator()(void *object) const { g_object_unref(object); }
};
using ImagePointer = std::unique_ptr<VipsImage, Unref>;

// Once, before anything else here.
void start_vips(const char *program);

// An image with random access, its pixels as stored, in a type that Sepflow filters. Throws Error
// with one sentence; so does a file that ends too early. Of several pages it is the first, which is told on stderr.
ImagePointer read_image(const std::string &path);

// Where it was read from. The name that libvips has for it may be of a copy in memory.
const char *path_of(VipsImage *image);

// Throws if `image` is the first page of several and was read from the file that is to be written.
void check_keeps_pages(VipsImage *image, const std::string &out);

// The samples that were read from `path`, interleaved, copied.
ImagePointer image_of(const void *samples, VipsBandFormat format, int64_t width, int64_t height,
                      int channels, const std::string &path);

// Throws unless the format that path's suffix names holds such pixels.
void check_writable(const std::string &path, sepflow_type type, int channels);

// Pulls all of `image` and writes it in the format that file's suffix names.
void write_image(VipsImage *image, const OutputFile &file);

// What libvips complained of, in one line, after `what`; forgets the complaint.
Error vips_failure(const std::string &what);

}  // namespace sepflow::command
