// Questions of a host, its possible mistakes, and effects of loading the plugin on the process.
#include <cstdio>
#include <dirent.h>
#include <fstream>
#include <sstream>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "tests/hosts/frei0r/plugin.h"

using namespace frei0r;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

std::string content(const std::string &path) {
    std::ifstream file(path);
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
}

int thread_count() {
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    while (const dirent *entry = readdir(tasks)) count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

unsigned fpu_state() {
#if defined(__x86_64__)
    return _mm_getcsr() & 0xffc0;  // all but the sticky flags
#else
    return 0;
#endif
}

bool is_mapped() {
    return content("/proc/self/maps").find("/frei0r/sepflow.so") != std::string::npos;
}

// A file that is gone at the end.
struct TemporaryFile {
    std::string path = "/tmp/sepflow-frei0r-XXXXXX";

    TemporaryFile() { close(mkstemp(path.data())); }
    TemporaryFile(const TemporaryFile &) = delete;
    ~TemporaryFile() { unlink(path.c_str()); }
};

// Returns what `body` writes to stderr.
template <typename Body>
std::string told(const Body &body) {
    const TemporaryFile file;
    std::fflush(stderr);
    const int old = dup(STDERR_FILENO);
    REQUIRE(std::freopen(file.path.c_str(), "w", stderr) != nullptr);
    body();
    std::fflush(stderr);
    dup2(old, STDERR_FILENO);
    close(old);
    return content(file.path);
}

}  // namespace

// First, since it looks at the process before any of the others have loaded the plugin.
TEST_CASE("loading, listing and filtering start no thread and leave the FPU alone") {
    REQUIRE(!is_mapped());
    const int threads = thread_count();
    const unsigned fpu = fpu_state();
    {
        const Plugin plugin;
        CHECK(thread_count() == threads);
        CHECK(fpu_state() == fpu);
        f0r_plugin_info_t info;
        plugin.info(&info);
        Instance instance(plugin, 640, 480);
        CHECK(thread_count() == threads);
        instance.set("max_threads", "1");  // of others some might still be on their way out
        instance.update(noise(640, 480));
        CHECK(thread_count() == threads);
        CHECK(fpu_state() == fpu);
    }
    if (!kSanitized) CHECK(!is_mapped());
}

TEST_CASE("the nine functions of a filter show, and nothing else") {
    FILE *pipe =
        popen("nm -D --defined-only --format=posix " SEPFLOW_FREI0R " | cut -d' ' -f1 | sort", "r");
    char text[1024] = {};
    const size_t count = fread(text, 1, sizeof text - 1, pipe);
    CHECK(pclose(pipe) == 0);
    CHECK(std::string(text, count) ==
          "f0r_construct\nf0r_deinit\nf0r_destruct\nf0r_get_param_info\nf0r_get_param_value\n"
          "f0r_get_plugin_info\nf0r_init\nf0r_set_param_value\nf0r_update\n");
}

TEST_CASE("an effect of RGBA frames whose parameters are text, in an order that stays") {
    const Plugin plugin;
    f0r_plugin_info_t info = {};
    plugin.info(&info);
    CHECK(info.name == std::string("sepflow"));
    CHECK(info.plugin_type == F0R_PLUGIN_TYPE_FILTER);
    CHECK(info.color_model == F0R_COLOR_MODEL_RGBA8888);
    CHECK(info.frei0r_version == FREI0R_MAJOR_VERSION);
    CHECK(std::string(info.explanation).find("Convolves") == 0);
    std::string names;
    Instance instance(plugin, 8, 8);
    for (int i = 0; i < info.num_params; ++i) {
        f0r_param_info_t param = {};
        plugin.param_info(&param, i);
        CHECK(param.type == F0R_PARAM_STRING);
        CHECK(std::string(param.explanation).size() > 0);
        names += std::string(param.name) + "=" + instance.get(param.name) + "|";
    }
    CHECK(names ==
          "kernel=gaussian 3|border=reflect101|alpha=keep|tolerance=0|delta=0|scale=1|"
          "max_threads=0|border_x=|border_y=|border_value=0|convolve=0|anchor_x=-1|anchor_y=-1|"
          "rank=0|variant=|schedule=auto|method=auto|strict=0|");
}

