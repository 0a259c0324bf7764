// Messages of libtiff, kept from the handlers that the whole process shares.
#pragma once

#include <array>
#include <cstdarg>
#include <cstdio>
#include <memory>
#include <new>
#include <tiffio.h>

namespace sepflow::command {

struct FreeTiffOptions {
    void operator()(TIFFOpenOptions *options) const { TIFFOpenOptionsFree(options); }
};

using TiffReason = std::array<char, 256>;

// Returns options for libtiff's open functions. `reason` becomes the file's last error, and must
// outlive the file. Warnings are dropped.
inline std::unique_ptr<TIFFOpenOptions, FreeTiffOptions> tiff_options(TiffReason &reason) {
    std::unique_ptr<TIFFOpenOptions, FreeTiffOptions> options(TIFFOpenOptionsAlloc());
    if (options == nullptr) throw std::bad_alloc();
    constexpr int kDone = 1;
    const auto note = [](TIFF *, void *to, const char *, const char *format, va_list values) {
        auto &text = *static_cast<TiffReason *>(to);
        std::vsnprintf(text.data(), text.size(), format, values);
        return kDone;
    };
    const auto drop = [](TIFF *, void *, const char *, const char *, va_list) { return kDone; };
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), note, &reason);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), drop, nullptr);
    return options;
}

}  // namespace sepflow::command
