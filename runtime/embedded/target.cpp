#include "runtime/embedded/target.h"

#include <vector>

#include "runtime/base/error.h"

namespace sepflow::embedded {

namespace {

using Halide::Target;

#ifndef HALIDE_VERSION_MAJOR
#define HALIDE_VERSION_MAJOR 14  // the last that does not say
#endif

constexpr const char *kTargets =
    "x86-64, arm-64, arm-32, riscv-64 and wasm-32, followed by -linux, -noos and the like and by "
    "features, "
    "such as x86-64-linux-avx2";

bool is_known(const Target &target) {
    switch (target.arch) {
        case Target::X86:
        case Target::RISCV:
            return target.bits == 64;
        case Target::ARM:
            return true;
        case Target::WebAssembly:
            return target.bits == 32;
        default:
            return false;
    }
}

// Later versions than 14 compile for RISC-V only where they know the length of its vectors.
void check_vectors(const Target &target, const std::string &name) {
#if HALIDE_VERSION_MAJOR > 14
    if (target.arch == Target::RISCV && target.vector_bits == 0)
        throw Error(SEPFLOW_E_UNSUPPORTED,
                    "the installed Halide compiles for riscv-64 only with vectors of a known "
                    "length; write '" +
                        name + "-rvv-vector_bits_128' for target '" + name + "'");
#else
    (void)target;
    (void)name;
#endif
}

// Halide 14 implies neither FMA nor F16C with AVX2 as later ones do.
void spell_out(Target &target) {
    if (!target.has_feature(Target::AVX2)) return;
    for (const Target::Feature feature : {Target::SSE41, Target::AVX, Target::F16C, Target::FMA})
        target.set_feature(feature);
}

}  // namespace

Target checked_target(const std::string &name, bool is_strict) {
    if (!Target::validate_target_string(name) || !is_known(Target(name)))
        throw Error(SEPFLOW_E_PARAM,
                    "target '" + name + "' is not supported; filters are compiled for " + kTargets);
    // Halide 14 lets LLVM unroll and vectorise its loops a second time; later ones do not, and the
    // newest do not know the word.
    const std::string once = name + "-disable_llvm_loop_opt";
    Target target(Target::validate_target_string(once) ? once : name);
    if (!target.supported())
        throw Error(SEPFLOW_E_UNSUPPORTED,
                    "the installed Halide does not compile for target '" + name + "'");
    check_vectors(target, name);
    spell_out(target);
    target.set_features({Target::NoRuntime, Target::NoAsserts, Target::NoBoundsQuery});
    if (is_strict) target.set_feature(Target::StrictFloat);
    return target;
}

}  // namespace sepflow::embedded
