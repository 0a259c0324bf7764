#include "runtime/command/image_file.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <mutex>
#include <unistd.h>
#include <vector>

#include "runtime/command/command.h"

namespace sepflow {

namespace {

constexpr int64_t kInMemoryBytes = int64_t{256} << 20;
constexpr int64_t kBandBytes = int64_t{64} << 20;

struct Format {
    VipsBandFormat vips;
    sepflow_type type;
};
constexpr Format kFormats[] = {{VIPS_FORMAT_UCHAR, SEPFLOW_U8},
                               {VIPS_FORMAT_USHORT, SEPFLOW_U16},
                               {VIPS_FORMAT_SHORT, SEPFLOW_S16},
                               {VIPS_FORMAT_FLOAT, SEPFLOW_F32},
                               {VIPS_FORMAT_DOUBLE, SEPFLOW_F64}};

// What libvips has to say, in one line.
std::string vips_reason() {
    std::string text = vips_error_buffer();
    vips_error_clear();
    text = text.substr(0, text.find_last_not_of(" \n") + 1);
    for (char &c : text) c = c == '\n' ? ' ' : c;
    return text.empty() ? "unknown reason" : text;
}

VipsImagePointer open_file(const std::string &path) {
    VipsImage *image = vips_image_new_from_file(path.c_str(), nullptr);
    if (image == nullptr) throw Failure("cannot read '" + path + "': " + vips_reason());
    return VipsImagePointer(image);
}

std::string suffix_of(const std::string &path) {
    const size_t dot = path.find_last_of("./");
    std::string suffix = dot == std::string::npos || path[dot] == '/' ? "" : path.substr(dot);
    for (char &c : suffix) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return suffix;
}

sepflow_status read_region(void *ctx, const sepflow_image *into, sepflow_error *error) {
    auto *image = static_cast<VipsImage *>(ctx);
    const sepflow_rect &r = into->bounds;
    const VipsRect rect = {static_cast<int>(r.x), static_cast<int>(r.y), static_cast<int>(r.w),
                           static_cast<int>(r.h)};
    // A region belongs to the thread that made it.
    const std::unique_ptr<VipsRegion, Unref> region(vips_region_new(image));
    if (vips_region_prepare(region.get(), &rect) != 0) {
        std::snprintf(error->message, sizeof error->message, "%s", vips_reason().c_str());
        return error->code = SEPFLOW_E_IO;
    }
    for (int y = 0; y < rect.height; ++y) {
        std::memcpy(static_cast<char *>(into->data) + y * into->stride_y,
                    VIPS_REGION_ADDR(region.get(), rect.left, rect.top + y),
                    static_cast<size_t>(r.w * into->stride_x));
    }
    return SEPFLOW_OK;
}

// Deletes the file under its temporary name unless it was put in place.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string &path) : path_(path) {
        const size_t slash = path.rfind('/');
        const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash + 1);
        name_ = directory + ".sepflow-" + std::to_string(getpid()) + suffix_of(path);
    }
    TemporaryFile(const TemporaryFile &) = delete;
    ~TemporaryFile() {
        if (!name_.empty()) std::remove(name_.c_str());
    }

    const std::string &name() const { return name_; }
    void put_in_place() {
        if (std::rename(name_.c_str(), path_.c_str()) != 0) {
            throw Failure("cannot write '" + path_ + "': " + std::strerror(errno));
        }
        name_.clear();
    }

  private:
    std::string path_, name_;
};

sepflow_image image_over(const sepflow_image &described, const sepflow_rect &bounds, void *data) {
    sepflow_image image = described;
    image.data = data;
    image.bounds = bounds;
    image.stride_c = (image.type & 0xff) / 8;
    image.stride_x = image.stride_c * image.channels;
    image.stride_y = image.stride_x * bounds.w;
    return image;
}

// Serves libvips' small strips from tall bands, which our threads compute at once. libvips asks from the top
// down, since it is told to use one thread.
struct Bands {
    const sepflow_image *described;
    const ComputeRegion *compute;
    int64_t band_rows;
    sepflow_rect held = {0, 0, 0, 0};
    std::vector<char> pixels;
    std::exception_ptr failure;
    std::mutex mutex;

