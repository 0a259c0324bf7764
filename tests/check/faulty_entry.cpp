#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <pthread.h>
#include <thread>
#include <unistd.h>

#include "tests/check/faulty_plugin.h"

using faulty::has;

// Exported by a second build of this plugin, FAULTY_EXPORTS.
#ifdef FAULTY_EXPORTS
extern "C" __attribute__((visibility("default"))) int sepflow_faulty_extra() {
    return 1;
}
#endif

namespace {

int inits = 0;

const sepflow_node_desc *node(uint32_t index) {
    if (has("needs_init") && inits == 0) return nullptr;
    if (has("new_descriptors")) {
        static sepflow_node_desc copies[2];
        static int calls = 0;
        sepflow_node_desc &copy = copies[calls++ % 2];
        copy = faulty::descriptor();
        return index == 0 ? &copy : nullptr;
    }
    return index == 0 || has("endless_nodes") ? &faulty::descriptor() : nullptr;
}

// Uses a key whose destructor is this library's, and does not delete the key.
void use_a_thread_key() {
    static pthread_key_t key = [] {
        pthread_key_t made;
        pthread_key_create(&made, [](void *value) { std::free(value); });
        return made;
    }();
    if (pthread_getspecific(key) == nullptr) pthread_setspecific(key, std::malloc(8));
}

// When it is loaded, as what is compiled for fast mathematics does.
__attribute__((constructor)) void change_the_fpu() {
    if (has("fpu_at_load")) faulty::change_fpu();
    if (has("prints_at_load")) std::puts("faulty: loaded");
    if (has("thread_at_load")) std::thread([] { pause(); }).detach();
}

sepflow_status init(const sepflow_host *host, sepflow_error *error) {
    if (has("init_needs_a_host") && host->abi_major != SEPFLOW_ABI_MAJOR)
        return faulty::fail(error, SEPFLOW_E_ABI, "another version");
    if (has("init_keeps_memory")) host->alloc(host->ctx, 100, 8);
    if (has("prints_in_init")) std::puts("faulty: begun");
    if (has("positive_init")) return 1;
    if (has("thread_key")) use_a_thread_key();
    if (has("init_once") && inits > 0) return faulty::fail(error, SEPFLOW_E_INTERNAL, "only once");
    if (has("locale_in_init")) std::setlocale(LC_ALL, "C.UTF-8");
    ++inits;
    faulty::is_ready = true;
    return SEPFLOW_OK;
}

void burn_processor_time() {
    const std::clock_t end = std::clock() + CLOCKS_PER_SEC / 5;
    while (std::clock() < end) {
    }
}

void stay_loaded() {
    Dl_info own = {};
    dladdr(reinterpret_cast<void *>(&stay_loaded), &own);
    dlopen(own.dli_fname, RTLD_NOW | RTLD_NODELETE);
}

}  // namespace

extern "C" SEPFLOW_EXPORT const sepflow_entry *sepflow_entry_v1() {
    if (has("crash_entry")) std::raise(SIGSEGV);
    if (has("slow_scan")) burn_processor_time();
    if (has("stays")) stay_loaded();
    static sepflow_entry entry = {};
    entry.struct_size = sizeof entry;
    entry.abi_major = has("wrong_major") ? SEPFLOW_ABI_MAJOR + 1 : SEPFLOW_ABI_MAJOR;
    entry.node_count = 1;
    entry.id = "test.faulty";
    entry.version = has("no_version") ? "" : "1";
    entry.license = "MIT";
    entry.node = node;
    entry.init = init;
    entry.deinit = [] {
        --inits;
        if (has("does_not_count")) faulty::is_ready = false;
    };
    entry.image_size = sizeof(sepflow_image);
    if (has("no_image_size")) entry.image_size = 0;
    if (has("wide_array")) entry.image_size = sizeof(faulty::WideImage);
    if (has("any_extension"))
        entry.get_extension = [](const char *) -> const void * { return &entry; };
    return &entry;
}
