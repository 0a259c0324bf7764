#include "tests/faults/whole_graph.h"

#include <algorithm>
#include <cstring>

#include <sepflow/sepflow.h>

namespace faults {

namespace {

// Names too long to lie in a std::string itself; a matrix, a fork, a node with two outputs, one in
// place.
constexpr const char *kWhole = R"({
    "inputs": ["a photograph of something"],
    "nodes": {
        "a blur of the photograph": {"type": "org.sepflow.separable", "params": {"kernel": "disc 2.5"},
            "in": "a photograph of something"},
        "its difference from it": {"type": "org.sepflow.subtract",
            "in": {"a": "a photograph of something", "b": "a blur of the photograph"}},
        "a matrix of whole numbers": {"type": "org.sepflow.separable", "params": {"kernel": [[1, 2, 1], [2, 4, 3]],
            "border_x": "constant"}, "in": "its difference from it"},
        "gradients by a bank": {"type": "org.sepflow.bank", "params": {"kernels": "sobel x; sobel y"},
            "in": "a photograph of something"},
        "the length of the gradients": {"type": "org.sepflow.magnitude",
            "in": {"a": "gradients by a bank.out1", "b": "gradients by a bank.out2"}},
        "all of it put together": {"type": "org.sepflow.add",
            "in": {"a": "a matrix of whole numbers", "b": "the length of the gradients"}},
        "smaller, and in whole numbers": {"type": "org.sepflow.convert", "out_type": "u16",
            "in": "all of it put together"}},
    "outputs": {"what comes out at the end": "smaller, and in whole numbers",
        "what there was on the way": "a matrix of whole numbers"}})";
constexpr const char *kOneNode = R"({
    "inputs": ["a photograph of something"],
    "nodes": {"a blur": {"type": "org.sepflow.separable", "out_type": "u16", "params": {"kernel": "box 3"},
        "in": "a photograph of something"}},
    "outputs": {"what comes out at the end": "a blur"}})";
constexpr const char *kInput = "a photograph of something", *kOutput = "what comes out at the end";

void count_skipped(void *ctx, const char *, const char *) {
    ++*static_cast<int *>(ctx);
}

}  // namespace

WholeGraph::WholeGraph(Size size)
    : json_(size == Size::kWhole ? kWhole : kOneNode), in_(kWidth * kHeight), out_(in_.size()) {
    for (size_t i = 0; i < in_.size(); ++i) in_[i] = static_cast<float>(i * i % 251);
}

sepflow_status WholeGraph::run(int32_t threads, sepflow_error *error) {
    std::fill(out_.begin(), out_.end(), uint16_t{0xa5a5});
    skipped_ = 0;
    sepflow_registry *registry = nullptr;
    sepflow_status status = sepflow_registry_create(&registry, error);
    if (status != SEPFLOW_OK) return status;
    status = sepflow_registry_scan(registry, SEPFLOW_PLUGIN_DIR, count_skipped, &skipped_);
    if (status != SEPFLOW_OK) {  // a scan has no record
        error->code = status;
        std::strcpy(error->message, sepflow_status_text(status));
    } else {
        status = run_with(registry, threads, error);
    }
    sepflow_registry_free(registry);
    return status;
}

sepflow_status WholeGraph::run_with(const sepflow_registry *registry, int32_t threads,
                                    sepflow_error *error) {
    sepflow_graph *graph = nullptr;
    sepflow_status status =
        sepflow_graph_from_json(registry, json_, std::strlen(json_), &graph, error);
    if (status != SEPFLOW_OK) return status;
    const sepflow_image from = sepflow_image_dense(in_.data(), SEPFLOW_F32, kWidth, kHeight, 1);
    const sepflow_image to = sepflow_image_dense(out_.data(), SEPFLOW_U16, kWidth, kHeight, 1);
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.max_threads = threads;
    run.tile_w = 64;
    run.tile_h = 32;
    status = sepflow_graph_bind_image(graph, kInput, &from, error);
    if (status == SEPFLOW_OK) status = sepflow_graph_prepare(graph, error);
    if (status == SEPFLOW_OK) status = sepflow_graph_compute(graph, kOutput, &to, &run, error);
    sepflow_graph_free(graph);
    return status;
}

bool WholeGraph::is_right() {
    if (wanted_.empty()) wanted_ = out_;
    return out_ == wanted_ && std::count(out_.begin(), out_.end(), 0xa5a5) < 100;
}

}  // namespace faults
