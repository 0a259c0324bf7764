#include "tests/soak/memory.h"

#include <algorithm>
#include <cstdio>
#include <malloc.h>
#include <unistd.h>

namespace soak {

namespace {

// Over two minutes it settles by 40 KiB; a leak of 200 bytes a graph is more than this, even if
// only 2000 are done.
constexpr int64_t kMostLive = 256 << 10;
// Where what is freed lies is chance, and a page with anything on it stays.
constexpr int64_t kMostResident = 8 << 20;
// Fewer, in a tenth of the run, tell nothing.
constexpr size_t kLeastSamples = 20;

int64_t resident_bytes() {
    long pages = 0, all = 0;
    std::FILE *file = std::fopen("/proc/self/statm", "r");
    if (file == nullptr) return 0;
    if (std::fscanf(file, "%ld %ld", &all, &pages) != 2) pages = 0;
    std::fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

int64_t live_bytes() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<int64_t>(info.uordblks + info.hblkhd);
}

std::string kib(int64_t bytes) {
    return std::to_string(bytes / 1024) + " KiB";
}

}  // namespace

Memory::Memory() {
    // No sample may itself be growth.
    live_.reserve(kMost);
    resident_.reserve(kMost);
    // Else glibc raises these as it goes, and each thread's arena keeps the more to itself the
    // larger a graph once was.
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
    mallopt(M_TRIM_THRESHOLD, 128 << 10);
}

void Memory::sample(double elapsed) {
    if (elapsed - last_ < 1.0 / kMost || live_.size() == kMost) return;
    last_ = elapsed;
    // Returns free memory to the system, or the largest graph so far would count.
    malloc_trim(0);
    live_.push_back({elapsed, live_bytes()});
    resident_.push_back({elapsed, resident_bytes()});
}

int64_t Memory::median(const std::vector<Sample> &samples, double from, double to) {
    std::vector<int64_t> bytes;
    for (const Sample &sample : samples) {
        if (sample.elapsed >= from && sample.elapsed <= to) bytes.push_back(sample.bytes);
    }
    if (bytes.size() < kLeastSamples) return 0;
    const auto middle = bytes.begin() + static_cast<int64_t>(bytes.size()) / 2;
    std::nth_element(bytes.begin(), middle, bytes.end());
    return *middle;
}

std::string Memory::growth() const {
    const auto grown = [](const std::vector<Sample> &samples) {
        const int64_t before = median(samples, 0.1, 0.2), after = median(samples, 0.9, 1);
        return before == 0 ? 0 : after - before;
    };
    if (grown(live_) > kMostLive)
        return "live heap grew by " + kib(grown(live_)) + ", allowed " + kib(kMostLive);
    if (grown(resident_) > kMostResident)
        return "resident memory grew by " + kib(grown(resident_)) + ", allowed " +
               kib(kMostResident);
    return "";
}

std::string Memory::summary() const {
    const auto change = [](const std::vector<Sample> &samples) {
        return kib(median(samples, 0.1, 0.2)) + " -> " + kib(median(samples, 0.9, 1));
    };
    return "live heap " + change(live_) + ", resident " + change(resident_);
}

}  // namespace soak
