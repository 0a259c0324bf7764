// A row of the tables: a function that reads a struct, called with structs of several sizes.
#pragma once

#include <doctest/doctest.h>
#include <functional>
#include <string>
#include <vector>

#include <sepflow/host.h>
#include <sepflow/sepflow.h>

#include "tests/abi/sizes/record.h"

namespace abi_test {

using Pixels = std::vector<float>;

struct Error {
    sepflow_error record = {};
    Error() { record.struct_size = sizeof record; }
    operator sepflow_error *() { return &record; }
};

struct Outcome {
    sepflow_status status = SEPFLOW_OK;
    std::string message;
    Pixels result;
};

inline Outcome outcome(sepflow_status status, Error &error, const Pixels &result = {}) {
    return {status, status == SEPFLOW_OK ? "" : error.record.message, result};
}

template <typename Struct>
struct Sizes;
#define SIZES(type, first)                            \
    template <>                                       \
    struct Sizes<type> {                              \
        static constexpr uint32_t first_size = first; \
        static constexpr const char *name = #type;    \
    }
SIZES(sepflow_error, SEPFLOW_ERROR_FIRST_SIZE);
SIZES(sepflow_image, SEPFLOW_IMAGE_FIRST_SIZE);
SIZES(sepflow_value, SEPFLOW_VALUE_FIRST_SIZE);
SIZES(sepflow_param_desc, SEPFLOW_PARAM_DESC_FIRST_SIZE);
SIZES(sepflow_host, SEPFLOW_HOST_FIRST_SIZE);
SIZES(sepflow_files, SEPFLOW_FILES_FIRST_SIZE);
SIZES(sepflow_port_desc, SEPFLOW_PORT_DESC_FIRST_SIZE);
SIZES(sepflow_format_pair, SEPFLOW_FORMAT_PAIR_FIRST_SIZE);
SIZES(sepflow_config, SEPFLOW_CONFIG_FIRST_SIZE);
SIZES(sepflow_plan_info, SEPFLOW_PLAN_INFO_FIRST_SIZE);
SIZES(sepflow_process, SEPFLOW_PROCESS_FIRST_SIZE);
SIZES(sepflow_node_desc, SEPFLOW_NODE_DESC_FIRST_SIZE);
SIZES(sepflow_entry, SEPFLOW_ENTRY_FIRST_SIZE);
SIZES(sepflow_options, SEPFLOW_OPTIONS_FIRST_SIZE);
SIZES(sepflow_plan_description, SEPFLOW_PLAN_DESCRIPTION_FIRST_SIZE);
SIZES(sepflow_source, SEPFLOW_SOURCE_FIRST_SIZE);
SIZES(sepflow_run, SEPFLOW_RUN_FIRST_SIZE);
#undef SIZES

struct Row {
    const char *function;
    const char *name;  // of the struct
    uint32_t first_size, own_size;
    std::function<Outcome(uint32_t size)> call;  // with a struct of `size` bytes
};

template <typename Struct, typename Call>
Row row(const char *function, Call call) {
    return {function, Sizes<Struct>::name, Sizes<Struct>::first_size, sizeof(Struct), call};
}

inline void check_rows(const std::vector<Row> &rows) {
    for (const Row &row : rows) {
        CAPTURE(std::string(row.function));
        CAPTURE(std::string(row.name));
        Outcome first;
        for (const uint32_t size :
             {row.first_size, row.own_size, row.own_size + 24, row.own_size + 64}) {
            CAPTURE(size);
            const Outcome got = row.call(size);
            CHECK_MESSAGE(got.status == SEPFLOW_OK, got.message);
            if (size == row.first_size) first = got;
            CHECK(got.result == first.result);
        }
        for (const uint32_t size : {uint32_t{0}, uint32_t{8}, row.first_size - 8}) {
            CAPTURE(size);
            const Outcome got = row.call(size);
            CHECK(got.status == SEPFLOW_E_ABI);
            const std::string remedy = "sizeof(" + std::string(row.name) + ")";
            CHECK_MESSAGE(got.message.find("struct_size") != std::string::npos, got.message);
            CHECK_MESSAGE(got.message.find(remedy) != std::string::npos, got.message);
        }
    }
}

}  // namespace abi_test
