#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <jpeglib.h>

#include "runtime/command/files/embedded_pictures.h"
#include "runtime/command/files/error_jump.h"
#include "runtime/command/files/image_formats.h"
#include "runtime/command/files/rows.h"

#undef error_exit  // a macro of libvips, by which it renames the field of libjpeg

namespace sepflow::command {

namespace {

struct JpegFile {
    const OutputFile &file;
    ErrorJump jump;
    jpeg_error_mgr errors = {};
    jpeg_destination_mgr destination = {};
    std::array<JOCTET, 1 << 16> buffer;
    jpeg_compress_struct codec = {};

    explicit JpegFile(const OutputFile &out) : file(out), jump("cannot write " + out.path()) {
        codec.err = jpeg_std_error(&errors);
        errors.output_message = [](j_common_ptr) {};
        errors.error_exit = [](j_common_ptr jpeg) {
            char reason[JMSG_LENGTH_MAX];
            jpeg->err->format_message(jpeg, reason);
            self(jpeg->client_data).jump.fail(reason);
        };
        codec.client_data = this;
        jump.run([this] { jpeg_create_compress(&codec); });
        codec.dest = &destination;
        destination.init_destination = [](j_compress_ptr jpeg) { self(jpeg->client_data).renew(); };
        destination.empty_output_buffer = [](j_compress_ptr jpeg) -> boolean {
            self(jpeg->client_data).write(sizeof buffer);
            return TRUE;
        };
        destination.term_destination = [](j_compress_ptr jpeg) {
            self(jpeg->client_data).write(sizeof buffer - jpeg->dest->free_in_buffer);
        };
    }
    ~JpegFile() { jpeg_destroy_compress(&codec); }
    JpegFile(const JpegFile &) = delete;

    static JpegFile &self(void *data) { return *static_cast<JpegFile *>(data); }
    void renew() {
        destination.next_output_byte = buffer.data();
        destination.free_in_buffer = buffer.size();
    }
    void write(size_t count) {
        if (!file.try_write({reinterpret_cast<const char *>(buffer.data()), count}))
            jump.fail(std::strerror(errno));
        renew();
    }
};

// Quality 95 is past where a filter's result shows blocks. Colours are kept at full resolution.
void set_parameters(jpeg_compress_struct *jpeg, const VipsImage *image,
                    const Resolution &resolution) {
    jpeg->image_width = static_cast<JDIMENSION>(image->Xsize);
    jpeg->image_height = static_cast<JDIMENSION>(image->Ysize);
    jpeg->input_components = image->Bands;
    jpeg->in_color_space = image->Bands == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, 95, TRUE);
    for (int i = 0; i < jpeg->num_components; ++i)
        jpeg->comp_info[i].h_samp_factor = jpeg->comp_info[i].v_samp_factor = 1;
    if (!resolution.is_known()) return;
    jpeg->density_unit = resolution.unit == kInch ? 1 : 2;
    jpeg->X_density = static_cast<UINT16>(std::clamp(std::round(resolution.x), 1.0, 65535.0));
    jpeg->Y_density = static_cast<UINT16>(std::clamp(std::round(resolution.y), 1.0, 65535.0));
}

struct Marker {
    int number;
    const char *kind;  // in words
    std::string bytes;
};

std::vector<Marker> markers_of(const Metadata &metadata) {
    std::vector<Marker> markers;
    const auto add = [&](int number, const char *kind, std::string_view prefix,
                         const std::string &data) {
        if (!data.empty()) markers.push_back({number, kind, std::string(prefix) + data});
    };
    add(JPEG_APP0 + 1, "Exif", {"Exif\0\0", 6}, metadata.exif);
    add(JPEG_APP0 + 1, "XMP", {"http://ns.adobe.com/xap/1.0/\0", 29}, metadata.xmp);
    if (!metadata.iptc.empty())
        add(JPEG_APP0 + 13, "IPTC", kPhotoshop, photoshop_resource(metadata.iptc));
    if (const std::string *comment = metadata.text("Comment")) add(JPEG_COM, "texts", "", *comment);
    return markers;
}

}  // namespace

std::vector<std::string> write_jpeg(VipsImage *image, const Metadata &metadata,
                                    const OutputFile &file) {
    constexpr size_t kMostOfMarker = 65533, kMostOfProfile = 255 * 65519;
    std::vector<std::string> left_out;
    std::vector<Marker> markers;
    for (Marker &marker : markers_of(metadata)) {
        if (marker.bytes.size() > kMostOfMarker) {
            left_out.emplace_back(marker.kind);
        } else {
            markers.push_back(std::move(marker));
        }
    }
    const bool is_profile_too_long = metadata.profile.size() > kMostOfProfile;
    if (is_profile_too_long) left_out.emplace_back("colour profile");

    const auto bytes_of = [](const std::string &data) {
        return reinterpret_cast<const JOCTET *>(data.data());
    };
    JpegFile out(file);
    out.jump.run([&, jpeg = &out.codec] {
        set_parameters(jpeg, image, metadata.resolution);
        jpeg_start_compress(jpeg, TRUE);
        for (const Marker &marker : markers) {
            jpeg_write_marker(jpeg, marker.number, bytes_of(marker.bytes),
                              static_cast<unsigned>(marker.bytes.size()));
        }
        if (!metadata.profile.empty() && !is_profile_too_long) {
            jpeg_write_icc_profile(jpeg, bytes_of(metadata.profile),
                                   static_cast<unsigned>(metadata.profile.size()));
        }
    });
    for_each_row(image, First::kTop, [&](const VipsPel *row) {
        auto *samples = const_cast<JSAMPROW>(row);
        out.jump.run([&] { jpeg_write_scanlines(&out.codec, &samples, 1); });
    });
    out.jump.run([&] { jpeg_finish_compress(&out.codec); });
    return left_out;
}

}  // namespace sepflow::command
