// Promises to a host that loads our plugins: one symbol, no foreign BLAS, no threads, an untouched
// FPU and locale, and that they can be unloaded.
#include <clocale>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <fstream>
#include <signal.h>
#include <string>
#include <vector>

#include <sepflow/node.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace {

const std::string kSeparable = SEPFLOW_PLUGIN_DIR "/separable.sepflow.so";
const std::string kArithmetic = SEPFLOW_PLUGIN_DIR "/arithmetic.sepflow.so";

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

std::string output_of(const std::string &command) {
    FILE *pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    char block[4096];
    while (const size_t count = fread(block, 1, sizeof block, pipe)) text.append(block, count);
    REQUIRE(pclose(pipe) == 0);
    return text;
}

int thread_count() {
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    while (const dirent *entry = readdir(tasks)) count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

bool is_mapped(const std::string &file) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.find(file) != std::string::npos) return true;
    }
    return false;
}

// Everything of the process that loading and running a plugin must leave alone.
struct Surroundings {
    unsigned fpu = 0;
    std::string locale = std::setlocale(LC_ALL, nullptr);
    int threads = thread_count();
    sigset_t mask = {};

    Surroundings() {
#if defined(__x86_64__)
        fpu = _mm_getcsr() &
              0xffc0;  // masks, rounding, flush-to-zero, denormals-are-zero; not the sticky flags
#elif defined(__aarch64__)
        fpu = __builtin_aarch64_get_fpcr();
#endif
        sigprocmask(SIG_SETMASK, nullptr, &mask);
    }
    void check_unchanged() const {
        const Surroundings now;
        CHECK(now.fpu == fpu);
        CHECK(now.locale == locale);
        CHECK(now.threads == threads);
        CHECK(std::memcmp(&now.mask, &mask, sizeof mask) == 0);
    }
};

const sepflow_entry *entry_of(void *library) {
    void *symbol = dlsym(library, SEPFLOW_ENTRY_SYMBOL);
    REQUIRE(symbol != nullptr);
    sepflow_entry_function entry;
    std::memcpy(&entry, &symbol, sizeof entry);
    return entry();
}

sepflow_image float_image(std::vector<float> &pixels, int64_t w, int64_t h) {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    image.type = SEPFLOW_F32;
    image.channels = 1;
    image.data = pixels.data();
    image.bounds = {0, 0, w, h};
    image.stride_c = 4;
    image.stride_x = 4;
    image.stride_y = 4 * w;
    return image;
}

// A node from create to process, as a host drives it, with no callbacks at all.
std::vector<float> drive(const sepflow_node_desc *desc, const char *kernel) {
    sepflow_node *node = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    REQUIRE(desc->create(desc, nullptr, &node, &error) == SEPFLOW_OK);
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = SEPFLOW_VALUE_MATRIX;
    value.s = kernel;
    REQUIRE(desc->set_param(node, 0, &value, &error) == SEPFLOW_OK);
    sepflow_config config = {};
    config.struct_size = sizeof config;
    config.in_type = SEPFLOW_F32;
    config.channels = 1;
    sepflow_plan *plan = nullptr, *again = nullptr;
    REQUIRE(desc->configure(node, &config, &plan, &error) == SEPFLOW_OK);
    REQUIRE(desc->configure(node, &config, &again, &error) == SEPFLOW_OK);
    CHECK(plan == again);  // unchanged parameters, the same plan
    desc->plan_release(again);
    desc->destroy(node);  // the plan lives on

    std::vector<float> in(90 * 40), out(90 * 40);
    for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i * 7 % 101);
    sepflow_image from = float_image(in, 90, 40), to = float_image(out, 90, 40);
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = &from;
    call.input_count = 1;
    call.outputs = &to;
    call.output_count = 1;
    call.region = to.bounds;
    call.max_threads = 1;
    REQUIRE(desc->process(plan, &call, &error) == SEPFLOW_OK);
    desc->plan_release(plan);
    return out;
}

}  // namespace

TEST_CASE("a plugin exports its entry and nothing else") {
    for (const std::string &plugin : {kSeparable, kArithmetic}) {
        const std::string symbols =
            output_of("nm -D --defined-only --format=posix " + plugin + " | cut -d' ' -f1");
        CHECK(symbols == "sepflow_entry_v1\n");
    }
}

TEST_CASE("libsepflow exports the functions of its header and nothing else") {
    const std::string symbols = output_of("nm -D --defined-only --format=posix " SEPFLOW_LIBRARY
                                          " | grep -v '^SEPFLOW_0.1 A' | cut -d' ' -f1");
    const std::string version = "@@SEPFLOW_0.1";
    const std::string header = output_of("cat " SEPFLOW_INCLUDE_DIR "/sepflow/sepflow.h");
    int count = 0;
    for (size_t start = 0; start < symbols.size(); ++count) {
        const size_t end = symbols.find('\n', start);
        std::string symbol = symbols.substr(start, end - start);
        CHECK_MESSAGE(symbol.find(version) + version.size() == symbol.size(), symbol);
        symbol.resize(symbol.find('@'));
        CHECK_MESSAGE(header.find(symbol + "(") != std::string::npos, symbol);
        start = end + 1;
    }
    CHECK(count == 14);
}

TEST_CASE("the separable plugin needs no BLAS, LAPACK, Fortran or Halide library") {
    const std::string needed = output_of("readelf -d " + kSeparable);
    for (const char *name : {"blas", "lapack", "gfortran", "Halide", "tbb"})
        CHECK(needed.find(name) == std::string::npos);
}

TEST_CASE(
    "loading, set-up and processing start no thread and leave FPU, locale and signals alone; then "
    "it unloads") {
    for (const int round : {0, 1}) {
        CAPTURE(round);
        const Surroundings before;
        void *library =
            dlopen(kSeparable.c_str(), RTLD_NOW | (round == 0 ? RTLD_LOCAL : RTLD_GLOBAL));
        REQUIRE_MESSAGE(library != nullptr, dlerror());
        before.check_unchanged();
        const sepflow_entry *entry = entry_of(library);
        CHECK(entry->struct_size == sizeof(sepflow_entry));
        CHECK(entry->abi_major == SEPFLOW_ABI_MAJOR);
        CHECK(entry->abi_minor_needed == 0);
        REQUIRE(entry->init(nullptr, nullptr) == SEPFLOW_OK);
        drive(entry->node(0), "disc 6");
        CHECK(entry->node(entry->node_count) == nullptr);
        entry->deinit();
        before.check_unchanged();
        dlclose(library);
        // The sanitizers keep libraries for their reports.
        if (!kSanitized) CHECK(!is_mapped("separable.sepflow.so"));
    }
}

TEST_CASE("two copies of the plugin live side by side") {
    const std::string copy = std::string(SEPFLOW_PLUGIN_DIR) + "/../separable-copy.so";
    output_of("cp " + kSeparable + " " + copy);
    void *first = dlopen(kSeparable.c_str(), RTLD_NOW | RTLD_GLOBAL),
         *second = dlopen(copy.c_str(), RTLD_NOW | RTLD_GLOBAL);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    CHECK(entry_of(first) != entry_of(second));
    CHECK(drive(entry_of(first)->node(0), "box 5") == drive(entry_of(second)->node(0), "box 5"));
    dlclose(first);
    dlclose(second);
    std::remove(copy.c_str());
}
