// Images described in any way, for a few plans that are made once. Memory begins or ends at pages
// that no one may touch. A call that succeeds writes the region and nothing else, and what dense
// copies of the same images give; one that fails says why, and writes nothing outside the region
// either.
#include <algorithm>
#include <cmath>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include <sepflow/sepflow.h>

#include "runtime/base/image.h"
#include "tests/fuzz/input.h"

namespace {

using fuzz::Input;
using fuzz::require;

constexpr size_t kArena = 4096;
constexpr unsigned char kCanary = 0xa5;

// Whole pages between two that cannot be touched.
unsigned char *guarded_memory(size_t bytes) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    void *pages = mmap(nullptr, bytes + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(pages != MAP_FAILED, "memory");
    auto *first = static_cast<unsigned char *>(pages) + page;
    require(mprotect(first, bytes, PROT_READ | PROT_WRITE) == 0, "memory");
    return first;
}

struct Made {
    sepflow_plan *plan;
    sepflow_type in_type, out_type;
    int32_t channels;
    void *scratch;  // ends where it must not be exceeded
    uint64_t scratch_bytes;
};

void give_scratch(Made &made) {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    require(sepflow_plan_query(made.plan, &info) == SEPFLOW_OK, "a plan's scratch");
    const uint64_t pages = (info.scratch_bytes + 4095) / 4096 * 4096;
    made.scratch_bytes = info.scratch_bytes;
    made.scratch = guarded_memory(pages) + pages - info.scratch_bytes;
}

std::vector<Made> make_plans() {
    struct Row {
        const char *text;
        sepflow_type in_type, out_type;
        int32_t channels, border, method, schedule, extent, missing;
    };
    const Row rows[] = {
        {"gaussian 1", SEPFLOW_U8, SEPFLOW_U8, 3, 0, 0, 0, 0, 0},
        {"box 3 5", SEPFLOW_U8, SEPFLOW_U8, 1, 1, 1, 2, 0, 0},
        {"3x2 1 2 3 4 5 7", SEPFLOW_U16, SEPFLOW_S16, 2, 2, 0, 0, 2, 0},
        {"gaussian 0.7 2", SEPFLOW_S16, SEPFLOW_F32, 1, 3, 1, 1, 0, 0},
        {"disc 2", SEPFLOW_F16, SEPFLOW_F16, 1, 4, 1, 0, 0, 0},
        {"disc 1.5", SEPFLOW_F32, SEPFLOW_F32, 1, 5, 2, 0, 0, 0},
        {"gaussian 2", SEPFLOW_F32, SEPFLOW_F32, 4, 0, 1, 2, 0, 0},
        {"log 1", SEPFLOW_F64, SEPFLOW_F64, 1, 1, 1, 0, 1, 0},
        {"motion 5 30", SEPFLOW_F32, SEPFLOW_F64, 1, 2, 3, 0, 0, 0},
        {"gaussian 1", SEPFLOW_F64, SEPFLOW_U8, 1, 4, 3, 0, 2, 0},
        {"gaussian 1.5", SEPFLOW_F32, SEPFLOW_F32, 1, 0, 0, 0, 0, 1},
        {"box 3", SEPFLOW_U8, SEPFLOW_U8, 2, 5, 2, 0, 0, 2},
        {"identity", SEPFLOW_U16, SEPFLOW_U16, 1, 3, 0, 0, 0, 0},
    };
    std::vector<Made> plans;
    for (const Row &row : rows) {
        sepflow_options o = {};
        o.struct_size = sizeof o;
        o.in_type = row.in_type;
        o.out_type = row.out_type;
        o.channels = row.channels;
        o.border_x = o.border_y = row.border;
        o.border_value = 3;
        o.method = row.method;
        o.schedule = row.schedule;
        o.extent = row.extent;
        o.missing = row.missing;
        fuzz::Errors error;
        Made made = {nullptr, row.in_type, row.out_type, row.channels, nullptr, 0};
        error.check(sepflow_plan_from_text(row.text, &o, &made.plan, error.get()));
        require(made.plan != nullptr, "a plan of the table");
        give_scratch(made);
        plans.push_back(made);
    }
    return plans;
}

std::vector<unsigned char> noise_of(size_t count) {
    std::vector<unsigned char> bytes(count);
    uint32_t state = 1;
    for (unsigned char &byte : bytes) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<unsigned char>(state >> 24);
    }
    return bytes;
}

sepflow_rect any_rect(Input &input) {
    sepflow_rect rect;
    rect.x = input.flip() ? 0 : input.coordinate();
    rect.y = input.flip() ? 0 : input.coordinate();
    rect.w = input.below(16) == 15 ? input.coordinate() : input.below(24);
    rect.h = input.below(16) == 15 ? input.coordinate() : input.below(12);
    return rect;
}

