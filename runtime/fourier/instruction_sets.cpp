#include <algorithm>
#include <cstring>
#include <iterator>

#include "runtime/fourier/block_convolver.h"

namespace sepflow {

struct InstructionSet {
    const char *name;
    MakeBlockConvolver make;
};

}  // namespace sepflow

#include "sepflow_block_convolvers.h"  // kInstructionSets; written by CMakeLists.txt

namespace sepflow {

MakeBlockConvolver block_convolver_maker(const char *instruction_set) {
    return std::find_if(
               std::begin(kInstructionSets), std::end(kInstructionSets),
               [&](const InstructionSet &set) { return !std::strcmp(set.name, instruction_set); })
        ->make;
}

}  // namespace sepflow
