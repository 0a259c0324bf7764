#include "plugins/frei0r/effect.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <numeric>
#include <set>

#include "plugins/frei0r/alpha.h"
#include "plugins/frei0r/parameters.h"
#include "runtime/base/error.h"
#include "runtime/base/image.h"
#include "runtime/kernel/kernel.h"

namespace sepflow::frei0r {

namespace {

sepflow_image frame_image(const void *pixels, sepflow_type type, int64_t width, int64_t height) {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    image.type = type;
    image.channels = 4;
    image.data = const_cast<void *>(pixels);
    image.bounds = image.domain = {0, 0, width, height};
    image.stride_c = type_bytes(type);
    image.stride_x = 4 * image.stride_c;
    image.stride_y = width * image.stride_x;
    return image;
}

double sum_of(const Kernel &kernel) {
    const double sum = std::accumulate(kernel.taps.begin(), kernel.taps.end(), 0.0);
    return std::fabs(sum) < 1e-9 ? 0 : sum;  // what rounding leaves of nothing
}

bool keeps_alpha(const std::string &text) {
    if (text != "keep" && text != "straight")
        throw Error(SEPFLOW_E_PARAM, "it is keep or straight");
    return text == "keep";
}

int32_t thread_count(const std::string &text) {
    int32_t count = -1;
    const char *end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, count);
    if (status != std::errc() || stop != end || count < 0)
        throw Error(SEPFLOW_E_PARAM, "it is a whole number, 0: one per CPU");
    return count;
}

// Hosts set a bad text again before each frame, and on an instance for each of their threads: a
// sentence is printed once, and again where there is no memory to know it by.
void complain(const char *sentence) {
    static std::mutex mutex;
    static std::set<std::string> told;
    bool is_new = true;
    guarded(nullptr, [&] {
        const std::lock_guard<std::mutex> lock(mutex);
        is_new = told.insert(sentence).second;
    });
    if (is_new) std::fprintf(stderr, "sepflow: %s\n", sentence);
}

}  // namespace

Effect::Effect(unsigned width, unsigned height)
    : width_(width), height_(height), is_refused_(parameters().size()) {
    for (const Parameter &parameter : parameters()) texts_.push_back(parameter.initial);
    apply("kernel");
}

size_t Effect::index_of(const std::string &name) {
    for (size_t i = 0; i < parameters().size(); ++i) {
        if (parameters()[i].name == name) return i;
    }
    throw Error(SEPFLOW_E_INTERNAL, "there is no parameter '" + name + "'");
}

void Effect::set(size_t index, const char *text) noexcept {
    const Parameter &parameter = parameters()[index];
    const char *wanted = *text == '\0' ? parameter.initial.c_str() : text;
    // MLT sets everything again before each frame; plans live as long as nothing changes.
    if (!is_refused_[index] && texts_[index] == wanted) return;
    is_refused_[index] = true;  // until all went well
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_status status = guarded(&error, [&] {
        texts_[index] = wanted;
        apply(parameter.name);
    });
    if (status == SEPFLOW_OK) {
        is_refused_[index] = false;
        return;
    }
    char sentence[1000];
    std::snprintf(sentence, sizeof sentence,
                  "frames pass through unchanged: %s cannot be '%.300s': %s",
                  parameter.name.c_str(), wanted, error.message);
    complain(sentence);
}

void Effect::apply(const std::string &name) {
    const std::string &text = text_of(name);
    if (name == "alpha") {
        keeps_alpha_ = keeps_alpha(text);
    } else if (name == "max_threads") {
        max_threads_ = thread_count(text);
    } else if (name.rfind("border", 0) == 0 && name != "border_value") {
        apply_borders();
    } else {
        filter_.set(name, text);
        if (name == "kernel") read_kernel();
    }
}

// Keeps the taps that were read, unless exact filters come with the text: a file may change.
void Effect::read_kernel() {
    const Kernel kernel = filter_.kernel();
    if (kernel.factors.empty())
        filter_.set_kernel(kernel.taps.data(), static_cast<int64_t>(kernel.rows),
                           static_cast<int64_t>(kernel.columns));
    sum_ = sum_of(kernel);
}

// Sets both axes from the three parameters. If that succeeds, none of the three is refused.
void Effect::apply_borders() {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const char *axis : {"border_x", "border_y"})
        texts.emplace_back(axis, text_of(text_of(axis).empty() ? "border" : axis));
    filter_.set_in_turn(texts);
    for (const char *name : {"border", "border_x", "border_y"}) is_refused_[index_of(name)] = false;
}

void Effect::update(const uint8_t *in, uint8_t *out) noexcept {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const bool is_refused =
        std::find(is_refused_.begin(), is_refused_.end(), true) != is_refused_.end();
    if (!is_refused && guarded(&error, [&] { filter(in, out); }) == SEPFLOW_OK) return;
    std::memmove(out, in, static_cast<size_t>(4 * width_ * height_));
    if (is_refused) return;  // which was reported
    char sentence[sizeof error.message + 40];
    std::snprintf(sentence, sizeof sentence, "frames pass through unchanged: %s", error.message);
    complain(sentence);
}

void Effect::filter(const uint8_t *in, uint8_t *out) {
    const auto pixels = static_cast<size_t>(width_ * height_);
    if (!keeps_alpha_ && sum_ == 0)
        throw Error(SEPFLOW_E_PARAM,
                    "alpha 'straight' needs a kernel whose sum is not zero; set alpha to 'keep'");
    if (!keeps_alpha_ && !is_opaque(in, pixels)) {
        filter_weighed(in, out);
        return;
    }
    // All four channels, although alpha is put back: pixels without gaps go faster than three of
    // four bytes.
    filter_image(*filter_.plan(SEPFLOW_U8, SEPFLOW_U8, 4),
                 frame_image(in, SEPFLOW_U8, width_, height_),
                 frame_image(out, SEPFLOW_U8, width_, height_), max_threads_);
    copy_alpha(in, out, pixels);
}

double Effect::number(const std::string &name) const {
    const std::string text = filter_.text(name);
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

void Effect::filter_weighed(const uint8_t *in, uint8_t *out) {
    const auto pixels = static_cast<size_t>(width_ * height_);
    const Response response = {sum_, number("scale"), number("delta"), number("border_value")};
    std::vector<float> before(4 * pixels), after(4 * pixels);
    weigh(in, response, before.data(), pixels);
    filter_image(*filter_.plan(SEPFLOW_F32, SEPFLOW_F32, 4),
                 frame_image(before.data(), SEPFLOW_F32, width_, height_),
                 frame_image(after.data(), SEPFLOW_F32, width_, height_), max_threads_);
    unweigh(after.data(), response, out, pixels);
}

}  // namespace sepflow::frei0r
