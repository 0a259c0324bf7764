// The nodes of our plugins, in the build that is tested, by node.h alone.
#pragma once

#include <cstdlib>
#include <memory>

#include "tests/abi/sizes/row.h"

namespace abi_test {

inline const sepflow_registry *registry_of_nodes() {
    static sepflow_registry *const registry = [] {
        sepflow_registry *made = nullptr;
        const char *const folder = std::getenv("SEPFLOW_TEST_PLUGINS");
        REQUIRE(sepflow_registry_create(&made, nullptr) == SEPFLOW_OK);
        for (const char *name : {"/separable.sepflow.so", "/arithmetic.sepflow.so"}) {
            const std::string file =
                (folder != nullptr ? folder : SEPFLOW_PLUGIN_DIR) + std::string(name);
            Error error;
            REQUIRE_MESSAGE(sepflow_registry_load(made, file.c_str(), error) == SEPFLOW_OK,
                            error.record.message);
        }
        return made;
    }();
    return registry;
}

inline sepflow_value text_value(sepflow_value_type type, const char *text) {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = type;
    value.s = text;
    return value;
}

struct Node {
    const sepflow_node_desc *desc;
    sepflow_node *node = nullptr;
    sepflow_plan *plan = nullptr;

    explicit Node(const char *id, const sepflow_host *host = nullptr)
        : desc(sepflow_registry_find(registry_of_nodes(), id)) {
        Error error;
        REQUIRE_MESSAGE(desc->create(desc, host, &node, error) == SEPFLOW_OK, error.record.message);
    }
    Node(const Node &) = delete;
    ~Node() {
        desc->plan_release(plan);
        desc->destroy(node);
    }
    // Parameters lie struct_size apart, too.
    uint32_t index_of(const char *id) const {
        const char *at = reinterpret_cast<const char *>(desc->params);
        for (uint32_t i = 0; i < desc->param_count; ++i, at += desc->params->struct_size) {
            if (std::string(reinterpret_cast<const sepflow_param_desc *>(at)->id) == id) return i;
        }
        FAIL("no parameter ", id);
        return 0;
    }
    void set(const char *id, sepflow_value_type type, const char *text) {
        const sepflow_value value = text_value(type, text);
        Error error;
        REQUIRE_MESSAGE(desc->set_param(node, index_of(id), &value, error) == SEPFLOW_OK,
                        error.record.message);
    }
    void configure() {
        sepflow_config config = {};
        config.struct_size = sizeof config;
        config.in_type = SEPFLOW_F32;
        config.channels = 1;
        Error error;
        REQUIRE_MESSAGE(desc->configure(node, &config, &plan, error) == SEPFLOW_OK,
                        error.record.message);
    }
};

inline std::unique_ptr<Node> blur(const sepflow_host *host = nullptr) {
    auto node = std::make_unique<Node>("org.sepflow.separable", host);
    node->set("kernel", SEPFLOW_VALUE_MATRIX, "2x3 1 2 3 4 5 -6");
    node->set("missing", SEPFLOW_VALUE_CHOICE, "ignore");
    return node;
}

}  // namespace abi_test
