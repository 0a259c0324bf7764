// Peers that are Python packages run in a second process (python_peers.py).
#pragma once

#include <string>

namespace bench {

// Sends a request of JSON and waits for the answer: the seconds it took.
double python_seconds(const std::string &request);

}  // namespace bench
