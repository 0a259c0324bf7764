// Records of the caller that functions fill.
#include <cstring>

#include "tests/abi/sizes/filled.h"
#include "tests/abi/sizes/graph.h"

namespace abi_test {

namespace {

std::vector<Filled> filled_records() {
    const std::shared_ptr<sepflow_plan> plan = plan_of("gaussian 2");
    const std::shared_ptr<Node> node = blur();
    node->configure();
    const auto graph = std::make_shared<Graph>();
    graph->add_blur().prepare();
    return {
        filled<sepflow_plan_info>(
            "sepflow_plan_query",
            [plan](auto *info) { return sepflow_plan_query(plan.get(), info); }),
        filled<sepflow_plan_description>(
            "sepflow_plan_describe",
            [plan](auto *description) { return sepflow_plan_describe(plan.get(), description); }),
        filled<sepflow_image>("sepflow_graph_describe_output",
                              [graph](auto *image) {
                                  return sepflow_graph_describe_output(graph->graph, "out", image,
                                                                       nullptr);
                              }),
        filled<sepflow_plan_info>("sepflow_graph_node_plan_info",
                                  [graph](auto *info) {
                                      return sepflow_graph_node_plan_info(graph->graph, "f", info,
                                                                          nullptr);
                                  }),
        filled<sepflow_value>(
            "get_param",
            [node](auto *value) { return node->desc->get_param(node->node, 0, value, nullptr); }),
        filled<sepflow_format_pair>(
            "query_formats",
            [node](auto *pair) { return node->desc->query_formats(node->node, 3, pair, nullptr); }),
        filled<sepflow_plan_info>(
            "plan_info", [node](auto *info) { return node->desc->plan_info(node->plan, info); }),
    };
}

// Functions that fail with whatever record they are given.
std::vector<std::pair<const char *, std::function<sepflow_status(sepflow_error *)>>> failures() {
    const std::shared_ptr<Node> node = blur();
    const auto graph = std::make_shared<Graph>();
    return {
        {"sepflow_plan_from_text",
         [](sepflow_error *e) { return sepflow_plan_from_text("box 3", nullptr, nullptr, e); }},
        {"sepflow_apply",
         [](sepflow_error *e) { return sepflow_apply(nullptr, nullptr, nullptr, nullptr, 1, e); }},
        {"sepflow_graph_connect",
         [graph](sepflow_error *e) {
             return sepflow_graph_connect(graph->graph, "in", "none", "in", e);
         }},
        {"set_param",
         [node](sepflow_error *e) { return node->desc->set_param(node->node, 0, nullptr, e); }},
    };
}

}  // namespace

TEST_CASE("a caller's record is filled as far as it reaches, and keeps its struct_size") {
    for (const Filled &record : filled_records()) {
        CAPTURE(std::string(record.function));
        for (const uint32_t size :
             {uint32_t{0}, uint32_t{8}, record.first_size - 8, record.first_size, record.own_size,
              record.own_size + 24, record.own_size + 64}) {
            CAPTURE(size);
            record.check(size);
        }
    }
}

TEST_CASE("an error's record is filled from its first size on, and left alone if it is smaller") {
    for (const auto &[function, fail] : failures()) {
        CAPTURE(std::string(function));
        const uint32_t own_size = sizeof(sepflow_error);
        for (const uint32_t size : {SEPFLOW_ERROR_FIRST_SIZE, own_size, own_size + 24}) {
            CAPTURE(size);
            Records<sepflow_error> record(sepflow_error(), size);
            const sepflow_status status = fail(record.get());
            CHECK(status < 0);
            const sepflow_error error = record.value();
            CHECK(error.code == status);
            CHECK(std::strlen(error.message) > 8);
            CHECK(record.stated_size() == size);
            CHECK(record.has_all_garbage());
        }
        for (const uint32_t size : {uint32_t{0}, uint32_t{8}, SEPFLOW_ERROR_FIRST_SIZE - 8}) {
            CAPTURE(size);
            Records<sepflow_error> record(sepflow_error(), size);
            CHECK(fail(record.get()) < 0);
            CHECK(record.value().code == 0);
            CHECK(record.stated_size() == size);
        }
    }
}

}  // namespace abi_test
