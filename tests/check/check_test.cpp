// sepflow check: our plugins pass, and each faulty one fails the check that is meant for its fault.
#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/check/mistakes.h"
#include "tests/command/command.h"

using command_test::Folder;
using command_test::Outcome;
using Json = nlohmann::json;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

struct Fault {
    const char *name;
    const char *check;   // that it must fail
    const char *reason;  // a part of what is said
};

constexpr Fault kFaults[] = {
    {"wrong_major", "load", "it speaks ABI 2"},
    {"short_descriptor", "load", "set it to sizeof(sepflow_node_desc)"},
    {"crash_entry", "load", "crashed (Segmentation fault) in loading"},
    {"slow_scan", "scan", "not less than 100"},
    {"stays", "unload", "stays in memory"},
    {"endless_nodes", "entry", "node(1) is not NULL"},
    {"no_version", "entry", "version"},
    {"any_extension", "entry", "extension"},
    {"no_image_size", "entry", "does not state image_size"},
    {"needs_init", "load", "it returns NULL for a node below its node_count, or it has no memory"},
    {"new_descriptors", "entry", "node(0) changes"},
    {"prints_at_load", "silence", "it prints when it is loaded"},
    {"thread_at_load", "state", "the number of threads"},
    {"init_needs_a_host", "init", "in init with no host"},
    {"init_keeps_memory", "unload", "it keeps memory that alloc gave"},
    {"prints_in_init", "silence", "its init prints"},
    {"positive_init", "init", "which is not a status"},
    {"thread_key", "unload", "in the end of a thread that used the plugin before it was"},
    {"init_once", "init", "only once"},
    {"does_not_count", "init", "not initialised"},
    {"programs_halide", "state", "halide_malloc of the program"},
    {"fpu_at_load", "state", "to load it, with init, changes the FPU"},
    {"locale_in_init", "state", "to load it, with init, changes the locale"},
    {"logs_nothing", "hosts", "it logs NULL"},
    {"throws", "flags", "its create threw: a fault"},
    {"fpu", "state", "FPU"},
    {"locale", "state", "the locale"},
    {"signal", "state", "handlers of signals"},
    {"environment", "state", "environment"},
    {"directory", "state", "directory"},
    {"open_file", "state", "open files"},
    {"thread", "state", "threads"},
    {"prints", "state", "it prints"},
    {"calls_null", "hosts", "crashed"},
    {"long_records", "records", "crashed"},
    {"long_error", "records", "crashed"},
    {"no_message", "nulls", "left the error record"},
    {"wide_array", "structs", "crashed"},
    {"any_flag", "flags", "an unknown flag"},
    {"null_error", "nulls", "with no error record"},
    {"no_generation", "descriptor", "/N"},
    {"default_outside", "descriptor", "outside of its limits"},
    {"other_default", "defaults", "'gain'"},
    {"no_limits", "limits", "'gain' takes more than its most"},
    {"takes_nan", "limits", "NaN"},
    {"names_no_param", "limits", "names parameter -1"},
    {"forgets", "text", "comes back changed"},
    {"endless_formats", "formats", "no end"},
    {"one_format", "formats", "u8 only"},
    {"any_format", "other_formats", "takes"},
    {"any_image", "other_formats", "takes images of"},
    {"region_outside", "regions", "leaves the input's domain"},
    {"negative_halo", "plan_info", "negative"},
    {"no_identity", "identity", "they differ at"},
    {"new_plan", "same_plan", "another plan"},
    {"follows_node", "outlive", "changes when its node"},
    {"reads_around", "reads", "in process of"},
    {"short_region", "reads", "in process of"},
    {"writes_around", "writes", "outside the pixels that it was asked for"},
    {"writes_input", "writes", "writes to an input"},
    {"whole_bounds", "bounds", "outside the pixels that it was asked for"},
    {"corner", "bounds", "with all of the images in memory"},
    {"no_domain", "bounds", "no domain"},
    {"no_mask", "optional", "what is this mask"},
    {"u8_mask", "optional", "no plan takes 'mask' of f32"},
    {"dense_only", "layouts", "padded"},
    {"small", "sizes", "crashed"},
    {"works_on_input", "in_place", "in place, is other"},
    {"spreads_nan", "numbers", "that does not need it"},
    {"random", "repeat", "other pixels"},
    {"per_tile", "tiles", "not the crop of the whole"},
    {"per_thread", "threads", "other pixels than one"},
    {"short_halo", "halo", "beyond the halo"},
    {"gains", "constant", "turns"},
    {"mirrors", "orientation", "neither the kernel"},
    {"long_scratch", "scratch", "crashed"},
    {"small_scratch", "scratch", "crashed"},
    {"old_scratch", "scratch", "other pixels"},
    {"no_memory_check", "memory", "crashed"},
    {"keeps_memory", "memory", "keeps memory"},
    {"frees_twice", "memory", "or twice"},
    {"odd_alignment", "memory", "alignment of 3"},
    {"deaf", "cancel", "cancelled, it returns 0"},
    {"other_context", "cancel", "another call_ctx"},
    {"shared_buffer", "crowd", "on 64 threads at once"},
    {"crashes", "sizes", "crashed (Segmentation fault) in process"},
    {"exits", "tiles", "ended the process in process"},
    {"hangs", "repeat", "did not return in configure"},
};

