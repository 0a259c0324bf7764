/* sepflow/sepflow.hpp - sepflow.h for C++20: plans that free themselves, images over spans,
   exceptions.

       sepflow::Plan<std::uint8_t> plan("gaussian 3", {.channels = 3});
       plan.apply(sepflow::Image(std::span(photo), width, height, 3),
                  sepflow::Image(std::span(result), width, height, 3));

   A plan's pixel types are its template arguments, so an image of another type does not compile.
   For everything else, pass plan.get() and image.get() to the functions of sepflow.h. */
#ifndef SEPFLOW_SEPFLOW_HPP
#define SEPFLOW_SEPFLOW_HPP

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <sepflow/sepflow.h>

namespace sepflow {

/* IEEE 754 half-precision float, as its bits. */
struct Half {
    std::uint16_t bits;
};

template <class T> inline constexpr sepflow_type type_of = SEPFLOW_TYPE_NONE;
template <> inline constexpr sepflow_type type_of<std::uint8_t> = SEPFLOW_U8;
template <> inline constexpr sepflow_type type_of<std::uint16_t> = SEPFLOW_U16;
template <> inline constexpr sepflow_type type_of<std::int16_t> = SEPFLOW_S16;
template <> inline constexpr sepflow_type type_of<Half> = SEPFLOW_F16;
template <> inline constexpr sepflow_type type_of<float> = SEPFLOW_F32;
template <> inline constexpr sepflow_type type_of<double> = SEPFLOW_F64;

class Error : public std::runtime_error {
  public:
    Error(sepflow_status code, const std::string &sentence) : std::runtime_error(sentence), code_(code) {}
    sepflow_status code() const noexcept { return code_; }

  private:
    sepflow_status code_;
};

/* Calls a function of the library with an error record as its last argument. Throws Error on
   failure. */
template <class... Parameters, class... Arguments>
void call(sepflow_status (*function)(Parameters...), Arguments &&...arguments) {
    sepflow_error error{};
    error.struct_size = sizeof error;
    const sepflow_status status = function(std::forward<Arguments>(arguments)..., &error);
    if (status != SEPFLOW_OK) throw Error(status, *error.message ? error.message : sepflow_status_text(status));
}

/* View of pixels that live elsewhere. Strides count elements and may be negative. */
template <class T> class Image {
  public:
    static_assert(type_of<std::remove_const_t<T>> != SEPFLOW_TYPE_NONE, "T must be a pixel type: 8-bit or 16-bit integers, Half, float or double");

    /* Makes a view without padding, with interleaved channels. Throws Error if the span is too
       short. */
    Image(std::span<T> pixels, std::int64_t width, std::int64_t height, std::int32_t channels = 1)
        : Image(pixels.data(), width, height, channels, channels, width * channels, 1) {
        const auto needed = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height) *
                            static_cast<std::uint64_t>(channels);
        if (width < 0 || height < 0 || channels < 1 || needed > pixels.size())
            throw Error(SEPFLOW_E_INVALID, "the span is shorter than width * height * channels");
    }
    Image(T *first, std::int64_t width, std::int64_t height, std::int32_t channels, std::int64_t stride_x,
          std::int64_t stride_y, std::int64_t stride_c) {
        constexpr std::int64_t size = sizeof(T);
        image_.struct_size = sizeof image_;
        image_.type = type_of<std::remove_const_t<T>>;
        image_.channels = channels;
        image_.data = const_cast<std::remove_const_t<T> *>(first);
        image_.bounds = {0, 0, width, height};
        image_.domain = image_.bounds;
        image_.stride_x = stride_x * size;
        image_.stride_y = stride_y * size;
        image_.stride_c = stride_c * size;
    }
    /* Converts a writable image to a read-only one. */
    operator Image<const T>() const requires(!std::is_const_v<T>) { return Image<const T>(image_); }

    const sepflow_image *get() const noexcept { return &image_; }

  private:
    template <class> friend class Image;
    explicit Image(const sepflow_image &image) : image_(image) {}
    sepflow_image image_{};
};
template <class T, class... Sizes> Image(std::span<T>, Sizes...) -> Image<T>;

/* Fields of sepflow_options by name. The types are those of the plan. Zero channels, rank or scale
   are refused, since only C reads them as a default. */
struct Options {
    std::int32_t channels = 1;
    std::int32_t border_x = SEPFLOW_BORDER_REFLECT101, border_y = SEPFLOW_BORDER_REFLECT101;
    double border_value = 0;
    std::int32_t extent = SEPFLOW_EXTENT_SAME;
    std::uint32_t flags = 0;
    std::int64_t anchor_x = 0, anchor_y = 0;
    double tolerance = 0;
    std::optional<std::int32_t> rank = std::nullopt; /* unset: the tolerance decides */
    double scale = 1, delta = 0;
    std::int32_t method = SEPFLOW_METHOD_AUTO, schedule = SEPFLOW_SCHEDULE_AUTO;
    std::int32_t missing = SEPFLOW_MISSING_PROPAGATE;
    double missing_value = 0;
    const char *variant = nullptr;

