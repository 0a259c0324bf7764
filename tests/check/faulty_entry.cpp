#include <clocale>
#include <csignal>
#include <ctime>
#include <dlfcn.h>

#include "tests/check/faulty_plugin.h"

using faulty::has;

// Exported by a second build of this plugin, FAULTY_EXPORTS.
#ifdef FAULTY_EXPORTS
extern "C" __attribute__((visibility("default"))) int sepflow_faulty_extra() {
    return 1;
}
#endif

namespace {

const sepflow_node_desc *node(uint32_t index) {
    return index == 0 || has("endless_nodes") ? &faulty::descriptor() : nullptr;
}

int inits = 0;

// When it is loaded, as what is compiled for fast mathematics does.
__attribute__((constructor)) void change_the_fpu() {
    if (has("fpu_at_load")) faulty::change_fpu();
}

sepflow_status init(const sepflow_host *, sepflow_error *error) {
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
