// Whether this processor converts halves itself; clang 14's __builtin_cpu_supports does not know
// the name.
#pragma once

#if defined(__x86_64__)
#include <cpuid.h>

namespace sepflow {

inline bool processor_has_f16c() {
    // Asked once: in a virtual machine CPUID leaves for its host, which takes longer than planning
    // a small kernel.
    static const bool has = [] {
        unsigned a = 0, b = 0, c = 0, d = 0;
        return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
    }();
    return has;
}

}  // namespace sepflow
#endif
