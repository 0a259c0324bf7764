// Banks: every output is what its kernel makes of the image, whatever runs only once.
#include "tests/oracle/bank.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace oracle;

namespace {

const sepflow_type kTypes[] = {SEPFLOW_U8,  SEPFLOW_U16, SEPFLOW_S16,
                               SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64};
// TRUNCATE, which these kernels have no sum for, shares nothing.
constexpr int kBorders[] = {SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_REFLECT,
                            SEPFLOW_BORDER_REPLICATE, SEPFLOW_BORDER_WRAP, SEPFLOW_BORDER_CONSTANT};
// Stacks whose kernels have terms in common.
const std::vector<std::vector<std::string>> kFamilies = {
    {"dog 0.8 1.2 5", "dog 1.2 1.8 5", "dog 1.8 2.5 5"},
    {"gabor 2 6 30", "gabor 2 6 -30"},
    {"gabor 1.5 4 60", "gabor 1.5 4 -60", "gabor 1.5 4 120", "gabor 1.5 4 60"},
    {"dog 1 1.6 6", "dog 1.6 1 6", "laplacian", "dog 1 2 6"},
    {"gaussian 1.5", "gaussian 1.5"},
    {"row 1 2 0 -2 -1 col 1 4 6 4 1", "row 1 4 6 4 1 col 1 4 6 4 1",
     "row 1 -2 2 -2 1 col 1 4 6 4 1"}};

template <typename Array>
auto any_of(const Array &values, std::mt19937_64 &random) {
    return values[random() % std::size(values)];
}

}  // namespace

TEST_CASE("a bank's outputs keep twice their plans' bounds, for every type, border and layout") {
    int shared = 0;
    for (uint64_t seed = 90000; seed < 90120; ++seed) {
        std::mt19937_64 random(seed);
        const auto pick = [&](int64_t low, int64_t high) {
            return std::uniform_int_distribution<int64_t>(low, high)(random);
        };
        const auto &kernels = kFamilies[seed % kFamilies.size()];
        const sepflow_type in = any_of(kTypes, random);
        const int channels = static_cast<int>(pick(1, 4));
        Options wanted;
        wanted.border_x = any_of(kBorders, random);
        wanted.border_y = any_of(kBorders, random);
        wanted.border_value = static_cast<double>(pick(0, 1));
        wanted.convolve = pick(0, 1) != 0;
        std::vector<PlanPointer> members;
        std::vector<sepflow_type> types;
        std::vector<Options> all_wanted;
        std::vector<Kernel> exact_kernels;
        for (size_t i = 0; i < kernels.size(); ++i) {
            // In f32, the common case: the same type for all of them.
            const sepflow_type out = seed % 2 == 0 ? SEPFLOW_F32 : any_of(kTypes, random);
            if (out == SEPFLOW_F16 && in != SEPFLOW_U8 && in >> 8 != 3) {
                types.push_back(SEPFLOW_F32);  // f16 overflows
            } else {
                types.push_back(out);
            }
            wanted.scale = i == 1 ? 0.5 : 1;
            wanted.delta = static_cast<double>(pick(0, 2));
            sepflow_options options = options_of(in, types.back(), channels);
            options.border_x = wanted.border_x;
            options.border_y = wanted.border_y;
            options.border_value = wanted.border_value;
            options.scale = wanted.scale;
            options.delta = wanted.delta;
            options.flags = wanted.convolve ? SEPFLOW_OPTION_CONVOLVE : 0;
            options.method = SEPFLOW_METHOD_SEPARABLE;
            members.push_back(plan_from(kernels[i], options));
            all_wanted.push_back(wanted);
            const PlanPointer plain = plan_from(kernels[i], options_of(SEPFLOW_F64));
            const auto d = described(plain);
            exact_kernels.push_back(
                {d.rows, d.columns, std::vector<double>(d.taps, d.taps + d.rows * d.columns)});
        }
        const PlanPointer bank = bank_of(members);
        shared += queried(bank).rank < terms_apart(members);

        const int64_t w = pick(1, 150), h = pick(1, 110);
        const Image image = random_image(w, h, channels, in, random);
        Pixels from(in, w, h, channels, any_of(kLayouts, random));
        from.write(image);
        std::vector<Pixels> to = outputs_for(types, w, h, channels, any_of(kLayouts, random));
        std::string message;
        REQUIRE_MESSAGE(run(bank, {from.image()}, images_of(to), {0, 0, w, h},
                            static_cast<int>(pick(1, 3)), &message) == SEPFLOW_OK,
                        message);
        double largest = wanted.border_value;
        for (const double sample : image.samples) largest = std::max(largest, std::fabs(sample));
        for (size_t i = 0; i < members.size(); ++i) {
            REQUIRE(to[i].canaries_intact());
            const Image got = to[i].read();
            const auto d = described(members[i]);
            for (int64_t y = 0; y < h; y += 1 + h / 24) {
                for (int64_t x = 0; x < w; x += 1 + w / 24) {
                    for (int c = 0; c < channels; ++c) {
                        const Result exact =
                            convolve(image, exact_kernels[i], all_wanted[i], x, y, c);
                        const double magnitude =
                            std::max(largest * d.kernel_norm_1, exact.magnitude);
                        const double allowed =
                            2.02 * d.error_bound / d.kernel_norm_1 * magnitude + 1e-12;
                        CAPTURE(seed);
                        CAPTURE(i);
                        CAPTURE(x);
                        CAPTURE(y);
                        CAPTURE(exact.value);
                        CAPTURE(allowed);
                        REQUIRE(got.at(x, y, c) >= to_type(exact.value - allowed, types[i]));
                        REQUIRE(got.at(x, y, c) <= to_type(exact.value + allowed, types[i]));
                    }
                }
            }
        }
    }
    CHECK(shared > 40);
}

