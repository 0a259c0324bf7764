// Every call of LAPACKE that set-up makes fails once: out of work memory, not converged. The linker
// leads the library's calls here (--wrap), where one by its number does not reach LAPACK.
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <lapacke.h>
#include <string>

#include <sepflow/sepflow.h>

#include "tests/faults/allocations.h"
#include "tests/faults/every_allocation.h"

namespace {

// The calls of one function.
struct Calls {
    int64_t count = 0, failing = 0;  // 0: none
    lapack_int info = 0;             // of the one that fails

    void fail(int64_t number, lapack_int answer) {
        count = 0;
        failing = number;
        info = answer;
    }
    bool fails() { return ++count == failing; }
};

Calls decompositions, solutions;

}  // namespace

extern "C" {

lapack_int __real_LAPACKE_dgesvd(int order, char jobu, char jobvt, lapack_int m, lapack_int n,
                                 double *a, lapack_int lda, double *s, double *u, lapack_int ldu,
                                 double *vt, lapack_int ldvt, double *superb);
lapack_int __wrap_LAPACKE_dgesvd(int order, char jobu, char jobvt, lapack_int m, lapack_int n,
                                 double *a, lapack_int lda, double *s, double *u, lapack_int ldu,
                                 double *vt, lapack_int ldvt, double *superb);
lapack_int __wrap_LAPACKE_dgesvd(int order, char jobu, char jobvt, lapack_int m, lapack_int n,
                                 double *a, lapack_int lda, double *s, double *u, lapack_int ldu,
                                 double *vt, lapack_int ldvt, double *superb) {
    if (decompositions.fails()) return decompositions.info;
    return __real_LAPACKE_dgesvd(order, jobu, jobvt, m, n, a, lda, s, u, ldu, vt, ldvt, superb);
}

lapack_int __real_LAPACKE_dposv(int order, char uplo, lapack_int n, lapack_int nrhs, double *a,
                                lapack_int lda, double *b, lapack_int ldb);
lapack_int __wrap_LAPACKE_dposv(int order, char uplo, lapack_int n, lapack_int nrhs, double *a,
                                lapack_int lda, double *b, lapack_int ldb);
lapack_int __wrap_LAPACKE_dposv(int order, char uplo, lapack_int n, lapack_int nrhs, double *a,
                                lapack_int lda, double *b, lapack_int ldb) {
    if (solutions.fails()) return solutions.info;
    return __real_LAPACKE_dposv(order, uplo, n, nrhs, a, lda, b, ldb);
}

}  // extern "C"

namespace {

// Set-up with a given rank, so that factors are refined.
struct SetUp {
    sepflow_status status;
    double bound = 0;
    int64_t held;
    sepflow_error error = {};

    explicit SetUp(int32_t rank) {
        error.struct_size = sizeof error;
        sepflow_options options = {};
        options.struct_size = sizeof options;
        options.in_type = SEPFLOW_F64;
        options.rank = rank;
        sepflow_plan *plan = nullptr;
        const faults::Watch watch;
        status = sepflow_plan_from_text("disc 3.5", &options, &plan, &error);
        CHECK((status == SEPFLOW_OK) == (plan != nullptr));
        if (plan != nullptr) {
            sepflow_plan_info info = {};
            info.struct_size = sizeof info;
            sepflow_plan_query(plan, &info);
            bound = info.error_bound;
        }
        sepflow_plan_free(plan);
        held = watch.held();
    }
};

void check_failure(const SetUp &made, sepflow_status wanted) {
    CHECK(made.status == wanted);
    CHECK(made.error.code == wanted);
    CHECK(std::strlen(made.error.message) > 10);
    CHECK(made.held == 0);
}

constexpr lapack_int kNoMemory[] = {LAPACK_WORK_MEMORY_ERROR, LAPACK_TRANSPOSE_MEMORY_ERROR};

}  // namespace

TEST_CASE(
    "a singular value decomposition that fails is an error with a sentence, and the next one is "
    "right") {
    decompositions.fail(0, 0);
    const double bound = SetUp(2).bound;
    const int64_t calls = decompositions.count;
    REQUIRE(calls > 0);
    for (int64_t n = 1; n <= calls; ++n) {
        for (const lapack_int info : kNoMemory) {
            decompositions.fail(n, info);
            check_failure(SetUp(2), SEPFLOW_E_MEMORY);
        }
        for (const lapack_int info : {1, -6}) {
            decompositions.fail(n, info);
            const SetUp made(2);
            check_failure(made, SEPFLOW_E_INTERNAL);
            CHECK(std::string(made.error.message).find("info " + std::to_string(info)) !=
                  std::string::npos);
        }
        decompositions.fail(0, 0);
        CHECK(SetUp(2).bound == bound);
    }
}

TEST_CASE("refining that LAPACK does not solve keeps what it had; without memory it is an error") {
    solutions.fail(0, 0);
    const double bound = SetUp(2).bound;
    const int64_t calls = solutions.count;
    REQUIRE(calls > 100);
    for (int64_t n = 1; n <= calls; n += faults::test_share()) {
        INFO("call ", n);
        for (const lapack_int info : kNoMemory) {
            solutions.fail(n, info);
            check_failure(SetUp(2), SEPFLOW_E_MEMORY);
        }
        solutions.fail(n, 1);
        const SetUp less_refined(2);
        CHECK(less_refined.status == SEPFLOW_OK);
        CHECK(less_refined.held == 0);
        CHECK(less_refined.bound >= bound);
        CHECK(std::isfinite(less_refined.bound));
    }
    solutions.fail(0, 0);
    CHECK(SetUp(2).bound == bound);
}
