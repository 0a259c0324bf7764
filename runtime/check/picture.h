// Images in memory that nobody may leave, and calls of process that look at every byte around them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/check/subject.h"

namespace sepflow::check {

using Bytes = std::vector<unsigned char>;

// How pixels lie in memory.
enum class Layout { kDense, kPadded, kBottomUp, kMirrored, kPlanar, kUnaligned };
constexpr Layout kLayouts[] = {Layout::kDense,    Layout::kPadded, Layout::kBottomUp,
                               Layout::kMirrored, Layout::kPlanar, Layout::kUnaligned};
std::string described(Layout layout);

// Memory between two pages that nobody may touch; it ends at the second, or begins behind the first.
class Guarded {
  public:
    Guarded(size_t bytes, bool at_end);
    Guarded(const Guarded &) = delete;
    Guarded &operator=(const Guarded &) = delete;
    ~Guarded();
    unsigned char *data() const { return data_; }
    size_t size() const { return size_; }

  private:
    void *pages_;
    size_t mapped_, size_;
    unsigned char *data_;
};

// Pixels of `bounds` in guarded memory, every byte that is no pixel of which holds `around`.
class Picture {
  public:
    Picture(sepflow_type type, int32_t channels, const sepflow_rect &bounds,
            const sepflow_rect &domain, Layout layout, bool at_end, unsigned char around);

    const sepflow_image &image() const { return image_; }
    unsigned char *sample(int64_t x, int64_t y, int32_t channel) const;
    void write(const Bytes &dense);  // all pixels, row by row
    Bytes read(const sepflow_rect &region) const;
    const Guarded &memory() const { return *memory_; }

  private:
    sepflow_image image_;
    std::unique_ptr<Guarded> memory_;
};

// What stands for an image that is not there.
sepflow_image no_image();
// A call in one thread. The images stay the caller's.
sepflow_process call_of(const std::vector<sepflow_image> &inputs,
                        const std::vector<sepflow_image> &outputs, const sepflow_rect &region);

// Whole inputs of a node, and what it computes from them.
class Scene {
  public:
    Scene(const Subject &subject, const Plan &plan, const Format &format,
          const sepflow_rect &domain, uint32_t seed = 1);

    struct How {
        Layout layout = Layout::kDense;
        bool at_end = true;
        unsigned char around = 0xa5;
        int32_t threads = 1;
        const sepflow_host *host = nullptr;
        bool is_in_place = false;
        const sepflow_image *optional_input = nullptr;  // for the first optional port
        uint64_t scratch_bytes = 0;                     // 0: none is given
    };
    // The pixels of `region` of the first output, row by row, channel by channel. Throws Failed if the call fails, or if
    // anything but the region is written.
    Bytes compute(const sepflow_rect &region, const How &how) const;
    Bytes compute(const sepflow_rect &region) const { return compute(region, How()); }
    Reply try_compute(const sepflow_rect &region, const How &how, Bytes *result) const;

    const sepflow_rect &domain() const { return domain_; }
    const sepflow_rect &out_domain() const { return out_domain_; }
    const Format &format() const { return format_; }
    Bytes &input(size_t port) { return inputs_[port]; }
    // Sets one sample of input 0.
    void set(int64_t x, int64_t y, int32_t channel, double value);

  private:
    const Subject &subject_;
    const Plan &plan_;
    Format format_;
    sepflow_rect domain_, out_domain_;
    std::vector<Bytes> inputs_;  // of the ports that are not optional
};

// Pixels of any value, of floats within [-1, 1].
Bytes noise(sepflow_type type, size_t samples, uint32_t seed);
void put_number(unsigned char *sample, sepflow_type type, double value);
double number_at(const unsigned char *sample, sepflow_type type);

// Where two results differ, as a sentence's end: "at (3, 4), channel 1, 12 instead of 13"; "" if nowhere.
std::string difference(const Bytes &got, const Bytes &wanted, const sepflow_rect &region,
                       const Format &format);
// The part of a result that another region holds.
Bytes crop(const Bytes &whole, const sepflow_rect &of, const sepflow_rect &part,
           const Format &format);
std::string described(const sepflow_rect &rect);

}  // namespace sepflow::check