    void hold(int64_t first) {
        const sepflow_rect &domain = described->domain;
        const int64_t start = first / band_rows * band_rows;
        const sepflow_rect wanted = {domain.x, domain.y + start, domain.w,
                                     std::min(band_rows, domain.h - start)};
        if (held.w > 0 && held.y == wanted.y) return;
        const sepflow_image band = image_over(*described, wanted, nullptr);
        pixels.resize(static_cast<size_t>(band.stride_y * wanted.h));
        (*compute)(image_over(*described, wanted, pixels.data()));
        held = wanted;
    }

    void copy(VipsRegion *out) {
        const VipsRect &valid = out->valid;
        const sepflow_rect &domain = described->domain;
        for (int y = valid.top; y < valid.top + valid.height; ++y) {
            hold(y);
            const sepflow_image band = image_over(*described, held, pixels.data());
            const int64_t row = domain.y + y - held.y;
            std::memcpy(VIPS_REGION_ADDR(out, valid.left, y),
                        pixels.data() + row * band.stride_y + valid.left * band.stride_x,
                        static_cast<size_t>(valid.width * band.stride_x));
        }
    }
};

int generate_band(VipsRegion *out, void *, void *bands_pointer, void *, gboolean *) {
    auto *bands = static_cast<Bands *>(bands_pointer);
    const std::lock_guard<std::mutex> lock(bands->mutex);
    if (bands->failure) return -1;
    try {
        bands->copy(out);
        return 0;
    } catch (...) {
        bands->failure = std::current_exception();
        vips_error("sepflow", "stopped");
        return -1;
    }
}

VipsInterpretation interpretation(sepflow_type type, int32_t channels, VipsImage *like) {
    const bool colour = channels >= 3;
    if (type == SEPFLOW_U8) return colour ? VIPS_INTERPRETATION_sRGB : VIPS_INTERPRETATION_B_W;
    if (type == SEPFLOW_U16) return colour ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_GREY16;
    return like != nullptr ? like->Type : VIPS_INTERPRETATION_MULTIBAND;
}

VipsBandFormat vips_format(sepflow_type type) {
    for (const Format &format : kFormats) {
        if (format.type == type) return format.vips;
    }
    throw Failure("f16 pixels have no file format here; choose --type f32");
}

void write_csv(const std::string &path, const sepflow_image &described,
               const ComputeRegion &compute) {
    const sepflow_rect &domain = described.domain;
    const int64_t bytes = (described.type & 0xff) / 8;
    std::vector<char> pixels(static_cast<size_t>(domain.w * domain.h * bytes * described.channels));
    compute(image_over(described, domain, pixels.data()));
    std::string text;
    const auto append = [&](auto sample) {
        char digits[40];
        text.append(digits, std::to_chars(digits, digits + sizeof digits, sample).ptr);
    };
    const char *at = pixels.data();
    const auto read = [&](auto sample) {
        std::memcpy(&sample, at, sizeof sample);
        at += sizeof sample;
        return sample;
    };
    for (int64_t y = 0; y < domain.h; ++y) {
        for (int64_t x = 0; x < domain.w; ++x) {
            if (x > 0) text += ',';
            switch (described.type) {
                case SEPFLOW_U8:
                    append(static_cast<unsigned>(read(uint8_t{})));
                    break;
                case SEPFLOW_U16:
                    append(read(uint16_t{}));
                    break;
                case SEPFLOW_S16:
                    append(read(int16_t{}));
                    break;
                case SEPFLOW_F32:
                    append(read(float{}) + 0.0f);
                    break;  // no "-0"
                default:
                    append(read(double{}) + 0.0);
            }
        }
        text += '\n';
    }
    TemporaryFile temporary(path);
    errno = 0;
    std::ofstream file(temporary.name(), std::ios::binary);
    file << text;
    file.close();
    if (!file)
        throw Failure("cannot write '" + path + "': " + std::strerror(errno != 0 ? errno : EIO));
    temporary.put_in_place();
}

