// A plugin inside the test program, of a later minor version than the host's: its descriptors are
// longer.
#include <atomic>
#include <thread>

#include "tests/unit/host/fixture.h"

namespace {

// Growth rule 9: what a later header appends moves the elements apart.
struct LongPort {
    sepflow_port_desc known;
    int64_t later[2];
};
struct LongParam {
    sepflow_param_desc known;
    int64_t later;
};

LongPort port(const char *name, int32_t direction, uint32_t flags = 0) {
    static const sepflow_type kTypes[] = {SEPFLOW_F32};
    LongPort port = {};
    port.known.struct_size = sizeof port;
    port.known.direction = direction;
    port.known.flags = flags;
    port.known.name = name;
    port.known.min_channels = 1;
    port.known.types = kTypes;
    port.known.type_count = 1;
    port.later[0] = port.later[1] = -1;
    return port;
}

LongParam param(const char *id) {
    LongParam param = {};
    param.known.struct_size = sizeof param;
    param.known.type = SEPFLOW_VALUE_INT;
    param.known.id = param.known.name = param.known.doc = id;
    param.later = -1;
    return param;
}

std::atomic<int> inits{0}, deinits{0};
std::atomic<int64_t> last_param{-1}, sums{0};

float *sample(const sepflow_image &image, int64_t x, int64_t y) {
    return reinterpret_cast<float *>(static_cast<char *>(image.data) +
                                     (x - image.bounds.x) * image.stride_x +
                                     (y - image.bounds.y) * image.stride_y);
}

// out = a + b, by way of the host's pool.
sepflow_status add(const sepflow_plan *, const sepflow_process *call, sepflow_error *) {
    call->host->parallel_for(
        call->host->ctx, call->call_ctx, call->region.h,
        [](void *arg, int64_t row) {
            const auto *c = static_cast<const sepflow_process *>(arg);
            const int64_t y = c->region.y + row;
            for (int64_t x = c->region.x; x < c->region.x + c->region.w; ++x) {
                *sample(c->outputs[0], x, y) =
                    *sample(c->inputs[0], x, y) + *sample(c->inputs[1], x, y);
            }
        },
        const_cast<sepflow_process *>(call));
    return SEPFLOW_OK;
}

// low = in / 2, high = in - 2, and the optional sum of both; the host must bring memory for the
// first two.
sepflow_status split(const sepflow_plan *, const sepflow_process *call, sepflow_error *) {
    const sepflow_image *outputs = call->outputs;
    if (call->output_count != 3 || outputs[0].data == nullptr || outputs[1].data == nullptr)
        return SEPFLOW_E_INTERNAL;
    const sepflow_rect &region = call->region;
    for (int64_t y = region.y; y < region.y + region.h; ++y) {
        for (int64_t x = region.x; x < region.x + region.w; ++x) {
            const float value = *sample(call->inputs[0], x, y);
            *sample(outputs[0], x, y) = value / 2;
            *sample(outputs[1], x, y) = value - 2;
            if (outputs[2].data == nullptr) continue;
            *sample(outputs[2], x, y) = value / 2 + (value - 2);
            ++sums;
        }
    }
    return SEPFLOW_OK;
}

sepflow_node_desc make_desc(const char *id, const LongPort *ports, uint32_t port_count,
                            decltype(add) *process) {
    static const LongParam kParams[] = {param("first"), param("second")};
    sepflow_node_desc desc = {};
    desc.struct_size = sizeof desc;
    desc.id = desc.name = desc.summary = desc.version = id;
    desc.ports = &ports->known;
    desc.port_count = port_count;
    desc.params = &kParams[0].known;
    desc.param_count = 2;
    desc.create = [](const sepflow_node_desc *, const sepflow_host *, sepflow_node **node,
                     sepflow_error *) -> sepflow_status {
        *node = reinterpret_cast<sepflow_node *>(&inits);
        return SEPFLOW_OK;
    };
    desc.destroy = [](sepflow_node *) {};
    desc.set_param = [](sepflow_node *, uint32_t index, const sepflow_value *value,
                        sepflow_error *) -> sepflow_status {
        last_param = index * 100 + value->i;
        return SEPFLOW_OK;
    };
    desc.get_param = [](const sepflow_node *, uint32_t, sepflow_value *,
                        sepflow_error *) -> sepflow_status { return SEPFLOW_E_UNSUPPORTED; };
    desc.query_formats = [](const sepflow_node *, uint32_t, sepflow_format_pair *,
                            sepflow_error *) -> sepflow_status { return SEPFLOW_E_INVALID; };
    desc.configure = [](sepflow_node *, const sepflow_config *, sepflow_plan **plan,
                        sepflow_error *) -> sepflow_status {
        *plan = reinterpret_cast<sepflow_plan *>(&inits);
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
    desc.process = process;
    return desc;
}

const sepflow_node_desc *node(uint32_t index) {
    static const LongPort kSumPorts[] = {port("a", SEPFLOW_INPUT), port("b", SEPFLOW_INPUT),
                                         port("out", SEPFLOW_OUTPUT)};
    static const LongPort kSplitPorts[] = {port("in", SEPFLOW_INPUT), port("low", SEPFLOW_OUTPUT),
                                           port("high", SEPFLOW_OUTPUT),
                                           port("sum", SEPFLOW_OUTPUT, SEPFLOW_PORT_OPTIONAL)};
    static const sepflow_node_desc kDescs[] = {make_desc("test.sum/1", kSumPorts, 3, add),
                                               make_desc("test.split/1", kSplitPorts, 4, split)};
    return index < 2 ? &kDescs[index] : nullptr;
}

sepflow_entry make_entry(const sepflow_node_desc *(*nodes)(uint32_t), uint32_t count) {
    sepflow_entry entry = {};
    entry.struct_size = sizeof entry;
    entry.abi_major = SEPFLOW_ABI_MAJOR;
    entry.node_count = count;
    entry.image_size = sizeof(sepflow_image);
    entry.id = "test";
    entry.node = nodes;
    entry.init = [](const sepflow_host *, sepflow_error *) -> sepflow_status {
        ++inits;
        std::this_thread::yield();
        return SEPFLOW_OK;
    };
    entry.deinit = [] { ++deinits; };
    return entry;
}

const sepflow_entry *good_entry() {
    static const sepflow_entry entry = make_entry(node, 2);
    return &entry;
}

const sepflow_entry *shuffled_entry() {
    static const LongPort kPorts[] = {port("out", SEPFLOW_OUTPUT), port("in", SEPFLOW_INPUT)};
    static const sepflow_node_desc kDesc = make_desc("test.shuffled/1", kPorts, 2, add);
    static const sepflow_entry entry =
        make_entry([](uint32_t i) { return i == 0 ? &kDesc : nullptr; }, 1);
    return &entry;
}

}  // namespace

TEST_CASE("a plugin of a later minor version runs: longer descriptors are stepped over") {
    Host host;
    host.ok(sepflow_host_add_static(host.registry, good_entry, &host.error));
    std::vector<float> a(50 * 40), b(50 * 40), wanted(50 * 40);
    for (size_t i = 0; i < a.size(); ++i) {
        a[i] = static_cast<float>(i);
        b[i] = static_cast<float>(i % 7) * 0.5f;
        wanted[i] = a[i] + b[i];
    }
    host.input("left");
    host.input("right");
    host.node("sum", "test.sum");
    host.set("sum", "second", "7");
    CHECK(last_param == 107);
    host.connect("left", "sum", "a");
    host.connect("right", "sum", "b");
    host.fails(sepflow_graph_connect(host.graph, "right", "sum", "out", &host.error),
               SEPFLOW_E_PARAM, "no input port 'out'");
    host.output("out", "sum");
    host.bind("left", sepflow_image_dense(a.data(), SEPFLOW_F32, 50, 40, 1));
    host.bind("right", sepflow_image_dense(b.data(), SEPFLOW_F32, 50, 40, 1));
    host.prepare();
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.tile_w = run.tile_h = 4;
    CHECK(host.compute("out", &run) == wanted);
}

TEST_CASE("of a node with several outputs, each feeds what it is asked to") {
    Host host;
    host.ok(sepflow_host_add_static(host.registry, good_entry, &host.error));
    std::vector<float> in(50 * 40), low(in.size()), high(in.size()), both(in.size());
    for (size_t i = 0; i < in.size(); ++i) {
        in[i] = static_cast<float>(i);
        low[i] = in[i] / 2;
        high[i] = in[i] - 2;
        both[i] = low[i] + high[i];
    }
    host.input("photo");
    host.node("split", "test.split");
    host.node("sum", "test.sum");
    host.connect("photo", "split", "in");
    host.connect("split.high", "sum", "a");
    host.connect("split", "sum", "b");
    host.output("sum", "sum");
    host.output("low", "split.low");
    host.output("high", "split.high");
    host.output("own sum", "split.sum");
    host.bind("photo", sepflow_image_dense(in.data(), SEPFLOW_F32, 50, 40, 1));
    host.prepare();
    sepflow_run run = {};
    run.struct_size = sizeof run;
    run.tile_w = 13;
    run.tile_h = 7;
    sums = 0;
    CHECK(host.compute("sum", &run) == both);
    CHECK(host.compute("low", &run) == low);
    CHECK(host.compute("high", &run) == high);
    CHECK(sums == 0);
    CHECK(host.compute("own sum", &run) == both);
    CHECK(sums == 50 * 40);
}

TEST_CASE("outputs are found by name, of nodes whose names hold dots too") {
    Host host;
    host.ok(sepflow_host_add_static(host.registry, good_entry, &host.error));
    host.input("photo");
    host.node("split", "test.split");
    host.node("split.high", "test.split");
    host.node("sum", "test.sum");
    std::vector<float> in(50 * 40, 8);
    host.connect("photo", "split", "in");
    host.connect("split", "split.high", "in");
    host.connect("split.high", "sum", "a");  // the node of that name
    host.connect("split.high.high", "sum", "b");
    host.output("result", "sum");
    const auto connected_to = [&](const char *from) {
        host.node("next", "test.split");
        return sepflow_graph_connect(host.graph, from, "next", "in", &host.error);
    };
    host.fails(connected_to("split.hihg"), SEPFLOW_E_PARAM, "did you mean 'high'");
    host.fails(sepflow_graph_connect(host.graph, "split.in", "next", "in", &host.error),
               SEPFLOW_E_PARAM, "no output port 'in'");
    host.fails(sepflow_graph_connect(host.graph, "photo.out", "next", "in", &host.error),
               SEPFLOW_E_PARAM, "'photo' is an input of the graph");
    host.fails(sepflow_graph_connect(host.graph, "none.high", "next", "in", &host.error),
               SEPFLOW_E_PARAM, "no node or input 'none.high'");
    host.fails(sepflow_graph_add_output(host.graph, "x", "photo", &host.error), SEPFLOW_E_PARAM,
               "'photo' is an input of the graph");
    host.connect("photo", "next", "in");
    host.bind("photo", sepflow_image_dense(in.data(), SEPFLOW_F32, 50, 40, 1));
    host.prepare();
    CHECK(host.compute("result") == std::vector<float>(50 * 40, 4 / 2 + (4 - 2)));
}

TEST_CASE("a plugin with shuffled ports is refused with a sentence") {
    Host host;
    host.fails(sepflow_host_add_static(host.registry, shuffled_entry, &host.error), SEPFLOW_E_ABI,
               "port 'in'");
    CHECK(sepflow_registry_find(host.registry, "test.shuffled") == nullptr);
}

TEST_CASE("graphs built on several threads initialise a plugin once, and the registry ends it") {
    inits = deinits = 0;
    {
        Host host;
        host.ok(sepflow_host_add_static(host.registry, good_entry, &host.error));
        std::vector<std::thread> threads;
        std::atomic<int> built{0};
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                sepflow_graph *graph = nullptr;
                built += sepflow_graph_create(host.registry, &graph, nullptr) == SEPFLOW_OK &&
                         sepflow_graph_add_node(graph, "n", "test.sum", 0, nullptr) == SEPFLOW_OK;
                sepflow_graph_free(graph);
            });
        }
        for (std::thread &thread : threads) thread.join();
        CHECK(built == 8);
        CHECK(inits == 1);
        CHECK(deinits == 0);
    }
    CHECK(deinits == 1);
}
