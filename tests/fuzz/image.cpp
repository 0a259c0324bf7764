// The command's path of an image, as `sepflow filter` goes it: the first two bytes say the file's
// suffix, the kernel and the output's suffix, the rest is what the file holds. An output appears
// where the command succeeds, and holds what sepflow_apply makes of the same pixels; where it
// fails there is none.
#include <CLI/CLI.hpp>
#include <filesystem>

#include <sepflow/sepflow.h>

#include "runtime/base/error.h"
#include "runtime/command/files/band_format.h"
#include "runtime/command/files/image_file.h"
#include "runtime/command/process/interrupt.h"
#include "runtime/command/verbs/plugins.h"
#include "runtime/command/verbs/verbs.h"
#include "tests/fuzz/directory.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/nodes.h"

namespace sepflow::command {

// Instead of those in directories.
RegistryPointer open_plugins() {
    return RegistryPointer(fuzz::new_registry_of_nodes());
}
Plugins find_plugins() {
    return {open_plugins(), {}};
}

// libFuzzer has handlers of its own.
void note_signals() {}
int interrupting_signal() {
    return 0;
}

}  // namespace sepflow::command

namespace {

using fuzz::require;
using sepflow::command::ImagePointer;

const char *const kKernels[] = {"gaussian 0.5", "3x2 1 2 -3 4 5 6", "box 3 1 norm", "sobel x"};

struct Pixels {
    sepflow_type type;
    int32_t channels;
    int64_t w, h;
    std::vector<unsigned char> bytes;

    explicit Pixels(const std::string &path) {
        const ImagePointer image = sepflow::command::read_image(path);
        type = sepflow::command::type_of_band_format(image->BandFmt);
        channels = image->Bands;
        w = image->Xsize;
        h = image->Ysize;
        size_t size = 0;
        void *all = vips_image_write_to_memory(image.get(), &size);
        if (all == nullptr) throw sepflow::command::vips_failure("cannot read");
        bytes.assign(static_cast<unsigned char *>(all), static_cast<unsigned char *>(all) + size);
        g_free(all);
    }
    sepflow_image image() { return sepflow_image_dense(bytes.data(), type, w, h, channels); }
};

void check_output(const std::string &in, const std::string &out, const char *kernel) {
    Pixels from(in), found(out);
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = from.type;
    options.channels = from.channels;
    sepflow_plan *plan = nullptr;
    require(sepflow_plan_from_text(kernel, &options, &plan, nullptr) == SEPFLOW_OK, "a plan");
    Pixels wanted = from;
    const sepflow_image given = from.image(), made = wanted.image();
    require(sepflow_apply(plan, &given, &made, nullptr, 1, nullptr) == SEPFLOW_OK, "it applies");
    sepflow_plan_free(plan);
    require(found.w == from.w && found.h == from.h && found.channels == from.channels, "the size");
    if (found.type != from.type) return;  // CSV is read as f64
    for (size_t i = 0; i + 8 <= found.bytes.size() && from.type == SEPFLOW_F64; i += 8) {
        double a, b;
        std::memcpy(&a, &found.bytes[i], 8);
        std::memcpy(&b, &wanted.bytes[i], 8);
        require(a == b || (a != a && b != b), "the same numbers as from sepflow_apply");
    }
    if (from.type != SEPFLOW_F64)
        require(found.bytes == wanted.bytes, "the same bytes as from sepflow_apply");
}

void run(CLI::App &app, const std::string &in, const std::string &out, const char *kernel) {
    try {
        app.parse({"1", "-j", "-q", kernel, "--kernel", out, in, "filter"});  // from the last on
    } catch (const sepflow::Error &error) {
        require(error.code() != SEPFLOW_E_INTERNAL, "no bug of ours");
        require(std::strlen(error.what()) > 8, "a sentence");
        require(!std::filesystem::exists(out), "no output where the command fails");
        return;
    }
    check_output(in, out, kernel);
    std::filesystem::remove(out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const fuzz::Directory directory;
    static CLI::App *const app = [] {
        sepflow::command::start_vips("sepflow");
        auto *made = new CLI::App("sepflow");
        sepflow::command::add_filter(*made);
        return made;
    }();
    fuzz::Input input(data, size);
    const char *const from[] = {".pfm", ".csv", ".pfm", ".csv", ".pgm", ".ppm"};
    const char *const to[] = {".pfm", ".csv", ".pgm", ".ppm"};
    uint32_t kind = input.below(6);
    const uint32_t how = input.below(16);
    const std::string content = input.rest();
    // libvips would show what is no Netpbm file to ImageMagick, slowly.
    const bool is_netpbm = content[0] == 'P' && content[1] >= '1' && content[1] <= '6';
    if (kind > 3 && !is_netpbm) kind -= 4;
    const std::string in = directory.write(std::string("in") + from[kind], content);
    run(*app, in, directory.path(std::string("out") + to[how % 4]), kKernels[how / 4]);
    return 0;
}
