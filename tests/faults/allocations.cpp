#include "tests/faults/allocations.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <link.h>
#include <new>

#ifdef FAULTS_OWN_MALLOC
extern "C" {
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *memory);
}
#endif

namespace faults {

namespace {

// None of this allocates: it runs inside of malloc.

struct Range {
    uintptr_t begin, end;
    bool contains(const void *address) const {
        const auto at = reinterpret_cast<uintptr_t>(address);
        return at >= begin && at < end;
    }
};

// Code of a library, by a part of its file's name.
struct Library {
    const char *name;
    Range code;
};

int find_library(dl_phdr_info *info, size_t, void *wanted) {
    auto &library = *static_cast<Library *>(wanted);
    if (std::strstr(info->dlpi_name, library.name) == nullptr) return 0;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const auto &part = info->dlpi_phdr[i];
        if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
        library.code.begin = info->dlpi_addr + part.p_vaddr;
        library.code.end = library.code.begin + part.p_memsz;
    }
    return 1;
}

Range code_of(const char *name) {
    Library library = {name, {0, 0}};
    dl_iterate_phdr(find_library, &library);
    return library.code;
}

std::atomic<bool> watching{false};
std::atomic<int64_t> counted{0}, failing{0};
std::atomic<Fail> failing_how{Fail::kOnce};
thread_local int aside = 0;
Range tbb, c_library, loader;  // written while nobody watches

// Blocks that are held: a hash table, open to the next free place.
constexpr size_t kPlaces = size_t{1} << 17;
std::atomic<void *> places[kPlaces];
std::atomic<int64_t> held_count{0};
void *const kFreed = &places;  // a place that was used

size_t place_of(const void *block) {
    return reinterpret_cast<uintptr_t>(block) / 16 * 0x9e3779b97f4a7c15u >> 47;
}

void hold(void *block) {
    for (size_t i = place_of(block);; ++i) {
        std::atomic<void *> &place = places[i % kPlaces];
        void *found = place.load(std::memory_order_relaxed);
        if ((found == nullptr || found == kFreed) && place.compare_exchange_strong(found, block))
            break;
    }
    ++held_count;
}

void let_go(const void *block) {
    if (held_count.load(std::memory_order_relaxed) == 0) return;
    for (size_t i = place_of(block), tries = 0; tries < kPlaces; ++i, ++tries) {
        std::atomic<void *> &place = places[i % kPlaces];
        void *found = place.load();
        if (found == nullptr) return;
        if (found == block && place.compare_exchange_strong(found, kFreed)) {
            --held_count;
            return;
        }
    }
}

bool is_to_fail(const void *caller) {
    if (!watching.load(std::memory_order_relaxed) || aside > 0 || tbb.contains(caller))
        return false;
    const int64_t number = ++counted, first = failing;
    if (first == 0) return false;
    return number == first || (number > first && failing_how == Fail::kFromThenOn);
}

void *watched(void *block, const void *caller) {
    if (block != nullptr && watching.load(std::memory_order_relaxed) && aside == 0 &&
        !tbb.contains(caller) && !c_library.contains(caller) && !loader.contains(caller)) {
        hold(block);
    }
    return block;
}

#ifdef FAULTS_OWN_MALLOC
void *plain(size_t bytes) {
    return __libc_malloc(bytes);
}
void *aligned(size_t alignment, size_t bytes) {
    return __libc_memalign(alignment, bytes);
}
void release(void *block) {
    let_go(block);
    __libc_free(block);
}
#else
void *plain(size_t bytes) {
    return std::malloc(bytes);
}
void *aligned(size_t alignment, size_t bytes) {
    return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}
void release(void *block) {
    let_go(block);
    std::free(block);
}
#endif

void *new_block(size_t bytes, size_t alignment, const void *caller) noexcept {
    if (is_to_fail(caller)) return nullptr;
    const size_t some = bytes == 0 ? 1 : bytes;
    return watched(alignment == 0 ? plain(some) : aligned(alignment, some), caller);
}

void *or_throw(void *block) {
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

}  // namespace

Watch::Watch(int64_t n, Fail fail) {
    tbb = code_of("/libtbb.so");
    c_library = code_of("/libc.so");
    loader = code_of("/ld-linux");
    for (auto &place : places) place.store(nullptr, std::memory_order_relaxed);
    held_count = 0;
    counted = 0;
    failing = n;
    failing_how = fail;
    watching = true;
}

Watch::~Watch() {
    watching = false;
}

int64_t Watch::allocations() const {
    return counted;
}

int64_t Watch::held() const {
    return held_count;
}

Aside::Aside() {
    ++aside;
}

Aside::~Aside() {
    --aside;
}

}  // namespace faults

