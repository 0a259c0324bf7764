// Plugins that do not want to be tried.
#include "tests/unit/host/fixture.h"

// Under an emulator the program that tries plugins does not run.
TEST_CASE("a plugin that closes the pipe and stays is skipped as one that hangs" *
          doctest::skip(SEPFLOW_IS_EMULATED)) {
    Host host;
    std::string reason;
    const auto note = [](void *ctx, const char *, const char *why) {
        *static_cast<std::string *>(ctx) = why;
    };
    CHECK(sepflow_registry_scan(host.registry, SEPFLOW_STAYING_DIR, note, &reason) == SEPFLOW_OK);
    CHECK_MESSAGE(reason.find("hangs") != std::string::npos, reason);
}
