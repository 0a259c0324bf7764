// The host as we see it: its suites, property sets, messages and threads.
#pragma once

#include <string>

#include <sepflow/node.h>

#include "plugins/openfx/openfx_abi.h"

namespace sepflow::openfx {

struct Suites {
    const PropertySuite *properties = nullptr;
    const EffectSuite *effects = nullptr;
    const ParameterSuite *parameters = nullptr;
    // May be missing.
    const MessageSuite1 *messages = nullptr;
    const MessageSuite2 *persistent = nullptr;
    const ThreadSuite *threads = nullptr;
};

// Set by the action Load, which comes before all others.
const Suites &suites();
Status fetch_suites(const HostStruct *host);

class Properties {
  public:
    explicit Properties(PropertySet set) : set_(set) {}

    // A host that does not know a property keeps its default.
    void set(const char *name, const char *value, int index = 0) const;
    void set(const char *name, int value, int index = 0) const;
    void set(const char *name, double value, int index = 0) const;
    void set(const char *name, void *value) const;

    // Throw Error if the host does not know it.
    std::string text(const char *name) const;
    int integer(const char *name, int index = 0) const;
    double number(const char *name, int index = 0) const;
    void *pointer(const char *name) const;

  private:
    PropertySet set_;
};

void show_error(EffectHandle effect, const char *sentence);
void clear_error(EffectHandle effect);

// For process calls, whose call_ctx is the effect: asks whether to stop, and spreads tasks over the
// host's threads, never over others.
const sepflow_host &process_host();

}  // namespace sepflow::openfx
