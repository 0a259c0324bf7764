#include <cmath>
#include <cstdint>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/command/command.h"

using command_test::Folder;
using command_test::Outcome;

namespace {

nlohmann::json explain(const Folder &folder, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"explain", "--json", "-k"});
    const Outcome outcome = folder.run(arguments);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(outcome.err == "");
    return nlohmann::json::parse(outcome.out);
}

// Big-endian, as PNG has them.
uint32_t word(const std::string &bytes, size_t at) {
    uint32_t value = 0;
    for (size_t i = at; i < at + 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

}  // namespace

TEST_CASE("explain tells a kernel of rank 2 with its singular values, by hand") {
    Folder folder;
    // [[3,0],[0,4]] has the singular values 4 and 3.
    const auto json = explain(folder, {"2x2 3 0 0 4"});
    CHECK(json["rank"] == 2);
    REQUIRE(json["singular_values"].size() == 2);
    CHECK(json["singular_values"][0].get<double>() == doctest::Approx(4).epsilon(1e-12));
    CHECK(json["singular_values"][1].get<double>() == doctest::Approx(3).epsilon(1e-12));
    CHECK(json["rows"] == 2);
    CHECK(json["columns"] == 2);
    CHECK(json["non_zero_taps"] == 2);
    CHECK(json["kernel_norm_1"].get<double>() == doctest::Approx(7));
    CHECK(json["multiply_adds"] == 8);
    CHECK(json["predicted_ns"]["direct"] > 0);
    CHECK(json["method"].is_string());
    CHECK(json["reason"].is_string());
    CHECK(json["taps"] == nlohmann::json({{3, 0}, {0, 4}}));
}

TEST_CASE("the factors that explain prints multiply to the kernel within the stated remainder") {
    Folder folder;
    for (const std::string in_type : {"f32", "f64"}) {
        const auto json = explain(folder, {"gabor 2 5 30", "--in-type", in_type});
        const auto taps = json["taps"].get<std::vector<std::vector<double>>>();
        const auto columns = json["column_filters"].get<std::vector<std::vector<double>>>();
        const auto rows = json["row_filters"].get<std::vector<std::vector<double>>>();
        REQUIRE(columns.size() == json["rank"].get<size_t>());
        double remainder = 0;
        for (size_t y = 0; y < taps.size(); ++y) {
            for (size_t x = 0; x < taps[y].size(); ++x) {
                double rest = taps[y][x];
                for (size_t t = 0; t < rows.size(); ++t) rest -= columns[t][y] * rows[t][x];
                remainder += std::abs(rest);
            }
        }
        const double rounding =
            1e-15 * json["kernel_norm_1"].get<double>();  // of the taps as printed
        CHECK(remainder <= json["remainder_norm_1"].get<double>() * (1 + 1e-9) + rounding);
        CHECK(json["error_bound"].get<double>() >= json["remainder_norm_1"].get<double>());
        CHECK(json["remainder_norm_1"].get<double>() <=
              json["tolerance"].get<double>() * json["kernel_norm_1"].get<double>());
    }
}

TEST_CASE("tolerance and rank change what explain finds") {
    Folder folder;
    const int full = explain(folder, {"disc 6"})["rank"];
    CHECK(full > 2);
    CHECK(explain(folder, {"disc 6", "--tolerance", "0.2"})["rank"] < full);
    CHECK(explain(folder, {"disc 6", "--tolerance", "1/8"})["tolerance"] == 0.125);
    CHECK(explain(folder, {"disc 6", "--in-type", "u8"})["tolerance"].get<double>() ==
          doctest::Approx(1 / 510.0));
    CHECK(explain(folder, {"disc 6", "--rank", "2"})["rank"] == 2);
    CHECK(explain(folder, {"1x3 1 2 3", "--convolve"})["taps"] == nlohmann::json({{3, 2, 1}}));
    CHECK(explain(folder, {"box 3 5", "--anchor", "0,1"})["anchor"] == nlohmann::json({0, 1}));
}

TEST_CASE("explain's text names the rank, the bound and the cost") {
    Folder folder;
    const auto tells = [&](const std::vector<std::string> &arguments,
                           const std::vector<std::string> &parts) {
        const Outcome outcome = folder.run(arguments);
        CHECK(outcome.exit_code == 0);
        for (const std::string &part : parts) {
            CAPTURE(outcome.out);
            CHECK(outcome.out.find(part) != std::string::npos);
        }
    };
    tells({"explain", "-k", "gaussian 2"},
          {"17 rows x 17 columns", "sum 1, symmetric along x, symmetric along y",
           "rank             1 of at most 17: the 1-D filters come with the kernel",
           "singular values", "error            at most", "of the largest |pixel|", "predicted",
           "cheapest that keep the tolerance", "factor 1, row", "f32 arithmetic"});
    tells({"explain", "-k", "disc 40", "--in-type", "u8"},
          {" of at most 81: rank ", "smallest that was found to stay within the tolerance",
           "method           fft: Fourier transforms are cheaper", "of one 8-bit step", "...",
           "more: --json holds all factors"});
    tells({"explain", "-k", "sobel x", "--in-type", "u8"},
          {"antisymmetric along x, symmetric along y", "error            none",
           "exact            yes"});
    tells({"explain", "-k", "disc 4", "--in-type", "u8", "--type", "f32", "--method", "direct"},
          {"the method was asked for", "for pixels up to 255"});
}

// 40 characters for the largest, sixteen a decade at most; solid where the rank takes it.
TEST_CASE("explain draws the singular values as bars") {
    Folder folder;
    const std::string out = folder.run({"explain", "-k", "2x2 10 0 0 1", "--rank", "1"}).out;
    CHECK(out.find("10          " + std::string(40, '#') + "\n") != std::string::npos);
    CHECK(out.find("1           " + std::string(24, '.') + "\n") != std::string::npos);
    CHECK(folder.run({"explain", "-k", "2x2 0 0 0 0"}).exit_code == 0);
}

TEST_CASE("explain draws four panels side by side") {
    Folder folder;
    REQUIRE(folder.run({"explain", "-k", "gabor 3 6 30", "--picture", "p.png"}).exit_code == 0);
    const std::string png = folder.read("p.png");
    CHECK(png.substr(1, 3) == "PNG");
    CHECK(word(png, 16) > 3 * word(png, 20));  // wider than high, as four squares are
    const Outcome refused = folder.run({"explain", "-k", "box 3", "--picture", "p.pfm"});
    CHECK(refused.exit_code == 1);
    CHECK(folder.names() == std::vector<std::string>{"p.png"});
}
