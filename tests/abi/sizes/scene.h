// Images, plans and a host for the calls of the tables, and the rows of functions that run a call.
#pragma once

#include <cstdlib>
#include <memory>

#include "tests/abi/sizes/row.h"

namespace abi_test {

constexpr int64_t kW = 9, kH = 5;

inline Pixels ramp(float step) {
    Pixels pixels(kW * kH);
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = step * static_cast<float>(i * i % 29);
    return pixels;
}

inline sepflow_image image_of(Pixels &pixels) {
    return sepflow_image_dense(pixels.data(), SEPFLOW_F32, kW, kH, 1);
}

inline sepflow_options options_of() {
    sepflow_options options = {};
    options.in_type = SEPFLOW_F32;
    options.border_x = SEPFLOW_BORDER_REPLICATE;
    options.missing = SEPFLOW_MISSING_IGNORE;
    return options;
}

using Plan = std::unique_ptr<sepflow_plan, void (*)(sepflow_plan *)>;

inline Plan plan_of(const char *text) {
    sepflow_options options = options_of();
    options.struct_size = sizeof options;
    sepflow_plan *plan = nullptr;
    Error error;
    REQUIRE_MESSAGE(sepflow_plan_from_text(text, &options, &plan, error) == SEPFLOW_OK,
                    error.record.message);
    return {plan, sepflow_plan_free};
}

// The images of a call, and their pixels.
struct Images {
    Pixels in = ramp(1), mask = ramp(0.03f), out = Pixels(kW * kH, -1), second = out;
    std::vector<sepflow_image> inputs = {image_of(in), image_of(mask)};
    std::vector<sepflow_image> outputs = {image_of(out), image_of(second)};

    sepflow_process call(const sepflow_image *first_input, uint32_t input_count,
                         const sepflow_image *first_output, uint32_t output_count) const {
        sepflow_process call = {};
        call.struct_size = sizeof call;
        call.inputs = first_input;
        call.input_count = input_count;
        call.outputs = first_output;
        call.output_count = output_count;
        call.region = {0, 0, kW, kH};
        call.max_threads = 1;
        return call;
    }
};

// A host that counts the calls of each of its callbacks.
struct CountingHost {
    int allocations = 0, polls = 0;

    sepflow_host record() {
        sepflow_host host = {};
        host.abi_major = SEPFLOW_ABI_MAJOR;
        host.ctx = this;
        host.alloc = [](void *ctx, uint64_t bytes, uint64_t align) -> void * {
            ++static_cast<CountingHost *>(ctx)->allocations;
            return std::aligned_alloc(align, (bytes + align - 1) / align * align);
        };
        host.free = [](void *, void *memory) { std::free(memory); };
        host.is_cancelled = [](void *ctx, void *) -> int32_t {
            ++static_cast<CountingHost *>(ctx)->polls;
            return 0;
        };
        host.get_extension = [](void *ctx, const char *id) -> const void * {
            auto *self = static_cast<CountingHost *>(ctx);
            return self->files != nullptr && std::string(id) == SEPFLOW_FILES ? self->files
                                                                              : nullptr;
        };
        return host;
    }
    const sepflow_files *files = nullptr;
};

// Runs a call, by a plan or a node's.
using RunCall = std::function<sepflow_status(const sepflow_process *, sepflow_error *)>;

inline std::vector<Row> call_rows(const char *function, const RunCall &run,
                                  const RunCall &run_bank) {
    return {
        row<sepflow_process>(function,
                             [run](uint32_t size) {
                                 Images i;
                                 Records<sepflow_process> call(
                                     i.call(&i.inputs[0], 1, &i.outputs[0], 1), size);
                                 Error error;
                                 return outcome(run(call.get(), error), error, i.out);
                             }),
        row<sepflow_image>(function,  // image and mask
                           [run](uint32_t size) {
                               Images i;
                               Records<sepflow_image> inputs(i.inputs, size);
                               const auto call = i.call(inputs.get(), 2, &i.outputs[0], 1);
                               Error error;
                               const sepflow_status status = run(&call, error);
                               CHECK((status != SEPFLOW_OK || i.out != i.second));
                               return outcome(status, error, i.out);
                           }),
        row<sepflow_image>(function,  // both outputs of a bank
                           [run_bank](uint32_t size) {
                               Images i;
                               Records<sepflow_image> outputs(i.outputs, size);
                               const auto call = i.call(&i.inputs[0], 1, outputs.get(), 2);
                               Error error;
                               const sepflow_status status = run_bank(&call, error);
                               i.out.insert(i.out.end(), i.second.begin(), i.second.end());
                               return outcome(status, error, i.out);
                           }),
        row<sepflow_host>(function,
                          [run](uint32_t size) {
                              Images i;
                              CountingHost counting;
                              Records<sepflow_host> host(counting.record(), size);
                              auto call = i.call(&i.inputs[0], 1, &i.outputs[0], 1);
                              call.host = host.get();
                              Error error;
                              const sepflow_status status = run(&call, error);
                              CHECK((status != SEPFLOW_OK || counting.allocations > 0));
                              CHECK((status != SEPFLOW_OK || counting.polls > 0));
                              return outcome(status, error, i.out);
                          }),
    };
}

}  // namespace abi_test
