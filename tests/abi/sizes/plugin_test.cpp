// Structs of a plugin that a host reads, and the images of a call that it lays out for the plugin.
#include <algorithm>

#include "tests/abi/sizes/graph.h"

namespace abi_test {

namespace {

// A plugin of two inputs and a parameter: out = inputs[0] + weight * inputs[1]. Its structs lie
// where a row of the table puts them.
struct Plugin {
    const sepflow_entry *entry = nullptr;
    const sepflow_node_desc *desc = nullptr;
    uint32_t image_size = SEPFLOW_IMAGE_FIRST_SIZE;  // sizeof(sepflow_image) of its header
    int64_t weight = 0;
};
Plugin plugin;

// Finds images[i] as the plugin's compiler does.
const sepflow_image &indexed(const sepflow_image *images, size_t i) {
    return *reinterpret_cast<const sepflow_image *>(reinterpret_cast<const char *>(images) +
                                                    i * plugin.image_size);
}

bool has_no_later_fields(const sepflow_image &image) {
    const char *bytes = reinterpret_cast<const char *>(&image);
    return std::all_of(bytes + SEPFLOW_IMAGE_FIRST_SIZE, bytes + plugin.image_size,
                       [](char byte) { return byte == 0; });
}

float &sample(const sepflow_image &image, int64_t i) {
    return static_cast<float *>(image.data)[i];
}

sepflow_status process_sum(const sepflow_plan *, const sepflow_process *call, sepflow_error *) {
    const sepflow_image &a = indexed(call->inputs, 0), &b = indexed(call->inputs, 1);
    if (a.struct_size != plugin.image_size || b.struct_size != plugin.image_size)
        return SEPFLOW_E_ABI;
    if (!has_no_later_fields(b)) return SEPFLOW_E_INTERNAL;
    for (int64_t i = 0; i < kW * kH; ++i)
        sample(*call->outputs, i) = sample(a, i) + static_cast<float>(plugin.weight) * sample(b, i);
    return SEPFLOW_OK;
}

sepflow_port_desc port(const char *name, int32_t direction) {
    static const sepflow_type types[] = {SEPFLOW_F32};
    sepflow_port_desc port = {};
    port.struct_size = sizeof port;
    port.direction = direction;
    port.name = name;
    port.min_channels = port.max_channels = 1;
    port.types = types;
    port.type_count = 1;
    return port;
}

sepflow_param_desc param(const char *id) {
    sepflow_param_desc param = {};
    param.struct_size = sizeof param;
    param.type = SEPFLOW_VALUE_INT;
    param.id = param.name = param.doc = id;
    return param;
}

const std::vector<sepflow_port_desc> &ports() {
    static const std::vector<sepflow_port_desc> ports = {
        port("a", SEPFLOW_INPUT), port("b", SEPFLOW_INPUT), port("out", SEPFLOW_OUTPUT)};
    return ports;
}

const std::vector<sepflow_param_desc> &params() {
    static const std::vector<sepflow_param_desc> params = {param("unused"), param("weight")};
    return params;
}

sepflow_node_desc desc_of() {
    sepflow_node_desc desc = {};
    desc.struct_size = sizeof desc;
    desc.id = desc.name = desc.summary = desc.version = "test.sum/1";
    desc.ports = ports().data();
    desc.port_count = 3;
    desc.params = params().data();
    desc.param_count = 2;
    desc.create = [](const sepflow_node_desc *, const sepflow_host *, sepflow_node **node,
                     sepflow_error *) -> sepflow_status {
        *node = reinterpret_cast<sepflow_node *>(&plugin);
        return SEPFLOW_OK;
    };
    desc.destroy = [](sepflow_node *) {};
    desc.set_param = [](sepflow_node *, uint32_t index, const sepflow_value *value,
                        sepflow_error *) -> sepflow_status {
        if (index != 1 || value->struct_size < SEPFLOW_VALUE_FIRST_SIZE) return SEPFLOW_E_PARAM;
        plugin.weight = value->i;
        return SEPFLOW_OK;
    };
    desc.get_param = [](const sepflow_node *, uint32_t, sepflow_value *,
                        sepflow_error *) -> sepflow_status { return SEPFLOW_E_UNSUPPORTED; };
    desc.query_formats = [](const sepflow_node *, uint32_t, sepflow_format_pair *,
                            sepflow_error *) -> sepflow_status { return SEPFLOW_E_INVALID; };
    desc.configure = [](sepflow_node *, const sepflow_config *, sepflow_plan **plan,
                        sepflow_error *) -> sepflow_status {
        *plan = reinterpret_cast<sepflow_plan *>(&plugin);
        return SEPFLOW_OK;
    };
    desc.plan_retain = desc.plan_release = [](sepflow_plan *) {};
    desc.plan_info = [](const sepflow_plan *, sepflow_plan_info *) -> sepflow_status {
        return SEPFLOW_OK;
    };
    desc.output_domain = [](const sepflow_plan *, const sepflow_rect *in,
                            sepflow_rect *out) -> sepflow_status {
        *out = *in;
        return SEPFLOW_OK;
    };
    desc.input_region = [](const sepflow_plan *, uint32_t, const sepflow_rect *out,
                           const sepflow_rect *, sepflow_rect *in) -> sepflow_status {
        *in = *out;
        return SEPFLOW_OK;
    };
    desc.process = process_sum;
    return desc;
}

// As a plugin of minor version 0 states it.
sepflow_entry entry_of() {
    sepflow_entry entry = {};
    entry.struct_size = SEPFLOW_ENTRY_FIRST_SIZE;
    entry.abi_major = SEPFLOW_ABI_MAJOR;
    entry.node_count = 1;
    entry.id = "test.sum";
    entry.node = [](uint32_t index) { return index == 0 ? plugin.desc : nullptr; };
    entry.init = [](const sepflow_host *, sepflow_error *) -> sepflow_status { return SEPFLOW_OK; };
    entry.deinit = [] {};
    return entry;
}

// Adds the plugin and runs a graph of its node.
Outcome run_plugin() {
    sepflow_registry *registry = nullptr;
    REQUIRE(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK);
    const std::unique_ptr<sepflow_registry, void (*)(sepflow_registry *)> owner(
        registry, sepflow_registry_free);
    Error error;
    plugin.weight = 0;
    const sepflow_status status = sepflow_host_add_static(
        registry, []() -> const sepflow_entry * { return plugin.entry; }, error);
    if (status != SEPFLOW_OK) return outcome(status, error);
    Graph g(registry);
    g.ok(sepflow_graph_add_input(g.graph, "other", g.error));
    g.ok(sepflow_graph_add_node(g.graph, "f", "test.sum", 0, g.error));
    g.ok(sepflow_graph_set_text(g.graph, "f", "weight", "3", g.error));
    g.ok(sepflow_graph_connect(g.graph, "in", "f", "a", g.error));
    g.ok(sepflow_graph_connect(g.graph, "other", "f", "b", g.error));
    g.ok(sepflow_graph_add_output(g.graph, "out", "f", g.error));
    g.ok(sepflow_graph_bind_image(g.graph, "other", &g.images.inputs[1], g.error));
    g.prepare();
    const Outcome result = g.computed(g.compute(&g.images.outputs[0]));
    const Pixels a = ramp(1), b = ramp(0.03f);
    for (size_t i = 0; result.status == SEPFLOW_OK && i < a.size(); ++i)
        CHECK(result.result[i] == a[i] + 3 * b[i]);
    return result;
}

std::vector<Row> plugin_rows() {
    return {
        row<sepflow_entry>("sepflow_host_add_static, entry",
                           [](uint32_t size) {
                               sepflow_entry content = entry_of();
                               content.image_size = SEPFLOW_IMAGE_FIRST_SIZE;
                               Records<sepflow_entry> entry(content, size);
                               const sepflow_node_desc desc = desc_of();
                               plugin = {entry.get(), &desc};
                               return run_plugin();
                           }),
        row<sepflow_node_desc>("sepflow_host_add_static, node",
                               [](uint32_t size) {
                                   const sepflow_entry entry = entry_of();
                                   Records<sepflow_node_desc> desc(desc_of(), size);
                                   plugin = {&entry, desc.get()};
                                   return run_plugin();
                               }),
        row<sepflow_port_desc>("sepflow_host_add_static, ports",
                               [](uint32_t size) {
                                   const sepflow_entry entry = entry_of();
                                   Records<sepflow_port_desc> own_ports(ports(), size);
                                   sepflow_node_desc desc = desc_of();
                                   desc.ports = own_ports.get();
                                   plugin = {&entry, &desc};
                                   return run_plugin();
                               }),
        row<sepflow_param_desc>("sepflow_host_add_static, params",
                                [](uint32_t size) {
                                    const sepflow_entry entry = entry_of();
                                    Records<sepflow_param_desc> own_params(params(), size);
                                    sepflow_node_desc desc = desc_of();
                                    desc.params = own_params.get();
                                    plugin = {&entry, &desc};
                                    return run_plugin();
                                }),
    };
}

}  // namespace

TEST_CASE("a host takes a plugin's structs from their first size on, and refuses smaller ones") {
    check_rows(plugin_rows());
}

TEST_CASE("a plugin indexes a call's images in the size of its own header") {
    const sepflow_node_desc desc = desc_of();
    sepflow_entry entry = entry_of();
    SUBCASE("of minor version 0, which states no size") {
        plugin = {&entry, &desc};
    }
    SUBCASE("of a later minor version, which states a larger one") {
        entry.struct_size = sizeof entry;
        entry.image_size = SEPFLOW_IMAGE_FIRST_SIZE + 64;
        plugin = {&entry, &desc, entry.image_size};
    }
    const Outcome got = run_plugin();
    CHECK_MESSAGE(got.status == SEPFLOW_OK, got.message);
}

TEST_CASE("an impossible size of images is refused when the plugin is loaded") {
    const sepflow_node_desc desc = desc_of();
    for (const uint32_t size :
         {8u, SEPFLOW_IMAGE_FIRST_SIZE - 8, SEPFLOW_IMAGE_FIRST_SIZE + 1u, 1u << 20}) {
        CAPTURE(size);
        sepflow_entry entry = entry_of();
        entry.struct_size = sizeof entry;
        entry.image_size = size;
        plugin = {&entry, &desc};
        const Outcome got = run_plugin();
        CHECK(got.status == SEPFLOW_E_ABI);
        CHECK_MESSAGE(got.message.find("image_size") != std::string::npos, got.message);
    }
}

}  // namespace abi_test
