// The systems that Sepflow is compared with, each with the same work.
#pragma once

#include <memory>

#include "tests/bench/buffers.h"
#include "tests/bench/turns.h"

namespace bench {

// Ours, into `to`.
Contender sepflow_contender(const std::string &name, const Buffers &buffers, const Buffer &to);

// OpenCV's sepFilter2D; GaussianBlur for symmetric taps; filter2D up to 101 taps, the 2-D sum. None
// for f16.
std::vector<Contender> opencv_contenders(const Buffers &buffers);

// libvips' convsep, for taps that are the same along both axes.
std::vector<Contender> vips_contenders(const Buffers &buffers);

// SciPy's ndimage.correlate1d twice, in a Python process that maps the same buffers. One thread,
// one channel.
std::vector<Contender> scipy_contenders(const Buffers &buffers);

}  // namespace bench
