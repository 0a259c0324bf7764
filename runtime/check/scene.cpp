#include "runtime/check/scene.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "runtime/base/image.h"
#include "runtime/base/pixel_type.h"

namespace sepflow::check {

namespace {

constexpr unsigned char kOldBytes = 0xdb;  // as floats, large and negative
constexpr uint32_t kOptionalSeed = 5;

sepflow_image no_image() {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    return image;
}

// An array that ends where its page does.
class GuardedImages {
  public:
    explicit GuardedImages(const StructArray<sepflow_image> &images)
        : memory_(images.bytes().size(), true) {
        std::copy(images.bytes().begin(), images.bytes().end(), memory_.data());
    }
    const sepflow_image *data() const {
        return reinterpret_cast<const sepflow_image *>(memory_.data());
    }
    Bytes bytes() const { return Bytes(memory_.data(), memory_.data() + memory_.size()); }

  private:
    Guarded memory_;
};

bool offers(const sepflow_port_desc &port, sepflow_type type) {
    return std::find(port.types, port.types + port.type_count, type) !=
           port.types + port.type_count;
}

// Returns the format of the images for a port, in a plan of the given format.
Format format_of(const sepflow_port_desc &port, const Format &format) {
    if ((port.flags & SEPFLOW_PORT_OWN_FORMAT) == 0 || port.type_count == 0)
        return {format.in, format.in, format.channels};
    const sepflow_type type = offers(port, format.in) ? format.in : port.types[0];
    return {type, type, 1};
}

size_t samples_of(const sepflow_rect &rect, int32_t channels) {
    return static_cast<size_t>(rect.w * rect.h) * static_cast<size_t>(channels);
}

// The rows of `part` out of rows of `of`, with `pixel` bytes a pixel.
void append_rows(Bytes &result, const unsigned char *whole, const sepflow_rect &of,
                 const sepflow_rect &part, size_t pixel) {
    for (int64_t y = part.y; y < part.y + part.h && part.w > 0; ++y) {
        const auto place = static_cast<size_t>((y - of.y) * of.w + (part.x - of.x)) * pixel;
        const unsigned char *row = whole + place;
        result.insert(result.end(), row, row + static_cast<size_t>(part.w) * pixel);
    }
}

}  // namespace

Scene::Scene(const Subject &subject, const Plan &plan, const Format &format,
             const sepflow_rect &domain, uint32_t seed)
    : subject_(&subject),
      plan_(plan),
      format_(format),
      domain_(domain),
      out_domain_(plan.output_domain(domain)) {
    for (uint32_t i = 0; i < subject.inputs(); ++i) {
        if (subject.is_optional(i)) continue;
        input_formats_.push_back(format_of(subject.port(i), format));
        const Format &own = input_formats_.back();
        inputs_.push_back(noise(own.in, samples_of(domain, own.channels), seed + i));
    }
}

void Scene::set(int64_t x, int64_t y, int32_t channel, double value) {
    const int64_t sample =
        ((y - domain_.y) * domain_.w + (x - domain_.x)) * format_.channels + channel;
    put_number(&inputs_[0][static_cast<size_t>(sample) * sample_bytes(format_.in)], format_.in,
               value);
}

std::string Scene::named(const sepflow_rect &region, const How &how) const {
    return "process of " + described(region) + ", " + check::described(format_) + ", " +
           check::described(how.place.layout);
}

Bytes Scene::compute(const sepflow_rect &region, const How &how) const {
    Bytes result;
    const Reply reply = try_compute(region, how, &result);
    require_ok(named(region, how), reply);
    return result;
}

std::vector<Picture> Scene::input_pictures(const sepflow_rect &region, const How &how) const {
    std::vector<Picture> pictures;
    size_t input = 0;
    for (uint32_t port = 0; port < subject_->inputs(); ++port) {
        if (subject_->is_optional(port)) continue;
        const Format &format = input_formats_[input];
        const sepflow_rect bounds = how.has_whole_bounds ? domain_
                                    : how.is_in_place    ? region
                                                      : plan_.input_region(port, region, domain_);
        pictures.emplace_back(format.in, format.channels, bounds, domain_, how.place);
        const size_t pixel = sample_bytes(format.in) * static_cast<size_t>(format.channels);
        Bytes pixels;
        append_rows(pixels, inputs_[input].data(), domain_, bounds, pixel);
        pictures.back().write(pixels);
        pictures.back().image().flags = input == 0 ? how.input_flags : 0;
        ++input;
    }
    return pictures;
}

// An output: the first, those that must be there, the one that is asked for.
bool Scene::is_wanted(uint32_t port, const How &how) const {
    return port == subject_->inputs() || !subject_->is_optional(port) || port == how.optional_port;
}

std::vector<Picture> Scene::output_pictures(const sepflow_rect &region, const How &how) const {
    std::vector<Picture> pictures;
    const sepflow_rect bounds = how.has_whole_bounds ? out_domain_ : region;
    for (uint32_t port = subject_->inputs(); port < subject_->desc().port_count; ++port) {
        if (!is_wanted(port, how)) continue;
        pictures.emplace_back(format_.out, format_.channels, bounds, out_domain_, how.place);
        pictures.back().image().flags = how.output_flags;
    }
    return pictures;
}

// All images of a call, as its structs and as the memory behind them.
struct Scene::Images {
    std::vector<Picture> ins, outs;
    Picture optional;
    StructArray<sepflow_image> inputs, outputs;
};

Scene::Images Scene::images_of(const sepflow_rect &region, const How &how) const {
    const uint32_t input_count = subject_->inputs();
    const uint32_t image_size = how.image_size != 0 ? how.image_size : subject_->image_size();
    Images images = {input_pictures(region, how), output_pictures(region, how),
                     Picture(how.optional_port < input_count ? how.optional_type : format_.in,
                             how.optional_channels, domain_, domain_, how.place),
                     StructArray<sepflow_image>(image_size),
                     StructArray<sepflow_image>(image_size)};
    Picture &optional = images.optional;
    optional.write(
        noise(optional.image().type, samples_of(domain_, how.optional_channels), kOptionalSeed));
    const auto add = [&](StructArray<sepflow_image> &to, sepflow_image image) {
        if (how.has_no_domain) image.domain = {0, 0, 0, 0};
        to.add(image);
    };
    size_t in = 0, out = 0;
    for (uint32_t port = 0; port < input_count; ++port) {
        if (how.leaves_out_last && port + 1 == input_count) break;
        const bool is_connected = port == how.optional_port;
        if (subject_->is_optional(port))
            add(images.inputs, is_connected ? optional.image() : no_image());
        else
            add(images.inputs, images.ins[in++].image());
    }
    for (uint32_t port = input_count; port < subject_->desc().port_count; ++port) {
        if (!is_wanted(port, how))
            add(images.outputs, no_image());
        else if (how.is_in_place && out == 0)
            add(images.outputs, images.ins[out++].image());
        else
            add(images.outputs, images.outs[out++].image());
    }
    return images;
}

// Requires that only the region of the outputs was written. Returns its pixels.
Bytes Scene::written(Images &images, const std::vector<Bytes> &ins_before,
                     const sepflow_rect &region, const How &how) const {
    const std::string what = named(region, how);
    for (size_t i = how.is_in_place ? 1 : 0; i < images.ins.size(); ++i)
        require(images.ins[i].all_bytes() == ins_before[i], what + " writes to an input");
    Bytes result;
    for (size_t i = 0; i < images.outs.size(); ++i) {
        Picture &out = images.outs[i];
        const bool is_own = how.is_in_place && i == 0;
        const Bytes pixels = is_own ? images.ins[0].read(region) : out.read(region);
        result.insert(result.end(), pixels.begin(), pixels.end());
        // With the region as in memory that nobody wrote to, all of the memory is.
        const Picture untouched(format_.out, format_.channels, out.image().bounds, out_domain_,
                                how.place);
        out.write(untouched.read(region), region);
        require(out.all_bytes() == untouched.all_bytes(),
                what + " writes outside the pixels that it was asked for");
    }
    return result;
}

Reply Scene::try_compute(const sepflow_rect &region, const How &how, Bytes *result) const {
    Images images = images_of(region, how);
    const Guarded scratch(how.scratch_bytes, true);
    std::memset(scratch.data(), kOldBytes, scratch.size());
    const GuardedImages inputs(images.inputs), outputs(images.outputs);
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.flags = how.call_flags;
    call.inputs = inputs.data();
    call.input_count = images.inputs.count();
    call.outputs = outputs.data();
    call.output_count = images.outputs.count();
    call.region = region;
    call.max_threads = how.threads;
    call.scratch = how.scratch_bytes > 0 ? scratch.data() : nullptr;
    call.scratch_size = how.scratch_bytes;
    call.host = how.host != nullptr ? how.host->get() : nullptr;
    call.call_ctx = CheckingHost::call_context(how.threads);
    if (how.change) how.change(call);
    const Later<sepflow_process> later(call, 0xff);

    std::vector<Bytes> before;
    for (const Picture &picture : images.ins) before.push_back(picture.all_bytes());
    const sepflow_process call_before = call;
    const Bytes inputs_before = inputs.bytes(), outputs_before = outputs.bytes();
    const Reply reply = ask(named(region, how), [&](sepflow_error *e) {
        return plan_.desc().process(plan_.get(), how.has_later_call ? &later.known : &call, e);
    });
    require(std::memcmp(&call, &call_before, sizeof call) == 0 && inputs.bytes() == inputs_before &&
                outputs.bytes() == outputs_before,
            named(region, how) + " changes the structs of its call");
    *result = written(images, before, region, how);
    return reply;
}

std::string Scene::difference(const Bytes &got, const Bytes &wanted,
                              const sepflow_rect &region) const {
    if (!subject_->promises(SEPFLOW_NODE_PURE)) return "";
    return first_difference(got, wanted, region, 0);
}

std::string Scene::far_difference(const Bytes &got, const Bytes &wanted,
                                  const sepflow_rect &region) const {
    if (!subject_->promises(SEPFLOW_NODE_PURE)) return "";
    if (!is_float(format_.out)) return first_difference(got, wanted, region, 1);
    const double full = is_float(format_.in) ? 1 : std::ldexp(1, format_.in & 0xff);
    const double unit = format_.out == SEPFLOW_F16   ? 4e-3
                        : format_.out == SEPFLOW_F32 ? 1e-5
                                                     : 1e-12;
    return first_difference(got, wanted, region, (2 * plan_.info().error_bound + unit) * full);
}

std::string Scene::first_difference(const Bytes &got, const Bytes &wanted,
                                    const sepflow_rect &region, double allowed) const {
    if (got.size() != wanted.size()) return "in size";
    const size_t size = sample_bytes(format_.out);
    const auto of_an_output = static_cast<int64_t>(samples_of(region, format_.channels));
    for (size_t i = 0; i + size <= got.size(); i += size) {
        if (std::memcmp(&got[i], &wanted[i], size) == 0) continue;
        const double a = number_at(&got[i], format_.out), b = number_at(&wanted[i], format_.out);
        if (std::isnan(a) && std::isnan(b)) continue;  // of any kind
        if (std::fabs(a - b) <= allowed) continue;
        const auto sample = static_cast<int64_t>(i / size) % of_an_output;
        const auto output = static_cast<int64_t>(i / size) / of_an_output;
        const int64_t pixel = sample / format_.channels;
        char numbers[80];
        std::snprintf(numbers, sizeof numbers, "%.9g instead of %.9g", a, b);
        return "at (" + std::to_string(region.x + pixel % region.w) + ", " +
               std::to_string(region.y + pixel / region.w) + "), channel " +
               std::to_string(sample % format_.channels) +
               (output > 0 ? " of output " + std::to_string(output + 1) : "") + ": " + numbers;
    }
    return "";
}

Bytes Scene::crop(const Bytes &whole, const sepflow_rect &of, const sepflow_rect &part) const {
    const size_t pixel = sample_bytes(format_.out) * static_cast<size_t>(format_.channels);
    const size_t of_an_output = static_cast<size_t>(of.w * of.h) * pixel;
    Bytes result;
    for (size_t at = 0; at + of_an_output <= whole.size() && of_an_output > 0; at += of_an_output)
        append_rows(result, &whole[at], of, part, pixel);
    return result;
}

}  // namespace sepflow::check
