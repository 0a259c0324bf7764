#include <algorithm>
#include <cstring>
#include <iterator>

#include "runtime/fourier/block_convolver.h"

namespace sepflow {

struct InstructionSet {
    const char *name;
    const BlockFunctions *functions;
};

}  // namespace sepflow

#include "sepflow_block_functions.h"  // kInstructionSets; written by CMakeLists.txt

namespace sepflow {

BlockConvolver::BlockConvolver(const char *instruction_set, int nx, int ny, const double *block)
    : functions_(std::find_if(std::begin(kInstructionSets), std::end(kInstructionSets),
                              [&](const InstructionSet &set) {
                                  return !std::strcmp(set.name, instruction_set);
                              })
                     ->functions),
      state_(functions_->make(nx, ny, block)) {}

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