TEST_CASE("plans that put NaN where pixels are missing are alike") {
    sepflow_options options = options_of(SEPFLOW_F32);
    options.missing = SEPFLOW_MISSING_IGNORE;
    options.missing_value = std::nan("");
    std::vector<PlanPointer> members;
    members.push_back(plan_from("gaussian 2", options));
    members.push_back(plan_from("box 3", options));
    CHECK(bank_of(members) != nullptr);
}

TEST_CASE("what has nothing in common comes out as its plan alone makes it, by every method") {
    std::mt19937_64 random(91000);
    const int64_t w = 230, h = 170;
    for (const sepflow_type type : kTypes) {
        for (const bool has_mask : {false, true}) {
            sepflow_options options = options_of(type, SEPFLOW_TYPE_NONE, 3);
            options.missing = has_mask ? SEPFLOW_MISSING_FILL : SEPFLOW_MISSING_PROPAGATE;
            options.missing_value = 1;
            std::vector<PlanPointer> members;
            members.push_back(plan_from("gaussian 2", options));
            members.push_back(plan_from("derivative 1", options));
            options.method = SEPFLOW_METHOD_DIRECT;
            members.push_back(plan_from("disc 3", options));
            options.method = has_mask ? SEPFLOW_METHOD_SEPARABLE : SEPFLOW_METHOD_FFT;
            members.push_back(plan_from("gabor 3 8 20", options));
            const PlanPointer bank = bank_of(members);
            Pixels from(type, w, h, 3, Layout::kPadded), mask(SEPFLOW_U8, w, h, 1, Layout::kPlanar);
            from.write(random_image(w, h, 3, type, random));
            Image weights = random_image(w, h, 1, SEPFLOW_U8, random);
            mask.write(weights);
            std::vector<sepflow_image> inputs = {from.image()};
            if (has_mask) inputs.push_back(mask.image());
            const std::vector<sepflow_type> types(members.size(), type);
            std::vector<Pixels> together = outputs_for(types, w, h, 3, Layout::kInterleaved);
            std::string message;
            REQUIRE_MESSAGE(
                run(bank, inputs, images_of(together), {0, 0, w, h}, 2, &message) == SEPFLOW_OK,
                message);
            for (size_t i = 0; i < members.size(); ++i) {
                CAPTURE(type);
                CAPTURE(has_mask);
                CAPTURE(i);
                Pixels alone(type, w, h, 3, Layout::kInterleaved);
                REQUIRE(run(members[i], inputs, {alone.image()}, {0, 0, w, h}, 1) == SEPFLOW_OK);
                CHECK(alone.bytes() == together[i].bytes());
            }
        }
    }
}

