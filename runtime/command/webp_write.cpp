#include <memory>
#include <webp/encode.h>

#include "runtime/command/container.h"
#include "runtime/command/image_file.h"
#include "runtime/command/rows.h"
#include "runtime/command/webp.h"

namespace sepflow::command {

namespace {

struct FreePicture {
    void operator()(WebPPicture *picture) const {
        WebPPictureFree(picture);
        delete picture;
    }
};

// Returns a pixel of one to four channels as libwebp has it.
uint32_t argb_of(const VipsPel *pixel, int bands) {
    const bool is_grey = bands < 3;
    const uint32_t red = pixel[0], green = pixel[is_grey ? 0 : 1], blue = pixel[is_grey ? 0 : 2],
                   alpha = bands % 2 == 0 ? pixel[bands - 1] : 255;
    return alpha << 24 | red << 16 | green << 8 | blue;
}

}  // namespace

void write_lossless_webp(VipsImage *image, const Metadata &metadata, const OutputFile &file) {
    const auto fail = [&](const std::string &why) {
        return Error(SEPFLOW_E_IO, "cannot write " + file.path() + ": " + why);
    };
    if (image->Xsize > WEBP_MAX_DIMENSION || image->Ysize > WEBP_MAX_DIMENSION) {
        throw fail("WebP holds at most " + std::to_string(WEBP_MAX_DIMENSION) +
                   " rows and columns; use a .png or .tif file");
    }
    WebPConfig config;
    const std::unique_ptr<WebPPicture, FreePicture> picture(new WebPPicture);
    if (WebPPictureInit(picture.get()) == 0 || WebPConfigInit(&config) == 0)
        throw fail("libwebp is of another version than its headers");
    config.lossless = 1;
    config.exact = 1;  // colours of transparent pixels stay
    picture->use_argb = 1;
    picture->width = image->Xsize;
    picture->height = image->Ysize;
    if (WebPPictureAlloc(picture.get()) == 0) throw std::bad_alloc();
    uint32_t *to = picture->argb;
    for_each_row(image, First::kTop, [&](const VipsPel *row) {
        for (int x = 0; x < image->Xsize; ++x)
            to[x] = argb_of(row + x * image->Bands, image->Bands);
        to += picture->argb_stride;
    });
    std::string encoded;
    picture->custom_ptr = &encoded;
    picture->writer = [](const uint8_t *data, size_t size, const WebPPicture *from) {
        static_cast<std::string *>(from->custom_ptr)
            ->append(reinterpret_cast<const char *>(data), size);
        return 1;
    };
    if (WebPEncode(&config, picture.get()) == 0) {
        if (picture->error_code == VP8_ENC_ERROR_OUT_OF_MEMORY) throw std::bad_alloc();
        throw fail("libwebp's error " + std::to_string(picture->error_code));
    }
    file.write(webp_file(encoded, metadata, image->Xsize, image->Ysize, image->Bands % 2 == 0));
}

}  // namespace sepflow::command
