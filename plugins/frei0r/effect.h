// One instance of the effect: its parameters as text, and frames of one size through the filter.
#pragma once

#include <string>
#include <vector>

#include "plugins/hosted/hosted_filter.h"

namespace sepflow::frei0r {

// Cheap to make: hosts make some of every effect only to list them.
class Effect {
  public:
    Effect(unsigned width, unsigned height);

    // Sets a parameter; empty text is its initial value. A refused text is reported on stderr, and
    // no frame is filtered until another one takes its place.
    void set(size_t index, const char *text) noexcept;
    const std::string &text(size_t index) const { return texts_[index]; }  // as set

    // Copies a frame that cannot be filtered. May run on several frames at once.
    void update(const uint8_t *in, uint8_t *out) noexcept;

  private:
    void apply(const std::string &name);
    void apply_borders();
    void read_kernel();
    void filter(const uint8_t *in, uint8_t *out);
    void filter_weighed(const uint8_t *in, uint8_t *out);
    double number(const std::string &name) const;
    static size_t index_of(const std::string &name);
    const std::string &text_of(const std::string &name) const { return texts_[index_of(name)]; }

    int64_t width_, height_;
    HostedFilter filter_;
    double sum_ = 0;  // of the kernel's taps
    bool keeps_alpha_ = true;
    int32_t max_threads_ = 0;
    std::vector<std::string> texts_;
    std::vector<bool> is_refused_;  // by parameter
};

}  // namespace sepflow::frei0r