// GStreamer makes instances while it scans, MLT for every size and thread.
TEST_CASE("instances cost nothing before their first frame, however large that is") {
    const Plugin plugin;
    CHECK(plugin.init() == 1);
    plugin.deinit();
    std::vector<f0r_instance_t> instances;
    for (int i = 0; i < 2000; ++i) {
        instances.push_back(plugin.construct(100000, 100000));  // 40 GB each
        REQUIRE(instances.back() != nullptr);
    }
    for (const f0r_instance_t instance : instances) plugin.destruct(instance);
    Instance afterwards(plugin, 20, 10);
    Frame in = noise(20, 10);
    CHECK(afterwards.update(in) == filtered(in, "gaussian 3"));
}

TEST_CASE("the kernel is read once, not before each frame or when the same text is set again") {
    const Plugin plugin;
    Instance instance(plugin, 40, 30);
    Frame in = noise(40, 30), wanted = filtered(in, "3x2 1 2 0 1 0 5");
    std::string kernel;
    {
        const TemporaryFile file;
        std::ofstream(file.path + ".csv") << "1,2\n0,1\n0,5\n";
        kernel = "file " + file.path + ".csv";
        instance.set("kernel", kernel);
        unlink((file.path + ".csv").c_str());
        CHECK(instance.update(in) == wanted);
    }
    instance.set("kernel", kernel);
    CHECK(instance.get("kernel") == kernel);
    CHECK(instance.update(in) == wanted);
}

TEST_CASE(
    "a bad text is reported once, by name, and frames pass through unchanged until a good one") {
    const Plugin plugin;
    Instance instance(plugin, 30, 20), another(plugin, 30, 20);
    instance.set("kernel", "box 3 norm");
    Frame in = noise(30, 20);
    const Frame wanted = filtered(in, "box 3 norm");
    const auto check = [&](const std::string &name, const std::string &text,
                           const std::string &sentence) {
        CAPTURE(name);
        CAPTURE(text);
        const std::string good = instance.get(name);
        const std::string lines = told([&] {
            for (int frame = 0; frame < 3; ++frame) {
                instance.set(name, text);
                CHECK(instance.update(in) == in);
            }
        });
        CHECK_MESSAGE(lines.find("sepflow: frames pass through unchanged: " + name) == 0, lines);
        CHECK_MESSAGE(lines.find(sentence) != std::string::npos, lines);
        CHECK_MESSAGE(lines.find('\n') == lines.size() - 1, lines);
        CHECK(instance.get(name) == text);
        instance.set(name, good);
        CHECK(instance.update(in) == wanted);
    };
    check("kernel", "gausian 3", "did you mean 'gaussian'?");
    check("kernel", "3x3 1 2 %s%n", "kernel text");
    check("kernel", "file /nowhere/kernel.csv", "/nowhere/kernel.csv");
    check("border", "mirror", "reflect101");
    check("border_y", "mirror", "reflect101");
    check("alpha", "lose", "keep or straight");
    check("max_threads", "many", "whole number");
    check("max_threads", "-1", "whole number");
    check("tolerance", "7", "must lie in 0 .. 1");
    check("delta", "nan", "not a finite number");
    check("convolve", "perhaps", "not a whole number");
    CHECK(told([&] { another.set("kernel", "gausian 3"); }).empty());  // the same sentence
}

