// What the compiler made of the passes: no gathers, no element-wise inserts, accumulators in registers, fused
// operations only where they are allowed. A compiler update that undoes a transpose turns this red.
#include <doctest/doctest.h>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

struct Counts {
    int fused = 0, gathers = 0, spills = 0, shuffles = 0;
};

bool read_assembly(const std::string &pass, std::vector<std::string> &lines) {
    std::ifstream file(std::string(SEPFLOW_PASSES_DIR) + "/sepflow_" + pass + ".s");
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return !lines.empty();
}

Counts count(const std::vector<std::string> &lines) {
    const std::regex spill(R"(\tv?mov[au]p[sd].*\(%rsp\))"), fused(R"(\tvfn?m(add|sub)\d)"),
        shuffle(R"(\tv?(unpck|perm|shuf|blend|punpck|movlhps|movhlps|insertf|pinsr|insertps))");
    Counts counts;
    for (const std::string &line : lines) {
        counts.gathers +=
            line.find("gather") != std::string::npos || line.find("scatter") != std::string::npos;
        counts.spills += std::regex_search(line, spill);
        counts.fused += std::regex_search(line, fused);
        counts.shuffles += std::regex_search(line, shuffle);
    }
    return counts;
}

}  // namespace

TEST_CASE("passes are compiled to vector code that stays in registers") {
    int found = 0;
    for (const char *isa : {"avx2", "avx512"}) {
        for (const char *pass : {"column_pass_f32", "row_pass_f32", "column_pass_f32_transposed",
                                 "row_pass_f32_transposed", "column_pass_f64", "row_pass_f64"}) {
            std::vector<std::string> lines;
            const std::string name = std::string(pass) + "_" + isa;
            if (!read_assembly(name, lines)) continue;
            ++found;
            CAPTURE(name);
            const Counts counts = count(lines);
            CHECK(counts.gathers == 0);
            CHECK(counts.fused >= 20);
            // The transposes of AVX2's sixteen registers spill a few; a lost schedule spills dozens.
            CHECK(counts.spills <= 24);
            // A block of V x V moves in about V log2 V shuffles, not V * V inserts.
            CHECK(counts.shuffles <= 110);
        }
    }
#if defined(__x86_64__)
    CHECK(found == 12);
#else
    MESSAGE("no x86-64 passes in this build");
#endif
}

TEST_CASE("passes for integer images hold no fused multiply-add, on any instruction set") {
    int found = 0;
    for (const char *isa : {"sse2", "avx2", "avx512", "neon"}) {
        for (const char *schedule : {"", "_transposed"}) {
            for (const char *pass :
                 {"column_pass_u8", "column_pass_u16", "column_pass_s16", "row_pass_u8",
                  "row_pass_u16", "row_pass_s16", "row_pass_f32_from_integers"}) {
                std::vector<std::string> lines;
                const std::string name = std::string(pass) + schedule + "_" + isa;
                if (!read_assembly(name, lines)) continue;
                ++found;
                const std::regex fused(R"(\t(v?fn?m(add|sub)\d|fml[as]))");
                int fusions = 0;
                for (const std::string &line : lines) fusions += std::regex_search(line, fused);
                CHECK_MESSAGE(fusions == 0, name);
            }
        }
    }
    CHECK(found >= 14);
}
