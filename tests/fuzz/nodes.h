// Our nodes in a host, without loading anything.
#pragma once

#include <string>

#include <sepflow/host.h>

namespace fuzz {

// One for all; one to be freed.
const sepflow_registry *registry_of_nodes();
sepflow_registry *new_registry_of_nodes();

// Whether kernel text in it might open a file, which a fuzzer must not; escapes could spell the word, too.
bool names_a_file(const std::string &text);

}  // namespace fuzz
