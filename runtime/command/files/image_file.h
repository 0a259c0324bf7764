// Image files through libvips, and CSV for small numeric cases.
#pragma once

#include <memory>
#include <string>
#include <vector>
#include <vips/vips.h>

#include <sepflow/node.h>

#include "runtime/base/error.h"
#include "runtime/command/files/output_file.h"

namespace sepflow::command {

struct Unref {
    void operator()(void *object) const { g_object_unref(object); }
};
using ImagePointer = std::unique_ptr<VipsImage, Unref>;

// Once, before anything else here.
void start_vips(const char *program);

// Opens an image for random access, its pixels as stored, in a type that Sepflow filters. Of
// several pages it opens the first. Throws Error with one sentence, also for a file that ends too
// early.
ImagePointer read_image(const std::string &path);

// Returns remarks from reading the file, as sentences with semicolons between. With a mask, the
// file's NoData value needs no remark.
std::string remarks_on(VipsImage *image, bool has_mask);

// Writes remarks, if any, as one line on stderr.
void print_remarks(std::string remarks);

// Where it was read from. The name that libvips has for it may be of a copy in memory.
const char *path_of(VipsImage *image);

// Throws if `image` is the first page of several and was read from the file that is to be written.
void check_keeps_pages(VipsImage *image, const std::string &out);

// The samples that were read from `path`, interleaved, copied.
ImagePointer image_of(const void *samples, VipsBandFormat format, int64_t width, int64_t height,
                      int channels, const std::string &path);

// Returns full brightness of a type, 0 for s16, which has none.
double white_of(sepflow_type type);

// Returns full brightness of a file that was read, 0 if it has none.
double white_of_file(VipsImage *image);

// Scale and offset from input to result, so that advice gives the same picture.
struct Scaling {
    sepflow_type in_type = SEPFLOW_TYPE_NONE;
    double white = 0;  // of the input; 0: it has none, or there are no options for it
    double scale = 1, delta = 0;
};

// Throws unless the format that path's suffix names holds such pixels. The sentence says how to
// write them.
void check_writable(const std::string &path, sepflow_type type, int channels,
                    const Scaling &scaling = {});

bool is_writable(const std::string &path, sepflow_type type);

// Returns a sentence if a file of that name would show a channel of unknown meaning as alpha.
std::string mistaken_alpha(VipsImage *image, const std::string &path);

// Pulls all of `image` and writes it in the format that file's suffix names. Returns the metadata
// that the file leaves out, in words.
std::vector<std::string> write_image(VipsImage *image, const OutputFile &file);

// Returns libvips's error in one line, after `what`, and clears it.
Error vips_failure(const std::string &what);

}  // namespace sepflow::command
