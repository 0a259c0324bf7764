// Images in memory that nobody may leave, with bytes around their pixels that must stay.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <sepflow/node.h>

#include "runtime/base/image.h"

namespace sepflow::check {

using Bytes = std::vector<unsigned char>;

inline size_t sample_bytes(sepflow_type type) {
    return static_cast<size_t>(type_bytes(type));
}

// How pixels lie in memory.
enum class Layout { kDense, kPadded, kBottomUp, kMirrored, kPlanar, kUnaligned };
constexpr Layout kLayouts[] = {Layout::kDense,    Layout::kPadded, Layout::kBottomUp,
                               Layout::kMirrored, Layout::kPlanar, Layout::kUnaligned};
std::string described(Layout layout);

// Memory between two pages that nobody may touch; it ends at the second, or begins behind the
// first.
class Guarded {
  public:
    Guarded(size_t bytes, bool at_end);
    Guarded(const Guarded &) = delete;
    Guarded &operator=(const Guarded &) = delete;
    ~Guarded();
    void forbid();  // from now on, nobody may touch it
    unsigned char *data() const { return data_; }
    size_t size() const { return size_; }

  private:
    void *pages_;
    size_t mapped_, size_;
    unsigned char *data_;
};

// A struct for one call: its first `size` bytes, at the end of a page, all of which is gone
// afterwards.
template <typename Struct>
class LentStruct {
  public:
    LentStruct(const Struct &whole, uint32_t size) : memory_(aligned(size), true) {
        std::memcpy(memory_.data(), &whole, size);
        std::memcpy(memory_.data(), &size, sizeof size);
    }
    const Struct *get() const { return reinterpret_cast<const Struct *>(memory_.data()); }

  private:
    // It ends at the end of a page.
    static size_t aligned(size_t size) {
        return (size + alignof(Struct) - 1) / alignof(Struct) * alignof(Struct);
    }

    Guarded memory_;
};

// Pixels of `bounds` in guarded memory, every byte that is no pixel of which holds `around`.
class Picture {
  public:
    struct Place {
        Layout layout = Layout::kDense;
        bool at_end = true;
        unsigned char around = 0xa5;
    };
    Picture(sepflow_type type, int32_t channels, const sepflow_rect &bounds,
            const sepflow_rect &domain, const Place &place);

    const sepflow_image &image() const { return image_; }
    sepflow_image &image() { return image_; }
    unsigned char *sample(int64_t x, int64_t y, int32_t channel) const;
    void write(const Bytes &dense) { write(dense, image_.bounds); }
    void write(const Bytes &dense, const sepflow_rect &region);  // row by row
    Bytes read(const sepflow_rect &region) const;
    Bytes all_bytes() const { return Bytes(memory_->data(), memory_->data() + memory_->size()); }

  private:
    sepflow_image image_;
    std::unique_ptr<Guarded> memory_;
};

// Pixels of any value, of floats within [-1, 1].
Bytes noise(sepflow_type type, size_t samples, uint32_t seed);
void put_number(unsigned char *sample, sepflow_type type, double value);
double number_at(const unsigned char *sample, sepflow_type type);

std::string described(const sepflow_rect &rect);

}  // namespace sepflow::check
