// Compiled filters on every target whose compiler and emulator are installed: the bytes of the
// library for integers, within its bound for floats; the same bytes whole, in strips and in place.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

#include <sepflow/sepflow.h>

#include "tests/embedded/cases_of_tests.h"
#include "tests/embedded/modes.h"

namespace {

struct Target {
    const char *name, *command;
};
#include "targets.h"

struct Request {
    const Case *filter;
    int mode, width, height;
    Bytes image;

    size_t result_size() const {
        return mode == BAD_SIZE
                   ? 0
                   : static_cast<size_t>(width * height * filter->channels * bytes(filter->out));
    }
};

// The last row first: IN_PLACE filters so.
Bytes flipped(const Bytes &image, int height) {
    const size_t row = image.size() / static_cast<size_t>(height);
    Bytes result;
    for (size_t end = image.size(); end > 0; end -= row)
        result.insert(result.end(), image.begin() + static_cast<std::ptrdiff_t>(end - row),
                      image.begin() + static_cast<std::ptrdiff_t>(end));
    return result;
}

class Library {
  public:
    explicit Library(const Case &c) : case_(c) {
        sepflow_options options = {};
        options.struct_size = sizeof options;
        options.in_type = c.in;
        options.out_type = c.out;
        options.channels = c.channels;
        options.border_x = c.border_x;
        options.border_y = c.border_y;
        options.border_value = c.border_value;
        options.delta = c.delta;
        if (c.anchor >= 0) {
            options.flags = SEPFLOW_OPTION_ANCHOR;
            options.anchor_x = options.anchor_y = c.anchor;
        }
        sepflow_error error = {};
        error.struct_size = sizeof error;
        sepflow_plan_from_text(c.kernel, &options, &plan_, &error);
        REQUIRE_MESSAGE(plan_ != nullptr, error.message);
    }
    ~Library() { sepflow_plan_free(plan_); }
    Library(const Library &) = delete;
    Library &operator=(const Library &) = delete;

    Bytes apply(const Request &r) const {
        if (r.mode == IN_PLACE) return flipped(applied(r, flipped(r.image, r.height)), r.height);
        return applied(r, r.image);
    }

    sepflow_plan_description description() const {
        sepflow_plan_description d = {};
        d.struct_size = sizeof d;
        REQUIRE(sepflow_plan_describe(plan_, &d) == SEPFLOW_OK);
        return d;
    }

    // How far a float result of either may be from the exact one.
    double bound() const { return description().error_bound; }

  private:
    Bytes applied(const Request &r, Bytes image) const {
        Bytes result(r.result_size());
        const sepflow_image in = sepflow_image_dense(image.data(), case_.in, r.width, r.height,
                                                     case_.channels),
                            out = sepflow_image_dense(result.data(), case_.out, r.width, r.height,
                                                      case_.channels);
        REQUIRE(sepflow_apply(plan_, &in, &out, nullptr, 1, nullptr) == SEPFLOW_OK);
        return result;
    }

    const Case &case_;
    sepflow_plan *plan_ = nullptr;
};

std::vector<Request> all_requests() {
    constexpr int kSizes[][2] = {{1, 1},  {2, 3},   {1, 20},  {7, 2},  {15, 9},
                                 {16, 5}, {17, 24}, {40, 33}, {65, 7}, {MAX_WIDTH, 11}};
    std::mt19937 random(6);
    std::vector<Request> requests;
    for (const Case &c : kCases) {
        for (const auto &[w, h] : kSizes) {
            const Bytes image = random_image(c, w, h, random);
            for (const int mode : {WHOLE, STRIPS, LAZY, IN_PLACE})
                if (mode != IN_PLACE || c.in == c.out) requests.push_back({&c, mode, w, h, image});
        }
        requests.push_back({&c, BAD_SIZE, 1, 0, {}});
    }
    return requests;
}

// Removes its file.
class Scratch {
  public:
    explicit Scratch(const std::string &name)
        : path_("/tmp/sepflow-embedded-" + std::to_string(getpid()) + name) {}
    ~Scratch() { unlink(path_.c_str()); }
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;
    const std::string &path() const { return path_; }

  private:
    std::string path_;
};

std::vector<Bytes> run(const Target &target, const std::vector<Request> &requests) {
    const Scratch in(".in"), out(".out");
    std::ofstream file(in.path(), std::ios::binary);
    for (const Request &r : requests) {
        const int32_t numbers[] = {static_cast<int32_t>(r.filter - kCases), r.mode, r.width,
                                   r.height};
        file.write(reinterpret_cast<const char *>(numbers), sizeof numbers);
        file.write(r.image.data(), static_cast<std::streamsize>(r.image.size()));
    }
    file.close();
    const std::string command = std::string(target.command) + " <" + in.path() + " >" + out.path();
    REQUIRE_MESSAGE(std::system(command.c_str()) == 0, command);
    std::ifstream results(out.path(), std::ios::binary);
    std::vector<Bytes> all;
    for (const Request &r : requests) {
        all.emplace_back(r.result_size());
        results.read(all.back().data(), static_cast<std::streamsize>(r.result_size()));
        REQUIRE(results);
    }
    REQUIRE(results.peek() == std::ifstream::traits_type::eof());
    return all;
}

double worst_difference(const Bytes &a, const Bytes &b) {
    double worst = 0;
    for (size_t i = 0; i < a.size(); i += sizeof(float)) {
        float x = 0, y = 0;
        std::memcpy(&x, &a[i], sizeof x);
        std::memcpy(&y, &b[i], sizeof y);
        worst = std::fmax(worst, std::fabs(double{x} - double{y}));
    }
    return worst;
}

}  // namespace