TEST_CASE("a bank's bytes depend neither on the region nor on the threads") {
    std::mt19937_64 random(92000);
    const int64_t w = 333, h = 241;
    for (const auto &kernels : kFamilies) {
        for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_F32, SEPFLOW_F64}) {
            sepflow_options options = options_of(type, type, 2);
            options.border_x = any_of(kBorders, random);
            options.border_y = any_of(kBorders, random);
            const PlanPointer bank = bank_of(members_of(kernels, options));
            const std::vector<sepflow_type> types(kernels.size(), type);
            Pixels from(type, w, h, 2, Layout::kInterleaved);
            from.write(random_image(w, h, 2, type, random));
            std::vector<Pixels> whole = outputs_for(types, w, h, 2, Layout::kInterleaved),
                                parts = outputs_for(types, w, h, 2, Layout::kInterleaved);
            REQUIRE(run(bank, {from.image()}, images_of(whole), {0, 0, w, h}, 1) == SEPFLOW_OK);
            for (int64_t y = 0; y < h; y += 59) {
                for (int64_t x = 0; x < w; x += 71) {
                    const sepflow_rect region = {x, y, std::min<int64_t>(71, w - x),
                                                 std::min<int64_t>(59, h - y)};
                    const sepflow_rect domain = {0, 0, w, h};
                    sepflow_rect needed;
                    REQUIRE(sepflow_plan_input_region(bank.get(), &region, &domain, &needed) ==
                            SEPFLOW_OK);
                    sepflow_image cut = from.image();
                    cut.bounds = needed;
                    cut.data = static_cast<char *>(cut.data) + needed.x * cut.stride_x +
                               needed.y * cut.stride_y;
                    REQUIRE(run(bank, {cut}, images_of(parts), region, 3) == SEPFLOW_OK);
                }
            }
            for (size_t i = 0; i < kernels.size(); ++i) CHECK(whole[i].bytes() == parts[i].bytes());
        }
    }
}

TEST_CASE("outputs without memory are left out, and the others' bytes stay the same") {
    std::mt19937_64 random(93000);
    const int64_t w = 213, h = 141;
    std::vector<std::vector<std::string>> families = kFamilies;
    families.push_back({"gaussian 2", "sobel x", "disc 3"});  // nothing in common
    for (const auto &kernels : families) {
        const PlanPointer bank = bank_of(members_of(kernels, options_of(SEPFLOW_U8, SEPFLOW_F32)));
        const std::vector<sepflow_type> types(kernels.size(), SEPFLOW_F32);
        Pixels from(SEPFLOW_U8, w, h, 1, Layout::kInterleaved);
        from.write(random_image(w, h, 1, SEPFLOW_U8, random));
        const std::vector<Pixels> whole = outputs_for(types, w, h, 1, Layout::kInterleaved),
                                  blank = outputs_for(types, w, h, 1, Layout::kInterleaved);
        REQUIRE(run(bank, {from.image()}, images_of(whole), {0, 0, w, h}, 1) == SEPFLOW_OK);
        for (size_t wanted = 0; wanted < size_t{1} << kernels.size(); ++wanted) {
            std::vector<Pixels> part = outputs_for(types, w, h, 1, Layout::kInterleaved);
            std::vector<sepflow_image> images = images_of(part);
            for (size_t i = 0; i < images.size(); ++i) {
                if ((wanted >> i & 1) == 0) images[i].data = nullptr;
            }
            std::string message;
            const sepflow_status status =
                run(bank, {from.image()}, images, {0, 0, w, h}, 2, &message);
            CHECK(status == (wanted != 0 ? SEPFLOW_OK : SEPFLOW_E_INVALID));
            if (wanted == 0) CHECK(message == "process: no output of the bank has memory");
            for (size_t i = 0; i < images.size(); ++i) {
                CAPTURE(wanted);
                CAPTURE(i);
                CHECK(part[i].bytes() == (wanted >> i & 1 ? whole : blank)[i].bytes());
            }
        }
    }
}

TEST_CASE("scratch of the caller's is enough for all members") {
    const PlanPointer bank =
        bank_of(members_of({"dog 3 4 20", "dog 4 5 20", "gabor 3 8 20"}, options_of(SEPFLOW_F32)));
    const sepflow_plan_info info = queried(bank);
    CHECK(std::string(info.method) == "bank");
    CHECK(info.left == 20);
    CHECK(info.bottom == 20);
    std::vector<float> in(97 * 61, 1), out(3 * in.size());
    std::vector<sepflow_image> outputs;
    for (size_t i = 0; i < 3; ++i)
        outputs.push_back(sepflow_image_dense(&out[i * in.size()], SEPFLOW_F32, 97, 61, 1));
    const sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F32, 97, 61, 1);
    std::vector<unsigned char> scratch(info.scratch_bytes);
    CHECK(run(bank, {from}, outputs, {0, 0, 97, 61}, 1, nullptr, &scratch) == SEPFLOW_OK);
    CHECK(std::fabs(out[0]) < 1e-6);
}

