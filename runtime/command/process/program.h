// Shared part of the program sepflow and the programs of its verbs.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace sepflow::command {

enum ExitCode { kSuccess = 0, kFailure = 1, kUsage = 2 };

// Writes "NAME: SENTENCE" as one line to standard error. Returns `code`.
int fail(const std::string &name, const std::string &sentence, int code);

// Returns what `work` returns. Exceptions are failures, and signals end the program.
int guarded(const std::string &name, const std::function<int()> &work);

// Parses the command line and works. Errors of either that throw CLI::ParseError are wrong usage.
int parse_and_work(CLI::App &app, int argc, char **argv, const std::function<void()> &work);

// The same in a worker (supervise.h), for a program that is a verb of sepflow and has the name
// "sepflow VERB". --complete WORD... is for shells, --manual writes the man page with `summary`.
int run_verb(CLI::App &app, int argc, char **argv, const std::string &summary,
             const std::function<void()> &work);

}  // namespace sepflow::command
