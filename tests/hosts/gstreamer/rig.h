// The element in a GstHarness, frames of noise for it, and single components of frames.
#pragma once

#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <memory>
#include <string>
#include <vector>

// GStreamer without its plugins and its cache, except ours from the build tree, which is loaded
// here.
struct Loading {
    int threads_before, threads_after;
    unsigned fpu_before, fpu_after;
};
const Loading &load_plugin();

struct Samples {
    int64_t w = 0, h = 0;
    std::vector<uint16_t> values;  // as they are stored, 8 bits or 16
    uint16_t at(int64_t x, int64_t y) const { return values[static_cast<size_t>(y * w + x)]; }
    bool operator==(const Samples &other) const {
        return w == other.w && h == other.h && values == other.values;
    }
};

class Frame {
  public:
    explicit Frame(GstBuffer *owned = nullptr) : buffer_(owned, gst_buffer_unref) {}

    // Rows and planes lie `padding` bytes apart. What is no sample holds a canary, another one in
    // noise.
    static Frame noise(const GstVideoInfo &info, unsigned seed = 7, int padding = 0);
    static Frame blank(const GstVideoInfo &info, int padding = 0);

    GstBuffer *buffer() const { return buffer_.get(); }
    GstBuffer *new_reference() const { return gst_buffer_ref(buffer_.get()); }
    std::vector<uint8_t> bytes() const;
    void set(const GstVideoInfo &info, unsigned component, const std::vector<uint16_t> &values);
    void set_alpha(const GstVideoInfo &info, uint16_t value);

    // R, G, B or Y, U, V, then A.
    Samples component(const GstVideoInfo &info, unsigned index) const;
    std::vector<Samples> components(const GstVideoInfo &info) const;
    // Whether what is no sample is zero.
    bool has_clear_gaps(const GstVideoInfo &info) const;

  private:
    std::shared_ptr<GstBuffer> buffer_;
};

class Rig {
  public:
    explicit Rig(const std::string &kernel = "gaussian 3");
    Rig(const Rig &) = delete;
    Rig &operator=(const Rig &) = delete;
    ~Rig();

    GstElement *element() const { return harness_->element; }
    GstHarness *harness() const { return harness_; }
    void set(const char *property, const std::string &value);  // as gst-launch-1.0 does
    std::string kernel() const;

    // Frames that come. Further caps fields may follow the format.
    const GstVideoInfo &format(const std::string &format, int w, int h);
    const GstVideoInfo &info() const { return info_; }
    Frame filtered(const Frame &in);

    // Returns the text of the next message of a kind that the element has posted; empty: there is
    // none.
    std::string message(GstMessageType type);

  private:
    GstHarness *harness_;
    GstBus *bus_;
    GstVideoInfo info_;
};

// All that the element's pads take.
std::vector<std::string> all_formats();
