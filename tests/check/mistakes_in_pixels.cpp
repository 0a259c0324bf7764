#include <csignal>
#include <cstdlib>
#include <cstring>

#include "tests/check/mistakes.h"

namespace faulty {

namespace {

bool is_empty(const sepflow_process *call) {
    return call->region.w == 0 || call->region.h == 0;
}

// The correct call on other images: the first input and the first output are changed.
template <typename Change>
sepflow_status process_changed(const sepflow_plan *plan, const sepflow_process *given,
                               sepflow_error *error, Change change) {
    if (!has_images(given) || given->input_count == 0) return correct().process(plan, given, error);
    std::vector<sepflow_image> inputs;
    for (uint32_t i = 0; i < given->input_count; ++i) {
        inputs.push_back(image_at(given->inputs, i));
        inputs.back().struct_size = sizeof inputs.back();
    }
    sepflow_image out = known(given->outputs);
    change(inputs.front(), out);
    sepflow_process call = known(given);
    call.inputs = inputs.data();
    call.outputs = &out;
    return correct().process(plan, &call, error);
}

// The same where some way to lie in memory is asked for, else the call as it is.
template <typename When, typename Change>
sepflow_status process_changed(const sepflow_plan *plan, const sepflow_process *given,
                               sepflow_error *error, When when, Change change) {
    if (!has_images(given) || !when(*given->inputs, *given->outputs))
        return correct().process(plan, given, error);
    return process_changed(plan, given, error, change);
}

std::vector<Mistake> on_empty_regions() {
    return {
        {"aborts_on_empty", "empty", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_images(call) && is_empty(call)) std::abort();
                 return correct().process(plan, call, error);
             };
         }},
        {"refuses_empty", "empty", "nothing to do (-1)",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_images(call) && is_empty(call))
                     return fail(error, SEPFLOW_E_INVALID, "nothing to do");
                 return correct().process(plan, call, error);
             };
         }},
        {"divides_by_width", "empty", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_images(call) && call->region.w == 0) std::raise(SIGFPE);
                 return correct().process(plan, call, error);
             };
         }},
        {"writes_on_empty", "empty", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_images(call) && is_empty(call))
                     *static_cast<char *>(call->outputs->data) = 1;
                 return correct().process(plan, call, error);
             };
         }},
        {"reads_on_empty", "empty", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_images(call) && is_empty(call)) touch(call->inputs->data);
                 return correct().process(plan, call, error);
             };
         }},
    };
}

std::vector<Mistake> in_formats() {
    return {
        {"any_channels", "other_formats", "takes images of u8 to u8, 2 channels",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 const int32_t channels = plan_at(plan).config.channels;
                 return process_changed(
                     plan, call, error,
                     [&](auto &in, auto &out) {
                         return in.channels > channels && out.channels > channels;
                     },
                     [&](auto &in, auto &out) { in.channels = out.channels = channels; });
             };
         }},
        {"any_input_type", "other_formats", "takes images of f64 to u8",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 const sepflow_type type = plan_at(plan).config.in_type;
                 return process_changed(
                     plan, call, error, [&](auto &in, auto &) { return in.type != type; },
                     [&](auto &in, auto &) { in.type = type; });
             };
         }},
        {"any_output_type", "other_formats", "takes images of u8 to f64",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 const sepflow_type type = plan_at(plan).config.out_type;
                 return process_changed(
                     plan, call, error, [&](auto &, auto &out) { return out.type != type; },
                     [&](auto &, auto &out) { out.type = type; });
             };
         }},
    };
}

std::vector<Mistake> in_layouts() {
    return {
        {"domain_from_zero", "far", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_changed(plan, call, error, [](auto &in, auto &) {
                     in.domain.w += in.domain.x;
                     in.domain.x = 0;
                 });
             };
         }},
        {"small_offsets", "far_rows", "in process of images whose rows lie 3 GiB apart",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_changed(plan, call, error, [](auto &in, auto &) {
                     in.stride_y = static_cast<int32_t>(in.stride_y);
                 });
             };
         }},
        {"small_sums_of_offsets", "far_rows", "in process of images whose rows lie 3 GiB apart",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_changed(
                     plan, call, error,
                     [](auto &, auto &out) {
                         const int64_t way = out.stride_y * (out.bounds.h - 1);
                         return way != static_cast<int32_t>(way);
                     },
                     [](auto &, auto &out) {
                         out.data = static_cast<char *>(out.data) -
                                    (int64_t{1} << 32);  // as a sum that wraps does
                     });
             };
         }},
        {"rows_downwards", "layouts", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_changed(
                     plan, call, error, [](auto &in, auto &) { return in.stride_y < 0; },
                     [](auto &in, auto &) { in.stride_y = -in.stride_y; });
             };
         }},
        {"rows_without_gaps", "layouts", "padded, is other than dense",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_changed(plan, call, error, [](auto &in, auto &) {
                     if (in.stride_y > 0) in.stride_y = in.stride_x * in.bounds.w;
                 });
             };
         }},
        {"channels_together", "layouts", "planar, is other than dense",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 return process_changed(plan, call, error, [](auto &in, auto &) {
                     if (in.channels > 1) in.stride_c = (in.type & 0xff) / 8;
                 });
             };
         }},
        {"aligned_only", "layouts", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_images(call) && reinterpret_cast<uintptr_t>(call->inputs->data) % 16 != 0)
                     std::raise(SIGSEGV);
                 return correct().process(plan, call, error);
             };
         }},
        {"caches_by_address", "afterwards", "new pixels in the same memory give the old result",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 static thread_local const void *last = nullptr;
                 static thread_local std::vector<char> pixels;
                 if (!has_images(call) || is_empty(call))
                     return correct().process(plan, call, error);
                 const sepflow_image &out = *call->outputs;
                 const bool is_dense =
                     out.stride_y == out.stride_x * out.bounds.w && out.stride_x > 0 &&
                     out.stride_c * out.channels == out.stride_x &&
                     std::memcmp(&out.bounds, &call->region, sizeof out.bounds) == 0;
                 const auto size = static_cast<size_t>(out.stride_y * out.bounds.h);
                 if (is_dense && last == call->inputs->data && pixels.size() == size) {
                     std::memcpy(out.data, pixels.data(), size);
                     return SEPFLOW_OK + 0;
                 }
                 const sepflow_status status = correct().process(plan, call, error);
                 if (status == SEPFLOW_OK && is_dense) {
                     last = call->inputs->data;
                     pixels.assign(static_cast<char *>(out.data),
                                   static_cast<char *>(out.data) + size);
                 }
                 return status;
             };
         }},
        {"reads_beyond_zero", "tiles", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (has_images(call) && !is_empty(call) && plan_at(plan).values.edge == "zero" &&
                     call->region.x == call->inputs->domain.x)
                     touch(static_cast<const char *>(call->inputs->data) - 200000);
                 return correct().process(plan, call, error);
             };
         }},
    };
}

}  // namespace

std::vector<Mistake> mistakes_in_pixels() {
    std::vector<Mistake> all;
    for (const auto &some : {on_empty_regions(), in_formats(), in_layouts()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

}  // namespace faulty
