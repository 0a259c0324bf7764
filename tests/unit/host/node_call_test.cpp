// The arithmetic nodes called as a host calls them, with sound and unsound images.
#include <limits>

#include "tests/unit/host/fixture.h"

namespace {

// A node's plan for one channel, and its process call.
struct Call {
    Host host;
    const sepflow_node_desc *desc;
    sepflow_plan *plan = nullptr;
    sepflow_image inputs[2] = {}, output = {};
    sepflow_rect region = {};
    int32_t max_threads = 1;

    Call(const char *id, sepflow_type in, sepflow_type out)
        : desc(sepflow_registry_find(host.registry, id)) {
        sepflow_node *node = nullptr;
        sepflow_config config = {};
        config.struct_size = sizeof config;
        config.in_type = in;
        config.out_type = out;
        config.channels = 1;
        host.ok(desc->create(desc, nullptr, &node, &host.error));
        host.ok(desc->configure(node, &config, &plan, &host.error));
        desc->destroy(node);
    }
    ~Call() { desc->plan_release(plan); }

    sepflow_status process() {
        sepflow_process call = {};
        call.struct_size = sizeof call;
        call.inputs = inputs;
        call.input_count = desc->port_count - 1;
        call.outputs = &output;
        call.output_count = 1;
        call.region = region;
        call.max_threads = max_threads;
        return desc->process(plan, &call, &host.error);
    }
    void refuses(sepflow_status status, const char *part) { host.fails(process(), status, part); }
};

}  // namespace

TEST_CASE("pointwise nodes work in place, pixel on pixel") {
    std::vector<int16_t> a(2000), b(2000), wanted(2000);
    for (size_t i = 0; i < a.size(); ++i) {
        a[i] = static_cast<int16_t>(i);
        b[i] = static_cast<int16_t>(i * 3);
        wanted[i] = static_cast<int16_t>(a[i] - b[i]);
    }
    Call call("org.sepflow.subtract", SEPFLOW_S16, SEPFLOW_S16);
    call.inputs[0] = sepflow_image_dense(a.data(), SEPFLOW_S16, 1000, 2, 1);
    call.inputs[1] = sepflow_image_dense(b.data(), SEPFLOW_S16, 1000, 2, 1);
    call.region = call.inputs[0].bounds;
    SUBCASE("over the first input") {
        call.output = call.inputs[0];
    }
    SUBCASE("over the second input") {
        call.output = call.inputs[1];
    }
    call.host.ok(call.process());
    const bool first = call.output.data == a.data();
    CHECK((first ? a : b) == wanted);
}

TEST_CASE("an output that lies askew on an input is refused") {
    std::vector<float> pixels(4096);
    Call call("org.sepflow.absolute", SEPFLOW_F32, SEPFLOW_F32);
    call.inputs[0] = sepflow_image_dense(pixels.data(), SEPFLOW_F32, 1000, 2, 1);
    call.output = sepflow_image_dense(&pixels[1], SEPFLOW_F32, 1000, 2, 1);
    call.region = call.output.bounds;
    call.refuses(SEPFLOW_E_INVALID, "overlaps an input");
    call.output = sepflow_image_dense(&pixels[2000], SEPFLOW_F32, 1000, 2, 1);
    call.host.ok(call.process());

    Call widening("org.sepflow.convert", SEPFLOW_U8, SEPFLOW_F32);
    widening.inputs[0] = sepflow_image_dense(pixels.data(), SEPFLOW_U8, 1000, 2, 1);
    widening.output = sepflow_image_dense(pixels.data(), SEPFLOW_F32, 1000, 2, 1);
    widening.region = widening.output.bounds;
    widening.refuses(SEPFLOW_E_INVALID, "overlaps an input");

    Call picking("org.sepflow.decimate", SEPFLOW_F32, SEPFLOW_F32);
    picking.inputs[0] = sepflow_image_dense(pixels.data(), SEPFLOW_F32, 1000, 2, 1);
    picking.output = sepflow_image_dense(pixels.data(), SEPFLOW_F32, 500, 1, 1);
    picking.region = picking.output.bounds;
    picking.refuses(SEPFLOW_E_INVALID, "overlaps the input");
}

TEST_CASE("frames and strides that overflow are refused before a pixel is touched") {
    std::vector<float> in(100), out(100, 7);
    for (const char *id : {"org.sepflow.absolute", "org.sepflow.decimate"}) {
        CAPTURE(id);
        Call call(id, SEPFLOW_F32, SEPFLOW_F32);
        const auto reset = [&] {
            call.inputs[0] = sepflow_image_dense(in.data(), SEPFLOW_F32, 10, 10, 1);
            call.output = sepflow_image_dense(out.data(), SEPFLOW_F32, 10, 10, 1);
            call.region = {0, 0, 5, 5};
            call.max_threads = 1;
        };
        reset();
        call.max_threads = -1;
        call.refuses(SEPFLOW_E_INVALID, "max_threads");
        constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
        reset();
        call.region = {kMost - 2, 0, 5, 5};
        call.refuses(SEPFLOW_E_INVALID, "region");
        call.output.bounds = call.region;
        call.refuses(SEPFLOW_E_INVALID, "region");
        reset();
        call.region.w = -1;
        call.refuses(SEPFLOW_E_INVALID, "region");
        reset();
        call.output.bounds.x = kMost;
        call.refuses(SEPFLOW_E_INVALID, "output: bounds");
        reset();
        call.output.stride_y = kMost / 8 * 4;
        call.refuses(SEPFLOW_E_INVALID, "output: strides overflow");
        reset();
        call.inputs[0].stride_x = 6;
        call.refuses(SEPFLOW_E_INVALID, "input 0: address and strides");
        reset();
        call.output.stride_x = 0;
        call.refuses(SEPFLOW_E_INVALID, "output: its pixels overlap");
        reset();
        call.inputs[0].bounds.w = 4;
        call.refuses(SEPFLOW_E_INVALID, "lack pixels");
        reset();
        call.inputs[0].type = SEPFLOW_U8;
        call.refuses(SEPFLOW_E_FORMAT, "input 0: its type");
        reset();
        call.output.bounds.w = 4;
        call.refuses(SEPFLOW_E_INVALID, "outside the output's bounds");
    }
    CHECK(out == std::vector<float>(100, 7));
}