TEST_CASE("a bank outlives its plans") {
    PlanPointer bank;
    {
        const std::vector<PlanPointer> members =
            members_of({"gaussian 1", "gaussian 2"}, options_of(SEPFLOW_F32));
        bank = bank_of(members);
    }
    std::vector<float> in(20 * 11, 3), out(2 * in.size());
    REQUIRE(run(bank, {sepflow_image_dense(in.data(), SEPFLOW_F32, 20, 11, 1)},
                {sepflow_image_dense(out.data(), SEPFLOW_F32, 20, 11, 1),
                 sepflow_image_dense(&out[in.size()], SEPFLOW_F32, 20, 11, 1)},
                {0, 0, 20, 11}, 1) == SEPFLOW_OK);
    for (const float value : out) CHECK(value == doctest::Approx(3));
}

TEST_CASE("invalid banks are refused with a reason") {
    const auto refused = [](const sepflow_options &a, const sepflow_options &b) {
        std::vector<PlanPointer> members;
        members.push_back(plan_from("gaussian 1", a));
        members.push_back(plan_from("gaussian 2", b));
        const Answer answer = bank_from(members);
        CHECK((answer.bank == nullptr) == (answer.status != SEPFLOW_OK));
        return answer.status;
    };
    const sepflow_options plain = options_of(SEPFLOW_F32);
    CHECK(refused(plain, plain) == SEPFLOW_OK);
    CHECK(refused(plain, options_of(SEPFLOW_U8)) == SEPFLOW_E_FORMAT);
    CHECK(refused(plain, options_of(SEPFLOW_F32, SEPFLOW_F32, 3)) == SEPFLOW_E_FORMAT);
    sepflow_options other = plain;
    other.border_y = SEPFLOW_BORDER_WRAP;
    CHECK(refused(plain, other) == SEPFLOW_E_PARAM);
    other = plain;
    other.extent = SEPFLOW_EXTENT_FULL;
    CHECK(refused(other, other) == SEPFLOW_E_PARAM);
    other = plain;
    other.missing = SEPFLOW_MISSING_IGNORE;
    CHECK(refused(plain, other) == SEPFLOW_E_PARAM);

    sepflow_plan *made = nullptr;
    CHECK(sepflow_plan_bank(nullptr, 1, &made, nullptr) == SEPFLOW_E_INVALID);
    const sepflow_plan *none[1] = {nullptr};
    CHECK(sepflow_plan_bank(none, 1, &made, nullptr) == SEPFLOW_E_INVALID);
    std::vector<PlanPointer> members = members_of({"gaussian 1", "gaussian 2"}, plain);
    const sepflow_plan *one[1] = {members[0].get()};
    CHECK(sepflow_plan_bank(one, 0, &made, nullptr) == SEPFLOW_E_INVALID);
    CHECK(sepflow_plan_bank(one, 1, nullptr, nullptr) == SEPFLOW_E_INVALID);
    const PlanPointer bank = bank_of(members);
    one[0] = bank.get();
    CHECK(sepflow_plan_bank(one, 1, &made, nullptr) == SEPFLOW_E_INVALID);
    CHECK(made == nullptr);
    sepflow_plan_description d = {};
    d.struct_size = sizeof d;
    CHECK(sepflow_plan_describe(bank.get(), &d) == SEPFLOW_E_UNSUPPORTED);

    std::vector<float> in(30 * 20), out(2 * in.size());
    const sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F32, 30, 20, 1),
                        first = sepflow_image_dense(out.data(), SEPFLOW_F32, 30, 20, 1),
                        second = sepflow_image_dense(&out[600], SEPFLOW_F32, 30, 20, 1),
                        across = sepflow_image_dense(&out[300], SEPFLOW_F32, 30, 20, 1);
    const sepflow_rect all = {0, 0, 30, 20};
    CHECK(run(bank, {from}, {first, second}, all, 1) == SEPFLOW_OK);
    CHECK(run(bank, {from}, {first}, all, 1) == SEPFLOW_E_INVALID);
    CHECK(run(bank, {from}, {first, second, second}, all, 1) == SEPFLOW_E_INVALID);
    std::string message;
    CHECK(run(bank, {from}, {first, across}, all, 1, &message) == SEPFLOW_E_INVALID);
    CHECK(message == "two outputs of the bank overlap in memory");
    CHECK(run(bank, {from}, {first, from}, all, 1) == SEPFLOW_E_INVALID);
}
