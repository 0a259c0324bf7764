// Whole inputs of a node, and calls of process on them that look at every byte around.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "runtime/check/picture.h"
#include "runtime/check/subject.h"

namespace sepflow::check {

constexpr uint32_t kNoPort = UINT32_MAX;

// A struct of a later version, with more fields than anyone here knows.
template <typename Struct>
struct Later {
    Struct known;
    unsigned char fields[64];

    Later(const Struct &first, unsigned char content) : known(first) {
        known.struct_size = sizeof *this;
        std::memset(fields, content, sizeof fields);
    }
};

// One call. Inputs hold what input_region says and no more, the output what is asked for.
struct How {
    Picture::Place place;
    int32_t threads = 1;
    CheckingHost *host = nullptr;   // that the call names
    bool has_whole_bounds = false;  // images hold all of their domain
    bool has_no_domain = false;     // which is the bounds then: of whole bounds only
    bool has_later_call = false;    // the call's struct is of a later version
    uint32_t image_size = 0;        // of the call's images; 0: as a host lays them out
    bool is_in_place = false;
    bool leaves_out_last = false;  // the last input, which is optional
    // An optional port that is connected, and the format of what is.
    uint32_t optional_port = kNoPort;
    sepflow_type optional_type = SEPFLOW_TYPE_NONE;
    int32_t optional_channels = 1;
    uint64_t scratch_bytes = 0;  // 0: none is given
    uint32_t call_flags = 0, input_flags = 0, output_flags = 0;
    // Changes the call, when all else is as it should be; it may write to the images' structs and
    // pixels.
    std::function<void(sepflow_process &)> change;
};

// An image of a call, for How::change.
inline sepflow_image &image_of(const sepflow_image *first, uint32_t index) {
    auto *bytes = reinterpret_cast<char *>(const_cast<sepflow_image *>(first));
    return *reinterpret_cast<sepflow_image *>(bytes + size_t{index} * first->struct_size);
}

class Scene {
  public:
    Scene(const Subject &subject, const Plan &plan, const Format &format,
          const sepflow_rect &domain, uint32_t seed = 1);

    // The pixels of `region` of each output that must be there, row by row, channel by channel.
    // Throws Failed if the call fails, or if anything but the region is written.
    Bytes compute(const sepflow_rect &region, const How &how = How()) const;
    // The same, but the call may fail; nothing else is written then either.
    Reply try_compute(const sepflow_rect &region, const How &how, Bytes *result) const;

    const sepflow_rect &domain() const { return domain_; }
    const sepflow_rect &out_domain() const { return out_domain_; }
    const Format &format() const { return format_; }
    Bytes &input(size_t port) { return inputs_[port]; }
    void set(int64_t x, int64_t y, int32_t channel, double value);  // of input 0

    // Where two results differ, as a sentence's end: "at (3, 4), channel 1: 12 instead of 13"; ""
    // if nowhere, or if the node does not promise that the same call gives the same pixels.
    std::string difference(const Bytes &got, const Bytes &wanted, const sepflow_rect &region) const;
    // The same, of results that may be rounded in another order: only what is beyond the plan's
    // bound counts.
    std::string far_difference(const Bytes &got, const Bytes &wanted,
                               const sepflow_rect &region) const;
    // The part of a result for `of` that is one for `part`.
    Bytes crop(const Bytes &whole, const sepflow_rect &of, const sepflow_rect &part) const;

  private:
    bool is_wanted(uint32_t port, const How &how) const;
    std::vector<Picture> input_pictures(const sepflow_rect &region, const How &how) const;
    std::vector<Picture> output_pictures(const sepflow_rect &region, const How &how) const;
    struct Images;
    Images images_of(const sepflow_rect &region, const How &how) const;
    Bytes written(Images &images, const std::vector<Bytes> &ins_before, const sepflow_rect &region,
                  const How &how) const;
    std::string first_difference(const Bytes &got, const Bytes &wanted, const sepflow_rect &region,
                                 double allowed) const;
    std::string named(const sepflow_rect &region, const How &how) const;

    const Subject *subject_;
    Plan plan_;
    Format format_;
    sepflow_rect domain_, out_domain_;
    std::vector<Format> input_formats_;  // of the ports that are not optional
    std::vector<Bytes> inputs_;
};

// A node with its defaults, a plan for inputs of that domain in any format, and a scene for it.
struct Prepared {
    Format format;
    Node node;
    Plan plan;
    Scene scene;

    Prepared(Subject &subject, const sepflow_rect &domain)
        : format(subject.any_format()),
          node(subject.node()),
          plan(node.configure(config_for(format, domain.w, domain.h))),
          scene(subject, plan, format, domain) {}
};

}  // namespace sepflow::check