// Growth rule 9: a host of a later minor version has a longer sepflow_image.
TEST_CASE("a node walks images by the size that their writer gave") {
    struct LongImage {
        sepflow_image known;
        int64_t later[3];
    };
    std::vector<float> a = {1, 2, 3}, b = {10, 20, 30}, out(3);
    LongImage inputs[2] = {};
    inputs[0].known = sepflow_image_dense(a.data(), SEPFLOW_F32, 3, 1, 1);
    inputs[1].known = sepflow_image_dense(b.data(), SEPFLOW_F32, 3, 1, 1);
    for (LongImage &input : inputs) {
        input.known.struct_size = sizeof input;
        input.later[0] = -1;
    }
    Call call("org.sepflow.add", SEPFLOW_F32, SEPFLOW_F32);
    sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_F32, 3, 1, 1);
    sepflow_process process = {};
    process.struct_size = sizeof process;
    process.inputs = &inputs[0].known;
    process.input_count = 2;
    process.outputs = &to;
    process.output_count = 1;
    process.region = to.bounds;
    call.host.ok(call.desc->process(call.plan, &process, &call.host.error));
    CHECK(out == std::vector<float>{11, 22, 33});
}

TEST_CASE("a node writes no more of a struct than its caller has room for") {
    Host host;
    const sepflow_node_desc *desc = sepflow_registry_find(host.registry, "org.sepflow.decimate");
    sepflow_node *node = nullptr;
    host.ok(desc->create(desc, nullptr, &node, &host.error));
    sepflow_value value = {};
    value.struct_size = offsetof(sepflow_value, f);
    value.f = -5;
    host.ok(desc->get_param(node, 0, &value, &host.error));
    CHECK(value.type == SEPFLOW_VALUE_INT);
    CHECK(value.i == 2);
    CHECK(value.f == -5);
    CHECK(value.struct_size == offsetof(sepflow_value, f));
    sepflow_format_pair pair = {};
    pair.struct_size = offsetof(sepflow_format_pair, out_type);
    host.ok(desc->query_formats(node, 0, &pair, &host.error));
    CHECK(pair.in_type == SEPFLOW_U8);
    CHECK(pair.out_type == 0);
    pair.struct_size = 0;
    host.fails(desc->query_formats(node, 0, &pair, &host.error), SEPFLOW_E_ABI, "struct_size");
    desc->destroy(node);
}

TEST_CASE("a plan serves images of every size: what it does not depend on makes no new one") {
    Host host;
    const sepflow_node_desc *desc = sepflow_registry_find(host.registry, "org.sepflow.separable");
    sepflow_node *node = nullptr;
    host.ok(desc->create(desc, nullptr, &node, &host.error));
    const auto set_kernel = [&](const char *text) {
        sepflow_value value = {};
        value.struct_size = sizeof value;
        value.type = SEPFLOW_VALUE_MATRIX;
        value.s = text;
        host.ok(desc->set_param(node, 0, &value, &host.error));
    };
    std::vector<sepflow_plan *> plans;
    const auto plan_for = [&](sepflow_type in, int32_t channels, int64_t w, int32_t threads) {
        sepflow_config config = {};
        config.struct_size = sizeof config;
        config.in_type = in;
        config.channels = channels;
        config.domain_w = w;
        config.domain_h = w / 2;
        config.threads_hint = threads;
        plans.push_back(nullptr);
        host.ok(desc->configure(node, &config, &plans.back(), &host.error));
        return plans.back();
    };
    set_kernel("disc 6");
    const sepflow_plan *first = plan_for(SEPFLOW_U8, 1, 640, 1);
    CHECK(plan_for(SEPFLOW_U8, 1, 96, 1) == first);
    CHECK(plan_for(SEPFLOW_U8, 1, 0, 8) == first);
    const sepflow_plan *coloured = plan_for(SEPFLOW_U8, 3, 640, 1);
    CHECK(coloured != first);
    CHECK(plan_for(SEPFLOW_F32, 3, 640, 1) != coloured);
    const sepflow_plan *last = plan_for(SEPFLOW_U8, 1, 640, 1);
    set_kernel("disc 5");
    CHECK(plan_for(SEPFLOW_U8, 1, 640, 1) != last);
    for (sepflow_plan *plan : plans) desc->plan_release(plan);
    desc->destroy(node);
}
