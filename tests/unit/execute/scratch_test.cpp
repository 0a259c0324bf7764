#include "runtime/execute/scratch.h"

#include <cstdint>
#include <doctest/doctest.h>
#include <set>

using namespace sepflow;

TEST_CASE("a carver that only measures counts the bytes that one with memory takes") {
    alignas(64) static char memory[4096];
    Carver measured(nullptr), carved(memory);
    char *end = memory;
    for (const int64_t bytes : {1, 64, 65, 0, 200, 3}) {
        CHECK(measured.take(bytes) == nullptr);
        auto *part = static_cast<char *>(carved.take(bytes));
        CHECK(reinterpret_cast<uintptr_t>(part) % kScratchAlignment == 0);
        CHECK(part >= end);
        end = part + bytes;
    }
    CHECK(measured.used() == carved.used());
    CHECK(end <= memory + carved.used());
}

TEST_CASE("tasks that run at once borrow blocks of their own, later ones the same again") {
    sepflow_process call = {};
    call.struct_size = sizeof call;
    const sepflow_host host = {};
    ScratchPool pool(1000, call, &host);
    std::set<void *> seen;
    {
        const ScratchPool::Borrowed one(pool), other(pool);
        CHECK(one.get() != other.get());
        CHECK(reinterpret_cast<uintptr_t>(one.get()) % kScratchAlignment == 0);
        seen = {one.get(), other.get()};
    }
    const ScratchPool::Borrowed again(pool);
    CHECK(seen.count(again.get()) == 1);
}

TEST_CASE("the caller's scratch is the first block") {
    alignas(64) static char memory[2048];
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.scratch = memory;
    call.scratch_size = sizeof memory;
    const sepflow_host host = {};
    ScratchPool pool(1000, call, &host);
    const ScratchPool::Borrowed first(pool);
    CHECK(first.get() >= static_cast<void *>(memory));
    CHECK(first.get() < static_cast<void *>(memory + sizeof memory));
}
