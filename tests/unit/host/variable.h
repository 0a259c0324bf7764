// A variable of the environment, for a test's time.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

// Sets a variable of the environment, or takes it away, while it lives.
class Variable {
  public:
    Variable(const char *name, const char *value) : name_(name) {
        if (const char *before = std::getenv(name)) before_ = before;
        put(value);
    }
    Variable(const Variable &) = delete;
    ~Variable() { put(before_ ? before_->c_str() : nullptr); }

  private:
    void put(const char *value) {
        if (value != nullptr) {
            setenv(name_, value, 1);
        } else {
            unsetenv(name_);
        }
    }
    const char *name_;
    std::optional<std::string> before_;
};
