// The sepflow command: one file for each verb, each adds itself to the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <stdexcept>
#include <string>

#include <sepflow/node.h>

namespace sepflow {

// What ends a verb: printed as one line, exit code 1.
class Failure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// The user pressed Ctrl-C; exit code 130.
class Interrupted : public Failure {
  public:
    Interrupted() : Failure("interrupted") {}
};

void add_filter(CLI::App &app);
void add_explain(CLI::App &app);
void add_run(CLI::App &app);
void add_list(CLI::App &app);
void add_info(CLI::App &app);
void add_chart(CLI::App &app);

// An error record for one call; check() throws what it says.
class CallError {
  public:
    operator sepflow_error *() { return &record_; }
    void check(sepflow_status status) const {
        if (status == SEPFLOW_E_CANCELLED) throw Interrupted();
        if (status != SEPFLOW_OK) throw Failure(record_.message);
    }

  private:
    sepflow_error record_ = {sizeof(sepflow_error), 0, -1, {}};
};

}  // namespace sepflow
