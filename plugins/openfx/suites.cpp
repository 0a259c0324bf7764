#include "plugins/openfx/suites.h"

#include <algorithm>
#include <atomic>
#include <type_traits>

#include "runtime/base/error.h"

namespace sepflow::openfx {

namespace {

Suites &fetched() {
    static Suites suites;
    return suites;
}

void check(Status status, const char *name) {
    if (status != kOk)
        throw Error(SEPFLOW_E_INVALID, std::string("the host does not report ") + name);
}

struct Share {
    sepflow_task task;
    void *arg;
    int64_t count;
    std::atomic<int64_t> next{0};
};

void take_share(unsigned int, unsigned int, void *arg) {
    Share &share = *static_cast<Share *>(arg);
    for (int64_t i = share.next++; i < share.count; i = share.next++) share.task(share.arg, i);
}

// A host may lack the suite, or refuse as it does within its own threads; what it has not done is
// done here.
sepflow_status spread(void *, void *, int64_t count, sepflow_task task, void *arg) {
    Share share = {task, arg, count};
    unsigned int cpus = 1;
    const ThreadSuite *host = suites().threads;
    if (host != nullptr && host->cpu_count(&cpus) == kOk && cpus > 1) {
        const int64_t threads = std::min<int64_t>(count, cpus);
        host->run(take_share, static_cast<unsigned int>(threads), &share);
    }
    take_share(0, 1, &share);
    return SEPFLOW_OK;
}

int32_t is_cancelled(void *, void *effect) {
    return suites().effects->abort(static_cast<EffectHandle>(effect));
}

}  // namespace

const Suites &suites() {
    return fetched();
}

Status fetch_suites(const HostStruct *host) {
    if (host == nullptr || host->fetch_suite == nullptr) return kMissingHostFeature;
    const auto fetch = [host](auto &suite, const char *name, int version) {
        suite = static_cast<std::remove_reference_t<decltype(suite)>>(
            host->fetch_suite(host->properties, name, version));
    };
    Suites &suites = fetched();
    fetch(suites.properties, "OfxPropertySuite", 1);
    fetch(suites.effects, "OfxImageEffectSuite", 1);
    fetch(suites.parameters, "OfxParameterSuite", 1);
    fetch(suites.messages, "OfxMessageSuite", 1);
    fetch(suites.persistent, "OfxMessageSuite", 2);
    fetch(suites.threads, "OfxMultiThreadSuite", 1);
    const bool enough =
        suites.properties != nullptr && suites.effects != nullptr && suites.parameters != nullptr;
    return enough ? kOk : kMissingHostFeature;
}

void Properties::set(const char *name, const char *value, int index) const {
    suites().properties->set_string(set_, name, index, value);
}

void Properties::set(const char *name, int value, int index) const {
    suites().properties->set_int(set_, name, index, value);
}

void Properties::set(const char *name, double value, int index) const {
    suites().properties->set_double(set_, name, index, value);
}

void Properties::set(const char *name, void *value) const {
    suites().properties->set_pointer(set_, name, 0, value);
}

std::string Properties::text(const char *name) const {
    char *value = nullptr;
    check(suites().properties->get_string(set_, name, 0, &value), name);
    return value == nullptr ? "" : value;
}

int Properties::integer(const char *name, int index) const {
    int value = 0;
    check(suites().properties->get_int(set_, name, index, &value), name);
    return value;
}

double Properties::number(const char *name, int index) const {
    double value = 0;
    check(suites().properties->get_double(set_, name, index, &value), name);
    return value;
}

void *Properties::pointer(const char *name) const {
    void *value = nullptr;
    check(suites().properties->get_pointer(set_, name, 0, &value), name);
    return value;
}

void show_error(EffectHandle effect, const char *sentence) {
    const char *kind = "OfxMessageError", *id = "sepflow";
    if (suites().persistent != nullptr) {
        suites().persistent->set_persistent(effect, kind, id, "%s", sentence);
    } else if (suites().messages != nullptr) {
        suites().messages->message(effect, kind, id, "%s", sentence);
    }
}

void clear_error(EffectHandle effect) {
    if (suites().persistent != nullptr) suites().persistent->clear_persistent(effect);
}

const sepflow_host &process_host() {
    static const sepflow_host host = [] {
        sepflow_host made = {};
        made.struct_size = sizeof made;
        made.abi_major = SEPFLOW_ABI_MAJOR;
        made.name = "OpenFX";
        made.version = "1";
        made.parallel_for = spread;
        made.is_cancelled = is_cancelled;
        return made;
    }();
    return host;
}

}  // namespace sepflow::openfx
