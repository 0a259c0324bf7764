// The plugin that is checked, loaded into this process, and nodes and plans of it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sepflow/node.h>

#include "runtime/base/structs.h"
#include "runtime/check/calls.h"
#include "runtime/check/checking_host.h"
#include "runtime/check/process_state.h"

namespace sepflow::check {

// A parameter's value that the user chose, for nodes that have none by themselves.
struct Setting {
    std::string param, text;
};

// Which plugin and node; before anything is loaded.
struct Target {
    std::string file;
    std::string node_id;  // "": the plugin as a whole
    std::vector<Setting> settings;
};

class Library {
  public:
    explicit Library(const std::string &file);  // throws Failed
    Library(const Library &) = delete;
    Library &operator=(const Library &) = delete;
    ~Library();
    const sepflow_entry *entry() const { return entry_; }  // NULL when it is closed
    void close();

  private:
    void *handle_;
    const sepflow_entry *entry_ = nullptr;
};

class Plan {
  public:
    Plan(const sepflow_node_desc &desc, sepflow_plan *plan);  // takes the reference

    sepflow_plan *get() const { return plan_.get(); }
    const sepflow_node_desc &desc() const { return *desc_; }
    sepflow_plan_info info() const;
    sepflow_rect output_domain(const sepflow_rect &in) const;
    sepflow_rect input_region(uint32_t port, const sepflow_rect &out,
                              const sepflow_rect &domain) const;

  private:
    const sepflow_node_desc *desc_;
    std::shared_ptr<sepflow_plan> plan_;
};

struct Variation;

class Node {
  public:
    Node(const sepflow_node_desc &desc, const sepflow_host *host);

    sepflow_node *get() const { return node_.get(); }
    // Tries to set a value. A failure must name no parameter or an existing one.
    Reply try_set(uint32_t index, const sepflow_value &value);
    Reply try_set(const Variation &variation);
    void set(uint32_t index, const sepflow_value &value);  // throws Failed
    bool try_get(uint32_t index, sepflow_value *value) const;
    sepflow_value value(uint32_t index) const;
    // No plan: *reply says why.
    std::unique_ptr<Plan> try_configure(const sepflow_config &config, Reply *reply);
    Plan configure(const sepflow_config &config);  // throws Failed

  private:
    void require_known_param(const std::string &function, const Reply &reply) const;
    struct Destroy {
        void (*function)(sepflow_node *);
        void operator()(sepflow_node *node) const;
    };

    const sepflow_node_desc &desc_;
    std::unique_ptr<sepflow_node, Destroy> node_;
};

// A combination that the node says it takes.
struct Format {
    sepflow_type in, out;
    int32_t channels;
};
std::string described(const Format &format);  // "u8 to f32, 3 channels"
sepflow_config config_for(const Format &format, int64_t w, int64_t h);

// A parameter that is set to something else than its default; index -1: none is.
struct Variation {
    int32_t index = -1;
    sepflow_value_type type = SEPFLOW_VALUE_NONE;
    int64_t i = 0;
    double f = 0;
    std::string text;
    size_t matrix = 1;  // its place in matrices()

    // Points into this object.
    sepflow_value value() const;
};

class Subject {
  public:
    // Loads, and runs init. `before` is how the process was before that.
    Subject(const Target &target, const ProcessState &before);
    explicit Subject(const Target &target) : Subject(target, process_state()) {}
    Subject(const Subject &) = delete;
    ~Subject();

    const Target &target() const { return target_; }
    const ProcessState &before() const { return before_; }
    void unload();  // deinit, dlclose
    const sepflow_entry &entry() const { return *library_->entry(); }
    const sepflow_node_desc &desc() const { return *desc_; }
    CheckingHost &host() { return host_; }      // that nodes are made with
    CheckingHost &caller() { return caller_; }  // that calls of process name, where they name one

    uint32_t image_size() const { return image_size_of(library_->entry()); }
    sepflow_param_desc param(uint32_t index) const;
    sepflow_port_desc port(uint32_t index) const;
    uint32_t inputs() const;  // input ports
    uint32_t outputs() const { return desc().port_count - inputs(); }
    bool is_optional(uint32_t port) const;
    bool promises(uint32_t flag) const { return (desc().flags & flag) != 0; }

    // A node with every parameter set that must be, by the user or by a matrix of ours.
    Node node(const sepflow_host *host);
    Node node() { return node(host_.get()); }
    Node node(const Variation &variation);  // throws Failed where it refuses the value
    // Returns a format for which the node makes a plan. Throws Skipped if a parameter is not set.
    Format any_format();
    std::pair<int32_t, int32_t> channels() const;  // least and most that all ports take
    std::vector<Format> formats();  // all pairs of types, with a few counts of channels
    // The defaults, each choice, the limits of numbers, another matrix.
    std::vector<Variation> variations() const;
    std::string described(const Variation &variation) const;

    // Plans of any_format, one by each variation that gives one; `visit` gets what it is.
    template <typename Visit>
    void each_plan(int64_t w, int64_t h, Visit visit) {
        const Format format = any_format();
        for (const Variation &variation : variations()) {
            Node node = this->node();
            Reply reply = {};
            if (variation.index >= 0 && !node.try_set(variation).ok()) continue;
            const auto plan = node.try_configure(config_for(format, w, h), &reply);
            if (plan != nullptr) visit(*plan, format, described(variation));
        }
    }

  private:
    void set_needed(Node &node);

    Target target_;
    ProcessState before_;
    CheckingHost host_, caller_;
    std::unique_ptr<Library> library_;  // goes before the hosts
    const sepflow_node_desc *desc_ = nullptr;
};

// Matrices that parameters which have none are set to, the first that is taken. The first has no
// symmetry, and its taps sum to one.
const std::vector<sepflow_value> &matrices();
// A value of a type, all else zero.
sepflow_value value_of(sepflow_value_type type);
sepflow_value text_value(sepflow_value_type type, const char *text);  // points to `text`
sepflow_value int_value(int64_t i);
sepflow_value float_value(double f);
bool has_limits(const sepflow_param_desc &desc);
// To the last bit, texts and taps included.
bool same_value(const sepflow_value &a, const sepflow_value &b);

}  // namespace sepflow::check
