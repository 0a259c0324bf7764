#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <unistd.h>

#include "runtime/command/files/band_format.h"
#include "runtime/command/files/csv.h"
#include "runtime/command/files/image_file.h"
#include "runtime/command/files/metadata.h"
#include "runtime/command/files/netpbm.h"
#include "runtime/command/files/opened_image.h"
#include "runtime/command/process/temporary.h"

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

// libvips looks for pixels only when they are asked for, when as much has been reserved for the
// result as the header says.
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

// ImageMagick would read it with values scaled for a screen.
bool is_dicom(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    char magic[4] = {};
    file.seekg(128);
    file.read(magic, sizeof magic);
    return std::string_view(magic, sizeof magic) == "DICM";
}

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
    const bool is_slide = loader != nullptr && std::strstr(loader, "Openslide") != nullptr;
    if (is_dicom(path) && !is_slide) {
        throw Error(SEPFLOW_E_IO, "cannot read " + path +
                                      ": DICOM files are not read here; write the pixels to a "
                                      "TIFF file first, with pydicom for instance");
    }
    if (loader == nullptr) {
        vips_error_clear();
        throw Error(SEPFLOW_E_IO, "cannot read " + path + ": its image format is not supported");
    }
    VipsImage *opened = nullptr;
    if (vips_call(loader, path.c_str(), &opened, "fail_on", VIPS_FAIL_ON_ERROR, nullptr)) {
        throw vips_failure("cannot read " + path);
    }
    ImagePointer image(opened);
    // libvips then decodes into a file, which it removes only when that is done.
    if (VIPS_IMAGE_SIZEOF_IMAGE(opened) > vips_get_disc_threshold()) use_own_temporary_folder();
    check_length(image.get(), loader, path);
    return as_filtered(std::move(image), path);
}

}  // namespace

void start_vips(const char *program) {
    if (VIPS_INIT(program)) throw vips_failure("cannot start libvips");
    // The tiles of a graph run on our own threads, and a strip is asked for once.
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    // Numbers are parsed and written the same in every locale.
    std::setlocale(LC_ALL, "C");
    // A loader's remarks about odd metadata are no errors, nor are GLib's about sizes of 0, which
    // its properties do not take; errors reach us by vips_failure.
    const auto but_remarks = [](const gchar *domain, GLogLevelFlags level, const gchar *text,
                                gpointer) {
        const std::string_view of = domain == nullptr ? "" : domain;
        if (of != "VIPS" && of != "GLib-GObject")
            g_log_default_handler(domain, level, text, nullptr);
    };
    g_log_set_default_handler(but_remarks, nullptr);
}

Error vips_failure(const std::string &what) {
    std::istringstream text(vips_error_buffer());
    vips_error_clear();
    // The cause is the first line that says more than who complains. The rest say what failed after
    // it.
    for (std::string line; std::getline(text, line);) {
        const size_t last = line.find_last_not_of(" \t\r");
        if (last == line.npos || line[last] == ':') continue;
        return Error(SEPFLOW_E_IO, what + ": " + line.substr(0, last + 1));
    }
    return Error(SEPFLOW_E_IO, what + ": libvips gives no reason");
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

double white_of_file(VipsImage *image) {
    double white = white_of(type_of_band_format(image->BandFmt));
    if (vips_image_get_typeof(image, kWhiteField) != 0)
        vips_image_get_double(image, kWhiteField, &white);
    return white;
}

std::string remarks_on(VipsImage *image, bool has_mask) {
    const auto field = [&](const char *name) -> std::string {
        const char *text = "";
        if (vips_image_get_typeof(image, name) != 0) vips_image_get_string(image, name, &text);
        return text;
    };
    std::string remarks = field(kRemarksField);
    const std::string no_data = field(kNoDataField);
    if (!no_data.empty() && !has_mask) {
        remarks += (remarks.empty() ? "" : "; ") + std::string(path_of(image)) +
                   " marks missing samples with " + no_data +
                   ", which is filtered as any other number: leave them out with --mask FILE";
    }
    return remarks;
}

void print_remarks(std::string remarks) {
    // Names that come from a file may hold control characters.
    std::replace_if(
        remarks.begin(), remarks.end(), [](unsigned char c) { return c < ' '; }, ' ');
    if (!remarks.empty()) std::cerr << "sepflow: " << remarks << '\n';
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
