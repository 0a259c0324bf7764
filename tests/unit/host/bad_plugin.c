/* One source, a fault for each definition: plugins that a host must skip with one line. */
#include <sepflow/node.h>

static const sepflow_node_desc *node(uint32_t index) {
#ifdef FAULT_lacks_function
    static sepflow_node_desc desc;
    desc.struct_size = sizeof desc;
    desc.id = "test.bad/1";
    desc.name = "Bad";
    return index == 0 ? &desc : NULL;
#else
    (void)index;
    return NULL;
#endif
}
static sepflow_status init(const sepflow_host *host, sepflow_error *error) {
    (void)host;
    (void)error;
    return SEPFLOW_OK;
}
static void deinit(void) {}

#ifdef FAULT_no_entry
SEPFLOW_EXPORT const sepflow_entry *not_the_entry(void);
SEPFLOW_EXPORT const sepflow_entry *not_the_entry(void) {
#else
SEPFLOW_EXPORT const sepflow_entry *sepflow_entry_v1(void);
SEPFLOW_EXPORT const sepflow_entry *sepflow_entry_v1(void) {
#endif
    static sepflow_entry entry;
    entry.struct_size = sizeof entry;
    entry.abi_major = SEPFLOW_ABI_MAJOR;
    entry.node = node;
    entry.init = init;
    entry.deinit = deinit;
#ifdef FAULT_wrong_major
    entry.abi_major = 7;
#endif
#ifdef FAULT_newer_minor
    entry.abi_minor_needed = 99;
#endif
#ifdef FAULT_lacks_function
    entry.node_count = 1;
#endif
#ifdef FAULT_null_entry
    return NULL;
#else
    return &entry;
#endif
}