TEST_CASE("compiled filters give the library's bytes for integers, and floats within the bound") {
    const std::vector<Request> requests = all_requests();
    for (const Target &target : kTargets) {
        const std::vector<Bytes> results = run(target, requests);
        const Case *previous = nullptr;
        std::unique_ptr<Library> library;
        for (size_t i = 0; i < requests.size(); ++i) {
            const Request &r = requests[i];
            if (r.filter != previous) library = std::make_unique<Library>(*r.filter);
            previous = r.filter;
            INFO(std::string(target.name) << ": " << std::string(r.filter->name) << ", " << r.width
                                          << " x " << r.height << ", mode " << r.mode);
            if (r.mode == BAD_SIZE) continue;
            const Bytes expected = library->apply(r);
            if (r.filter->out == f32 && r.filter->in == f32) {
                REQUIRE(worst_difference(results[i], expected) <= 2 * 2 * library->bound());
            } else if (r.filter->in ==
                       f32) {  // to integers: one step, where rounding falls otherwise
                for (size_t k = 0; k < expected.size(); ++k)
                    REQUIRE(std::abs(static_cast<uint8_t>(results[i][k]) -
                                     static_cast<uint8_t>(expected[k])) <= 1);
            } else {
                REQUIRE(results[i] == expected);
            }
        }
    }
}

TEST_CASE("strips give the bytes of the whole image") {
    const std::vector<Request> requests = all_requests();
    for (const Target &target : kTargets) {
        const std::vector<Bytes> results = run(target, requests);
        for (size_t i = 1; i < requests.size(); ++i) {
            const Request &r = requests[i];
            if (r.mode != STRIPS && r.mode != LAZY) continue;
            INFO(std::string(target.name) << ": " << std::string(r.filter->name) << ", " << r.width
                                          << " x " << r.height << ", mode " << r.mode);
            REQUIRE(results[i] == results[i - 1]);
        }
    }
}

namespace {

constexpr int kOddX = 21, kOddY = 15;
constexpr float kOdd[] = {NAN, INFINITY, -INFINITY};

// For each filter of floats, an image of numbers, then the same with one pixel that is odd.
std::vector<Request> odd_requests() {
    constexpr int kW = 43, kH = 34;
    std::mt19937 random(7);
    std::vector<Request> requests;
    for (const Case &c : kCases) {
        if (c.in != f32) continue;
        Bytes image = random_image(c, kW, kH, random);
        requests.push_back({&c, WHOLE, kW, kH, image});
        for (const float odd : kOdd) {
            const auto at = static_cast<size_t>((kOddY * kW + kOddX) * c.channels);
            std::memcpy(&image[4 * at], &odd, 4);
            requests.push_back({&c, WHOLE, kW, kH, image});
        }
    }
    return requests;
}

// Whether a result is what the odd pixel makes of it: of u8, one of its ends, and of NaN the least.
bool is_reached(const Bytes &result, size_t sample, sepflow_type type, float odd) {
    if (type == u8) {
        const auto value = static_cast<uint8_t>(result[sample]);
        return value == 0 || (value == 255 && !std::isnan(odd));
    }
    float value = 0;
    std::memcpy(&value, &result[4 * sample], 4);
    return !std::isfinite(value);
}

}  // namespace

TEST_CASE("compiled filters let NaN and infinity through to every non-zero tap, and no further") {
    const std::vector<Request> requests = odd_requests();
    for (const Target &target : kTargets) {
        const std::vector<Bytes> results = run(target, requests);
        for (size_t i = 0; i < requests.size(); ++i) {
            const Request &r = requests[i];
            const Case &c = *r.filter;
            const Bytes &clean = results[i / 4 * 4], &got = results[i];
            if (&clean == &got) continue;
            const Library library(c);
            const sepflow_plan_description d = library.description();
            const size_t sample_bytes = static_cast<size_t>(bytes(c.out));
            INFO(std::string(target.name) << ": " << std::string(c.name) << ", pixel " << i % 4);
            int missed = 0, touched = 0;
            for (int64_t y = 0; y < r.height; ++y) {
                for (int64_t x = 0; x < r.width * c.channels; ++x) {
                    // The tap of this result that lies on the pixel.
                    const int64_t column = kOddX - x / c.channels + d.anchor_x,
                                  row = kOddY - y + d.anchor_y;
                    const bool is_inside = x % c.channels == 0 && column >= 0 &&
                                           column < d.columns && row >= 0 && row < d.rows;
                    const auto at = static_cast<size_t>(y * r.width * c.channels + x);
                    if (!is_inside) {
                        touched += std::memcmp(&got[at * sample_bytes], &clean[at * sample_bytes],
                                               sample_bytes) != 0;
                    } else if (d.taps[row * d.columns + column] != 0) {
                        missed += !is_reached(got, at, c.out, kOdd[i % 4 - 1]);
                    }
                }
            }
            CHECK(missed == 0);
            CHECK(touched == 0);
        }
    }
}
