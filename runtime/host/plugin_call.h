// Every call into a plugin goes through here: what it throws becomes an error that names it, and an
// observer knows whose code runs.
#pragma once

#include <string>
#include <utility>

#include <sepflow/host.h>

#include "runtime/base/error.h"

namespace sepflow::host {

struct CallObserver {
    sepflow_observer function = nullptr;
    void *ctx = nullptr;
};

class ObservedCall {
  public:
    ObservedCall(const CallObserver &observer, const char *who, const char *function)
        : observer_(observer) {
        if (observer_.function != nullptr) observer_.function(observer_.ctx, who, function);
    }
    ObservedCall(const ObservedCall &) = delete;
    ~ObservedCall() {
        if (observer_.function != nullptr) observer_.function(observer_.ctx, nullptr, nullptr);
    }

  private:
    const CallObserver &observer_;
};

template <typename Call>
auto plugin_call(const CallObserver &observer, const std::string &who, const char *function,
                 Call &&call) {
    const ObservedCall observed(observer, who.c_str(), function);
    try {
        return call();
    } catch (const Error &) {
        throw;  // the host's own
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception &e) {
        throw Error(SEPFLOW_E_INTERNAL, who + ": its " + function + " threw: " + e.what());
    } catch (...) {
        throw Error(SEPFLOW_E_INTERNAL, who + ": its " + function + " threw");
    }
}

// Calls functions that release things, from destructors, where an exception can only be ignored.
template <typename Thing>
auto released_by(void (*release)(Thing *)) {
    return [release](Thing *thing) noexcept {
        try {
            release(thing);
        } catch (...) {
        }
    };
}

}  // namespace sepflow::host
