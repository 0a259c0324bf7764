// Compiler output for the passes: no gathers, no element-wise inserts, accumulators in registers,
// fused operations only where they are allowed. A compiler update that undoes a transpose turns
// this red.
#include <cstdio>
#include <doctest/doctest.h>
#include <fstream>
#include <memory>
#include <regex>
#include <string>
#include <vector>

namespace {

struct Counts {
    int products = 0, fused = 0, gathers = 0, spills = 0, shuffles = 0, inserts = 0;
};

// Disassembles the object of a pass; false if this build has no such pass.
bool read_assembly(const std::string &pass, std::vector<std::string> &lines) {
    const std::string object = std::string(SEPFLOW_PASSES_DIR) + "/sepflow_" + pass + ".o";
    if (!std::ifstream(object)) return false;
    const std::string command = SEPFLOW_OBJDUMP " -d --no-show-raw-insn '" + object + "'";
    const std::unique_ptr<FILE, int (*)(FILE *)> output(popen(command.c_str(), "r"), pclose);
    REQUIRE(output);
    char line[1 << 12];
    while (std::fgets(line, sizeof line, output.get()) != nullptr) lines.emplace_back(line);
    REQUIRE(lines.size() > 20);
    return true;
}

Counts count(const std::vector<std::string> &lines) {
    const std::regex spill(R"(\tv?mov(dq)?[au].*mm\d+,.*\(%rsp\))"), fused(R"(\tvfn?m(add|sub)\d)"),
        product(R"(\t(vfn?m(add|sub)\d|v?mulp[sd]|v?pmulhw))"),
        shuffle(R"(\tv?(unpck|perm|shuf|blend|punpck|movlhps|movhlps|insertf|pinsr|insertps))"),
        insert(R"(\tv?insertps)");
    Counts counts;
    for (const std::string &line : lines) {
        counts.gathers +=
            line.find("gather") != std::string::npos || line.find("scatter") != std::string::npos;
        counts.spills += std::regex_search(line, spill);
        counts.fused += std::regex_search(line, fused);
        counts.products += std::regex_search(line, product);
        counts.shuffles += std::regex_search(line, shuffle);
        counts.inserts += std::regex_search(line, insert);
    }
    return counts;
}

constexpr const char *kPasses[] = {"column_pass_f32_plain",
                                   "row_pass_f32_plain",
                                   "column_pass_f32_transposed",
                                   "row_pass_f32_transposed",
                                   "column_pass_f32_transposed_even",
                                   "row_pass_f32_transposed_even",
                                   "column_pass_f64_plain",
                                   "row_pass_f64_plain",
                                   "column_pass_fixed",
                                   "row_pass_fixed"};

}  // namespace

TEST_CASE("passes are compiled to vector code that stays in registers") {
    int found = 0;
    for (const char *isa : {"avx2", "avx512"}) {
        for (const char *pass : kPasses) {
            std::vector<std::string> lines;
            const std::string name = std::string(pass) + "_" + isa;
            if (!read_assembly(name, lines)) continue;
            ++found;
            CAPTURE(name);
            const Counts counts = count(lines);
            CHECK(counts.gathers == 0);
            CHECK(counts.products >= 20);
            // Folding spills some with AVX2's sixteen registers; a lost schedule spills each sum.
            CHECK(3 * counts.spills <= 2 * counts.products);
            // A block of V x V moves in V log2 V shuffles, with the LLVM of Halide 19 up to three
            // times as many, not in V * V inserts; the products of 3 V taps are unrolled as well.
            CHECK(counts.inserts == 0);
            CHECK(counts.shuffles <= 4 * counts.products);
        }
    }
#if defined(__x86_64__)
    CHECK(found == 20);
#else
    MESSAGE("no x86-64 passes in this build");
#endif
}

TEST_CASE("passes for arm-64 are compiled to vector code that stays in registers") {
    const std::regex spill(R"(\t(ldr|ldp|str|stp)\tq.*\[sp)"),
        product(R"(\t(fml[as]|fmul|mla|smull2?|smlal2?|sqr?dmulh)\tv)"),
        insert(R"(\t((ins|mov)\tv\d+\.[bhsd]\[|ld1\t.*\}\[))");
    int found = 0;
    for (const char *pass : kPasses) {
        std::vector<std::string> lines;
        if (!read_assembly(std::string(pass) + "_neon", lines)) continue;
        ++found;
        CAPTURE(pass);
        int spills = 0, products = 0, inserts = 0;
        for (const std::string &line : lines) {
            spills += std::regex_search(line, spill);
            products += std::regex_search(line, product);
            inserts += std::regex_search(line, insert);
        }
        CHECK(products >= 12);
        CHECK(3 * spills <= products);
        CHECK(inserts == 0);
    }
#if defined(__aarch64__)
    CHECK(found == 10);
#else
    MESSAGE("no arm-64 passes in this build");
#endif
}

TEST_CASE("passes for integer images hold no fused multiply-add, on any instruction set") {
    int found = 0;
    for (const char *isa : {"sse2", "avx2", "avx512", "neon"}) {
        for (const char *form : {"_plain", "_transposed", "_transposed_even", "_transposed_odd"}) {
            for (const char *pass : {"column_pass_uint8", "column_pass_uint16", "column_pass_int16",
                                     "column_pass_f32_from_integers", "row_pass_u8", "row_pass_u16",
                                     "row_pass_s16", "row_pass_f32_from_integers"}) {
                std::vector<std::string> lines;
                const std::string name = std::string(pass) + form + "_" + isa;
                if (!read_assembly(name, lines)) continue;
                ++found;
                const std::regex fused(R"(\t(v?fn?m(add|sub)\d|fml[as]))");
                int fusions = 0;
                for (const std::string &line : lines) fusions += std::regex_search(line, fused);
                CHECK_MESSAGE(fusions == 0, name);
            }
        }
    }
    CHECK(found >= 23);
}