void save(VipsImage *image, const std::string &path, const std::function<void()> &rethrow) {
    TemporaryFile temporary(path);
    if (vips_image_write_to_file(image, temporary.name().c_str(), nullptr) != 0) {
        const std::string reason = vips_reason();
        rethrow();
        throw Failure("cannot write '" + path + "': " + reason);
    }
    temporary.put_in_place();
}

}  // namespace

InputImage::InputImage(const std::string &path) : path_(path), image_(open_file(path)) {
    const auto *format = std::find_if(std::begin(kFormats), std::end(kFormats),
                                      [&](const Format &f) { return f.vips == image_->BandFmt; });
    if (format == std::end(kFormats)) {
        throw Failure("'" + path + "' holds " +
                      vips_enum_nick(VIPS_TYPE_BAND_FORMAT, image_->BandFmt) +
                      " pixels; 8 and 16 bit integers and floats are supported");
    }
    if (image_->Coding != VIPS_CODING_NONE) throw Failure("'" + path + "' is in a coded format");
    type_ = format->type;
    in_memory_ = static_cast<int64_t>(VIPS_IMAGE_SIZEOF_IMAGE(image_.get())) <= kInMemoryBytes;
    if (!in_memory_) return;
    VipsImage *memory = vips_image_copy_memory(image_.get());
    if (memory == nullptr) throw Failure("cannot read '" + path + "': " + vips_reason());
    image_.reset(memory);
}

void InputImage::bind(sepflow_graph *graph, const std::string &input) const {
    CallError error;
    const sepflow_rect domain = {0, 0, width(), height()};
    if (in_memory_) {
        sepflow_image image = {};
        image.struct_size = sizeof image;
        image.type = type_;
        image.channels = channels();
        image = image_over(image, domain, const_cast<void *>(vips_image_get_data(image_.get())));
        error.check(sepflow_graph_bind_image(graph, input.c_str(), &image, error));
        return;
    }
    sepflow_source source = {};
    source.struct_size = sizeof source;
    source.type = type_;
    source.channels = channels();
    source.domain = domain;
    source.ctx = image_.get();
    source.read = read_region;
    error.check(sepflow_graph_bind_source(graph, input.c_str(), &source, error));
}

void check_output_format(const std::string &path, sepflow_type type, int32_t channels) {
    struct Rule {
        const char *suffix;
        std::vector<sepflow_type> types;
    };
    static const std::vector<Rule> rules = {
        {".png", {SEPFLOW_U8, SEPFLOW_U16}},
        {".jpg", {SEPFLOW_U8}},
        {".jpeg", {SEPFLOW_U8}},
        {".webp", {SEPFLOW_U8}},
        {".pgm", {SEPFLOW_U8, SEPFLOW_U16}},
        {".ppm", {SEPFLOW_U8, SEPFLOW_U16}},
        {".pfm", {SEPFLOW_F32}},
        {".tif", {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64}},
        {".tiff", {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64}},
        {".v", {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64}},
        {".csv", {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32, SEPFLOW_F64}}};
    const std::string suffix = suffix_of(path);
    std::string suffixes;
    for (const Rule &rule : rules) {
        suffixes += (suffixes.empty() ? "" : ", ") + std::string(rule.suffix);
        if (suffix != rule.suffix) continue;
        std::string types;
        for (const sepflow_type holds : rule.types) {
            if (holds == type) {
                if (suffix == ".csv" && channels != 1) {
                    throw Failure("cannot write '" + path + "': CSV holds one channel, not " +
                                  std::to_string(channels));
                }
                return;
            }
            types += (types.empty() ? "" : ", ") + std::string(name_of_type(holds));
        }
        throw Failure("cannot write '" + path + "': " + suffix + " files hold " + types + ", not " +
                      name_of_type(type) + "; choose --type or another format such as .tif");
    }
    throw Failure("cannot write '" + path + "': its suffix is none of " + suffixes);
}

