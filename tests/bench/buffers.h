// The images of a workload, in memory that another process can map.
#pragma once

#include <sepflow/sepflow.h>

#include "tests/bench/workload.h"

namespace bench {

class Buffer {
  public:
    explicit Buffer(size_t bytes);
    ~Buffer();
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;
    void *data() const { return data_; }
    std::string path() const;  // for another process

  private:
    int file_;
    size_t bytes_;
    void *data_;
};

struct Buffers {
    explicit Buffers(
        const Workload &workload);  // `in` is noise over the type's range, [0, 1] for floats
    sepflow_image image(const Buffer &buffer) const;

    Workload workload;
    Buffer in, ours, theirs;
};

// The largest difference between the samples of two images.
double largest_difference(const PixelType &type, const Buffer &a, const Buffer &b, int64_t samples);

}  // namespace bench