TEST_CASE(
    "two bad texts need two good ones, but borders of both axes replace a bad one of either") {
    const Plugin plugin;
    Instance instance(plugin, 30, 20);
    Frame in = noise(30, 20);
    const std::string lines = told([&] {
        instance.set("kernel", "gausian 3");
        instance.set("rank", "all");
        instance.set("kernel", "box 3");
        CHECK(instance.update(in) == in);
        instance.set("rank", "0");
        CHECK(instance.update(in) == filtered(in, "box 3"));
        instance.set("border", "mirror");
        instance.set("border_x", "wrap");
        CHECK(instance.update(in) == in);
        instance.set("border_y", "wrap");
    });
    sepflow_options options = oracle::options_of(SEPFLOW_U8);
    options.border_x = options.border_y = SEPFLOW_BORDER_WRAP;
    CHECK(instance.update(in) == filtered(in, "box 3", options));
    CHECK_MESSAGE(lines.find("border cannot be 'mirror'") != std::string::npos, lines);
}

TEST_CASE("a file that is there later is read when its name is set again") {
    const Plugin plugin;
    Instance instance(plugin, 30, 20);
    Frame in = noise(30, 20);
    const TemporaryFile file;
    const std::string name = file.path + ".csv", kernel = "file " + name;
    told([&] { instance.set("kernel", kernel); });
    CHECK(instance.update(in) == in);
    std::ofstream(name) << "1,2,3\n";
    instance.set("kernel", kernel);
    CHECK(instance.update(in) == filtered(in, "1x3 1 2 3"));
    unlink(name.c_str());
}

TEST_CASE("SEPFLOW_NO_FILES forbids kernels from files") {
    const Plugin plugin;
    Instance instance(plugin, 30, 20);
    Frame in = noise(30, 20);
    const TemporaryFile file;
    const std::string name = file.path + ".csv";
    std::ofstream(name) << "1,2,3\n";
    setenv("SEPFLOW_NO_FILES", "1", 1);
    std::string lines = told([&] { instance.set("kernel", "file " + name); });
    CHECK(instance.update(in) == in);
    CHECK_MESSAGE(lines.find("SEPFLOW_NO_FILES is set") != std::string::npos, lines);
    unsetenv("SEPFLOW_NO_FILES");
    instance.set("kernel", "file " + name);
    CHECK(instance.update(in) == filtered(in, "1x3 1 2 3"));
    // And an error quotes none of it.
    std::ofstream(name) << "hunter2:x:0:0\n";
    lines = told([&] { instance.set("kernel", "file_" + name); });
    CHECK_MESSAGE(lines.find("line 1, column 1") != std::string::npos, lines);
    CHECK_MESSAGE(lines.find("hunter2") == std::string::npos, lines);
    unlink(name.c_str());
}

TEST_CASE("parameters that do not fit together leave frames as they are, which is reported once") {
    const Plugin plugin;
    Instance instance(plugin, 30, 20);
    Frame in = noise(30, 20);
    const std::string lines = told([&] {
        instance.set("kernel", "box 3");
        instance.set("anchor_x", "5");
        CHECK(instance.update(in) == in);
        CHECK(instance.update(in) == in);
    });
    CHECK_MESSAGE(lines.find("sepflow: frames pass through unchanged: ") == 0, lines);
    CHECK_MESSAGE(lines.find('\n') == lines.size() - 1, lines);
    instance.set("anchor_x", "-1");
    CHECK(instance.update(in) == filtered(in, "box 3"));
}

TEST_CASE("indices and addresses that are none do no harm") {
    const Plugin plugin;
    Instance instance(plugin, 30, 20);
    f0r_param_info_t param = {};
    for (const int index : {-1, 18, 1 << 30}) {
        plugin.param_info(&param, index);
        CHECK(param.name == nullptr);
        char text[] = "box 9", *value = text;
        plugin.set_param(instance.handle(), &value, index);
        plugin.get_param(instance.handle(), &value, index);
        CHECK(value == text);
    }
    char *none = nullptr;
    plugin.set_param(instance.handle(), nullptr, 0);
    plugin.set_param(instance.handle(), &none, 0);
    CHECK(instance.get("kernel") == "gaussian 3");
}
