#include "runtime/embedded/filter.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>
#include <variant>

#include "runtime/base/error.h"
#include "runtime/embedded/target.h"
#include "runtime/kernel/kernel.h"

namespace sepflow::embedded {

namespace {

constexpr int32_t kWidest = 1 << 16;

// Words of C and C++, what the header includes, and what compilers call by themselves.
constexpr const char *kTaken =
    " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t "
    "char32_t class co_await co_return co_yield compl concept const const_cast consteval constexpr "
    "constinit continue contract_assert decltype default delete do double dynamic_cast else enum "
    "explicit export extern false float for friend goto if inline int long mutable namespace new "
    "noexcept not not_eq nullptr operator or or_eq private protected public register "
    "reinterpret_cast requires restrict return short signed sizeof static static_assert "
    "static_cast struct switch template this thread_local throw true try typedef typeid typename "
    "typeof typeof_unqual union unsigned using virtual void volatile wchar_t while xor xor_eq "
    "main linux unix NULL offsetof size_t ptrdiff_t max_align_t nullptr_t memcmp memcpy memmove "
    "memset ";

// <stdint.h>'s types and macros, such as uint_least8_t and INT8_MAX.
bool is_of_integers(const std::string &name) {
    const auto begins = [&](const char *start) { return name.rfind(start, 0) == 0; };
    const std::string end = name.substr(std::min(name.rfind('_'), name.size()));
    if (begins("int") || begins("uint")) return end == "_t";
    const bool is_macro = end == "_MAX" || end == "_MIN" || end == "_C";
    return is_macro && (begins("INT") || begins("UINT") || begins("SIZE_") || begins("PTRDIFF_"));
}

// _Bool and __func__ are such names, and others may become so.
bool is_reserved(const std::string &name) {
    const bool is_long = name.size() > 1 && name[0] == '_';
    return is_long && (name[1] == '_' || std::isupper(static_cast<unsigned char>(name[1])));
}

void check_name(const std::string &name) {
    const auto is_word = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) ||
        !std::all_of(name.begin(), name.end(), is_word))
        throw Error(SEPFLOW_E_PARAM, "'" + name + "' is not a name for a C function");
    if (is_reserved(name) || is_of_integers(name) ||
        std::strstr(kTaken, (" " + name + " ").c_str()) != nullptr)
        throw Error(SEPFLOW_E_PARAM,
                    "'" + name + "' is not a name for a C function: C or C++ reserves it");
}

void check_type(sepflow_type type) {
    if (type == SEPFLOW_F16 || type == SEPFLOW_F64)
        throw Error(SEPFLOW_E_FORMAT, "compiled filters read and write only u8, u16, s16 and f32");
}

void check_borders(const Options &options) {
    if (options.border_x == SEPFLOW_BORDER_TRUNCATE || options.border_y == SEPFLOW_BORDER_TRUNCATE)
        throw Error(SEPFLOW_E_UNSUPPORTED, "compiled filters do not support the border 'truncate'");
    if (options.border_y == SEPFLOW_BORDER_WRAP)
        throw Error(SEPFLOW_E_UNSUPPORTED,
                    "the border 'wrap' is not available along y, since compiled filters hold only "
                    "the rows under the kernel; 'wrap,replicate' wraps along x");
}

// Where a multiplication and an addition are two instructions, symmetric filters of floats fold, as
// the library's transposed forms do; where they are one, a pair costs two either way.
bool folding_pays(const Halide::Target &target) {
    const bool is_one = target.arch == Halide::Target::ARM ||
                        target.arch == Halide::Target::RISCV ||
                        target.has_feature(Halide::Target::FMA);
    return !is_one;
}

// The plan that the library would make, of the methods that can be compiled.
Plan plan_of(const std::string &kernel_text, const Options &options, const Halide::Target &target) {
    const Kernel kernel = kernel_from_trusted_text(kernel_text);
    if (options.method == SEPFLOW_METHOD_FFT)
        throw Error(SEPFLOW_E_UNSUPPORTED, "the method 'fft' cannot be compiled");
    Plan plan = make_plan(kernel, options);
    if (std::holds_alternative<Transforms>(plan.way)) {
        Options passes = options;
        passes.method = SEPFLOW_METHOD_SEPARABLE;
        plan = make_plan(kernel, passes);
    }
    if (!is_integer(options.in_type) && folding_pays(target)) plan = folding(std::move(plan));
    if (arithmetic_of(plan.way).precision == Precision::kDouble)
        throw Error(
            SEPFLOW_E_UNSUPPORTED,
            "this tolerance needs double precision, which compiled filters do not have; use a "
            "larger --tolerance");
    return plan;
}

// Tells whether sums keep their order and fuse nothing. Integer images then have the library's
// bytes. Rounding to integers needs it (generators/pixel.h). In a node, it keeps the bytes of a
// pixel from depending on its place in a tile.
bool is_strict(const Options &options, bool is_node) {
    return is_integer(options.in_type) || is_integer(options.out_type) || is_node;
}

}  // namespace

int32_t Filter::tile() const {
    return std::max(target.natural_vector_size<uint8_t>(), 8);
}

int32_t Filter::pitch() const {
    const int32_t tiles = (std::max(max_width * step(), tile()) + reach() + tile() - 1) / tile();
    return tiles * tile();
}

Filter make_filter(const Specification &given) {
    check_name(given.name);
    const Options options = check_options(&given.options);
    check_type(options.in_type);
    check_type(options.out_type);
    check_borders(options);
    if (given.max_width < 1 || given.max_width > kWidest)
        throw Error(SEPFLOW_E_PARAM, "the largest width must lie in 1 .. 65536 pixels");
    Filter filter;
    filter.name = given.name;
    filter.kernel = given.kernel;
    filter.target_name = given.target;
    filter.target = checked_target(given.target, is_strict(options, given.is_node));
    filter.plan = plan_of(given.kernel, options, filter.target);
    filter.max_width = given.max_width;
    return filter;
}

}  // namespace sepflow::embedded
