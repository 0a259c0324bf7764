#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "runtime/command/container.h"

namespace sepflow::command {

namespace {

constexpr size_t kSignature = 8, kChunkHeader = 8, kChunkCheck = 4;

std::string big_endian(uint64_t value) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
    return text;
}

// CRC-32 as of ISO 3309, which the PNG specification gives.
uint32_t check_of(std::string_view bytes) {
    static const std::array<uint32_t, 256> table = [] {
        std::array<uint32_t, 256> made = {};
        for (uint32_t i = 0; i < made.size(); ++i) {
            uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = (value & 1) != 0 ? 0xEDB88320u ^ value >> 1 : value >> 1;
            made[i] = value;
        }
        return made;
    }();
    uint32_t check = 0xFFFFFFFFu;
    for (const char byte : bytes)
        check = table[(check ^ static_cast<unsigned char>(byte)) & 0xFF] ^ check >> 8;
    return ~check;
}

std::string chunk(const std::string &name, const std::string &data) {
    return big_endian(data.size()) + name + data + big_endian(check_of(name + data));
}

// Returns zlib's format with the bytes as they are (RFC 1950 and 1951). Profiles are small.
std::string deflated(const std::string &bytes) {
    constexpr size_t kMostBlock = 65535;
    std::string text = "\x78\x01";
    size_t at = 0;
    do {
        const std::string block = bytes.substr(at, kMostBlock);
        at += block.size();
        text += at == bytes.size() ? '\1' : '\0';
        const auto length = static_cast<uint16_t>(block.size());
        for (const unsigned half : {unsigned{length}, ~unsigned{length}}) {
            text += static_cast<char>(half);
            text += static_cast<char>(half >> 8);
        }
        text += block;
    } while (at < bytes.size());
    uint32_t low = 1, high = 0;
    for (const char byte : bytes) {
        low = (low + static_cast<unsigned char>(byte)) % 65521;
        high = (high + low) % 65521;
    }
    return text + big_endian(high << 16 | low);
}

bool is_ascii(const std::string &text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
}

// Writes UTF-8 as iTXt, with no compression, language or translated name; the rest as tEXt.
std::string text_chunk(const std::string &name, const std::string &value) {
    const bool is_utf8 = g_utf8_validate(value.data(), static_cast<gssize>(value.size()), nullptr);
    if (is_ascii(value) || !is_utf8) return chunk("tEXt", name + '\0' + value);
    return chunk("iTXt", name + std::string(5, '\0') + value);
}

std::string chunks_of(const Metadata &metadata) {
    std::string chunks;
    if (!metadata.profile.empty()) {
        constexpr char kDeflate = '\0';
        chunks += chunk("iCCP",
                        std::string("ICC profile") + '\0' + kDeflate + deflated(metadata.profile));
    }
    chunks += metadata.colour_chunks;
    if (metadata.resolution.unit == kInch || metadata.resolution.unit == kCentimetre) {
        const auto per_metre = [&](double value) {
            return static_cast<uint64_t>(
                std::clamp(std::round(metadata.resolution.per_metre(value)), 1.0, 2147483647.0));
        };
        constexpr char kMetre = '\1';
        chunks += chunk("pHYs", big_endian(per_metre(metadata.resolution.x)) +
                                    big_endian(per_metre(metadata.resolution.y)) + kMetre);
    }
    if (!metadata.exif.empty()) chunks += chunk("eXIf", metadata.exif);
    if (!metadata.xmp.empty())
        chunks += chunk("iTXt", "XML:com.adobe.xmp" + std::string(5, '\0') + metadata.xmp);
    constexpr size_t kLongestName = 79;
    for (const auto &[name, value] : metadata.texts) {
        if (!name.empty() && name.size() <= kLongestName) chunks += text_chunk(name, value);
    }
    return chunks;
}

class PngContainer : public Container {
  public:
    PngContainer(const Metadata &metadata, Sink sink)
        : chunks_(chunks_of(metadata)), sink_(std::move(sink)) {}

    // Chunks are long, so they pass through in pieces.
    void write(std::string_view bytes) override {
        while (!bytes.empty()) {
            if (left_ == 0) {
                const size_t wanted = is_started_ ? kChunkHeader : kSignature;
                const size_t taken = std::min(wanted - header_.size(), bytes.size());
                header_ += bytes.substr(0, taken);
                bytes.remove_prefix(taken);
                if (header_.size() == wanted) begin();
                continue;
            }
            const size_t taken = std::min<uint64_t>(left_, bytes.size());
            if (is_wanted_) sink_(bytes.substr(0, taken));
            bytes.remove_prefix(taken);
            left_ -= taken;
            if (left_ == 0 && is_first_) {
                is_first_ = false;
                sink_(chunks_);
            }
        }
    }

  private:
    // Begins a chunk whose header is complete, or ends the signature.
    void begin() {
        if (is_started_) {
            const std::string name = header_.substr(4);
            is_first_ = name == "IHDR";
            is_wanted_ =
                is_first_ || name == "PLTE" || name == "tRNS" || name == "IDAT" || name == "IEND";
            left_ = kChunkCheck;
            for (int i = 0, shift = 24; i < 4; ++i, shift -= 8)
                left_ += static_cast<uint64_t>(static_cast<unsigned char>(header_[i])) << shift;
        }
        if (is_wanted_) sink_(header_);
        is_started_ = true;
        header_.clear();
    }

    std::string chunks_, header_;
    uint64_t left_ = 0;  // bytes of this chunk to come
    bool is_started_ = false, is_wanted_ = true, is_first_ = false;
    Sink sink_;
};

}  // namespace

std::unique_ptr<Container> png_container(const Metadata &metadata, Container::Sink sink) {
    return std::make_unique<PngContainer>(metadata, std::move(sink));
}

}  // namespace sepflow::command
