// Growth rules 1, 9 and 10 of node.h: structs of programs and plugins that were compiled with
// another version of the headers.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <sepflow/host.h>
#include <sepflow/node.h>
#include <sepflow/sepflow.h>

#include "runtime/base/error.h"

namespace sepflow {

// A public struct's name, and the size below which no reader takes it.
template <typename Struct>
struct PublicStruct;

#define SEPFLOW_PUBLIC_STRUCT(type, size)                \
    template <>                                          \
    struct PublicStruct<type> {                          \
        static constexpr const char *name = #type;       \
        static constexpr uint32_t first_size = size;     \
        static_assert(sizeof(type) >= size, "it grows"); \
    }
SEPFLOW_PUBLIC_STRUCT(sepflow_image, SEPFLOW_IMAGE_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_value, SEPFLOW_VALUE_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_param_desc, SEPFLOW_PARAM_DESC_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_host, SEPFLOW_HOST_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_files, SEPFLOW_FILES_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_port_desc, SEPFLOW_PORT_DESC_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_format_pair, SEPFLOW_FORMAT_PAIR_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_config, SEPFLOW_CONFIG_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_plan_info, SEPFLOW_PLAN_INFO_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_process, SEPFLOW_PROCESS_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_node_desc, SEPFLOW_NODE_DESC_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_entry, SEPFLOW_ENTRY_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_options, SEPFLOW_OPTIONS_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_plan_description, SEPFLOW_PLAN_DESCRIPTION_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_source, SEPFLOW_SOURCE_FIRST_SIZE);
SEPFLOW_PUBLIC_STRUCT(sepflow_run, SEPFLOW_RUN_FIRST_SIZE);
#undef SEPFLOW_PUBLIC_STRUCT

// Throws Error{ABI} that begins with `name` if a struct of `size` bytes is smaller than `least`.
template <typename Struct>
void check_size(uint32_t size, const char *name,
                uint32_t least = PublicStruct<Struct>::first_size) {
    if (size >= least) return;
    throw Error(SEPFLOW_E_ABI, std::string(name) + ": struct_size is " + std::to_string(size) +
                                   ", which is too small; set it to sizeof(" +
                                   PublicStruct<Struct>::name + ")");
}

// Reads a struct: the fields that its writer and we know, zero for the others. Throws Error that
// begins with `name` if the struct is NULL or smaller than its first size.
template <typename Struct>
Struct known_part(const Struct *given, const char *name) {
    if (given == nullptr) {
        throw Error(SEPFLOW_E_INVALID,
                    std::string(name) + " is NULL; pass a " + PublicStruct<Struct>::name);
    }
    check_size<Struct>(given->struct_size, name);
    Struct known = {};
    std::memcpy(&known, given, std::min<size_t>(given->struct_size, sizeof known));
    known.struct_size = sizeof known;
    return known;
}

// Fills the caller's record as far as it reaches; its struct_size stays.
template <typename Struct>
void fill(Struct *to, const Struct &from, const char *name) {
    if (to == nullptr) throw Error(SEPFLOW_E_INVALID, std::string(name) + " is NULL");
    const uint32_t size = to->struct_size;
    check_size<Struct>(size, name, sizeof size);
    std::memcpy(to, &from, std::min<size_t>(size, sizeof from));
    to->struct_size = size;
}

// Reads an element of an array, whose elements lie as far apart as the first is long. An element
// that is smaller than its struct's first size keeps its struct_size, so known_part refuses it.
template <typename Struct>
Struct element(const Struct *first, uint32_t index) {
    const size_t apart = first->struct_size;
    const char *at = reinterpret_cast<const char *>(first) + index * apart;
    uint32_t own;
    std::memcpy(&own, at, sizeof own);
    Struct known = {};
    std::memcpy(
        &known, at,
        std::min({apart, size_t{std::max(own, PublicStruct<Struct>::first_size)}, sizeof known}));
    if (own > sizeof known) known.struct_size = sizeof known;
    return known;
}

// Returns the size of the images in a plugin's calls: its own sizeof(sepflow_image), which plugins
// of minor version 0 do not state. Throws Error{ABI} if the size is impossible.
inline uint32_t image_size_of(const sepflow_entry *entry) {
    constexpr uint32_t kMost = 1 << 16;
    const uint32_t stated = known_part(entry, "its entry").image_size,
                   size = stated != 0 ? stated : SEPFLOW_IMAGE_FIRST_SIZE;
    if (size < SEPFLOW_IMAGE_FIRST_SIZE || size > kMost || size % alignof(sepflow_image) != 0) {
        throw Error(SEPFLOW_E_ABI, "its entry: image_size is " + std::to_string(size) +
                                       "; set it to sizeof(sepflow_image)");
    }
    return size;
}

// An array for a reader whose struct is `element_size` bytes long.
template <typename Struct>
class StructArray {
  public:
    explicit StructArray(uint32_t element_size = PublicStruct<Struct>::first_size)
        : element_size_(element_size) {}

    void clear(uint32_t element_size) {
        bytes_.clear();
        element_size_ = element_size;
    }
    void add(Struct one) {
        one.struct_size = element_size_;
        const size_t at = bytes_.size();
        bytes_.resize(at + element_size_);
        std::memcpy(&bytes_[at], &one, std::min<size_t>(element_size_, sizeof one));
    }
    uint32_t count() const { return static_cast<uint32_t>(bytes_.size() / element_size_); }
    const std::vector<char> &bytes() const { return bytes_; }
    // A vector's memory is aligned for every type.
    const Struct *data() const { return reinterpret_cast<const Struct *>(bytes_.data()); }

  private:
    uint32_t element_size_;
    std::vector<char> bytes_;
};

}  // namespace sepflow
