#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string_view>
#include <unistd.h>

#include "runtime/command/csv.h"
#include "runtime/command/image_file.h"
#include "runtime/command/netpbm.h"
#include "runtime/command/pixel_type.h"

namespace sepflow::command {

namespace {

ImagePointer read_csv(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(SEPFLOW_E_IO, "cannot read " + path + ": " + std::strerror(errno));
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const CsvPixels pixels = parse_csv(text, path);
    if (std::max(pixels.width, pixels.height) > static_cast<size_t>(VIPS_MAX_COORD)) {
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": it has too many rows or columns");
    }
    return image_of(pixels.values.data(), VIPS_FORMAT_DOUBLE, static_cast<int64_t>(pixels.width),
                    static_cast<int64_t>(pixels.height), 1, path);
}

// Radiance and LabQ pixels are packed; everything else passes through.
ImagePointer unpacked(ImagePointer image, const std::string &path) {
    if (image->Coding == VIPS_CODING_NONE) return image;
    VipsImage *decoded = nullptr;
    const int failed = image->Coding == VIPS_CODING_RAD
                           ? vips_rad2float(image.get(), &decoded, nullptr)
                           : vips_LabQ2Lab(image.get(), &decoded, nullptr);
    if (failed) throw vips_failure("cannot read " + path);
    return ImagePointer(decoded);
}

// libvips looks for pixels only when they are asked for, when as much has been reserved for the result as the header says.
void check_length(const VipsImage *image, const std::string &loader, const std::string &path) {
    const bool is_raw =
        loader.rfind("VipsForeignLoadPpm", 0) == 0 || loader.rfind("VipsForeignLoadVips", 0) == 0;
    std::error_code unknown;
    const auto length = std::filesystem::file_size(path, unknown);
    if (is_raw && !unknown && length < VIPS_IMAGE_SIZEOF_IMAGE(image)) {
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": it ends too early");
    }
}

constexpr char kPath[] = "sepflow-path";

ImagePointer open_image(const std::string &path) {
    if (access(path.c_str(), R_OK) != 0) {
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": " + std::strerror(errno));
    }
    if (std::filesystem::is_directory(path)) {
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": it is a directory");
    }
    if (lower_case_suffix(path) == ".csv") return read_csv(path);
    if (lower_case_suffix(path) == ".pfm") return read_pfm(path);
    if (!std::filesystem::is_regular_file(path)) {  // the other readers open it more than once
        throw Error(
            SEPFLOW_E_IO,
            "cannot read " + path +
                ": it is a pipe or a device, from which only files named .csv and .pfm are read");
    }
    switch (netpbm_kind(path)) {
        case NetpbmKind::kFloats:
            return read_pfm(path);
        case NetpbmKind::kIntegers:
            return read_integers(path);
        case NetpbmKind::kOther:
            break;
    }
    const char *loader = vips_foreign_find_load(path.c_str());
    if (loader == nullptr) {
        vips_error_clear();
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": not an image format known here");
    }
    VipsImage *opened = nullptr;
    if (vips_call(loader, path.c_str(), &opened, "fail_on", VIPS_FAIL_ON_ERROR, nullptr)) {
        throw vips_failure("cannot read " + path);
    }
    ImagePointer image(opened);
    check_length(image.get(), loader, path);
    if (const int pages = vips_image_get_n_pages(image.get()); pages > 1)
        std::cerr << "sepflow: " << path << " has " << pages << " pages; only the first is read\n";
    image = unpacked(std::move(image), path);
    if (type_of_band_format(image->BandFmt) == SEPFLOW_TYPE_NONE) {
        throw Error(SEPFLOW_E_FORMAT, "cannot filter " + path +
                                          ": its pixels are of libvips type " +
                                          vips_enum_nick(VIPS_TYPE_BAND_FORMAT, image->BandFmt) +
                                          "; convert it to u8, u16, s16, f32 or f64 first");
    }
    return image;
}

}  // namespace

void start_vips(const char *program) {
    if (VIPS_INIT(program)) throw vips_failure("cannot start libvips");
    // The tiles of a graph run on our own threads, and a strip is asked for once.
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    // Numbers are parsed and written the same in every locale.
    std::setlocale(LC_ALL, "C");
    // A loader's remarks about odd metadata are no errors, nor are GLib's about sizes of 0, which its properties do not
    // take; errors reach us by vips_failure.
    const auto but_remarks = [](const gchar *domain, GLogLevelFlags level, const gchar *text,
                                gpointer) {
        const std::string_view of = domain == nullptr ? "" : domain;
        if (of != "VIPS" && of != "GLib-GObject")
            g_log_default_handler(domain, level, text, nullptr);
    };
    g_log_set_default_handler(but_remarks, nullptr);
}

Error vips_failure(const std::string &what) {
    std::string text = vips_error_buffer();
    vips_error_clear();
    while (!text.empty() && text.back() == '\n') text.pop_back();
    // The first line is the cause; the rest say what failed after it.
    const std::string cause = text.substr(0, text.find('\n'));
    return Error(SEPFLOW_E_IO, cause.empty() ? what : what + ": " + cause);
}

ImagePointer image_of(const void *samples, VipsBandFormat format, int64_t width, int64_t height,
                      int channels, const std::string &path) {
    const uint64_t bytes =
        vips_format_sizeof(format) * static_cast<uint64_t>(width * height * channels);
    VipsImage *image = vips_image_new_from_memory_copy(samples, bytes, static_cast<int>(width),
                                                       static_cast<int>(height), channels, format);
    if (image == nullptr) throw vips_failure("cannot read " + path);
    return ImagePointer(image);
}

ImagePointer read_image(const std::string &path) {
    try {
        ImagePointer image = open_image(path);
        g_object_set_data_full(G_OBJECT(image.get()), kPath, g_strdup(path.c_str()), g_free);
        return image;
    } catch (const std::ios_base::failure &failure) {  // a file's buffer throws it, unlike a stream
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": " + failure.code().message());
    }
}

void check_keeps_pages(VipsImage *image, const std::string &out) {
    const int pages = vips_image_get_n_pages(image);
    if (pages == 1 || !is_same_file(path_of(image), out)) return;
    throw Error(SEPFLOW_E_PARAM, "cannot write " + out + ": it has " + std::to_string(pages) +
                                     " pages, of which only the first would be left");
}

const char *path_of(VipsImage *image) {
    return static_cast<const char *>(g_object_get_data(G_OBJECT(image), kPath));
}

}  // namespace sepflow::command
