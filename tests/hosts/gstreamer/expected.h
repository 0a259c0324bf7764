// A component of a frame, filtered by sepflow_apply.
#pragma once

#include "tests/hosts/gstreamer/rig.h"
#include "tests/oracle/plan.h"

struct Filtering {
    std::string kernel;
    double sum;  // of its taps
    int32_t border = SEPFLOW_BORDER_REFLECT101;
    double border_value = 0, delta = 0;    // in units of the component, from black
    int64_t anchor_x = -1, anchor_y = -1;  // -1: the middle; both or none
    bool convolves = false;
};

// The sample that stands for nothing: 16 for video-range Y, 128 for chroma, 0 for all else.
double zero_of(const GstVideoInfo &info, unsigned component);

// Applies a plan to a component that has a sample for each pixel.
Samples applied(const GstVideoInfo &info, unsigned component, const Samples &in,
                const Filtering &filtering);

// Returns the result for a component with fewer samples: repeated to the frame's pixels, filtered
// by a brute-force sum, averaged back. Not rounded.
std::vector<double> through_pixels(const GstVideoInfo &info, unsigned component, const Samples &in,
                                   const Filtering &filtering);
// The same with alpha as each pixel's weight, averaged over the pixels that have any.
std::vector<double> weighed_through_pixels(const GstVideoInfo &info, unsigned component,
                                           const Samples &in, const Samples &alpha,
                                           const Filtering &filtering);

// Colours weighed by alpha in f64, by three calls of sepflow_apply; alpha itself at the end. Not
// rounded.
std::vector<std::vector<double>> weighed(const std::vector<Samples> &in,
                                         const Filtering &filtering);

// How far two go apart at most.
double distance(const Samples &samples, const std::vector<double> &exact);
