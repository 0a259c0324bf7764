// sepflow-probe PLUGIN HOST: loads a plugin and reads its descriptors, as a host would, and says on
// descriptor 3 ":", then "sound" or what is wrong. Whatever the plugin does, it does to this
// process, which ends with the process HOST. See probe.h.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <sys/resource.h>
#include <unistd.h>

#include <sepflow/host.h>

#include "runtime/base/child.h"

namespace {

void say(const char *text) {
    size_t left = std::strlen(text);
    while (left > 0) {
        const ssize_t written = write(3, text, left);
        if (written <= 0) return;
        text += written;
        left -= static_cast<size_t>(written);
    }
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    sepflow::end_with(std::atoi(argv[2]));
    // A crash is to end this process as one, whatever a sanitizer would rather do.
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
        std::signal(number, SIG_DFL);
    const rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    say(":");  // it runs
    sepflow_registry *registry = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    if (sepflow_registry_create(&registry, &error) != SEPFLOW_OK) return 2;
    const sepflow_status status = sepflow_registry_load(registry, argv[1], &error);
    say(status == SEPFLOW_OK ? "sound" : error.message);
    close(3);
    // Skips the plugin's unloading, since the host keeps plugins loaded.
    _exit(0);
}
