// Error records: what of a message reaches the caller.
#include "runtime/base/error.h"

#include <cstring>
#include <doctest/doctest.h>
#include <string>

namespace {

std::string reported(const std::string &message) {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    CHECK(sepflow::report(&error, SEPFLOW_E_PARAM, message.c_str(), 3) == SEPFLOW_E_PARAM);
    CHECK(error.code == SEPFLOW_E_PARAM);
    CHECK(error.param_index == 3);
    REQUIRE(std::memchr(error.message, 0, sizeof error.message) != nullptr);
    return error.message;
}

}  // namespace

TEST_CASE("a message is one line of UTF-8") {
    CHECK(reported("there is no kernel 'größer'") == "there is no kernel 'größer'");
    CHECK(reported("no\nsuch\r\n\x7fkernel") == "no such   kernel");
    CHECK(reported("z\xe9ro \xff\xc0\xaf") == "z?ro ???");
    CHECK(reported("cut \xe2\x88") == "cut ??");
    CHECK(reported("\xe0\x80\x80 \xed\xa0\x80 \xf4\x90\x80\x80") == "??? ??? ????");
}

TEST_CASE("a message that is too long ends behind a whole character") {
    for (const std::string letter : {"x", "ö", "∑", "𝄞"}) {
        CAPTURE(letter);
        std::string text;
        while (text.size() < 400) text += letter;
        CHECK(reported(text) == text.substr(0, 239 / letter.size() * letter.size()));
    }
}
