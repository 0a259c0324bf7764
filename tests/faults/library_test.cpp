// The functions of sepflow.h where memory runs out.
#include <cstdio>
#include <doctest/doctest.h>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <sepflow/sepflow.h>

#include "tests/faults/allocations.h"
#include "tests/faults/every_allocation.h"

using faults::Attempt;
using faults::every_allocation_fails;

namespace {

sepflow_options options_of(sepflow_type in_type, int32_t method) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = in_type;
    options.method = method;
    return options;
}

// All that can be asked of a plan.
sepflow_status ask(const sepflow_plan *plan, bool is_bank) {
    sepflow_plan_info info = {};
    info.struct_size = sizeof info;
    sepflow_plan_description description = {};
    description.struct_size = sizeof description;
    const sepflow_rect domain = {0, 0, 50, 40};
    sepflow_rect found = {};
    for (const sepflow_status status :
         {sepflow_plan_query(plan, &info),
          is_bank ? SEPFLOW_OK : sepflow_plan_describe(plan, &description),
          sepflow_plan_output_domain(plan, &domain, &found),
          sepflow_plan_input_region(plan, &domain, &domain, &found)}) {
        if (status != SEPFLOW_OK) return status;
    }
    return SEPFLOW_OK;
}

// Asking has no record to put a sentence into; one is put there for it.
sepflow_status used(sepflow_status made, sepflow_plan *const &plan, bool is_bank,
                    sepflow_error *error) {
    if (made != SEPFLOW_OK) {
        CHECK(plan == nullptr);
        return made;
    }
    const sepflow_status asked = ask(plan, is_bank);
    sepflow_plan_free(plan);
    if (asked != SEPFLOW_OK) {
        error->code = asked;
        std::snprintf(error->message, sizeof error->message, "asked: %s",
                      sepflow_status_text(asked));
    }
    return asked;
}

Attempt set_up(const std::string &text, const sepflow_options &options) {
    Attempt attempt;
    attempt.what = "set-up of " + text;
    attempt.run = [text, options](sepflow_error *error) {
        sepflow_plan *plan = nullptr;
        const sepflow_status made = sepflow_plan_from_text(text.c_str(), &options, &plan, error);
        return used(made, plan, false, error);
    };
    return attempt;
}

// A file that is gone afterwards.
struct File {
    File(const char *suffix, const std::string &text)
        : path("/tmp/sepflow-faults-" + std::to_string(getpid()) + suffix) {
        std::ofstream(path, std::ios::binary) << text;
    }
    ~File() { std::remove(path.c_str()); }
    const std::string path;
};

// An image that is filtered; `wanted` is what the first run made of it.
struct Picture {
    sepflow_type type;
    int32_t channels;
    std::vector<unsigned char> in, out, wanted;
    sepflow_image from, to;

    Picture(sepflow_type of_type, int32_t count, int64_t w, int64_t h)
        : type(of_type),
          channels(count),
          in(static_cast<size_t>(w * h * count * (of_type & 0xff) / 8)),
          out(in.size()) {
        // Below 0x3c00 in 16 bits and up to 0x3f in the high byte: finite in every type.
        for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<unsigned char>(i * i % 61);
        from = sepflow_image_dense(in.data(), type, w, h, channels);
        to = sepflow_image_dense(out.data(), type, w, h, channels);
    }
    Picture(const Picture &) = delete;
    void verify() {
        if (wanted.empty()) wanted = out;
        CHECK(out == wanted);
        std::fill(out.begin(), out.end(), static_cast<unsigned char>(0xa5));
    }
};

void every_allocation_of_apply_fails(const char *text, const sepflow_options &options,
                                     int threads) {
    Picture picture(options.in_type, options.channels == 0 ? 1 : options.channels, 211, 97);
    sepflow_plan *plan = nullptr;
    REQUIRE(sepflow_plan_from_text(text, &options, &plan, nullptr) == SEPFLOW_OK);
    Attempt attempt;
    attempt.what = std::string(text) + " on " + std::to_string(threads) + " threads, method " +
                   std::to_string(options.method);
    attempt.run = [&](sepflow_error *error) {
        return sepflow_apply(plan, &picture.from, &picture.to, nullptr, threads, error);
    };
    attempt.verify = [&] { picture.verify(); };
    attempt.may_succeed = threads != 1;  // with fewer threads
    every_allocation_fails(attempt);
    sepflow_plan_free(plan);
}

}  // namespace

