// A host for one OpenFX plugin that makes every call a real one makes: actions in their documented
// order, tables of functions as published, property sets that know only what they should. Written
// from the specification and apart from plugins/openfx, so that a wrong place in a table or a wrong
// name shows.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace mini {

using Property = std::variant<void *, std::string, double, int>;

// A property set; the handle is its address.
struct Bag {
    std::map<std::string, std::vector<Property>> values;

    template <typename T>
    T get(const std::string &name, size_t index = 0) const {
        return std::get<T>(values.at(name).at(index));
    }
    std::vector<std::string> texts(const std::string &name) const;
};

struct Rect {
    int x1, y1, x2, y2;
};
struct Area {
    double x1, y1, x2, y2;
};

// Bottom-up: pixel (bounds.x1, bounds.y1) is the first of memory, or with a negative row_bytes of
// the last row.
struct Image {
    Rect bounds, definition;
    std::string depth, components;
    int row_bytes = 0;
    char *data = nullptr;
};

struct Param {
    std::string type;
    Bag bag;
    std::string text;
    double number = 0;                      // of numbers, switches and choices
    std::function<double(double)> at_time;  // instead of number
};

struct Clip {
    struct Effect *effect = nullptr;
    std::string name;
    Bag bag;
    Area definition = {0, 0, 0, 0};
    std::map<double, Image> images;  // what is not here cannot be had
};

struct Effect {
    class Host *host = nullptr;
    Bag bag;
    std::map<std::string, Clip> clips;
    std::map<std::string, Param> params;
};

struct Scale {
    double x = 1, y = 1;
};

struct Suites {
    bool parameters = true, messages = true, persistent = true, threads = true;
};

class Host {
  public:
    // Loads the file, the action Load included; `status` says what came of it.
    explicit Host(const Suites &suites = {});
    Host(const Host &) = delete;
    ~Host();

    int status = 0;
    // As described in the Filter context.
    Effect descriptor;
    // Counts of the plugin's requests and reports.
    std::atomic<int> open_images{0}, aborts_asked{0}, threads_run{0};
    std::atomic<bool> wants_abort{false};
    std::mutex mutex;
    std::string message, persistent;

    int describe(const char *context = "OfxImageEffectContextFilter");
    int act(const char *action, void *handle, Bag *in, Bag *out);

    const Suites suites;

  private:
    void open();

    void *library_ = nullptr;
    int (*entry_)(const char *, const void *, void *, void *) = nullptr;
};

// An instance between its create and its destroy.
class Instance {
  public:
    explicit Instance(Host &host, const std::string &depth = "OfxBitDepthFloat",
                      const std::string &components = "OfxImageComponentRGBA");
    ~Instance();

    int created;  // the status
    Effect effect;
    Clip &source() { return effect.clips.at("Source"); }
    Clip &output() { return effect.clips.at("Output"); }
    Param &param(const std::string &name) { return effect.params.at(name); }

    int render(double time, const Rect &window, Scale scale = {});
    // The status; `area` goes in as the host's default.
    int region_of_interest(double time, Area &area, Scale scale = {});
    int region_of_definition(double time, Area &area, Scale scale = {});
    int is_identity(double time, std::string &clip);

  private:
    void prepare(const std::string &depth, const std::string &components);

    Host &host_;
};

}  // namespace mini
