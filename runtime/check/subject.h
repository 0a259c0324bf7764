// The plugin that is checked, loaded into this process, and nodes and plans of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <sepflow/node.h>

#include "runtime/check/calls.h"
#include "runtime/check/host.h"

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
    void *symbol(const char *name) const;

  private:
    void *handle_;
    const sepflow_entry *entry_ = nullptr;
};

class Plan {
  public:
    Plan(const sepflow_node_desc &desc, sepflow_plan *plan);  // takes the reference

    const sepflow_plan *get() const { return plan_.get(); }
    sepflow_plan *get() { return plan_.get(); }
    const sepflow_node_desc &desc() const { return *desc_; }
    sepflow_plan_info info() const;
    sepflow_rect output_domain(const sepflow_rect &in) const;
    sepflow_rect input_region(uint32_t port, const sepflow_rect &out,
                              const sepflow_rect &domain) const;

  private:
    const sepflow_node_desc *desc_;
    std::shared_ptr<sepflow_plan> plan_;
};

class Node {
  public:
    Node(const sepflow_node_desc &desc, const sepflow_host *host);

    sepflow_node *get() const { return node_.get(); }
    Reply try_set(uint32_t index, const sepflow_value &value);
    void set(uint32_t index, const sepflow_value &value);  // throws Failed
    sepflow_value value(uint32_t index) const;
    // No plan: *reply says why.
    std::unique_ptr<Plan> try_configure(const sepflow_config &config, Reply *reply);
    Plan configure(const sepflow_config &config);  // throws Failed

  private:
    const sepflow_node_desc &desc_;
    std::unique_ptr<sepflow_node, void (*)(sepflow_node *)> node_;
};

// A combination that the node says it takes.
struct Format {
    sepflow_type in, out;
    int32_t channels;
};
std::string described(const Format &format);  // "u8 to f32, 3 channels"
sepflow_config config_for(const Format &format, int64_t w, int64_t h);

// A choice of one of the node's CHOICE parameters; param -1: all defaults.
struct Variation {
    int32_t param = -1;
    std::string text;
};

class Subject {
  public:
    explicit Subject(const Target &target);  // loads, and runs init
    Subject(const Subject &) = delete;
    ~Subject();

    const Target &target() const { return target_; }
    void unload();  // deinit, dlclose
    const sepflow_entry &entry() const { return *library_.entry(); }
    const sepflow_node_desc &desc() const { return *desc_; }
    Host &host() { return host_; }

    const sepflow_param_desc &param(uint32_t index) const;
    const sepflow_port_desc &port(uint32_t index) const;
    uint32_t inputs() const;  // input ports
    bool promises(uint32_t flag) const { return (desc().flags & flag) != 0; }

    // A node with every parameter set that must be, by the user or by a matrix of ours.
    Node node(const sepflow_host *host);
    Node node() { return node(host_.get()); }
    Node node(const Variation &variation);
    // One that the node makes a plan for; throws Skipped where it needs a parameter that nobody set.
    Format any_format();
    std::vector<Format> formats();              // all pairs of types, with a few counts of channels
    std::vector<Variation> variations() const;  // those that any_format works with
    std::string described(const Variation &variation) const;
    // The values of a MATRIX parameter that has no default: 3 rows, 2 columns, no symmetry, sum 1.
    static const std::vector<double> &taps();
    static sepflow_value matrix();

  private:
    void set_needed(Node &node);

    Target target_;
    Library library_;
    const sepflow_node_desc *desc_ = nullptr;
    Host host_;
};

sepflow_value text_value(sepflow_value_type type, const std::string &text);
sepflow_value int_value(int64_t i);
sepflow_value float_value(double f);

}  // namespace sepflow::check