TEST_CASE("every allocation of set-up fails once: rank one, several ranks, taps, transforms") {
    every_allocation_fails(set_up("gaussian 2", options_of(SEPFLOW_U8, SEPFLOW_METHOD_AUTO)));
    every_allocation_fails(set_up("gaussian 2", options_of(SEPFLOW_F64, SEPFLOW_METHOD_AUTO)));
    every_allocation_fails(set_up("disc 3.5", options_of(SEPFLOW_F32, SEPFLOW_METHOD_SEPARABLE)));
    every_allocation_fails(set_up("gabor 2 5 30", options_of(SEPFLOW_U8, SEPFLOW_METHOD_AUTO)));
    every_allocation_fails(
        set_up("3x2 1 2 0 4 5 6", options_of(SEPFLOW_U8, SEPFLOW_METHOD_DIRECT)));
    every_allocation_fails(set_up("motion 9 30", options_of(SEPFLOW_F32, SEPFLOW_METHOD_FFT)));
}

TEST_CASE("every allocation of set-up fails once: refined factors and a border that rescales") {
    sepflow_options options = options_of(SEPFLOW_F32, SEPFLOW_METHOD_SEPARABLE);
    options.rank = 2;
    options.border_x = SEPFLOW_BORDER_TRUNCATE;
    every_allocation_fails(set_up("disc 3.5", options));
}

TEST_CASE("every allocation of set-up fails once: a kernel from a file") {
    const sepflow_options options = options_of(SEPFLOW_F32, SEPFLOW_METHOD_AUTO);
    const File csv(".csv", "1, 2, 1\n2, 4, 2\n"), pgm(".pgm", "P2 3 2 255\n1 2 3 4 5 6\n");
    every_allocation_fails(set_up("file " + csv.path, options));
    every_allocation_fails(set_up("file " + pgm.path, options));
}

TEST_CASE("every allocation of set-up fails once: a matrix, two vectors, a bank") {
    const sepflow_options options = options_of(SEPFLOW_F32, SEPFLOW_METHOD_SEPARABLE);
    const double taps[] = {1, 2, 3, 4, 5, 6, 7, 8.5, 9, 1, 1, 2};
    Attempt attempt;
    attempt.what = "a matrix";
    attempt.run = [&](sepflow_error *error) {
        sepflow_plan *plan = nullptr;
        return used(sepflow_plan_create(taps, 3, 4, 4, &options, &plan, error), plan, false, error);
    };
    every_allocation_fails(attempt);
    attempt.what = "two vectors";
    attempt.run = [&](sepflow_error *error) {
        sepflow_plan *plan = nullptr;
        return used(sepflow_plan_from_vectors(taps, 5, taps + 5, 3, &options, &plan, error), plan,
                    false, error);
    };
    every_allocation_fails(attempt);
    sepflow_plan *members[3] = {};
    for (const int i : {0, 1, 2}) {
        const char *texts[] = {"sobel x", "sobel y", "disc 2.5"};
        REQUIRE(sepflow_plan_from_text(texts[i], &options, &members[i], nullptr) == SEPFLOW_OK);
    }
    attempt.what = "a bank";
    attempt.run = [&](sepflow_error *error) {
        sepflow_plan *bank = nullptr;
        return used(sepflow_plan_bank(members, 3, &bank, error), bank, true, error);
    };
    every_allocation_fails(attempt);
    for (sepflow_plan *member : members) sepflow_plan_free(member);
}

TEST_CASE(
    "every allocation of apply fails once, whatever the method, on one thread and on several") {
    for (const int threads : {1, 4}) {
        every_allocation_of_apply_fails("disc 3.5",
                                        options_of(SEPFLOW_F32, SEPFLOW_METHOD_SEPARABLE), threads);
        every_allocation_of_apply_fails("gaussian 2",
                                        options_of(SEPFLOW_U8, SEPFLOW_METHOD_SEPARABLE), threads);
        every_allocation_of_apply_fails("disc 2.5", options_of(SEPFLOW_U8, SEPFLOW_METHOD_DIRECT),
                                        threads);
        every_allocation_of_apply_fails("disc 6.5", options_of(SEPFLOW_F32, SEPFLOW_METHOD_FFT),
                                        threads);
        sepflow_options halves = options_of(SEPFLOW_F16, SEPFLOW_METHOD_AUTO);
        halves.channels = 3;
        halves.border_x = SEPFLOW_BORDER_TRUNCATE;
        halves.missing = SEPFLOW_MISSING_IGNORE;
        every_allocation_of_apply_fails("gaussian 2", halves, threads);
    }
}

