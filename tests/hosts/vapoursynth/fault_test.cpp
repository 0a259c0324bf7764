// Every allocation of the plugin fails once, from its start to the last frame.
#include <cstring>
#include <doctest/doctest.h>
#include <optional>

#include "tests/faults/allocations.h"
#include "tests/faults/every_allocation.h"
#include "tests/hosts/vapoursynth/mini_core.h"
#include "tests/oracle/plan.h"

namespace {

using Arguments = std::map<std::string, mini::Value>;

constexpr int kWidth = 40, kHeight = 22;
const char *const kKernel = "2x3 1 2 0 1 0 4 norm";
const mini::Format kGray = mini::format_of(mini::kGray, false, 8);

const mini::VideoInfo kKnown = {kGray, 25, 1, kWidth, kHeight, 100},
                      kVarying = {{}, 25, 1, 0, 0, 100};

void paint(int n, mini::Frame &frame) {
    const auto plane = std::make_shared<mini::Plane>();
    plane->width = kWidth;
    plane->height = kHeight;
    plane->stride = 64;
    plane->memory.reset(new char[64 * kHeight + 64]);
    for (int i = 0; i < 64 * kHeight; ++i) plane->start()[i] = static_cast<char>((i + n) * i % 251);
    frame.format = kGray;
    frame.planes = {plane};
}

bool is_of_memory(const std::string &error) {
    CHECK(error.rfind("Separable: ", 0) == 0);
    return error.find("memory") != std::string::npos;
}

sepflow_status told(sepflow_error *error) {
    error->code = SEPFLOW_E_MEMORY;
    std::strcpy(error->message, "reported to the core");
    return error->code;
}

// One core, a clip of a format that is known and one whose frames only tell it.
class Life {
  public:
    Life() {
        mini::Core core;
        mini::Node *clip = core.source(kKnown, paint);
        const mini::FramePointer frame = core.frame(clip, kNumber);
        const mini::Plane &plane = *frame->planes[0];
        sepflow_image from = sepflow_image_dense(plane.start(), SEPFLOW_U8, kWidth, kHeight, 1);
        from.stride_y = plane.stride;
        sepflow_options options = oracle::options_of(SEPFLOW_U8);
        options.border_x = options.border_y = SEPFLOW_BORDER_WRAP;
        oracle::apply(oracle::plan_from(kKernel, options), from,
                      sepflow_image_dense(wanted_.data(), SEPFLOW_U8, kWidth, kHeight, 1));
        core.free(clip);
    }

    sepflow_status run(sepflow_error *error) {
        failures_ = 0;
        std::optional<mini::Core> core;
        succeeds([&] {
            core.emplace();
            CHECK(core->id.empty() == core->signature.empty());
            return !core->id.empty();
        });
        for (const mini::VideoInfo &info : {kKnown, kVarying}) {
            mini::Node *clip = core->source(info, paint);
            for (const Arguments *arguments : {&kText, &kMatrix}) {
                mini::Node *node = nullptr;
                succeeds([&] {
                    node = core->call(clip, *arguments);
                    if (node == nullptr) CHECK(is_of_memory(core->error));
                    return node != nullptr;
                });
                succeeds([&] { return is_filtered(*core, node); });
                core->free(node);
            }
            core->free(clip);
        }
        core.reset();  // which looks for nodes and frames that are left
        return failures_ == 0 ? SEPFLOW_OK : told(error);
    }

  private:
    static constexpr int kNumber = 3;
    const Arguments kText = {{"kernel", std::vector<std::string>{kKernel}},
                             {"border", std::vector<std::string>{"wrap"}},
                             {"planes", std::vector<int64_t>{0}}},
                    kMatrix = {{"matrix", std::vector<double>{0.125, 0.25, 0, 0.125, 0, 0.5}},
                               {"rows", std::vector<int64_t>{2}},
                               {"border", std::vector<std::string>{"wrap"}}};

    // Where it fails, the next call has memory and succeeds.
    template <typename Call>
    void succeeds(const Call &call) {
        if (call()) return;
        ++failures_;
        const faults::Aside aside;
        REQUIRE(call());
    }

    bool is_filtered(const mini::Core &core, mini::Node *node) const {
        std::string why;
        const mini::FramePointer frame = core.frame(node, kNumber, &why);
        if (frame == nullptr) {
            CHECK(is_of_memory(why));
            return false;
        }
        for (int y = 0; y < kHeight; ++y)
            CHECK(std::memcmp(frame->planes[0]->row(y), &wanted_[y * kWidth], kWidth) == 0);
        return true;
    }

    std::vector<char> wanted_ = std::vector<char>(kWidth * kHeight);
    int failures_ = 0;
};

}  // namespace

TEST_CASE("every allocation fails once while the plugin is loaded") {
    faults::every_allocation_of_loading_fails(SEPFLOW_VAPOURSYNTH);
}

TEST_CASE("every allocation fails once, from the plugin's start to the last frame") {
    faults::every_allocation_of_a_life_fails<Life>("clips");
}

TEST_CASE(
    "every allocation fails once while arguments are refused: for what is wrong or for that") {
    mini::Core core;
    mini::Node *clip = core.source(kKnown, paint);
    const Arguments wrong = {{"kernel", std::vector<std::string>{"box 3"}},
                             {"border", std::vector<std::string>{"something else"}}};
    faults::Attempt attempt;
    attempt.what = "a border that there is not";
    attempt.run = [&](sepflow_error *error) {
        CHECK(core.call(clip, wrong) == nullptr);
        return is_of_memory(core.error) ? told(error) : SEPFLOW_OK;
    };
    attempt.may_succeed = true;  // an exception has memory of its own
    faults::every_allocation_fails(attempt);
    core.free(clip);
}
