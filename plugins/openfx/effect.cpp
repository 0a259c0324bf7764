#include "plugins/openfx/effect.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/base/image.h"

namespace sepflow::openfx {

namespace {

// Returns nothing for a clip that is not connected.
std::optional<Format> format_of(const Properties &set) {
    const std::string depth = set.text(property::kDepth), kind = set.text(property::kComponents);
    Format format = {};
    if (depth == "OfxBitDepthByte") format.type = SEPFLOW_U8;
    if (depth == "OfxBitDepthShort") format.type = SEPFLOW_U16;
    if (depth == "OfxBitDepthHalf") format.type = SEPFLOW_F16;
    if (depth == "OfxBitDepthFloat") format.type = SEPFLOW_F32;
    if (kind == "OfxImageComponentAlpha") format.channels = 1;
    if (kind == "OfxImageComponentRGB") format.channels = 3;
    if (kind == "OfxImageComponentRGBA") format.channels = 4;
    if (format.type == SEPFLOW_TYPE_NONE || format.channels == 0) return std::nullopt;
    return format;
}

// The host's y goes up and ours goes down: row y becomes -1 - y.
sepflow_rect flipped(int64_t x1, int64_t y1, int64_t x2, int64_t y2) {
    return {x1, -y2, std::max<int64_t>(0, x2 - x1), std::max<int64_t>(0, y2 - y1)};
}

sepflow_rect rect_of(const Properties &set, const char *name) {
    return flipped(set.integer(name, 0), set.integer(name, 1), set.integer(name, 2),
                   set.integer(name, 3));
}

// Pixels in a canonical unit: render scale over pixel aspect ratio.
struct Resolution {
    double x, y;

    // Outwards, but not for what a product has added to a whole number; endless regions are cut.
    sepflow_rect pixels(const RectD &rect) const {
        const auto down = [](double v) {
            return static_cast<int64_t>(std::clamp(std::floor(v + 1e-6), -1e12, 1e12));
        };
        return flipped(down(rect.x1 * x), down(rect.y1 * y), -down(-rect.x2 * x),
                       -down(-rect.y2 * y));
    }
    void put(const Properties &set, const char *name, const sepflow_rect &rect) const {
        set.set(name, static_cast<double>(rect.x) / x, 0);
        set.set(name, static_cast<double>(-rect.y - rect.h) / y, 1);
        set.set(name, static_cast<double>(rect.x + rect.w) / x, 2);
        set.set(name, static_cast<double>(-rect.y) / y, 3);
    }
};

// An image of a clip, given back to the host at the end.
class ClipImage {
  public:
    ClipImage(ClipHandle clip, double time) {
        if (suites().effects->image(clip, time, nullptr, &set_) != kOk) set_ = nullptr;
    }
    ClipImage(const ClipImage &) = delete;
    ClipImage &operator=(const ClipImage &) = delete;
    ~ClipImage() {
        if (set_ != nullptr) suites().effects->release_image(set_);
    }

    bool is_there() const { return set_ != nullptr; }

    // Its own format counts, whatever the clip promised.
    sepflow_image view(const char *name) const {
        const Properties set(set_);
        const std::optional<Format> format = format_of(set);
        if (!format)
            throw Error(SEPFLOW_E_FORMAT,
                        std::string(name) + ": unsupported pixel depth or components");
        sepflow_image image = {};
        image.struct_size = sizeof image;
        image.type = format->type;
        image.channels = format->channels;
        image.bounds = rect_of(set, property::kBounds);
        image.domain = rect_of(set, property::kImageDefinition);
        image.stride_c = type_bytes(image.type);
        image.stride_x = image.stride_c * image.channels;
        const int64_t row_bytes = set.integer(property::kRowBytes);
        image.stride_y = -row_bytes;  // the host's first row is the bottom one
        auto *bottom = static_cast<char *>(set.pointer(property::kData));
        if (bottom == nullptr) throw Error(SEPFLOW_E_INVALID, std::string(name) + ": no pixels");
        image.data = bottom + (image.bounds.h - 1) * row_bytes;
        return image;
    }