TEST_CASE("every allocation fails once while a bank filters") {
    const sepflow_options options = options_of(SEPFLOW_F32, SEPFLOW_METHOD_AUTO);
    sepflow_plan *members[2] = {}, *bank = nullptr;
    REQUIRE(sepflow_plan_from_text("sobel x", &options, &members[0], nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_plan_from_text("sobel y", &options, &members[1], nullptr) == SEPFLOW_OK);
    REQUIRE(sepflow_plan_bank(members, 2, &bank, nullptr) == SEPFLOW_OK);
    Picture first(SEPFLOW_F32, 1, 211, 97), second(SEPFLOW_F32, 1, 211, 97);
    const sepflow_image outputs[] = {first.to, second.to};
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = &first.from;
    call.input_count = 1;
    call.outputs = outputs;
    call.output_count = 2;
    call.region = first.to.bounds;
    for (const int threads : {1, 3}) {
        call.max_threads = threads;
        Attempt attempt;
        attempt.what = "a bank on " + std::to_string(threads) + " threads";
        attempt.run = [&](sepflow_error *error) {
            return sepflow_process_plan(bank, &call, error);
        };
        attempt.verify = [&] {
            first.verify();
            second.verify();
        };
        attempt.may_succeed = threads != 1;
        every_allocation_fails(attempt);
    }
    for (sepflow_plan *plan : {bank, members[0], members[1]}) sepflow_plan_free(plan);
}

namespace {

// How many allocations a call on one thread makes for an image of w x h pixels.
int64_t allocations_of(const sepflow_plan *plan, const std::vector<sepflow_type> &out_types,
                       int32_t channels, int64_t w, int64_t h) {
    std::vector<float> in(static_cast<size_t>(w * h * channels), 1.0f);
    std::vector<std::vector<float>> memory(out_types.size(), in);
    std::vector<sepflow_image> outputs;
    for (size_t i = 0; i < out_types.size(); ++i)
        outputs.push_back(sepflow_image_dense(memory[i].data(), out_types[i], w, h, channels));
    const sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F32, w, h, channels);
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = &from;
    call.input_count = 1;
    call.outputs = outputs.data();
    call.output_count = static_cast<uint32_t>(outputs.size());
    call.region = from.bounds;
    call.max_threads = 1;
    const faults::Watch watch;
    REQUIRE(sepflow_process_plan(plan, &call, nullptr) == SEPFLOW_OK);
    return watch.allocations();
}

}  // namespace

TEST_CASE("a call allocates no more for many tiles than for one") {
    struct Row {
        const char *kernel;
        int32_t method, channels, border;
    };
    for (const Row &row : {Row{"gaussian 2", SEPFLOW_METHOD_SEPARABLE, 1, 0},
                           Row{"disc 3", SEPFLOW_METHOD_SEPARABLE, 3, SEPFLOW_BORDER_TRUNCATE},
                           Row{"disc 2.5", SEPFLOW_METHOD_DIRECT, 1, SEPFLOW_BORDER_TRUNCATE},
                           Row{"disc 2.5", SEPFLOW_METHOD_DIRECT, 3, 0},
                           Row{"disc 6.5", SEPFLOW_METHOD_FFT, 1, 0}}) {
        sepflow_options options = options_of(SEPFLOW_F32, row.method);
        options.channels = row.channels;
        options.border_x = options.border_y = row.border;
        sepflow_plan *plan = nullptr;
        REQUIRE(sepflow_plan_from_text(row.kernel, &options, &plan, nullptr) == SEPFLOW_OK);
        INFO(std::string(row.kernel), " method ", row.method, " channels ", row.channels);
        CHECK(allocations_of(plan, {SEPFLOW_F32}, row.channels, 900, 700) ==
              allocations_of(plan, {SEPFLOW_F32}, row.channels, 40, 30));
        sepflow_plan_free(plan);
    }
}

TEST_CASE("a call of a bank allocates no more for many tiles than for one") {
    for (const int32_t channels : {1, 3}) {
        // Two share their terms, the others run by methods of their own.
        const char *texts[] = {"dog 1 2 8", "dog 2 3 8", "disc 2.5", "motion 9 30", "disc 6.5"};
        const int32_t methods[] = {SEPFLOW_METHOD_SEPARABLE, SEPFLOW_METHOD_SEPARABLE,
                                   SEPFLOW_METHOD_DIRECT, SEPFLOW_METHOD_SEPARABLE,
                                   SEPFLOW_METHOD_FFT};
        sepflow_plan *members[5] = {}, *bank = nullptr;
        for (int i = 0; i < 5; ++i) {
            sepflow_options options = options_of(SEPFLOW_F32, methods[i]);
            options.channels = channels;
            REQUIRE(sepflow_plan_from_text(texts[i], &options, &members[i], nullptr) == SEPFLOW_OK);
        }
        REQUIRE(sepflow_plan_bank(members, 5, &bank, nullptr) == SEPFLOW_OK);
        INFO("channels ", channels);
        const std::vector<sepflow_type> types(5, SEPFLOW_F32);
        CHECK(allocations_of(bank, types, channels, 900, 700) ==
              allocations_of(bank, types, channels, 40, 30));
        sepflow_plan_free(bank);
        for (sepflow_plan *member : members) sepflow_plan_free(member);
    }
}
