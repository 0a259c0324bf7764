#include "runtime/command/files/embedded_pictures.h"

#include <algorithm>
#include <cstdint>
#include <glib.h>
#include <memory>

namespace sepflow::command {

namespace {

struct Unref {
    void operator()(GRegex *regex) const { g_regex_unref(regex); }
};
using Regex = std::unique_ptr<GRegex, Unref>;

// Lines of base64 digits. Encoders break them at 64 or more. Between them is white space, which XML
// may write as a character reference.
constexpr char kBase64[] =
    "[A-Za-z0-9+/=]{40,}+"
    "(?:(?:\\s|&#\\w{1,5};)++[A-Za-z0-9+/=]{40,}+)*+"
    "(?:(?:\\s|&#\\w{1,5};)++[A-Za-z0-9+/=]++)?+";

// Keeps signatures and hashes, which are shorter than pictures.
gboolean keep_short(const GMatchInfo *match, GString *kept, gpointer) {
    constexpr gint kLeastPicture = 256;
    gint start = 0, end = 0;
    g_match_info_fetch_pos(match, 0, &start, &end);
    if (end - start < kLeastPicture)
        g_string_append_len(kept, g_match_info_get_string(match) + start, end - start);
    return FALSE;
}

size_t number_at(std::string_view bytes, size_t at, size_t length) {
    size_t value = 0;
    for (size_t i = at; i < at + length && i < bytes.size(); ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

std::string big_endian(size_t value, int bytes) {
    std::string text;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        text += static_cast<char>(value >> shift);
    return text;
}

constexpr std::string_view kResource = "8BIM";
constexpr size_t kIptcResource = 0x0404;

// Keeps IPTC's texts: a data set is 1C, record, number, length and data. Records 1 and 2 are texts,
// except for the preview. Lengths beyond 15 bits, which texts do not have, end it.
std::string without_preview(std::string_view sets) {
    constexpr size_t kHeader = 5, kTooLong = 1 << 15, kFirstOfPreview = 200, kLastOfPreview = 202;
    std::string kept;
    while (sets.size() >= kHeader && sets[0] == '\x1C') {
        const size_t record = number_at(sets, 1, 1), number = number_at(sets, 2, 1),
                     length = number_at(sets, 3, 2);
        if (length >= kTooLong || length > sets.size() - kHeader) break;
        const bool is_preview =
            record == 2 && number >= kFirstOfPreview && number <= kLastOfPreview;
        if ((record == 1 || record == 2) && !is_preview) kept += sets.substr(0, kHeader + length);
        sets.remove_prefix(kHeader + length);
    }
    return kept;
}

}  // namespace

std::string text_without_pictures(std::string_view text) {
    if (text.find('\0') != text.npos) return "";
    const Regex regex(g_regex_new(kBase64, G_REGEX_RAW, GRegexMatchFlags{}, nullptr));
    const std::unique_ptr<char, decltype(&g_free)> kept(
        g_regex_replace_eval(regex.get(), text.data(), static_cast<gssize>(text.size()), 0,
                             GRegexMatchFlags{}, keep_short, nullptr, nullptr),
        g_free);
    return kept == nullptr ? "" : kept.get();
}

std::string iptc_text(std::string_view resources) {
    if (resources.substr(0, kPhotoshop.size()) == kPhotoshop)
        resources.remove_prefix(kPhotoshop.size());
    if (resources.substr(0, 1) == "\x1C") return without_preview(resources);
    // A resource is 8BIM, a number, a name and data; name and data are padded to even lengths.
    while (resources.size() >= 12 && resources.substr(0, 4) == kResource) {
        const size_t number = number_at(resources, 4, 2);
        const size_t name = (number_at(resources, 6, 1) + 2) / 2 * 2, data = 6 + name + 4;
        const size_t length = number_at(resources, 6 + name, 4);
        if (data > resources.size() || length > resources.size() - data) break;
        if (number == kIptcResource) return without_preview(resources.substr(data, length));
        resources.remove_prefix(std::min(resources.size(), data + (length + 1) / 2 * 2));
    }
    return "";
}

std::string photoshop_resource(std::string_view iptc) {
    return std::string(kResource) + big_endian(kIptcResource, 2) + std::string(2, '\0') +
           big_endian(iptc.size(), 4) + std::string(iptc) + std::string(iptc.size() % 2, '\0');
}

}  // namespace sepflow::command
