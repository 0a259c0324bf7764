// Every allocation of the plugin fails once, from the first look at it to the last frame.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <unistd.h>

#include "tests/faults/allocations.h"
#include "tests/faults/every_allocation.h"
#include "tests/hosts/frei0r/plugin.h"

using namespace frei0r;

namespace {

// stderr while it lives.
class Told {
  public:
    Told() {
        std::setvbuf(stderr, nullptr, _IONBF, 0);  // as it is unless somebody reopened it
        dup2(fileno(file_), STDERR_FILENO);
    }
    Told(const Told &) = delete;
    ~Told() {
        dup2(old_, STDERR_FILENO);
        close(old_);
        std::fclose(file_);
    }
    // Returns the messages since the last call.
    std::string news() {
        char text[1000];
        const ssize_t size = pread(fileno(file_), text, sizeof text, known_);
        known_ += size;
        return std::string(text, static_cast<size_t>(size));
    }

  private:
    FILE *const file_ = std::tmpfile();
    const int old_ = dup(STDERR_FILENO);
    off_t known_ = 0;
};

// The first changes no pixel, the others do.
struct Setting {
    const char *name, *text;
};
constexpr Setting kSettings[] = {{"max_threads", "1"},
                                 {"kernel", "3x2 1 2 0 1 0 5 norm"},
                                 {"border", "wrap"},
                                 {"alpha", "straight"}};

// All that a host does with an effect.
class Life {
  public:
    Life() {
        const Plugin plugin;
        Instance instance(plugin, kWidth, kHeight);
        wanted_.push_back(instance.update(in_));
        for (const Setting &setting : kSettings) {
            indices_.push_back(instance.index(setting.name));
            instance.set(setting.name, setting.text);
            wanted_.push_back(instance.update(in_));
        }
        CHECK(wanted_[1] == filtered(in_, "gaussian 3"));
        CHECK(wanted_[2] == filtered(in_, kSettings[1].text));
        CHECK(!(wanted_[3] == wanted_[2]));
        CHECK(!(wanted_[4] == wanted_[3]));
    }

    sepflow_status run(sepflow_error *error) {
        failures_ = complaints_ = 0;
        std::optional<Plugin> plugin;
        {
            const faults::Aside aside;  // the loader's own
            plugin.emplace();
        }
        live(*plugin);
        plugin.reset();
        const faults::Aside aside;
        const std::string news = told_.news();
        CHECK((news.find("memory") != std::string::npos) == (complaints_ > 0));
        if (failures_ == 0) return SEPFLOW_OK;
        error->code = SEPFLOW_E_MEMORY;
        std::strcpy(error->message, "seen by the host");
        return error->code;
    }

  private:
    static constexpr int kWidth = 32, kHeight = 24;

    // Where it fails, the next call has memory and succeeds.
    template <typename Call>
    void succeeds(const Call &call) {
        if (call()) return;
        ++failures_;
        const faults::Aside aside;
        REQUIRE(call());
    }

    void live(const Plugin &plugin) {
        f0r_instance_t instance = nullptr;
        succeeds([&] { return is_listed(plugin); });
        succeeds([&] {
            instance = plugin.construct(kWidth, kHeight);
            return instance != nullptr;
        });
        succeeds([&] { return is_filtered(plugin, instance, 0); });
        for (size_t i = 0; i < std::size(kSettings); ++i) {
            succeeds([&] { return is_set(plugin, instance, i); });
            succeeds([&] { return is_filtered(plugin, instance, i + 1); });
        }
        plugin.destruct(instance);
    }

    // Requires that the answers are valid in any case.
    bool is_listed(const Plugin &plugin) {
        f0r_plugin_info_t info = {};
        info.num_params = -1;
        plugin.info(&info);
        REQUIRE(info.name != nullptr);
        REQUIRE(info.explanation != nullptr);
        CHECK(std::strcmp(info.name, "sepflow") == 0);
        CHECK(info.color_model == F0R_COLOR_MODEL_RGBA8888);
        CHECK(info.num_params >= 0);
        for (int i = 0; i < info.num_params; ++i) {
            f0r_param_info_t param = {};
            plugin.param_info(&param, i);
            CHECK(param.name != nullptr);
        }
        return info.num_params > 0;
    }

    // A frame that cannot be filtered is passed on.
    bool is_filtered(const Plugin &plugin, f0r_instance_t instance, size_t settings) {
        std::fill(out_.pixels.begin(), out_.pixels.end(), uint8_t{0x5a});
        plugin.update(instance, 0, pointer(in_), pointer(out_));
        if (out_ == wanted_[settings]) return true;
        CHECK(out_ == in_);
        ++complaints_;
        return false;
    }

    // Frames pass through unchanged after a value that is not taken.
    bool is_set(const Plugin &plugin, f0r_instance_t instance, size_t i) {
        char *value = const_cast<char *>(kSettings[i].text), *known = nullptr;
        plugin.set_param(instance, &value, indices_[i]);
        plugin.get_param(instance, &known, indices_[i]);
        std::fill(out_.pixels.begin(), out_.pixels.end(), uint8_t{0x5a});
        const faults::Aside aside;
        plugin.update(instance, 0, pointer(in_), pointer(out_));
        if (out_ == wanted_[i + 1] && std::strcmp(known, kSettings[i].text) == 0) return true;
        CHECK(out_ == in_);
        ++complaints_;
        return false;
    }

    static uint32_t *pointer(Frame &frame) {
        return static_cast<uint32_t *>(static_cast<void *>(frame.pixels.data()));
    }

    Frame in_ = noise(kWidth, kHeight), out_ = in_;
    std::vector<Frame> wanted_;  // before all settings, and after each
    std::vector<int> indices_;
    int failures_ = 0, complaints_ = 0;
    Told told_;
};

}  // namespace

TEST_CASE("every allocation fails once while the plugin is loaded") {
    faults::every_allocation_of_loading_fails(SEPFLOW_FREI0R);
}

TEST_CASE("every allocation fails once, from the list of parameters to the last frame") {
    faults::every_allocation_of_a_life_fails<Life>("an effect");
}