Json checked(const Folder &folder, const std::string &plugin, const char *fault, int patience,
             const std::vector<std::string> &options = {}) {
    std::vector<std::string> arguments = {"check", plugin, "--json", "--patience",
                                          std::to_string(patience)};
    arguments.insert(arguments.end(), options.begin(), options.end());
    if (fault != nullptr) setenv("SEPFLOW_TEST_FAULT", fault, 1);
    const Outcome outcome = folder.run(arguments);
    unsetenv("SEPFLOW_TEST_FAULT");
    CAPTURE(outcome.err);
    const Json report = Json::parse(outcome.out);
    CHECK(outcome.exit_code == (report["failed"] == 0 ? 0 : 1));
    return report;
}

// The report of the check that ends in ":NAME", or is it.
Json found(const Json &report, const std::string &check) {
    for (const Json &entry : report["checks"]) {
        const std::string name = entry["name"];
        if (name.substr(name.rfind(':') + 1) == check) return entry;
    }
    return {};
}

// Whether memory that is not freed can be seen, as in malloc of glibc.
bool counts_the_heap(const Folder &folder) {
    const Json report = checked(folder, SEPFLOW_FAULTY_PLUGIN, nullptr, 60, {"leaks"});
    return found(report, "leaks")["verdict"] == "passed";
}

// The faulty plugin fails the check, for that reason.
void expect_failure(const Folder &folder, const std::string &fault, const std::string &check,
                    const std::string &reason) {
    CAPTURE(fault);
    const Json report =
        checked(folder, SEPFLOW_FAULTY_PLUGIN, fault.c_str(), fault == "hangs" ? 1 : 60, {check});
    const Json entry = found(report, check);
    CAPTURE(entry.dump());
    CHECK(entry["verdict"] == "failed");
    const std::string why = entry["why"];
    // A sanitizer ends it at the access at fault, and where threads meet, a crash may come first.
    const bool may_end_early = kIsSanitized || check == "count" || fault == "thread";
    const bool is_ended =
        why.find("crashed") != why.npos || why.find("ended the process with code") != why.npos;
    CHECK(((may_end_early && is_ended) || why.find(reason) != why.npos));
}

}  // namespace

TEST_CASE("our plugins pass every check") {
    const Folder folder;
    for (const std::string plugin : {"separable", "arithmetic"}) {
        CAPTURE(plugin);
        std::vector<std::string> settings;
        if (plugin == "separable") settings = {"--set", "kernels=gaussian 1; disc 2"};
        const Json report =
            checked(folder, SEPFLOW_PLUGIN_DIR "/" + plugin + ".sepflow.so", nullptr, 60, settings);
        for (const Json &entry : report["checks"]) {
            CAPTURE(entry.dump());
            CHECK(entry["verdict"] != "failed");
        }
        CHECK(report["passed"] > 60);
        CHECK(found(report, "tiles")["verdict"] == "passed");
    }
}

TEST_CASE("a plugin without a fault passes every check, and skips none") {
    const Folder folder;
    const Json report = checked(folder, SEPFLOW_FAULTY_PLUGIN, nullptr, 60);
    for (const Json &entry : report["checks"]) {
        CAPTURE(entry.dump());
        const bool is_skipped =
            entry["name"] == "test.faulty/1:identity" ||
            (entry["name"] == "test.faulty/1:leaks" && !counts_the_heap(folder));
        CHECK(entry["verdict"] == (is_skipped ? "skipped" : "passed"));
    }
    CHECK(report["checks"].size() > 35);
}

TEST_CASE("each fault is caught by the check that is meant for it") {
    const Folder folder;
    for (const Fault &fault : kFaults)
        expect_failure(folder, fault.name, fault.check, fault.reason);
    const Json report = checked(folder, SEPFLOW_FAULTY_EXPORTS, nullptr, 60, {"exports"});
    const std::string said = found(report, "exports")["why"];
    CHECK(said.find("it exports ") == 0);
}

TEST_CASE("each mistake of a plugin author is met by the check that is meant for it") {
    const Folder folder;
    const bool is_heap_counted = counts_the_heap(folder);
    for (const faulty::Mistake &mistake : faulty::mistakes()) {
        const std::string check = mistake.check != nullptr ? mistake.check : "";
        if (check.empty() || (!is_heap_counted && (check == "leaks" || check == "count"))) continue;
        expect_failure(folder, mistake.name, mistake.check, mistake.reason);
    }
}

TEST_CASE("a hint may have no effect") {
    const Folder folder;
    const Json report =
        checked(folder, SEPFLOW_FAULTY_PLUGIN, "hint_without_effect", 60, {"effect"});
    CHECK(found(report, "effect")["verdict"] == "passed");
}

