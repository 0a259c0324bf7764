// Structs that the nodes of our plugins read.
#include "tests/abi/sizes/node.h"

#include <cstring>

#include "tests/abi/sizes/scene.h"

namespace abi_test {

namespace {

std::vector<Row> node_rows() {
    const std::shared_ptr<Node> node = blur();
    node->configure();
    const auto bank = std::make_shared<Node>("org.sepflow.bank");
    bank->set("kernels", SEPFLOW_VALUE_TEXT, "box 3; gaussian 1");
    bank->configure();
    std::vector<Row> rows = call_rows(
        "process of a node",
        [node](auto *call, auto *e) { return node->desc->process(node->plan, call, e); },
        [bank](auto *call, auto *e) { return bank->desc->process(bank->plan, call, e); });
    rows.push_back(row<sepflow_image>("process of a pointwise node", [](uint32_t size) {
        Node sum("org.sepflow.add");
        sum.configure();
        Images i;
        Records<sepflow_image> inputs(i.inputs, size);
        const auto call = i.call(inputs.get(), 2, &i.outputs[0], 1);
        Error error;
        const sepflow_status status = sum.desc->process(sum.plan, &call, error);
        for (size_t k = 0; status == SEPFLOW_OK && k < i.in.size(); ++k)
            CHECK(i.out[k] == i.in[k] + i.mask[k]);
        return outcome(status, error, i.out);
    }));
    rows.push_back(row<sepflow_host>("create", [](uint32_t size) {
        CountingHost counting;
        Records<sepflow_host> host(counting.record(), size);
        const sepflow_node_desc *desc =
            sepflow_registry_find(registry_of_nodes(), "org.sepflow.separable");
        sepflow_node *made = nullptr;
        Error error;
        const sepflow_status status = desc->create(desc, host.get(), &made, error);
        desc->destroy(made);
        if (status != SEPFLOW_OK) return outcome(status, error);
        const auto own = blur(host.get());
        own->configure();
        Images i;
        const auto call = i.call(&i.inputs[0], 1, &i.outputs[0], 1);
        REQUIRE(own->desc->process(own->plan, &call, error) == SEPFLOW_OK);
        CHECK(counting.allocations > 0);
        CHECK(counting.polls > 0);
        return outcome(status, error, i.out);
    }));
    rows.push_back(row<sepflow_value>("set_param", [](uint32_t size) {
        const auto own = blur();
        Records<sepflow_value> value(text_value(SEPFLOW_VALUE_MATRIX, "gaussian 1"), size);
        Error error;
        const sepflow_status status = own->desc->set_param(own->node, 0, value.get(), error);
        sepflow_value now = text_value(0, nullptr);
        REQUIRE(own->desc->get_param(own->node, 0, &now, nullptr) == SEPFLOW_OK);
        CHECK(std::string(now.s) == (status == SEPFLOW_OK ? "gaussian 1" : "2x3 1 2 3 4 5 -6"));
        CHECK(error.record.param_index == 0);
        return outcome(status, error);
    }));
    rows.push_back(row<sepflow_config>("configure", [](uint32_t size) {
        sepflow_config content = {};
        content.in_type = SEPFLOW_F32;
        content.channels = 1;
        content.domain_h = kH;
        const auto own = blur();
        Records<sepflow_config> config(content, size);
        Error error;
        const sepflow_status status =
            own->desc->configure(own->node, config.get(), &own->plan, error);
        CHECK((status == SEPFLOW_OK) == (own->plan != nullptr));
        return outcome(status, error);
    }));
    rows.push_back(row<sepflow_files>("the extension sepflow.files/1", [](uint32_t size) {
        sepflow_files content = {};
        content.path_of = [](void *, const char *, char *, uint64_t,
                             sepflow_error *e) -> sepflow_status {
            if (e->struct_size < SEPFLOW_ERROR_FIRST_SIZE) return SEPFLOW_E_INTERNAL;
            std::strcpy(e->message, "the host was asked");
            return SEPFLOW_E_NOT_READY;
        };
        CountingHost counting;
        Records<sepflow_files> files(content, size);
        counting.files = files.get();
        sepflow_host host = counting.record();
        host.struct_size = sizeof host;
        Node own("org.sepflow.separable", &host);
        own.set("kernel", SEPFLOW_VALUE_MATRIX, "file k.csv");
        sepflow_config config = {};
        config.struct_size = sizeof config;
        config.in_type = SEPFLOW_F32;
        config.channels = 1;
        Error error;
        const sepflow_status status = own.desc->configure(own.node, &config, &own.plan, error);
        if (status != SEPFLOW_E_NOT_READY) return outcome(status, error);
        CHECK(std::string(error.record.message) == "the host was asked");
        return outcome(SEPFLOW_OK, error);
    }));
    return rows;
}

}  // namespace

TEST_CASE("nodes take every struct from its first size on, and refuse smaller ones") {
    check_rows(node_rows());
}

}  // namespace abi_test
