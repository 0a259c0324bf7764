// An output of a graph as a libvips image: libvips asks for strips, the graph computes them in tall
// bands, so images larger than memory stream from file to file.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include <sepflow/host.h>

#include "runtime/command/files/image_file.h"
#include "runtime/command/files/output_file.h"
#include "runtime/command/verbs/progress.h"

namespace sepflow::command {

// Largest value of --threads. More would only cost memory.
inline constexpr int kMostThreads = 1024;

// Feeds an input of the graph from an image, which must outlive the graph's use.
void bind_input(sepflow_graph *graph, const std::string &input, VipsImage *image);

class Rendering {
  public:
    // The graph must be prepared and outlive this. Metadata (colour profile, resolution, Exif) come
    // from `like`. threads 0: one per CPU.
    Rendering(const sepflow_graph *graph, const std::string &output, VipsImage *like,
              int32_t threads, bool show_progress);
    Rendering(const Rendering &) = delete;
    Rendering &operator=(const Rendering &) = delete;

    sepflow_type type() const { return output_.type; }
    int32_t channels() const { return output_.channels; }
    int64_t width() const { return output_.domain.w; }
    int64_t height() const { return output_.domain.h; }
    VipsImage *image() const { return image_.get(); }

    // Writes the image. Returns what the file loses of the input, as sentences with semicolons
    // between. Throws what stopped the graph, if that was it.
    std::string write(const OutputFile &file);
    // Writes an image made of this one. Returns the metadata that the file leaves out, in words.
    std::vector<std::string> write(VipsImage *image, const OutputFile &file);
    // Time spent in the graph, reading of inputs included.
    double seconds() const { return seconds_; }

  private:
    static int generate(VipsRegion *region, void *sequence, void *a, void *b, gboolean *stop);
    void fill(VipsRegion *region);
    void compute_band(int64_t first_row);

    const sepflow_graph *graph_;
    std::string name_;
    int32_t threads_;
    sepflow_image output_ = {};  // as the graph describes it
    std::vector<uint8_t> band_;
    int64_t band_rows_ = 0;
    int64_t band_first_ = -1;  // the row of the image that band_ begins with, -1: none
    Progress progress_;
    double seconds_ = 0;
    std::exception_ptr failure_;
    std::vector<std::string> gone_;  // metadata that the image no longer has
    ImagePointer image_;
};

}  // namespace sepflow::command
