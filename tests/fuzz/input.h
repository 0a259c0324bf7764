// Shared parts of the targets: values taken from the fuzzer's bytes, requirements, and an error
// record that is checked.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sepflow/node.h>

namespace fuzz {

// Not assert(): it holds in every build. libFuzzer keeps the input of a program that aborts.
inline void require(bool holds, const char *sentence) {
    if (holds) return;
    std::fprintf(stderr, "not so: %s\n", sentence);
    std::abort();
}

// Bytes from the front; zeros when there are no more.
class Input {
  public:
    Input(const uint8_t *data, size_t size) : data_(data), left_(size) {}

    template <typename T>
    T take() {
        T value = {};
        const size_t count = left_ < sizeof value ? left_ : sizeof value;
        if (count > 0) std::memcpy(&value, data_, count);
        data_ += count;
        left_ -= count;
        return value;
    }
    uint32_t below(uint32_t limit) { return take<uint8_t>() % limit; }
    bool flip() { return (take<uint8_t>() & 1) != 0; }
    template <typename T, size_t N>
    T one_of(const T (&list)[N]) {
        return list[below(N)];
    }
    // Near zero, or one of those that sums overflow with.
    int64_t coordinate() {
        const auto byte = take<int8_t>();
        if (byte > -100 && byte < 100) return byte;
        const int64_t far[] = {INT64_MAX, INT64_MIN,          int64_t{1} << 47, -(int64_t{1} << 47),
                               INT32_MAX, int64_t{INT32_MIN}, INT64_MAX / 8,    take<int64_t>()};
        return one_of(far);
    }
    std::string rest() {
        std::string text(reinterpret_cast<const char *>(data_), left_);
        left_ = 0;
        return text;
    }
    size_t left() const { return left_; }

  private:
    const uint8_t *data_;
    size_t left_;
};

inline constexpr sepflow_type kTypes[] = {SEPFLOW_U8,  SEPFLOW_U16, SEPFLOW_S16,
                                          SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64};

// An error record full of what is no text.
class Errors {
  public:
    Errors() {
        std::memset(&record_, 'x', sizeof record_);
        record_.struct_size = sizeof record_;
        record_.code = SEPFLOW_OK;
    }
    sepflow_error *get() { return &record_; }
    const char *message() const { return record_.message; }
    // A failure brings its code and a sentence that ends in NUL; success touches nothing.
    void check(sepflow_status status) const {
        require(status <= SEPFLOW_OK && status >= SEPFLOW_E_IO, "the status is a known one");
        require(record_.code == status, "the record holds the status");
        require(status != SEPFLOW_E_INTERNAL, "nothing that comes from outside is our bug");
        const void *end = std::memchr(record_.message, '\0', sizeof record_.message);
        require((end != nullptr) == (status != SEPFLOW_OK), "a message that ends, if it failed");
        require(status == SEPFLOW_OK || std::strlen(record_.message) > 8, "a sentence");
    }

  private:
    sepflow_error record_;
};

}  // namespace fuzz