// First and last byte that bounds and strides reach; false if they overflow.
bool reach(const sepflow_image &image, __int128 *first, __int128 *end) {
    *first = 0;
    *end = (image.type & 0xff) / 8;
    const int64_t counts[] = {image.bounds.w, image.bounds.h, image.channels};
    const int64_t strides[] = {image.stride_x, image.stride_y, image.stride_c};
    for (int axis = 0; axis < 3; ++axis) {
        if (counts[axis] < 1) return true;  // no pixel at all
        const __int128 way = (static_cast<__int128>(counts[axis]) - 1) * strides[axis];
        (way < 0 ? *first : *end) += way;
        if (way > INT64_MAX || way < INT64_MIN || *end > INT64_MAX || *first < INT64_MIN)
            return false;
    }
    return true;
}

// Places the image at one of the arena's ends. False if it does not fit: then no one could own such
// an image.
bool place(sepflow_image &image, unsigned char *arena, Input &input) {
    __int128 first, end;
    const bool is_last = input.flip();
    const auto shift = input.below(8) == 7 ? input.below(16) : 0;
    image.data = arena;
    if (!reach(image, &first, &end)) return true;  // must be refused
    if (end - first + 16 > static_cast<__int128>(kArena)) return false;
    const auto begin = static_cast<int64_t>(-first), length = static_cast<int64_t>(end - first);
    image.data = is_last ? arena + kArena - length + begin - shift : arena + begin + shift;
    return true;
}

sepflow_image any_image(Input &input, sepflow_type type, int32_t channels) {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    image.type = input.below(32) == 31 ? input.one_of(fuzz::kTypes) : type;
    image.channels = input.below(32) == 31 ? input.take<int32_t>() : channels;
    image.flags = input.below(64) == 63 ? input.take<uint32_t>() : 0;
    image.bounds = any_rect(input);
    const auto sample = (type & 0xff) / 8;
    // Dense, with a sign and padding perhaps, or planar, or anything.
    const int64_t w = std::clamp<int64_t>(image.bounds.w, 1, 64);
    const int64_t h = std::clamp<int64_t>(image.bounds.h, 1, 64);
    const auto sign = [&] { return input.below(4) == 3 ? -1 : 1; };
    const int64_t pad = input.below(4) == 3 ? sample * static_cast<int64_t>(input.below(5)) : 0;
    image.stride_c = sample;
    image.stride_x = (sample * channels + pad) * sign();
    image.stride_y = ((sample * channels + pad) * w + pad) * sign();
    if (input.below(4) == 3) {
        image.stride_x = sample;
        image.stride_y = sample * w + pad;
        image.stride_c = image.stride_y * h;
    }
    if (input.below(8) == 7) image.stride_x = input.coordinate();
    if (input.below(8) == 7) image.stride_y = input.coordinate();
    if (input.below(8) == 7) image.stride_c = input.coordinate();
    return image;
}

sepflow_rect any_domain(Input &input, const sepflow_rect &bounds) {
    const auto kind = input.below(8);
    if (kind < 4) return {0, 0, 0, 0};
    if (kind == 7) return any_rect(input);
    sepflow_rect domain = bounds;  // the bounds are a tile of it
    const int64_t left = input.below(4), top = input.below(4);
    if (!__builtin_sub_overflow(domain.x, left, &domain.x))
        (void)__builtin_add_overflow(domain.w, left + input.below(4), &domain.w);
    if (!__builtin_sub_overflow(domain.y, top, &domain.y))
        (void)__builtin_add_overflow(domain.h, top + input.below(4), &domain.h);
    return domain;
}

template <typename Take>
void each_sample(const sepflow_image &image, const sepflow_rect &region, Take take) {
    for (int64_t y = region.y; y < region.y + region.h; ++y) {
        for (int64_t x = region.x; x < region.x + region.w; ++x) {
            for (int32_t c = 0; c < image.channels; ++c)
                take(reinterpret_cast<unsigned char *>(sepflow::pixel_address(image, x, y, c)));
        }
    }
}

bool is_nan(const unsigned char *at, sepflow_type type) {
    double f64 = 0;
    float f32 = 0;
    uint16_t f16 = 0;
    if (type == SEPFLOW_F64) std::memcpy(&f64, at, sizeof f64);
    if (type == SEPFLOW_F32) std::memcpy(&f32, at, sizeof f32);
    if (type == SEPFLOW_F16) std::memcpy(&f16, at, sizeof f16);
    return std::isnan(f64) || std::isnan(f32) || (f16 & 0x7fff) > 0x7c00;
}

struct Dense {
    std::vector<unsigned char> bytes;
    sepflow_image image;