  private:
    PropertySet set_ = nullptr;
};

void clear(const sepflow_image &image, const sepflow_rect &region) {
    for (int64_t y = region.y; y < region.y + region.h; ++y) {
        std::memset(pixel_address(image, region.x, y, 0), 0,
                    static_cast<size_t>(region.w * image.stride_x));
    }
}

}  // namespace

struct Effect::Source {
    std::optional<Format> format;
    Resolution resolution;
    sepflow_rect domain;
};

Effect::Effect(EffectHandle handle) : handle_(handle) {
    const sepflow_node_desc &desc = HostedFilter::desc();
    params_.resize(desc.param_count);
    applied_.resize(desc.param_count);
    ParamSet set = nullptr;
    PropertySet ignored = nullptr;
    bool found = suites().effects->params(handle, &set) == kOk;
    for (uint32_t i = 0; i < desc.param_count && found; ++i)
        found = suites().parameters->param(set, desc.params[i].id, &params_[i], &ignored) == kOk;
    found = found &&
            suites().effects->clip(handle, "Source", &source_, &source_properties_) == kOk &&
            suites().effects->clip(handle, "Output", &output_, &ignored) == kOk;
    if (!found)
        throw Error(SEPFLOW_E_INVALID, "the host lost a clip or a parameter that was described");
}

Effect::Value Effect::value_of(const sepflow_param_desc &desc, ParamHandle param,
                               double time) const {
    const ParameterSuite &suite = *suites().parameters;
    Value value;
    Status status = kOk;
    if (desc.type == SEPFLOW_VALUE_FLOAT) {
        status = suite.value_at(param, time, &value.number);
    } else if (desc.type == SEPFLOW_VALUE_INT || desc.type == SEPFLOW_VALUE_CHOICE) {
        int integer = 0;
        status = suite.value_at(param, time, &integer);
        value.number = integer;
        if (desc.type == SEPFLOW_VALUE_CHOICE) {
            if (integer < 0 || static_cast<uint32_t>(integer) >= desc.choice_count)
                throw Error(SEPFLOW_E_PARAM, std::string(desc.id) + ": it has no such choice");
            value.text = desc.choices[integer];
        }
    } else {
        char *text = nullptr;
        status = suite.value_at(param, time, &text);
        if (text != nullptr) value.text = text;
    }
    if (status != kOk)
        throw Error(SEPFLOW_E_INVALID,
                    "the host does not report parameter " + std::string(desc.id));
    return value;
}

std::shared_ptr<const NodePlan> Effect::plan_at(double time, const Format &format) {
    const sepflow_node_desc &desc = HostedFilter::desc();
    // Over the reading, too: a host may keep a string for us only until the next call.
    const std::lock_guard<std::mutex> lock(mutex_);
    for (uint32_t i = 0; i < desc.param_count; ++i) {
        const sepflow_param_desc &param = desc.params[i];
        Value value = value_of(param, params_[i], time);
        if (value == applied_[i]) continue;
        if (param.type == SEPFLOW_VALUE_INT || param.type == SEPFLOW_VALUE_FLOAT) {
            filter_.set(param.id, value.number);
        } else {
            filter_.set(param.id, value.text);
        }
        applied_[i] = std::move(value);  // cannot fail once the filter has it
    }
    return filter_.plan(format.type, format.type, format.channels);
}

Effect::Source Effect::source_at(const Properties &in) const {
    const Properties clip(source_properties_);
    const double aspect = clip.number(property::kPixelAspect);
    Source source = {format_of(clip),
                     {in.number(property::kRenderScale, 0) / (aspect > 0 ? aspect : 1),
                      in.number(property::kRenderScale, 1)},
                     {}};
    RectD definition = {};
    if (suites().effects->clip_definition(source_, in.number(property::kTime), &definition) != kOk)
        source.format.reset();
    source.domain = source.resolution.pixels(definition);
    return source;
}

Status Effect::region_of_definition(const Properties &in, const Properties &out) {
    const Source source = source_at(in);
    if (!source.format) return kReplyDefault;
    const auto plan = plan_at(in.number(property::kTime), *source.format);
    const sepflow_rect grown = plan->output_domain(source.domain);
    if (same(grown, source.domain)) return kReplyDefault;
    source.resolution.put(out, property::kDefinition, grown);
    return kOk;
}

Status Effect::regions_of_interest(const Properties &in, const Properties &out) {
    const Source source = source_at(in);
    if (!source.format) return kReplyDefault;
    const auto plan = plan_at(in.number(property::kTime), *source.format);
    RectD asked = {};
    double *const sides[] = {&asked.x1, &asked.y1, &asked.x2, &asked.y2};
    for (int i = 0; i < 4; ++i) *sides[i] = in.number(property::kInterest, i);
    const sepflow_rect region =
        intersected(source.resolution.pixels(asked), plan->output_domain(source.domain));
    if (is_empty(region)) return kReplyDefault;
    const sepflow_rect needed = plan->input_region(region, source.domain);
    if (is_empty(needed)) return kReplyDefault;
    source.resolution.put(out, property::kSourceInterest, needed);
    return kOk;
}

Status Effect::is_identity(const Properties &in, const Properties &out) {
    const std::optional<Format> format = format_of(Properties(source_properties_));
    if (!format) return kReplyDefault;
    const double time = in.number(property::kTime);
    if ((plan_at(time, *format)->info().flags & SEPFLOW_PLAN_IDENTITY) == 0) return kReplyDefault;
    out.set(property::kName, "Source");
    out.set(property::kTime, time);
    return kOk;
}

Status Effect::render(const Properties &in) {
    const double time = in.number(property::kTime);
    const ClipImage output(output_, time), source(source_, time);
    if (!output.is_there()) throw Error(SEPFLOW_E_INVALID, "Output: the host gives no image");
    const sepflow_image to = output.view("Output");
    const sepflow_rect window = intersected(rect_of(in, property::kRenderWindow), to.bounds);
    if (!source.is_there()) {  // what is not there is transparent black
        clear(to, window);
        return kOk;
    }
    const sepflow_image from = source.view("Source");
    if (from.type != to.type || from.channels != to.channels)
        throw Error(SEPFLOW_E_FORMAT, "Source and Output have pixels of different kinds");

    const auto plan = plan_at(time, {to.type, to.channels});
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = &from;
    call.input_count = 1;
    call.outputs = &to;
    call.output_count = 1;
    call.region = intersected(window, plan->output_domain(from.domain));
    call.call_ctx = handle_;
    if (!same(call.region, window)) clear(to, window);
    if (!is_empty(call.region)) plan->process(call, &process_host());
    if (complained_.exchange(false)) clear_error(handle_);
    return kOk;
}

void Effect::complain(const char *sentence) {
    complained_ = true;
    show_error(handle_, sentence);
}

}  // namespace sepflow::openfx