#define CALLER __builtin_return_address(0)

void *operator new(size_t bytes) {
    return faults::or_throw(faults::new_block(bytes, 0, CALLER));
}
void *operator new[](size_t bytes) {
    return faults::or_throw(faults::new_block(bytes, 0, CALLER));
}
void *operator new(size_t bytes, const std::nothrow_t &) noexcept {
    return faults::new_block(bytes, 0, CALLER);
}
void *operator new[](size_t bytes, const std::nothrow_t &) noexcept {
    return faults::new_block(bytes, 0, CALLER);
}
void *operator new(size_t bytes, std::align_val_t alignment) {
    return faults::or_throw(faults::new_block(bytes, static_cast<size_t>(alignment), CALLER));
}
void *operator new[](size_t bytes, std::align_val_t alignment) {
    return faults::or_throw(faults::new_block(bytes, static_cast<size_t>(alignment), CALLER));
}
void *operator new(size_t bytes, std::align_val_t alignment, const std::nothrow_t &) noexcept {
    return faults::new_block(bytes, static_cast<size_t>(alignment), CALLER);
}
void *operator new[](size_t bytes, std::align_val_t alignment, const std::nothrow_t &) noexcept {
    return faults::new_block(bytes, static_cast<size_t>(alignment), CALLER);
}
void operator delete(void *block) noexcept {
    faults::release(block);
}
void operator delete[](void *block) noexcept {
    faults::release(block);
}
void operator delete(void *block, size_t) noexcept {
    faults::release(block);
}
void operator delete[](void *block, size_t) noexcept {
    faults::release(block);
}
void operator delete(void *block, std::align_val_t) noexcept {
    faults::release(block);
}
void operator delete[](void *block, std::align_val_t) noexcept {
    faults::release(block);
}
void operator delete(void *block, size_t, std::align_val_t) noexcept {
    faults::release(block);
}
void operator delete[](void *block, size_t, std::align_val_t) noexcept {
    faults::release(block);
}

#ifdef FAULTS_OWN_MALLOC
extern "C" {

void *malloc(size_t bytes) {
    if (faults::is_to_fail(CALLER)) return errno = ENOMEM, nullptr;
    return faults::watched(__libc_malloc(bytes), CALLER);
}

void *calloc(size_t count, size_t bytes) {
    if (faults::is_to_fail(CALLER)) return errno = ENOMEM, nullptr;
    return faults::watched(__libc_calloc(count, bytes), CALLER);
}

void *realloc(void *block, size_t bytes) {
    if (faults::is_to_fail(CALLER)) return errno = ENOMEM, nullptr;
    faults::let_go(block);
    return faults::watched(__libc_realloc(block, bytes), CALLER);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
    if (faults::is_to_fail(CALLER)) return errno = ENOMEM, nullptr;
    return faults::watched(__libc_memalign(alignment, bytes), CALLER);
}

void *memalign(size_t alignment, size_t bytes) {
    if (faults::is_to_fail(CALLER)) return errno = ENOMEM, nullptr;
    return faults::watched(__libc_memalign(alignment, bytes), CALLER);
}

int posix_memalign(void **block, size_t alignment, size_t bytes) {
    if (faults::is_to_fail(CALLER)) return ENOMEM;
    *block = faults::watched(__libc_memalign(alignment, bytes), CALLER);
    return *block == nullptr ? ENOMEM : 0;
}

void free(void *block) {
    faults::release(block);
}

}  // extern "C"
#endif