    sepflow_options of(sepflow_type in, sepflow_type out) const {
        if (channels < 1) throw Error(SEPFLOW_E_PARAM, "channels must be 1 or more");
        if (rank && *rank < 1) throw Error(SEPFLOW_E_PARAM, "rank must be 1 or more; unset, the tolerance decides");
        if (scale == 0) throw Error(SEPFLOW_E_PARAM, "scale must not be 0");
        sepflow_options o{};
        o.struct_size = sizeof o;
        o.flags = flags;
        o.in_type = in;
        o.out_type = out;
        o.channels = channels;
        o.border_x = border_x;
        o.border_y = border_y;
        o.border_value = border_value;
        o.extent = extent;
        o.anchor_x = anchor_x;
        o.anchor_y = anchor_y;
        o.tolerance = tolerance;
        o.rank = rank.value_or(0);
        o.scale = scale;
        o.delta = delta;
        o.method = method;
        o.schedule = schedule;
        o.missing = missing;
        o.missing_value = missing_value;
        o.variant = variant;
        return o;
    }
};

/* Factored kernel. Copies share it. Any number of threads may apply it at once. */
template <class In, class Out = In> class Plan {
  public:
    explicit Plan(const char *kernel, const Options &options = {}) {
        const sepflow_options o = of(options);
        call(sepflow_plan_from_text, kernel, &o, &plan_);
    }
    explicit Plan(const std::string &kernel, const Options &options = {}) : Plan(whole(kernel), options) {}
    /* Makes a plan from a matrix of taps, row by row. */
    Plan(std::span<const double> taps, std::int64_t columns, const Options &options = {}) {
        const auto count = static_cast<std::int64_t>(taps.size());
        if (columns < 1 || count % columns != 0) throw Error(SEPFLOW_E_INVALID, "the number of taps must be a multiple of columns");
        const sepflow_options o = of(options);
        call(sepflow_plan_create, taps.data(), count / columns, columns, columns, &o, &plan_);
    }
    /* Makes a plan for the kernel column * row^T. */
    Plan(std::span<const double> column, std::span<const double> row, const Options &options = {}) {
        if (column.empty() || row.empty()) throw Error(SEPFLOW_E_INVALID, "column and row must each have at least one tap");
        const sepflow_options o = of(options);
        call(sepflow_plan_from_vectors, column.data(), static_cast<std::int64_t>(column.size()), row.data(),
             static_cast<std::int64_t>(row.size()), &o, &plan_);
    }
    Plan(const Plan &other) : plan_(other.plan_) { sepflow_plan_retain(plan_); }
    Plan(Plan &&other) noexcept : plan_(std::exchange(other.plan_, nullptr)) {}
    Plan &operator=(Plan other) noexcept {
        std::swap(plan_, other.plan_);
        return *this;
    }
    ~Plan() { sepflow_plan_free(plan_); }

    /* Filters `in` into `out`. max_threads: 1 runs on the calling thread, 0 on one per CPU. */
    void apply(Image<const In> in, Image<Out> out, std::int32_t max_threads = 0) const {
        call(sepflow_apply, plan_, in.get(), out.get(), nullptr, max_threads);
    }
    /* Filters with a mask or weights, which have one channel or as many as the image. The plan
       needs Options::missing. Integers are parts of their largest value, so 255 is a valid pixel in
       std::uint8_t. */
    template <class Weight>
    void apply(Image<const In> in, Image<Weight> mask, Image<Out> out, std::int32_t max_threads = 0) const {
        const sepflow_image inputs[] = {*in.get(), *mask.get()};
        sepflow_process process{};
        process.struct_size = sizeof process;
        process.input_count = 2;
        process.output_count = 1;
        process.inputs = inputs;
        process.outputs = out.get();
        process.region = out.get()->bounds;
        process.max_threads = max_threads;
        call(sepflow_process_plan, plan_, &process);
    }
    sepflow_plan_info info() const {
        sepflow_plan_info info{};
        info.struct_size = sizeof info;
        sepflow_plan_query(plan_, &info);
        return info;
    }
    /* Returns the description. Its pointers live as long as the plan. */
    sepflow_plan_description describe() const {
        sepflow_plan_description description{};
        description.struct_size = sizeof description;
        sepflow_plan_describe(plan_, &description);
        return description;
    }
    const sepflow_plan *get() const noexcept { return plan_; }

  private:
    /* Returns the text for C. Throws Error if the text holds a NUL, where C would stop reading. */
    static const char *whole(const std::string &text) {
        if (text.find('\0') != text.npos) throw Error(SEPFLOW_E_PARAM, "the kernel's text holds a NUL character");
        return text.c_str();
    }
    static sepflow_options of(const Options &options) { return options.of(type_of<In>, type_of<Out>); }
    sepflow_plan *plan_ = nullptr;
};

}  // namespace sepflow

#endif
