#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/command/container.h"
#include "runtime/command/embedded_pictures.h"

namespace sepflow::command {

namespace {

enum Marker : unsigned char {
    kApplication0 = 0xE0,
    kApplication1 = 0xE1,
    kApplication2 = 0xE2,
    kApplication13 = 0xED,
    kAdobe = 0xEE,  // says how colours are encoded
    kLastApplication = 0xEF,
    kComment = 0xFE,
};

constexpr size_t kMostData = 65533;
constexpr std::string_view kExifStart("Exif\0\0", 6),
    kXmpStart("http://ns.adobe.com/xap/1.0/\0", 29), kProfileStart("ICC_PROFILE\0", 12);

std::string big_endian(size_t value) {
    return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string segment(Marker marker, const std::string &data) {
    return std::string("\xFF") + static_cast<char>(marker) + big_endian(data.size() + 2) + data;
}

// JFIF 1.01, its unit and density, and no thumbnail.
std::string jfif(const Resolution &resolution) {
    const auto density = [&](double value) {
        const bool is_known = resolution.unit == kInch || resolution.unit == kCentimetre;
        return is_known ? static_cast<size_t>(std::clamp(std::round(value), 1.0, 65535.0)) : 1;
    };
    const char unit = resolution.unit == kInch ? 1 : resolution.unit == kCentimetre ? 2 : 0;
    return std::string("JFIF\0\1\1", 7) + unit + big_endian(density(resolution.x)) +
           big_endian(density(resolution.y)) + std::string(2, '\0');
}

std::string profile_segments(const std::string &profile) {
    const size_t most = kMostData - kProfileStart.size() - 2;
    const size_t count = (profile.size() + most - 1) / most;
    std::string segments;
    for (size_t i = 0; i < count; ++i) {
        segments +=
            segment(kApplication2, std::string(kProfileStart) + static_cast<char>(i + 1) +
                                       static_cast<char>(count) + profile.substr(i * most, most));
    }
    return segments;
}

class JpegContainer : public Container {
  public:
    JpegContainer(const Metadata &metadata, Sink sink)
        : start_("\xFF\xD8" + segment(kApplication0, jfif(metadata.resolution))),
          sink_(std::move(sink)) {
        if (!metadata.exif.empty())
            start_ += segment(kApplication1, std::string(kExifStart) + metadata.exif);
        if (!metadata.xmp.empty())
            start_ += segment(kApplication1, std::string(kXmpStart) + metadata.xmp);
        if (!metadata.iptc.empty())
            start_ += segment(kApplication13,
                              std::string(kPhotoshop) + photoshop_resource(metadata.iptc));
        start_ += profile_segments(metadata.profile);
        if (const std::string *comment = metadata.text("Comment"))
            start_ += segment(kComment, *comment);
    }

    void write(std::string_view bytes) override {
        if (is_past_metadata_) return sink_(bytes);
        held_ += bytes;
        take_segments();
    }

    void end() override {
        if (!is_past_metadata_) sink_(held_);
    }

  private:
    // Drops segments before the first that says how pixels are encoded.
    void take_segments() {
        while (held_.size() >= place_ + 4) {
            const auto marker = static_cast<unsigned char>(held_[place_ + 1]);
            const bool is_metadata =
                (marker >= kApplication0 && marker <= kLastApplication) || marker == kComment;
            if (!is_metadata) {
                is_past_metadata_ = true;
                sink_(start_);
                return sink_(std::string_view(held_).substr(place_));
            }
            const size_t length = static_cast<unsigned char>(held_[place_ + 2]) * 256u +
                                  static_cast<unsigned char>(held_[place_ + 3]);
            if (held_.size() < place_ + 2 + length) return;
            if (marker == kAdobe) start_ += held_.substr(place_, 2 + length);
            place_ += 2 + length;
        }
    }

    std::string start_, held_;
    size_t place_ = 2;
    bool is_past_metadata_ = false;
    Sink sink_;
};

}  // namespace

Metadata fitted_to_jpeg(const Metadata &metadata) {
    Metadata fitted = metadata;
    constexpr size_t kResourceAround = 32;
    if (fitted.exif.size() > kMostData - kExifStart.size()) fitted.exif.clear();
    if (fitted.xmp.size() > kMostData - kXmpStart.size()) fitted.xmp.clear();
    if (fitted.iptc.size() > kMostData - kResourceAround) fitted.iptc.clear();
    if (fitted.profile.size() > 255 * (kMostData - kProfileStart.size() - 2))
        fitted.profile.clear();
    auto &texts = fitted.texts;
    texts.erase(std::remove_if(texts.begin(), texts.end(),
                               [](const auto &text) { return text.second.size() > kMostData; }),
                texts.end());
    return fitted;
}

std::unique_ptr<Container> jpeg_container(const Metadata &metadata, Container::Sink sink) {
    return std::make_unique<JpegContainer>(fitted_to_jpeg(metadata), std::move(sink));
}

}  // namespace sepflow::command
