#include "runtime/base/pixel_type.h"

#include <doctest/doctest.h>
#include <type_traits>

TEST_CASE("each pixel type has a name, and is visited as a C++ type of its size and kind") {
    const std::vector<std::string> names = {"u8", "u16", "s16", "f16", "f32", "f64"};
    CHECK(sepflow::type_names() == names);
    for (size_t i = 0; i < names.size(); ++i) {
        const sepflow_type type = sepflow::kTypes[i];
        CAPTURE(names[i]);
        CHECK(sepflow::type_name(type) == names[i]);
        CHECK(sepflow::type_from_name(names[i]) == type);
        CHECK(sepflow::is_type(type));
        CHECK(sepflow::is_float(type) == (names[i][0] == 'f'));
        sepflow::visit_type(type, [&](auto sample) {
            using Sample = decltype(sample);
            CHECK(sizeof(Sample) == static_cast<size_t>(sepflow::type_bytes(type)));
            CHECK(std::is_integral_v<Sample> == (names[i][0] != 'f'));
            if constexpr (std::is_integral_v<Sample>)
                CHECK(std::is_signed_v<Sample> == (names[i][0] == 's'));
        });
    }
}

TEST_CASE("numbers and names of no pixel type are recognised as such") {
    CHECK_FALSE(sepflow::is_type(SEPFLOW_TYPE_NONE));
    CHECK_FALSE(sepflow::is_type(7));
    CHECK(sepflow::type_name(7) == "type 7");
    CHECK(sepflow::type_from_name("u32") == SEPFLOW_TYPE_NONE);
    CHECK(sepflow::type_from_name("") == SEPFLOW_TYPE_NONE);
}
