// A node that copies its input, except for the one fault that it is compiled with. It appends a
// letter to a file, named by a variable of the environment: SEPFLOW_TEST_LOADED when it is loaded,
// SEPFLOW_TEST_REACHED before its fault, SEPFLOW_TEST_DESTROYED when the node is destroyed. With
// SEPFLOW_TEST_WELL it has no fault.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include <sepflow/node.h>

namespace {

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

// Appends a letter to the file that the variable of the environment names.
void note(const char *variable) {
    const char *file = std::getenv(variable);
    const int opened =
        file == nullptr ? -1 : open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (opened < 0) return;
    if (write(opened, "x", 1) != 1) std::abort();
    close(opened);
}

// Makes the process survive all signals but SIGKILL and SIGSTOP, whether sent to it or to the
// thread.
void go_deaf() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGALRM}) std::signal(number, SIG_IGN);
}

void go_wrong(const char *place) {
    const std::string fault = TEXT(FAULT);
    const size_t end = fault.find('_');
    if (end == fault.npos || fault.substr(end + 1) != place) return;
    if (std::getenv("SEPFLOW_TEST_WELL") != nullptr) return;
    const std::string kind = fault.substr(0, end);
    note("SEPFLOW_TEST_REACHED");
    if (kind == "crash") std::raise(SIGSEGV);
    if (kind == "illegal") std::raise(SIGILL);    // as on a processor that lacks an instruction
    if (kind == "interrupt") std::raise(SIGINT);  // as Ctrl-C at a terminal does
    if (kind == "throw") throw std::runtime_error("a fault");
    if (kind == "exit") _exit(0);
    if (kind == "slow") usleep(20000);
    if (kind == "deaf") go_deaf();
    if (kind == "leave" && fork() == 0) pause();
    if (kind == "fork" && fork() == 0) setsid();
    volatile bool spins = kind == "spin";
    while (spins) {
    }
    while (kind == "hang" || kind == "deaf" || kind == "fork") pause();
}

int node_memory, plan_memory;

sepflow_status create(const sepflow_node_desc *, const sepflow_host *, sepflow_node **node,
                      sepflow_error *) {
    go_wrong("create");
    *node = reinterpret_cast<sepflow_node *>(&node_memory);
    return SEPFLOW_OK;
}
void destroy(sepflow_node *) {
    note("SEPFLOW_TEST_DESTROYED");
    go_wrong("destroy");
}
sepflow_status set_param(sepflow_node *, uint32_t, const sepflow_value *, sepflow_error *) {
    return SEPFLOW_E_INVALID;
}
sepflow_status get_param(const sepflow_node *, uint32_t, sepflow_value *, sepflow_error *) {
    return SEPFLOW_E_INVALID;
}
sepflow_status query_formats(const sepflow_node *, uint32_t, sepflow_format_pair *,
                             sepflow_error *) {
    return SEPFLOW_E_INVALID;
}
sepflow_status configure(sepflow_node *, const sepflow_config *, sepflow_plan **plan,
                         sepflow_error *) {
    go_wrong("configure");
    *plan = reinterpret_cast<sepflow_plan *>(&plan_memory);
    return SEPFLOW_OK;
}
void plan_retain(sepflow_plan *) {}
void plan_release(sepflow_plan *) {}
sepflow_status plan_info(const sepflow_plan *, sepflow_plan_info *) {
    return SEPFLOW_OK;
}
sepflow_status output_domain(const sepflow_plan *, const sepflow_rect *in, sepflow_rect *out) {
    *out = *in;
    return SEPFLOW_OK;
}
sepflow_status input_region(const sepflow_plan *, uint32_t, const sepflow_rect *out,
                            const sepflow_rect *, sepflow_rect *in) {
    *in = *out;
    return SEPFLOW_OK;
}
sepflow_status process(const sepflow_plan *, const sepflow_process *call, sepflow_error *) {
    go_wrong("process");
    const sepflow_image &in = call->inputs[0], &out = call->outputs[0];
    const sepflow_rect &r = call->region;
    const auto row = [&](const sepflow_image &image, int64_t y) {
        return static_cast<char *>(image.data) + (r.x - image.bounds.x) * image.stride_x +
               (y - image.bounds.y) * image.stride_y;
    };
    for (int64_t y = r.y; y < r.y + r.h; ++y)
        std::memcpy(row(out, y), row(in, y), static_cast<size_t>(r.w * in.stride_x));
    return SEPFLOW_OK;
}

const sepflow_node_desc *node(uint32_t index) {
    static const sepflow_type types[] = {SEPFLOW_U8, SEPFLOW_F32};
    static const sepflow_port_desc ports[] = {
        {sizeof(sepflow_port_desc), SEPFLOW_INPUT, 0, 2, "in", 1, 0, types},
        {sizeof(sepflow_port_desc), SEPFLOW_OUTPUT, 0, 2, "out", 1, 0, types}};
    static const sepflow_node_desc desc = [] {
        sepflow_node_desc made = {};
        made.struct_size = sizeof made;
        made.id = "test." TEXT(FAULT) "/1";
        made.name = "Faulty";
        made.port_count = 2;
        made.ports = ports;
        made.create = create;
        made.destroy = destroy;
        made.set_param = set_param;
        made.get_param = get_param;
        made.query_formats = query_formats;
        made.configure = configure;
        made.plan_retain = plan_retain;
        made.plan_release = plan_release;
        made.plan_info = plan_info;
        made.output_domain = output_domain;
        made.input_region = input_region;
        made.process = process;
        return made;
    }();
    return index == 0 ? &desc : nullptr;
}

}  // namespace

extern "C" SEPFLOW_EXPORT const sepflow_entry *sepflow_entry_v1() {
    note("SEPFLOW_TEST_LOADED");
    go_wrong("entry");
    static const sepflow_entry entry = [] {
        sepflow_entry made = {};
        made.struct_size = sizeof made;
        made.abi_major = SEPFLOW_ABI_MAJOR;
        made.node_count = 1;
        made.node = node;
        made.init = [](const sepflow_host *, sepflow_error *) -> sepflow_status {
            go_wrong("init");
            return SEPFLOW_OK;
        };
        made.deinit = [] {};
        return made;
    }();
    return &entry;
}
