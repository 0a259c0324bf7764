// LAPACKE's answers. Its row-major functions allocate, and tell by a code of their own where there
// is no memory.
#pragma once

#include <lapacke.h>
#include <new>

namespace sepflow {

inline void check_memory(lapack_int info) {
    if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
        throw std::bad_alloc();
}

}  // namespace sepflow
