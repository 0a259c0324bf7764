#include "runtime/check/plugin.h"

#include <algorithm>
#include <set>
#include <sstream>

#include <sepflow/host.h>

#include "runtime/base/error.h"
#include "runtime/base/nearest.h"
#include "runtime/base/value.h"
#include "runtime/check/check.h"

namespace sepflow::check {

namespace {

constexpr Check kLoad = {
    "load", "is loaded by a host",
    "Complete what is missing. node.h says what an entry and a descriptor hold.", nullptr};

// In the child: the ids of the plugin's nodes, a line each, as a host finds them.
std::string node_lines(const std::string &file) {
    sepflow_registry *registry = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    now_doing("loading");
    sepflow_status status = sepflow_registry_create(&registry, &error);
    if (status == SEPFLOW_OK) status = sepflow_registry_load(registry, file.c_str(), &error);
    if (status != SEPFLOW_OK) throw Failed{error.message};
    std::string lines;
    for (uint32_t i = 0; i < sepflow_registry_count(registry); ++i)
        lines += std::string(sepflow_registry_node(registry, i, nullptr, nullptr)->id) + '\n';
    return lines;
}

std::vector<std::string> lines_of(const std::string &text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// The value that the user gave, as a parameter of that kind takes it; throws Skipped.
sepflow_value checked_value(const Setting &setting, const sepflow_param_desc &desc) {
    try {
        return value_from_text(desc, setting.text);
    } catch (const Error &error) {
        throw Skipped{error.what()};
    }
}

// With all settings together, the node must make a plan, unless it needs more.
void require_plan(const Request &request, const std::string &node_id) {
    try {
        Subject({request.file, node_id, request.settings}).any_format();
    } catch (const Failed &failed) {
        throw Skipped{node_id + ", as it is set: " + failed.why};
    } catch (const Skipped &) {
    }
}

// Checks the user's settings of parameters. The plugin is not judged by invalid ones.
std::string checked_settings(const Request &request, const std::vector<std::string> &node_ids) {
    std::set<std::string> unknown;
    std::vector<std::string> params;
    for (const Setting &setting : request.settings) unknown.insert(setting.param);
    for (const std::string &node_id : node_ids) {
        bool is_set = false;
        const Subject subject({request.file, node_id, {}});
        for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
            const sepflow_param_desc desc = subject.param(i);
            params.push_back(desc.id);
            for (const Setting &setting : request.settings) {
                if (setting.param != desc.id) continue;
                unknown.erase(setting.param);
                is_set = true;
                Node node(subject.desc(), nullptr);
                const Reply reply = node.try_set(i, checked_value(setting, desc));
                if (!reply.ok()) throw Skipped{setting.param + ": " + reply.message};
            }
        }
        if (is_set) require_plan(request, node_id);
    }
    if (!unknown.empty())
        throw Skipped{"no node has a parameter '" + *unknown.begin() + "'" +
                      nearest_name(*unknown.begin(), params)};
    return "";
}

// A name says "CHECK", "NODE:CHECK" or "NODE", and NODE may lack its "/N".
struct Name {
    std::string node, check;  // "": any

    explicit Name(const std::string &text) {
        const size_t colon = text.rfind(':');
        const bool is_node = colon == text.npos && text.find('.') != text.npos;
        if (colon != text.npos) node = text.substr(0, colon);
        if (is_node) node = text;
        if (!is_node) check = text.substr(colon == text.npos ? 0 : colon + 1);
    }
    bool fits(const std::string &node_id, const std::string &name) const {
        const bool is_node =
            node.empty() || node == node_id || node == node_id.substr(0, node_id.rfind('/'));
        return is_node && (check.empty() || check == name);
    }
};

struct Planned {
    std::string node_id;
    const Check *check;
};

// Returns the named checks, or all. Throws if a name fits none.
std::vector<Planned> planned(const Request &request, const std::vector<std::string> &node_ids) {
    std::vector<Planned> all;
    for (const Check &check : plugin_checks()) all.push_back({"", &check});
    for (const std::string &node_id : node_ids) {
        for (const Check &check : node_checks()) all.push_back({node_id, &check});
    }
    if (request.names.empty()) return all;
    std::set<size_t> chosen;
    for (const std::string &text : request.names) {
        const Name name(text);
        bool fits = name.fits("", kLoad.name);
        for (size_t i = 0; i < all.size(); ++i) {
            if (!name.fits(all[i].node_id, all[i].check->name)) continue;
            chosen.insert(i);
            fits = true;
        }
        if (!fits) throw Error(SEPFLOW_E_PARAM, "the plugin has no '" + text + "'");
    }
    std::vector<Planned> some;
    for (const size_t i : chosen) some.push_back(all[i]);
    return some;
}

void check_hosts(Subject &subject) {
    for (CheckingHost *host : {&subject.host(), &subject.caller()})
        require(host->mistake().empty(), host->mistake());
}

// In the child. What the hosts saw counts for every check, and tells more than what came of it; so
// does what is kept when all is given back.
std::string run(const Check &check, const Target &target) {
    const ProcessState before = process_state();
    Subject subject(target, before);
    try {
        check.run(subject);
    } catch (const Failed &) {
        check_hosts(subject);
        throw;
    }
    subject.unload();
    check_hosts(subject);
    require(subject.host().blocks_kept() + subject.caller().blocks_kept() == 0,
            "it keeps memory that alloc gave");
    return "";
}

}  // namespace

std::vector<Listed> listed_checks() {
    std::vector<Listed> listed = {{kLoad.name, kLoad.promise, kLoad.remedy}};
    for (const auto *checks : {&plugin_checks(), &node_checks()}) {
        for (const Check &check : *checks)
            listed.push_back({check.name, check.promise, check.remedy});
    }
    return listed;
}

void check_plugin(const Request &request, const std::function<void(const Finding &)> &tell) {
    const Outcome loaded = try_in_child([&] { return node_lines(request.file); }, request.limits);
    const bool is_loaded = loaded.kind == Outcome::Kind::kPassed;
    const auto wants_load = [](const std::string &name) { return name == kLoad.name; };
    if (!is_loaded || request.names.empty() ||
        std::any_of(request.names.begin(), request.names.end(), wants_load))
        tell({"",
              kLoad.name,
              kLoad.promise,
              kLoad.remedy,
              {loaded.kind, is_loaded ? "" : loaded.text}});
    if (!is_loaded) return;

    const std::vector<std::string> node_ids = lines_of(loaded.text);
    if (!request.settings.empty()) {
        const Outcome settings =
            try_in_child([&] { return checked_settings(request, node_ids); }, request.limits);
        if (settings.kind == Outcome::Kind::kSkipped) throw Error(SEPFLOW_E_PARAM, settings.text);
    }
    for (const auto &[node_id, check] : planned(request, node_ids)) {
        const Target target = {request.file, node_id, request.settings};
        const Check &chosen = *check;
        tell({node_id, chosen.name, chosen.promise, chosen.remedy,
              try_in_child([&] { return run(chosen, target); }, request.limits)});
    }
}

}  // namespace sepflow::check