void write_image(const std::string &path, const sepflow_image &described,
                 const ComputeRegion &compute, VipsImage *like) {
    check_output_format(path, described.type, described.channels);
    const sepflow_rect &domain = described.domain;
    if (domain.w == 0 || domain.h == 0) {
        throw Failure("nothing is left to write to '" + path +
                      "': the kernel is larger than the image");
    }
    if (domain.w > VIPS_MAX_COORD || domain.h > VIPS_MAX_COORD)
        throw Failure("the output is too large for a file");
    if (suffix_of(path) == ".csv") return write_csv(path, described, compute);

    Bands bands = {};
    bands.described = &described;
    bands.compute = &compute;
    const int64_t row_bytes = domain.w * described.channels * ((described.type & 0xff) / 8);
    bands.band_rows =
        std::clamp<int64_t>(kBandBytes / row_bytes, 16, domain.h > 16 ? domain.h : 16);
    const VipsImagePointer image(vips_image_new());
    if (like != nullptr)
        vips_image_pipelinev(image.get(), VIPS_DEMAND_STYLE_FATSTRIP, like, nullptr);
    vips_image_init_fields(image.get(), static_cast<int>(domain.w), static_cast<int>(domain.h),
                           described.channels, vips_format(described.type), VIPS_CODING_NONE,
                           interpretation(described.type, described.channels, like),
                           like != nullptr ? like->Xres : 1, like != nullptr ? like->Yres : 1);
    if (like == nullptr) vips_image_pipelinev(image.get(), VIPS_DEMAND_STYLE_FATSTRIP, nullptr);
    if (vips_image_generate(image.get(), nullptr, generate_band, nullptr, &bands, nullptr) != 0) {
        throw Failure("cannot write '" + path + "': " + vips_reason());
    }
    const int threads = vips_concurrency_get();
    vips_concurrency_set(1);
    save(image.get(), path, [&] {
        if (bands.failure) std::rethrow_exception(bands.failure);
    });
    vips_concurrency_set(threads);
}

void write_side_by_side(const std::string &path, const std::string &left,
                        const std::string &right) {
    const VipsImagePointer a = open_file(left), b = open_file(right);
    VipsImage *joined = nullptr;
    if (vips_join(a.get(), b.get(), &joined, VIPS_DIRECTION_HORIZONTAL, "expand", TRUE, "shim", 8,
                  nullptr) != 0) {
        throw Failure("cannot join '" + left + "' and '" + right + "': " + vips_reason());
    }
    const VipsImagePointer owner(joined);
    save(joined, path, [] {});
}

Matrix read_grey_matrix(const std::string &path) {
    const VipsImagePointer image = open_file(path);
    if (image->Bands > 2 || image->Xsize > 4095 || image->Ysize > 4095) {
        throw Failure("kernel file '" + path +
                      "' must be a grey image of at most 4095 x 4095 pixels");
    }
    VipsImage *grey = nullptr, *numbers = nullptr;
    if (vips_extract_band(image.get(), &grey, 0, nullptr) != 0) throw Failure(vips_reason());
    const VipsImagePointer grey_owner(grey);
    if (vips_cast(grey, &numbers, VIPS_FORMAT_DOUBLE, nullptr) != 0) throw Failure(vips_reason());
    const VipsImagePointer owner(numbers);
    size_t bytes = 0;
    const std::unique_ptr<void, decltype(&g_free)> memory(
        vips_image_write_to_memory(numbers, &bytes), g_free);
    if (memory == nullptr) throw Failure("cannot read '" + path + "': " + vips_reason());
    const auto *taps = static_cast<const double *>(memory.get());
    Matrix matrix = {image->Ysize, image->Xsize,
                     std::vector<double>(taps, taps + bytes / sizeof(double))};
    double sum = 0;
    for (double tap : matrix.taps) sum += tap;
    if (!(sum > 0)) throw Failure("kernel file '" + path + "' is black");
    for (double &tap : matrix.taps) tap /= sum;
    return matrix;
}

}  // namespace sepflow
