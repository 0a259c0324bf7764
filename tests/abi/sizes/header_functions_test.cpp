// The functions at the end of node.h.
#include "tests/abi/sizes/filled.h"
#include "tests/abi/sizes/scene.h"

namespace abi_test {

TEST_CASE("the header's functions read and fill structs of every version") {
    struct Longer {
        sepflow_config known;
        int64_t later;
    };
    sepflow_config given = {};
    given.in_type = SEPFLOW_U8;
    given.domain_h = 7;
    Records<sepflow_config> first(given, SEPFLOW_CONFIG_FIRST_SIZE),
        longer(given, sizeof given + 64), smaller(given, SEPFLOW_CONFIG_FIRST_SIZE - 8);
    for (auto *record : {&first, &longer}) {
        Longer read;
        std::memset(&read, 0x55, sizeof read);
        REQUIRE(sepflow_read_struct(&read, sizeof read, record->get(), SEPFLOW_CONFIG_FIRST_SIZE) ==
                SEPFLOW_OK);
        CHECK(read.known.struct_size == sizeof read);
        CHECK(read.known.in_type == SEPFLOW_U8);
        CHECK(read.known.domain_h == 7);
        if (record == &first) CHECK(read.later == 0);
    }
    sepflow_config read;
    CHECK(sepflow_read_struct(&read, sizeof read, smaller.get(), SEPFLOW_CONFIG_FIRST_SIZE) ==
          SEPFLOW_E_ABI);
    CHECK(sepflow_read_struct(&read, sizeof read, nullptr, 0) == SEPFLOW_E_INVALID);

    sepflow_plan_info mine = {};
    mine.struct_size = sizeof mine;
    mine.rank = 5;
    mine.method = "direct";
    const auto fill = [&](sepflow_plan_info *info) { return sepflow_write_struct(info, &mine); };
    for (const uint32_t size : {8u, SEPFLOW_PLAN_INFO_FIRST_SIZE, uint32_t{sizeof mine} + 24})
        filled<sepflow_plan_info>("sepflow_write_struct", fill).check(size);
    Records<sepflow_plan_info> unset(sepflow_plan_info(), 0);
    CHECK(sepflow_write_struct(unset.get(), &mine) == SEPFLOW_E_ABI);
    CHECK(sepflow_write_struct(nullptr, &mine) == SEPFLOW_E_INVALID);
}

TEST_CASE("the header's function for a call's images finds each, however long its writer's are") {
    Images i;
    for (const uint32_t size : {SEPFLOW_IMAGE_FIRST_SIZE, uint32_t{sizeof(sepflow_image) + 24}}) {
        CAPTURE(size);
        Records<sepflow_image> images(i.inputs, size);
        CHECK(sepflow_image_at(images.get(), 0).data == i.in.data());
        CHECK(sepflow_image_at(images.get(), 1).data == i.mask.data());
        CHECK(sepflow_image_at(images.get(), 1).stride_c == sizeof(float));
    }
    // An unconnected port's image may be all zero.
    std::vector<sepflow_image> images = {i.inputs[0], {}};
    CHECK(sepflow_image_at(images.data(), 1).data == nullptr);
}
}  // namespace abi_test
