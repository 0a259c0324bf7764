// Graphs as JSON, of our nodes. One that is accepted runs or says why not, reads no file, and gives
// the same bytes as a whole and in tiles. The text's length says which type and how many channels
// its inputs get.
#include <cmath>
#include <memory>
#include <vector>

#include <sepflow/host.h>

#include "tests/fuzz/input.h"
#include "tests/fuzz/nodes.h"

namespace {

using fuzz::require;
using GraphPointer = std::unique_ptr<sepflow_graph, decltype(&sepflow_graph_free)>;

constexpr int64_t kW = 9, kH = 5;

sepflow_image dense(void *data, sepflow_type type, int32_t channels, const sepflow_rect &bounds) {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    image.type = type;
    image.channels = channels;
    image.data = data;
    image.bounds = bounds;
    image.stride_c = (type & 0xff) / 8;
    image.stride_x = image.stride_c * channels;
    image.stride_y = image.stride_x * bounds.w;
    return image;
}

// A ramp that is sound in every type.
std::vector<unsigned char> pixels(sepflow_type type, int32_t channels) {
    const auto count = static_cast<size_t>(kW * kH * channels);
    const size_t sample = static_cast<size_t>(type & 0xff) / 8;
    std::vector<unsigned char> bytes(count * sample);
    for (size_t i = 0; i < count; ++i) {
        const float f32 = static_cast<float>(i) / 7;
        const double f64 = static_cast<double>(i) / 7;
        const auto integer = static_cast<uint16_t>(i * (sample == 1 ? 1 : 257));
        const void *from = &integer;  // of halves: small numbers
        if (type == SEPFLOW_F32) from = &f32;
        if (type == SEPFLOW_F64) from = &f64;
        std::memcpy(&bytes[i * sample], from, sample);
    }
    return bytes;
}

std::vector<unsigned char> compute(const sepflow_graph *graph, const char *output, int64_t tile,
                                   sepflow_status *status) {
    sepflow_image described = {};
    described.struct_size = sizeof described;
    require(sepflow_graph_describe_output(graph, output, &described, nullptr) == SEPFLOW_OK,
            "an output is described");
    const sepflow_rect &domain = described.domain;
    std::vector<unsigned char> bytes;
    if (domain.w * domain.h * described.channels > 20000) return bytes;
    bytes.resize(static_cast<size_t>(domain.w * domain.h * described.channels) * 8 + 8, 0x5a);
    const sepflow_image out =
        dense(bytes.data(), described.type, described.channels, described.domain);
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.max_threads = 1;
    run.tile_w = tile;
    run.tile_h = tile == 0 ? 0 : 2;
    fuzz::Errors error;
    *status = sepflow_graph_compute(graph, output, &out, &run, error.get());
    error.check(*status);
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const std::string text(reinterpret_cast<const char *>(data), size);
    fuzz::Errors error;
    sepflow_graph *made = nullptr;
    const sepflow_status status = sepflow_graph_from_json(fuzz::registry_of_nodes(), text.data(),
                                                          text.size(), &made, error.get());
    error.check(status);
    require((made == nullptr) == (status != SEPFLOW_OK), "a graph, or a failure");
    if (made == nullptr) return 0;
    const GraphPointer graph(made, sepflow_graph_free);

    const sepflow_type type = fuzz::kTypes[size % 6];
    const int32_t channels = 1 + static_cast<int32_t>(size / 6 % 2);
    std::vector<unsigned char> bytes = pixels(type, channels);
    const sepflow_image in = dense(bytes.data(), type, channels, {0, 0, kW, kH});
    const char *name = nullptr;
    for (uint32_t i = 0; (name = sepflow_graph_input_name(made, i)) != nullptr; ++i)
        require(sepflow_graph_bind_image(made, name, &in, nullptr) == SEPFLOW_OK, "inputs bind");
    fuzz::Errors at_prepare;
    const sepflow_status prepared = sepflow_graph_prepare(made, at_prepare.get());
    at_prepare.check(prepared);
    if (prepared != SEPFLOW_OK) return 0;
    for (uint32_t i = 0; (name = sepflow_graph_output_name(made, i)) != nullptr; ++i) {
        sepflow_status whole = SEPFLOW_OK, tiled = SEPFLOW_OK;
        const auto a = compute(made, name, 0, &whole), b = compute(made, name, 4, &tiled);
        require(whole == tiled && (whole != SEPFLOW_OK || a == b), "tiles are the whole");
    }
    return 0;
}