    Dense(const sepflow_image &like, const sepflow_rect &bounds) : image(like) {
        const int64_t sample = (like.type & 0xff) / 8;
        image.bounds = bounds;
        image.stride_c = sample;
        image.stride_x = sample * like.channels;
        image.stride_y = image.stride_x * bounds.w;
        bytes.resize(static_cast<size_t>(image.stride_y * bounds.h));
        image.data = bytes.data();
    }
};

void check_against_dense(const Made &made, const sepflow_image &in, const sepflow_image &out,
                         const sepflow_rect &region) {
    sepflow_image given = in;
    given.domain = sepflow::domain_of(in);
    sepflow_rect needed;
    require(sepflow_plan_input_region(made.plan, &region, &given.domain, &needed) == SEPFLOW_OK,
            "a region that was filtered has an input region");
    if (needed.w > 256 || needed.h > 256) return;  // pixels that lie upon each other
    Dense from(given, needed), to(out, region);
    const auto sample = static_cast<size_t>(in.type & 0xff) / 8;
    unsigned char *next = from.bytes.data();
    each_sample(in, needed, [&](const unsigned char *at) {
        std::memcpy(next, at, sample);
        next += sample;
    });
    fuzz::Errors error;
    if (needed.w == 0) from.image.data = nullptr;
    error.check(sepflow_apply(made.plan, &from.image, &to.image, nullptr, 1, error.get()));
    require(error.message()[0] == 'x', "dense copies are filtered, too");
    const auto result = static_cast<size_t>(out.type & 0xff) / 8;
    const unsigned char *expected = to.bytes.data();
    each_sample(out, region, [&](const unsigned char *at) {
        const bool same = std::memcmp(at, expected, result) == 0;
        const bool nan = is_nan(at, out.type) && is_nan(expected, out.type);  // of any kind
        require(same || nan, "the same bytes as from dense copies");
        expected += result;
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const std::vector<Made> &plans = *new std::vector<Made>(make_plans());
    static unsigned char *const in_memory = guarded_memory(kArena), *const out_memory =
                                                                        guarded_memory(kArena);
    Input input(data, size);
    const Made &made = plans[input.below(static_cast<uint32_t>(plans.size()))];
    const auto seed = input.take<uint32_t>();
    sepflow_image in = any_image(input, made.in_type, made.channels);
    sepflow_image out = any_image(input, made.out_type, made.channels);
    in.domain = any_domain(input, in.bounds);
    out.domain = any_domain(input, out.bounds);
    const bool one_memory = input.below(16) == 15;  // they may overlap
    if (!place(in, in_memory, input) || !place(out, one_memory ? in_memory : out_memory, input))
        return 0;
    if (input.below(64) == 63) in.data = nullptr;
    if (input.below(64) == 63) out.data = nullptr;
    const sepflow_rect region = input.below(4) == 3 ? any_rect(input) : out.bounds;
    const int32_t threads = input.below(64) == 63 ? input.take<int32_t>() % 3 : 1;

    std::memset(out_memory, kCanary, kArena);
    // Pixels of all kinds, bytes of floats included.
    static const std::vector<unsigned char> noise = noise_of(2 * kArena);
    std::memcpy(in_memory, &noise[seed % kArena], kArena);
    std::vector<unsigned char> before;
    if (one_memory) before.assign(in_memory, in_memory + kArena);

    fuzz::Errors error;
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = &in;
    call.input_count = 1;
    call.outputs = &out;
    call.output_count = 1;
    call.region = region;
    call.max_threads = threads;
    call.scratch = made.scratch;
    call.scratch_size = made.scratch_bytes;
    const sepflow_status status = sepflow_process_plan(made.plan, &call, error.get());
    error.check(status);
    const bool is_empty = region.w == 0 || region.h == 0;
    if (status == SEPFLOW_OK && !is_empty) {
        require(!one_memory || before.size() == kArena, "memory in common is apart");
        check_against_dense(made, in, out, region);
        if (one_memory) {
            each_sample(out, region, [&](unsigned char *at) {
                const auto first = static_cast<size_t>(at - in_memory);
                const auto length = static_cast<size_t>(out.type & 0xff) / 8;
                std::memcpy(at, before.data() + first, length);
            });
        } else {
            each_sample(out, region, [&](unsigned char *at) {
                std::memset(at, kCanary, static_cast<size_t>(out.type & 0xff) / 8);
            });
        }
    }
    if (one_memory) {
        require(status != SEPFLOW_OK || std::memcmp(in_memory, before.data(), kArena) == 0,
                "nothing outside the region is written");
        return 0;
    }
    static const std::vector<unsigned char> clean(kArena, kCanary);
    require(std::memcmp(out_memory, clean.data(), kArena) == 0,
            "nothing outside the region is written, and after bad calls nothing at all");
    return 0;
}
