// sepflow-check, reached as `sepflow check`: whether a plugin does what node.h asks of it. A
// program of its own: plugins meet no library in it but those that a host needs.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "runtime/base/error.h"
#include "runtime/check/plugin.h"
#include "runtime/command/process/interrupt.h"
#include "runtime/command/process/numbers.h"
#include "runtime/command/process/program.h"

namespace sepflow::check {

namespace {

using Kind = Outcome::Kind;
using Json = nlohmann::ordered_json;

struct CheckOptions {
    std::string plugin;
    std::vector<std::string> names, settings;
    double patience = 120;
    bool as_json = false, is_list = false, is_quiet = false;
};

constexpr const char *kVerdicts[] = {"passed", "failed", "skipped"};

const char *verdict(Kind kind) {
    return kVerdicts[static_cast<int>(kind)];
}

class Report {
  public:
    explicit Report(const CheckOptions &options) : options_(options) {}

    void add(const Finding &finding) {
        ++counts_[static_cast<int>(finding.outcome.kind)];
        if (options_.as_json) {
            json_.push_back({{"name", finding.name()},
                             {"promise", finding.promise},
                             {"verdict", verdict(finding.outcome.kind)},
                             {"why", finding.outcome.text}});
            if (finding.outcome.kind == Kind::kFailed) json_.back()["remedy"] = finding.remedy;
        } else if (!options_.is_quiet || finding.outcome.kind == Kind::kFailed) {
            print(finding);
        }
    }
    void close() const {
        const int passed = count(Kind::kPassed), failed = count(Kind::kFailed),
                  skipped = count(Kind::kSkipped);
        if (options_.as_json) {
            const Json whole = {{"plugin", options_.plugin},
                                {"passed", passed},
                                {"failed", failed},
                                {"skipped", skipped},
                                {"checks", json_}};
            std::cout << whole.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
            return;
        }
        std::cout << passed << " passed, " << failed << " failed, " << skipped << " skipped\n";
    }
    int count(Kind kind) const { return counts_[static_cast<int>(kind)]; }

  private:
    void print(const Finding &finding) const {
        const std::string &name = finding.name(), &promise = finding.promise,
                          &why = finding.outcome.text;
        if (finding.outcome.kind == Kind::kPassed) {
            std::cout << "ok       " << name << "  " << promise;
        } else if (finding.outcome.kind == Kind::kSkipped) {
            std::cout << "skipped  " << name << "  " << promise << "\n         " << why;
        } else {
            std::cout << "FAILED   " << name << "\n         expected: " << promise
                      << "\n         seen:     " << why
                      << "\n         to do:    " << finding.remedy;
        }
        std::cout << std::endl;
    }

    const CheckOptions &options_;
    int counts_[3] = {};
    Json json_ = Json::array();
};

std::string known_name(const std::string &name) {
    const size_t colon = name.rfind(':');
    if (colon == name.npos && name.find('.') != name.npos) return "";  // a node
    const std::string wanted = colon == name.npos ? name : name.substr(colon + 1);
    const std::vector<Listed> all = listed_checks();
    if (std::any_of(all.begin(), all.end(),
                    [&](const Listed &listed) { return listed.check == wanted; }))
        return "";
    return "there is no check '" + wanted + "'; sepflow check --list shows them";
}

void run(const CheckOptions &o) {
    if (o.is_list) {
        for (const Listed &listed : listed_checks())
            std::cout << listed.check << "  " << listed.promise << '\n';
        return;
    }
    if (o.plugin.empty()) throw CLI::RequiredError("plugin");
    std::error_code error;
    if (!std::filesystem::is_regular_file(o.plugin, error))
        throw Error(SEPFLOW_E_IO, "there is no file " + o.plugin);
    // Absolute: a plugin may change the directory, and a name without a slash would be searched for
    // elsewhere.
    const auto is_cancelled = [] { return command::interrupting_signal() != 0; };
    Request request = {
        std::filesystem::absolute(o.plugin), o.names, {}, {o.patience, is_cancelled}};
    for (const std::string &setting : o.settings) {
        const size_t equals = setting.find('=');
        if (equals == setting.npos)
            throw CLI::ValidationError("--set", setting + " is not PARAM=VALUE");
        request.settings.push_back({setting.substr(0, equals), setting.substr(equals + 1)});
    }
    Report report(o);
    command::note_signals();
    check_plugin(request, [&](const Finding &finding) { report.add(finding); });
    report.close();
    const int failed = report.count(Kind::kFailed);
    if (failed > 0)
        throw Error(SEPFLOW_E_ABI, o.plugin + " fails " + std::to_string(failed) +
                                       (failed == 1 ? " check" : " checks"));
}

void add_options(CLI::App &app, CheckOptions &o) {
    app.add_option("plugin", o.plugin, "The plugin's file")->type_name("PLUGIN");
    app.add_option("check", o.names,
                   "Only these checks, of all nodes or of one, as they are reported; without, all")
        ->type_name("CHECK|NODE|NODE:CHECK")
        ->check(CLI::Validator(known_name, ""));
    app.add_option("-s,--set", o.settings,
                   "Set a parameter of nodes that have it, such as one without a default")
        ->type_name("PARAM=VALUE")
        ->expected(1)
        ->take_all();
    app.add_option("--patience", o.patience,
                   "Seconds after which a check that does not end has failed (120)")
        ->transform(command::number())
        ->check(CLI::Range(0.1, 1e6));
    app.add_flag("--json", o.as_json, "Write JSON");
    app.add_flag("--list", o.is_list, "Write what the checks are, and do nothing else");
    app.add_flag("-q,--quiet", o.is_quiet, "Report only checks that fail");
}

}  // namespace

}  // namespace sepflow::check

int main(int argc, char **argv) {
    using namespace sepflow::check;
    CheckOptions options;
    CLI::App app("Checks whether a plugin conforms to the node ABI.", "sepflow check");
    add_options(app, options);
    return sepflow::command::run_verb(app, argc, argv, "check plugins for the node ABI",
                                      [&] { run(options); });
}
