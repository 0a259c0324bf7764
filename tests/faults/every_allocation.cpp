#include "tests/faults/every_allocation.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <doctest/doctest.h>

#include "tests/faults/allocations.h"

namespace faults {

namespace {

sepflow_error new_error() {
    sepflow_error error = {};
    error.struct_size = sizeof error;
    return error;
}

void must_succeed(const Attempt &attempt) {
    sepflow_error error = new_error();
    const sepflow_status status = attempt.run(&error);
    REQUIRE_MESSAGE(status == SEPFLOW_OK, error.message);
    attempt.verify();
}

// Whether the n-th allocation was there to fail.
bool run_with_failure(const Attempt &attempt, int64_t n, Fail fail) {
    INFO("allocation ", n, std::string(fail == Fail::kOnce ? "" : " and all behind it"));
    sepflow_error error = new_error();
    sepflow_status status;
    int64_t allocations, held;
    {
        const Watch watch(n, fail);
        status = attempt.run(&error);
        allocations = watch.allocations();
        held = watch.held();
    }
    CHECK(held == 0);
    if (allocations < n) {
        CHECK(status == SEPFLOW_OK);
        return false;
    }
    if (status == SEPFLOW_OK) {
        CHECK_MESSAGE(attempt.may_succeed, "nobody noticed");
    } else {
        CHECK_MESSAGE(status == SEPFLOW_E_MEMORY, status, ": ", error.message);
        CHECK(error.code == status);
        CHECK(std::strlen(error.message) > 10);
    }
    must_succeed(attempt);
    return true;
}

}  // namespace

void every_allocation_fails(const Attempt &attempt) {
    INFO(attempt.what);
    must_succeed(attempt);  // what is made once and kept is there from now on
    for (const Fail fail : {Fail::kOnce, Fail::kFromThenOn}) {
        int64_t n = 1;
        while (run_with_failure(attempt, n, fail)) n += test_share();
        CHECK(n > 1);
    }
}

void every_allocation_of_loading_fails(const char *path) {
#ifdef FAULTS_OWN_MALLOC
    Attempt attempt;
    attempt.what = path;
    attempt.run = [path](sepflow_error *error) -> sepflow_status {
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (library != nullptr) {
            dlclose(library);
            return SEPFLOW_OK;
        }
        error->code = SEPFLOW_E_MEMORY;
        std::strncpy(error->message, dlerror(), sizeof error->message - 1);
        return error->code;
    };
    attempt.may_succeed = true;
    every_allocation_fails(attempt);
#else
    (void)path;  // the loader knows no operator new
#endif
}

int64_t test_share() {
    const char *share = std::getenv("SEPFLOW_TEST_SHARE");
    return share != nullptr ? std::max<int64_t>(1, std::atoll(share)) : 1;
}

}  // namespace faults
