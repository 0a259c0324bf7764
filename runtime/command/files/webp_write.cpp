// Lossless WebP. libvips before 8.16 cannot keep the colours of transparent pixels.
#include <memory>
#include <webp/encode.h>
#include <webp/mux.h>

#include "runtime/base/error.h"
#include "runtime/command/files/image_formats.h"
#include "runtime/command/files/rows.h"

namespace sepflow::command {

namespace {

// A structure of libwebp's, and the function that frees what it points to.
template <typename Structure, void (*clear)(Structure *)>
struct Owner : Structure {
    Owner() : Structure() {}
    ~Owner() { clear(this); }
    Owner(const Owner &) = delete;
};

// Returns a pixel of one to four channels as libwebp has it.
uint32_t argb_of(const VipsPel *pixel, int bands) {
    const bool is_grey = bands < 3;
    const uint32_t red = pixel[0], green = pixel[is_grey ? 0 : 1], blue = pixel[is_grey ? 0 : 2],
                   alpha = bands % 2 == 0 ? pixel[bands - 1] : 255;
    return alpha << 24 | red << 16 | green << 8 | blue;
}

}  // namespace

std::vector<std::string> write_webp(VipsImage *image, const Metadata &metadata,
                                    const OutputFile &file) {
    const auto check = [&](bool has_succeeded, const std::string &why) {
        if (!has_succeeded) throw Error(SEPFLOW_E_IO, "cannot write " + file.path() + ": " + why);
    };
    check(image->Xsize <= WEBP_MAX_DIMENSION && image->Ysize <= WEBP_MAX_DIMENSION,
          "WebP holds at most " + std::to_string(WEBP_MAX_DIMENSION) +
              " rows and columns; use a .png or .tif file");
    WebPConfig config;
    Owner<WebPPicture, WebPPictureFree> picture;
    check(WebPPictureInit(&picture) != 0 && WebPConfigInit(&config) != 0,
          "libwebp is of another version than its headers");
    config.lossless = 1;
    config.exact = 1;  // colours of transparent pixels stay
    picture.use_argb = 1;
    picture.width = image->Xsize;
    picture.height = image->Ysize;
    if (WebPPictureAlloc(&picture) == 0) throw std::bad_alloc();
    uint32_t *to = picture.argb;
    for_each_row(image, First::kTop, [&](const VipsPel *row) {
        for (int x = 0; x < image->Xsize; ++x)
            to[x] = argb_of(row + x * image->Bands, image->Bands);
        to += picture.argb_stride;
    });
    Owner<WebPMemoryWriter, WebPMemoryWriterClear> encoded;
    WebPMemoryWriterInit(&encoded);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &encoded;
    if (WebPEncode(&config, &picture) == 0) {
        if (picture.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY) throw std::bad_alloc();
        check(false, "libwebp's error " + std::to_string(picture.error_code));
    }

    const std::unique_ptr<WebPMux, decltype(&WebPMuxDelete)> mux(WebPMuxNew(), WebPMuxDelete);
    if (mux == nullptr) throw std::bad_alloc();
    constexpr int kByReference = 0;
    const WebPData pixels = {encoded.mem, encoded.size};
    int status = WebPMuxSetImage(mux.get(), &pixels, kByReference);
    for (const auto &[name, bytes] :
         {std::pair<const char *, const std::string &>{"ICCP", metadata.profile},
          {"EXIF", metadata.exif},
          {"XMP ", metadata.xmp}}) {
        const WebPData chunk = {reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()};
        if (status == WEBP_MUX_OK && !bytes.empty())
            status = WebPMuxSetChunk(mux.get(), name, &chunk, kByReference);
    }
    Owner<WebPData, WebPDataClear> assembled;
    if (status == WEBP_MUX_OK) status = WebPMuxAssemble(mux.get(), &assembled);
    check(status == WEBP_MUX_OK, "libwebp's error " + std::to_string(status));
    file.write({reinterpret_cast<const char *>(assembled.bytes), assembled.size});
    return {};
}

}  // namespace sepflow::command
