// Statements, questions and answers of the plugin, and effects of loading it on the process.
#include <algorithm>
#include <cstdlib>
#include <dirent.h>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <fstream>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "tests/hosts/openfx/mini_host.h"
#include "tests/hosts/openfx/picture.h"

namespace {

const Kind kFloat = {SEPFLOW_F32, 4, "OfxBitDepthFloat", "OfxImageComponentRGBA"};
const mini::Rect kWhole = {0, 0, 30, 20};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// A host, an instance and a frame to render.
struct Scene {
    mini::Host host;
    mini::Instance instance;
    Picture in = noise(kFloat, 30, 20);
    Buffer source{kFloat, kWhole, kWhole, false}, output{kFloat, kWhole, kWhole, false};

    explicit Scene(const mini::Suites &suites = {}) : host(suites), instance(host) {
        source.put(in, 0, 0);
        instance.source().images = {{1.0, source.image}};
        instance.source().definition = {0, 0, 30, 20};
        instance.output().images = {{1.0, output.image}};
    }
};

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

bool is_mapped(const std::string &file) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.find(file) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("the description names contexts, pixels, threads, clips and the node's parameters") {
    mini::Host host;
    REQUIRE(host.describe("OfxImageEffectContextGeneral") == 0);
    const mini::Bag &bag = host.descriptor.bag;
    using Texts = std::vector<std::string>;
    CHECK(bag.texts("OfxImageEffectPropSupportedContexts") ==
          Texts{"OfxImageEffectContextFilter", "OfxImageEffectContextGeneral"});
    CHECK(bag.texts("OfxImageEffectPropSupportedPixelDepths") ==
          Texts{"OfxBitDepthByte", "OfxBitDepthShort", "OfxBitDepthHalf", "OfxBitDepthFloat"});
    CHECK(bag.get<std::string>("OfxImageEffectPluginRenderThreadSafety") ==
          "OfxImageEffectRenderFullySafe");
    CHECK(bag.get<int>("OfxImageEffectPluginPropHostFrameThreading") == 1);
    CHECK(bag.get<int>("OfxImageEffectPropSupportsTiles") == 1);
    CHECK(bag.get<std::string>("OfxPropLabel") == "Sepflow");
    CHECK(host.descriptor.clips.size() == 2);
    for (const char *clip : {"Source", "Output"}) {
        CHECK(host.descriptor.clips.at(clip).bag.texts("OfxImageEffectPropSupportedComponents") ==
              Texts{"OfxImageComponentRGBA", "OfxImageComponentRGB", "OfxImageComponentAlpha"});
    }
    const auto &params = host.descriptor.params;
    CHECK(params.at("kernel").type == "OfxParamTypeString");
    CHECK(params.at("kernel").bag.get<std::string>("OfxParamPropDefault") == "gaussian 3");
    CHECK(params.at("border_x").type == "OfxParamTypeChoice");
    CHECK(params.at("border_x").bag.texts("OfxParamPropChoiceOption") ==
          Texts{"reflect101", "reflect", "replicate", "wrap", "constant", "truncate"});
    CHECK(params.at("border_x").bag.get<int>("OfxParamPropDefault") == 0);
    CHECK(params.at("scale").type == "OfxParamTypeDouble");
    CHECK(params.at("scale").bag.get<double>("OfxParamPropDefault") == 1);
    CHECK(params.at("anchor_x").type == "OfxParamTypeInteger");
    CHECK(params.at("anchor_x").bag.get<int>("OfxParamPropMin") == -1);
    CHECK(params.at("convolve").type == "OfxParamTypeBoolean");
    CHECK(params.size() == 19);
}

TEST_CASE(
    "a host without the suites that are needed gets a refusal; without the others all still "
    "works") {
    mini::Suites without_parameters;
    without_parameters.parameters = false;
    CHECK(mini::Host(without_parameters).status == 4);

    Scene scene({true, false, false, false});
    scene.instance.param("kernel").text = "box 3 norm";
    CHECK(scene.instance.render(1, kWhole) == 0);
    scene.instance.param("kernel").text = "gausian 3";
    CHECK(scene.instance.render(1, kWhole) == 1);
}

TEST_CASE("a bad parameter's sentence reaches the user, and goes when it is mended") {
    Scene scene;
    scene.instance.param("kernel").text = "gausian 3";
    CHECK(scene.instance.render(1, kWhole) == 1);
    CHECK_MESSAGE(scene.host.persistent.find("gausian") != std::string::npos,
                  scene.host.persistent);
    scene.instance.param("kernel").text = "gaussian 3";
    CHECK(scene.instance.render(1, kWhole) == 0);
    CHECK(scene.host.persistent.empty());

    scene.instance.param("tolerance").number = 7;
    CHECK(scene.instance.render(1, kWhole) == 1);
    CHECK(scene.host.persistent.find("tolerance must lie in 0 .. 1") != std::string::npos);
    scene.instance.param("tolerance").number = 0;
    scene.instance.param("scale").number = 0;  // its default is 1
    CHECK(scene.instance.render(1, kWhole) == 1);
    CHECK(scene.host.persistent.find("scale must not be 0") != std::string::npos);
    scene.instance.param("scale").number = 1;
    scene.instance.param("border_x").number = 6;
    CHECK(scene.instance.render(1, kWhole) == 1);
    CHECK(scene.host.persistent.find("border_x") != std::string::npos);
    CHECK(scene.host.open_images == 0);

    Scene old({true, true, false, true});  // only the first message suite
    old.instance.param("kernel").text = "3x3 1 2 %s%n";
    CHECK(old.instance.render(1, kWhole) == 1);
    CHECK_MESSAGE(old.host.message.find("kernel") != std::string::npos, old.host.message);
}

TEST_CASE("SEPFLOW_NO_FILES forbids kernels from files, and an error quotes none of a file") {
    std::string file = "/tmp/sepflow-openfx-XXXXXX";
    close(mkstemp(file.data()));
    std::ofstream(file) << "1,2,3\n";
    Scene scene;
    scene.instance.param("kernel").text = "file " + file;
    setenv("SEPFLOW_NO_FILES", "1", 1);
    CHECK(scene.instance.render(1, kWhole) == 5);  // unsupported
    unsetenv("SEPFLOW_NO_FILES");
    CHECK_MESSAGE(scene.host.persistent.find("SEPFLOW_NO_FILES is set") != std::string::npos,
                  scene.host.persistent);
    CHECK(scene.instance.render(1, kWhole) == 0);
    std::ofstream(file) << "hunter2:x:0:0\n";
    scene.instance.param("delta").number = 1;
    CHECK(scene.instance.render(1, kWhole) == 1);
    CHECK_MESSAGE(scene.host.persistent.find("line 1, column 1") != std::string::npos,
                  scene.host.persistent);
    CHECK(scene.host.persistent.find("hunter2") == std::string::npos);
    unlink(file.c_str());
}

TEST_CASE("an identity names its source; anything else is rendered") {
    Scene scene;
    std::string clip;
    scene.instance.param("kernel").text = "identity";
    CHECK(scene.instance.is_identity(1, clip) == 0);
    CHECK(clip == "Source");
    scene.instance.param("delta").number = 0.5;
    CHECK(scene.instance.is_identity(1, clip) == 14);
    scene.instance.param("delta").number = 0;
    scene.instance.param("kernel").text = "row 0 1 col 1";
    CHECK(scene.instance.is_identity(1, clip) == 0);
    scene.instance.param("kernel").text = "row 1 0 col 1";
    CHECK(scene.instance.is_identity(1, clip) == 14);
}

TEST_CASE("the region of definition grows and shrinks with the extent") {
    Scene scene;
    scene.instance.param("kernel").text = "row 1 2 3 4 col 1 0 -1 2 5 7";
    mini::Area area = {0, 0, 30, 20};
    CHECK(scene.instance.region_of_definition(1, area) == 14);
    scene.instance.param("extent").number = 2;  // full
    REQUIRE(scene.instance.region_of_definition(1, area) == 0);
    CHECK(area.x1 == -1);
    CHECK(area.x2 == 32);
    CHECK(area.y1 == -3);
    CHECK(area.y2 == 22);
    scene.instance.param("extent").number = 1;  // valid
    REQUIRE(scene.instance.region_of_definition(1, area) == 0);
    CHECK(area.x1 == 2);
    CHECK(area.x2 == 29);
    CHECK(area.y1 == 2);
    CHECK(area.y2 == 17);
    REQUIRE(scene.instance.render(1, kWhole) == 0);
    CHECK(scene.output.is_clear(1, 10));  // outside it all is transparent black
    CHECK(!scene.output.is_clear(2, 10));
    CHECK(!scene.output.is_clear(10, 16));
    CHECK(scene.output.is_clear(10, 17));
}

TEST_CASE("a missing source is transparent black; pixels of two kinds are refused") {
    Scene scene;
    const mini::Image source = scene.instance.source().images.at(1.0);
    scene.instance.source().images.clear();
    REQUIRE(scene.instance.render(1, kWhole) == 0);
    CHECK(scene.output.is_clear(0, 0));
    CHECK(scene.output.is_clear(29, 19));
    CHECK(scene.output.is_untouched_between_rows());

    scene.instance.source().images[1.0] = source;
    scene.instance.source().images[1.0].depth = "OfxBitDepthHalf";
    CHECK(scene.instance.render(1, kWhole) == 7);
    scene.instance.source().images[1.0].depth = "OfxBitDepthDouble";
    CHECK(scene.instance.render(1, kWhole) == 7);
    scene.instance.output().images.clear();
    CHECK(scene.instance.render(1, kWhole) == 1);
    CHECK(scene.host.open_images == 0);

    scene.instance.source().bag.values["OfxImageEffectPropPixelDepth"] = {
        std::string("OfxBitDepthNone")};
    mini::Area area = {0, 0, 1, 1};
    std::string clip;
    CHECK(scene.instance.region_of_interest(1, area) == 14);
    CHECK(scene.instance.region_of_definition(1, area) == 14);
    CHECK(scene.instance.is_identity(1, clip) == 14);
}

TEST_CASE(
    "a source that lacks pixels of the region of interest is refused, not read beyond its end") {
    Scene scene;
    Buffer part(kFloat, {0, 0, 30, 10}, kWhole, false);
    part.put(scene.in, 0, 0);
    scene.instance.source().images[1.0] = part.image;
    scene.instance.param("kernel").text = "box 5 norm";
    CHECK(scene.instance.render(1, {0, 0, 30, 8}) == 0);
    CHECK(scene.instance.render(1, {0, 0, 30, 9}) == 1);
    CHECK(scene.host.persistent.find("lack pixels") != std::string::npos);
}

TEST_CASE("an abort ends the render at once and is no error") {
    Scene scene;
    scene.host.wants_abort = true;
    CHECK(scene.instance.render(1, kWhole) == 0);
    CHECK(scene.host.aborts_asked > 0);
    CHECK(scene.host.persistent.empty());
    CHECK(!scene.output.is_clear(3, 3));  // as it was: canaries
    Picture out(kFloat, 30, 20);
    scene.output.get(out, 0, 0);
    CHECK(!(out == filtered(scene.in, "gaussian 3")));
}

// Actions that we leave to the host are answered with kOfxStatReplyDefault, 14.
TEST_CASE("a session with every action, in the documented order") {
    mini::Host host;  // Load
    REQUIRE(host.describe() == 0);
    mini::Bag general;
    general.values["OfxImageEffectPropContext"] = {std::string("OfxImageEffectContextGeneral")};
    mini::Effect other;
    other.host = &host;
    CHECK(host.act("OfxImageEffectActionDescribeInContext", &other, &general, nullptr) == 0);
    {
        mini::Instance instance(host);  // CreateInstance
        const auto leaves = [&](const char *action) {
            mini::Bag in, out;
            in.values["OfxPropChangeReason"] = {std::string("OfxChangeUserEdited")};
            in.values["OfxPropType"] = {std::string("OfxTypeParameter")};
            in.values["OfxPropName"] = {std::string("kernel")};
            in.values["OfxPropTime"] = {1.0};
            CHECK_MESSAGE(host.act(action, &instance.effect, &in, &out) == 14, action);
        };
        leaves("OfxActionBeginInstanceEdit");
        leaves("OfxImageEffectActionGetClipPreferences");
        leaves("OfxActionBeginInstanceChanged");
        instance.param("kernel").text = "box 5 norm";
        leaves("OfxActionInstanceChanged");
        leaves("OfxActionEndInstanceChanged");
        leaves("OfxActionSyncPrivateData");
        leaves("OfxImageEffectActionGetTimeDomain");

        Picture in = noise(kFloat, 30, 20), out(kFloat, 30, 20);
        Buffer source(kFloat, kWhole, kWhole, false), output(kFloat, kWhole, kWhole, false);
        source.put(in, 0, 0);
        instance.source().images = {{1.0, source.image}};
        instance.source().definition = {0, 0, 30, 20};
        instance.output().images = {{1.0, output.image}};
        mini::Area area = {0, 0, 30, 20};
        CHECK(instance.region_of_definition(1, area) == 14);
        area = {10, 5, 20, 9};
        CHECK(instance.region_of_interest(1, area) == 0);
        CHECK(area.x1 == 8);
        CHECK(area.y2 == 11);
        leaves("OfxImageEffectActionGetFramesNeeded");
        std::string clip;
        CHECK(instance.is_identity(1, clip) == 14);
        CHECK(instance.render(1, kWhole) == 0);  // BeginSequenceRender, Render, EndSequenceRender
        output.get(out, 0, 0);
        CHECK(out == filtered(in, "box 5 norm"));
        leaves("OfxActionPurgeCaches");
        leaves("OfxActionEndInstanceEdit");
        CHECK(instance.render(1, kWhole) == 0);
    }  // DestroyInstance
}  // Unload

TEST_CASE("unknown actions and instances that were never created do no harm") {
    mini::Host host;
    CHECK(host.act("OfxActionPurgeCaches", nullptr, nullptr, nullptr) == 14);
    CHECK(host.act("OfxImageEffectActionGetClipPreferences", nullptr, nullptr, nullptr) == 14);
    CHECK(host.act("MadeUpAction", nullptr, nullptr, nullptr) == 14);
    REQUIRE(host.describe() == 0);
    mini::Effect stranger;
    stranger.host = &host;
    stranger.bag.values["OfxPropInstanceData"] = {static_cast<void *>(nullptr)};
    mini::Bag in, out;
    CHECK(host.act("OfxImageEffectActionRender", &stranger, &in, nullptr) == 1);
    CHECK(host.act("OfxActionCreateInstance", &stranger, nullptr, nullptr) == 1);  // no clips
}

TEST_CASE(
    "loading and rendering start no thread and leave the FPU alone; only the two entries show") {
    REQUIRE(!is_mapped("Sepflow.ofx"));
    const int threads = thread_count();
    const unsigned fpu = fpu_state();
    {
        mini::Suites suites;
        suites.threads = false;
        Scene scene(suites);
        CHECK(thread_count() == threads);
        CHECK(fpu_state() == fpu);
        CHECK(scene.instance.render(1, kWhole) == 0);
        CHECK(thread_count() == threads);
        CHECK(fpu_state() == fpu);
    }
    if (!kSanitized) CHECK(!is_mapped("Sepflow.ofx"));

    FILE *pipe = popen("nm -D --defined-only --format=posix " SEPFLOW_OFX " | cut -d' ' -f1", "r");
    char text[256] = {};
    const size_t count = fread(text, 1, sizeof text - 1, pipe);
    CHECK(pclose(pipe) == 0);
    CHECK(std::string(text, count) == "OfxGetNumberOfPlugins\nOfxGetPlugin\n");
}
