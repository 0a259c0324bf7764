// The tables of functions that the host gives to the plugin.
#pragma once

#include <atomic>

namespace mini {

constexpr int kOk = 0, kFailed = 1, kUnknown = 3, kExists = 6, kBadHandle = 9, kBadIndex = 10;

// NULL where the host has none of that name and version. The handle is a Bag that knows the Host.
const void *fetch_suite(void *handle, const char *name, int version);

// Threads that the multi-thread suite of the loaded host started.
extern std::atomic<int> *threads_run;

}  // namespace mini
