// Structs as another version of the headers may have them, longer or shorter. No byte behind them
// can be touched.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace abi_test {

// Elements of `size` bytes each: the content as far as there is room, then garbage. The last ends
// where its page does.
template <typename Struct>
class Records {
  public:
    static constexpr unsigned char kGarbage = 0xff;

    Records(const std::vector<Struct> &contents, uint32_t size)
        : size_(size), count_(contents.size()), page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
        used_ = (bytes() + page_ - 1) / page_ * page_;
        void *const pages =
            mmap(nullptr, used_ + page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        pages_ = static_cast<unsigned char *>(pages);
        mprotect(pages_, used_, PROT_READ | PROT_WRITE);
        std::memset(pages_, kGarbage, used_);
        for (size_t i = 0; i < count_; ++i) {
            std::memcpy(at(i), &contents[i], std::min<size_t>(size, sizeof(Struct)));
            std::memcpy(at(i), &size, sizeof size);
        }
    }
    Records(const Struct &content, uint32_t size) : Records(std::vector<Struct>{content}, size) {}
    Records(const Records &) = delete;
    ~Records() { munmap(pages_, used_ + page_); }

    Struct *get() { return reinterpret_cast<Struct *>(at(0)); }

    // The first, as far as there is room; the rest as in `from`.
    Struct value(Struct from = {}) {
        std::memcpy(&from, at(0), std::min<size_t>(size_, sizeof from));
        return from;
    }
    uint32_t stated_size() {
        uint32_t size = 0;
        std::memcpy(&size, at(0), sizeof size);
        return size;
    }
    // Whether nobody wrote behind the fields that the library knows.
    bool has_all_garbage() {
        const char *const growth = std::getenv("SEPFLOW_TEST_GROWTH");
        const size_t known = sizeof(Struct) + (growth != nullptr ? std::stoul(growth) : 0);
        for (size_t i = 0; i < count_; ++i) {
            for (size_t byte = known; byte < size_; ++byte)
                if (at(i)[byte] != kGarbage) return false;
        }
        return true;
    }

  private:
    size_t bytes() const { return std::max<size_t>(size_ * count_, 8); }
    unsigned char *at(size_t i) { return pages_ + used_ - bytes() + i * size_; }

    uint32_t size_;
    size_t count_, page_, used_;
    unsigned char *pages_;
};

}  // namespace abi_test
