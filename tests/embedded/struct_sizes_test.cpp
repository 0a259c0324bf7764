// Growth rules 1 and 10 of node.h, for a compiled node. Its C is compiled with the headers as they
// are, and with those of a later minor version (tests/abi/later).
#include <cstdlib>

#include "tests/abi/sizes/filled.h"

extern "C" {
const sepflow_entry *sepflow_entry_v1_blur_here(void);
const sepflow_entry *sepflow_entry_v1_blur_later(void);
}

namespace abi_test {

namespace {

constexpr int64_t kW = 20, kH = 10;

// A node that is configured, and a call of it.
struct Compiled {
    const sepflow_node_desc &desc;
    sepflow_node *node = nullptr;
    sepflow_plan *plan = nullptr;
    std::vector<unsigned char> in = std::vector<unsigned char>(kW * kH, 9), out = in,
                               scratch = std::vector<unsigned char>(1 << 16);
    sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_U8, kW, kH, 1),
                  to = sepflow_image_dense(out.data(), SEPFLOW_U8, kW, kH, 1);
    sepflow_process call = {};

    explicit Compiled(sepflow_entry_function entry) : desc(*entry()->node(0)) {
        REQUIRE(desc.create(&desc, nullptr, &node, nullptr) == SEPFLOW_OK);
        sepflow_config config = content();
        config.struct_size = sizeof config;
        REQUIRE(desc.configure(node, &config, &plan, nullptr) == SEPFLOW_OK);
        in[kW * 3 + 5] = 200;
        call.struct_size = sizeof call;
        call.inputs = &from;
        call.outputs = &to;
        call.input_count = call.output_count = 1;
        call.region = {0, 0, kW, kH};
        call.scratch = scratch.data();
        call.scratch_size = scratch.size();
    }
    static sepflow_config content() {
        sepflow_config config = {};
        config.in_type = SEPFLOW_U8;
        config.channels = 1;
        return config;
    }
    Outcome run(const sepflow_process *given) {
        Error error;
        const sepflow_status status = desc.process(plan, given, error);
        return outcome(status, error, Pixels(out.begin(), out.end()));
    }
};

std::vector<Row> rows_of(sepflow_entry_function entry) {
    return {
        row<sepflow_process>("process",
                             [entry](uint32_t size) {
                                 Compiled c(entry);
                                 Records<sepflow_process> call(c.call, size);
                                 return c.run(call.get());
                             }),
        row<sepflow_image>("process, input",
                           [entry](uint32_t size) {
                               Compiled c(entry);
                               Records<sepflow_image> image(c.from, size);
                               c.call.inputs = image.get();
                               return c.run(&c.call);
                           }),
        row<sepflow_image>("process, output",
                           [entry](uint32_t size) {
                               Compiled c(entry);
                               Records<sepflow_image> image(c.to, size);
                               c.call.outputs = image.get();
                               return c.run(&c.call);
                           }),
        row<sepflow_host>("process",
                          [entry](uint32_t size) {
                              Compiled c(entry);
                              Records<sepflow_host> host(sepflow_host(), size);
                              c.call.host = host.get();
                              return c.run(&c.call);
                          }),
        row<sepflow_host>("create",
                          [entry](uint32_t size) {
                              Compiled c(entry);
                              Records<sepflow_host> host(sepflow_host(), size);
                              Error error;
                              return outcome(c.desc.create(&c.desc, host.get(), &c.node, error),
                                             error);
                          }),
        row<sepflow_config>("configure",
                            [entry](uint32_t size) {
                                Compiled c(entry);
                                Records<sepflow_config> config(Compiled::content(), size);
                                Error error;
                                return outcome(
                                    c.desc.configure(c.node, config.get(), &c.plan, error), error);
                            }),
    };
}

void check_records(sepflow_entry_function entry) {
    const Compiled c(entry);
    const Filled records[] = {
        filled<sepflow_plan_info>("plan_info",
                                  [&](auto *info) { return c.desc.plan_info(c.plan, info); }),
        filled<sepflow_format_pair>("query_formats", [&](auto *pair) {
            return c.desc.query_formats(c.node, 0, pair, nullptr);
        })};
    for (const Filled &record : records) {
        CAPTURE(std::string(record.function));
        for (const uint32_t size :
             {uint32_t{0}, uint32_t{8}, record.first_size, record.own_size, record.own_size + 64}) {
            CAPTURE(size);
            record.check(size);
        }
    }
    for (const uint32_t size :
         {uint32_t{8}, SEPFLOW_ERROR_FIRST_SIZE, uint32_t{sizeof(sepflow_error)} + 24}) {
        CAPTURE(size);
        Records<sepflow_error> error(sepflow_error(), size);
        CHECK(c.desc.process(c.plan, nullptr, error.get()) == SEPFLOW_E_INVALID);
        const bool is_whole = size >= SEPFLOW_ERROR_FIRST_SIZE;
        CHECK(error.value().code == (is_whole ? SEPFLOW_E_INVALID : 0));
        CHECK(error.has_all_garbage());
    }
}

}  // namespace

TEST_CASE("a compiled node takes every struct from its first size on, and refuses smaller ones") {
    check_rows(rows_of(sepflow_entry_v1_blur_here));
    check_rows(rows_of(sepflow_entry_v1_blur_later));
}

TEST_CASE("a compiled node fills records as far as they reach") {
    check_records(sepflow_entry_v1_blur_here);
    setenv("SEPFLOW_TEST_GROWTH", "24", 1);
    check_records(sepflow_entry_v1_blur_later);
    unsetenv("SEPFLOW_TEST_GROWTH");
}

}  // namespace abi_test