TEST_CASE("a check that fails says what was expected, what was seen and what to do") {
    const Folder folder;
    setenv("SEPFLOW_TEST_FAULT", "aborts_on_empty", 1);
    const Outcome text = folder.run({"check", SEPFLOW_FAULTY_PLUGIN, "empty"});
    unsetenv("SEPFLOW_TEST_FAULT");
    const Json report = checked(folder, SEPFLOW_FAULTY_PLUGIN, "aborts_on_empty", 60, {"empty"});
    for (const char *part :
         {"FAILED   test.faulty/1:empty\n", "expected: computes an empty region",
          "seen:     it crashed (Aborted) in process of", "to do:    Return SEPFLOW_OK as soon as"})
        CHECK(text.out.find(part) != std::string::npos);
    CHECK(found(report, "empty")["remedy"].get<std::string>().find("Return SEPFLOW_OK") == 0);
    CHECK(!found(checked(folder, SEPFLOW_FAULTY_PLUGIN, nullptr, 60, {"empty"}), "empty")
               .contains("remedy"));
}

TEST_CASE("the README of the checks lists each of them with its promise") {
    const Folder folder;
    std::istringstream listed(folder.run({"check", "--list"}).out);
    std::string table;
    for (std::string line; std::getline(listed, line);) {
        const size_t gap = line.find("  ");
        table += "| `" + line.substr(0, gap) + "` | " + line.substr(gap + 2) + " |\n";
    }
    std::ifstream file(SEPFLOW_CHECK_README);
    const std::string readme(std::istreambuf_iterator<char>(file), {});
    CAPTURE(table);
    CHECK(readme.find("|---|---|\n" + table) != std::string::npos);
}

TEST_CASE("checks are run again by their names, and reported as text") {
    const Folder folder;
    const Outcome one = folder.run({"check", SEPFLOW_FAULTY_PLUGIN, "test.faulty:tiles"});
    CHECK(one.exit_code == 0);
    CHECK(one.out ==
          "ok       test.faulty/1:tiles  where it promises TILE_EXACT, makes tiles that "
          "are crops of the whole\n1 passed, 0 failed, 0 skipped\n");
    const Outcome unknown = folder.run({"check", SEPFLOW_FAULTY_PLUGIN, "tile"});
    CHECK(unknown.exit_code == 2);
    CHECK(unknown.err.find("there is no check 'tile'") != std::string::npos);
    const Outcome other = folder.run({"check", SEPFLOW_FAULTY_PLUGIN, "no.such.node:tiles"});
    CHECK(other.exit_code == 1);
    CHECK(other.err == "sepflow check: the plugin has no 'no.such.node:tiles'\n");
    const Outcome node = folder.run({"check", SEPFLOW_FAULTY_PLUGIN, "test.faulty", "-q"});
    const char *const skipped = counts_the_heap(folder) ? "1 skipped\n" : "2 skipped\n";
    CHECK(node.out.find(std::string(" passed, 0 failed, ") + skipped) != std::string::npos);
    for (const char *setting : {"gane=1", "gain=5", "gain=much"}) {
        const Outcome wrong = folder.run({"check", SEPFLOW_FAULTY_PLUGIN, "--set", setting});
        CHECK(wrong.exit_code == 1);
        CHECK(wrong.out.find("FAILED") == std::string::npos);
        CHECK(wrong.err.find("gain") != std::string::npos);
    }
    CHECK(folder.run({"check", "no-such-file.so"}).exit_code == 1);
    CHECK(folder.run({"check"}).exit_code == 2);
    const std::string ours = SEPFLOW_PLUGIN_DIR "/separable.sepflow.so";
    const Outcome impossible = folder.run({"check", ours, "--set", "kernel="});
    CHECK(impossible.exit_code == 1);
    CHECK(impossible.out.find("FAILED") == std::string::npos);
    CHECK(impossible.err.find("org.sepflow.separable/1, as it is set") != std::string::npos);
    const Outcome maskless = folder.run({"check", ours, "org.sepflow.separable:optional", "--set",
                                         "method=fft", "--set", "kernel=disc 9"});
    CHECK(maskless.out.find("no plan takes 'mask'") != std::string::npos);
    CHECK(maskless.exit_code == 0);
    setenv("SEPFLOW_TEST_FAULT", "u8_mask", 1);
    const Outcome half =
        folder.run({"check", SEPFLOW_FAULTY_PLUGIN, "test.faulty:optional", "--set", "gain=2"});
    unsetenv("SEPFLOW_TEST_FAULT");
    CHECK(half.out.find("no plan takes 'mask' of f32") != std::string::npos);
    CHECK(half.exit_code == 1);
    folder.write("text.sepflow.so", "not a library\n");
    const Outcome text = folder.run({"check", "text.sepflow.so"});
    CHECK(text.exit_code == 1);
    CHECK(text.out.find("FAILED   load") == 0);
}
