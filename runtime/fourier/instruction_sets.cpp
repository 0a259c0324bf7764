#include <cstring>
#include <string>

#include "runtime/base/error.h"
#include "runtime/fourier/block_convolver.h"

namespace sepflow {

struct InstructionSet {
    const char *name;
    const BlockFunctions *functions;
};

}  // namespace sepflow

#include "sepflow_block_functions.h"  // kInstructionSets; written by CMakeLists.txt

namespace sepflow {

namespace {

const BlockFunctions &functions_of(const char *instruction_set) {
    for (const InstructionSet &set : kInstructionSets) {
        if (std::strcmp(set.name, instruction_set) == 0) return *set.functions;
    }
    throw Error(SEPFLOW_E_INTERNAL,
                std::string("no transforms are compiled for the instruction set '") +
                    instruction_set + "'; add it to runtime/fourier/CMakeLists.txt");
}

}  // namespace

BlockConvolver::BlockConvolver(const char *instruction_set, int nx, int ny, const double *block)
    : functions_(&functions_of(instruction_set)), state_(functions_->make(nx, ny, block)) {}

BlockConvolver::~BlockConvolver() {
    functions_->destroy(state_);
}

uint64_t BlockConvolver::scratch_bytes() const {
    return functions_->scratch_bytes(state_);
}

void BlockConvolver::run(double *samples, int64_t second, double delta, void *scratch) const {
    functions_->run(state_, samples, second, delta, scratch);
}

}  // namespace sepflow
