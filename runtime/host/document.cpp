#include "runtime/host/document.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/base/error.h"

namespace sepflow::host {

namespace {

[[noreturn]] void fail(const std::string &what) {
    throw Error(SEPFLOW_E_PARAM, "graph: " + what);
}

// Behind one, C functions would not see the rest.
void check_no_zero(const std::string &text, const std::string &place) {
    if (text.find('\0') != std::string::npos) fail_at(place, "holds a NUL character");
}

// Takes the parser's events. Its functions return whether to go on.
class Builder {
  public:
    bool null() { return add({}); }
    bool boolean(bool value) {
        Json json;
        json.kind = Json::kBoolean;
        json.text = value ? "true" : "false";
        return add(std::move(json));
    }
    bool number_integer(int64_t value) {
        return add_number(static_cast<double>(value), std::to_string(value));
    }
    bool number_unsigned(uint64_t value) {
        return add_number(static_cast<double>(value), std::to_string(value));
    }
    bool number_float(double value, const std::string &written) {
        return add_number(value, written);
    }
    bool string(const std::string &value) {
        check_no_zero(value, next_place());
        Json json;
        json.kind = Json::kText;
        json.text = value;
        return add(std::move(json));
    }
    template <typename Bytes>
    bool binary(const Bytes &) {
        return false;  // never in text
    }

    bool start_array(size_t) { return open(Json::kList); }
    bool start_object(size_t) { return open(Json::kObject); }
    bool end_array() { return close(); }
    bool end_object() { return close(); }
    // A graph has no use for two nodes of one name.
    bool key(const std::string &name) {
        check_no_zero(name, places_.back());
        if (!keys_.back().insert(name).second)
            fail_at(places_.back(), "has the key '" + name + "' twice");
        key_ = name;
        return true;
    }

    // Reports "[json.exception.parse_error.101] parse error at line 3, column 4: ...; last read:
    // 'x'" without what was read: the text may be that of a file that is no graph.
    bool parse_error(size_t, const std::string &, const nlohmann::json::exception &error) {
        constexpr int kOverflow = 406;
        if (error.id == kOverflow) fail_at(next_place(), "is too large; numbers go up to 1.8e308");
        const std::string what = error.what();
        const size_t start = std::min(what.find(']') + 2, what.size());
        fail(what.substr(start, what.find("; last read: ", start) - start));
    }

    Json root;

  private:
    // Returns the place of the value to come.
    std::string next_place() const {
        if (open_.empty()) return "";
        const Json &around = *open_.back();
        return below(places_.back(),
                     around.kind == Json::kList ? std::to_string(around.items.size()) : key_);
    }

    bool add(Json json) {
        json.key.swap(key_);
        key_.clear();
        if (open_.empty()) {
            root = std::move(json);
        } else {
            open_.back()->items.push_back(std::move(json));
        }
        return true;
    }

    bool add_number(double value, const std::string &written) {
        Json json;
        json.kind = Json::kNumber;
        json.number = value;
        json.text = written;
        return add(std::move(json));
    }

    bool open(Json::Kind kind) {
        constexpr size_t kMostDepth = 64;  // a tree is destroyed from within itself
        if (open_.size() == kMostDepth) fail("it is nested too deep");
        Json json;
        json.kind = kind;
        std::string place = next_place();
        add(std::move(json));
        // It stays where it is: nothing comes behind it before it is closed.
        open_.push_back(open_.empty() ? &root : &open_.back()->items.back());
        places_.push_back(std::move(place));
        keys_.emplace_back();
        return true;
    }

    bool close() {
        open_.pop_back();
        places_.pop_back();
        keys_.pop_back();
        return true;
    }

    std::string key_;                          // of the value to come
    std::vector<Json *> open_;                 // lists and objects
    std::vector<std::string> places_;          // of each
    std::vector<std::set<std::string>> keys_;  // of each
};

}  // namespace

const Json *Json::find(const std::string &wanted) const {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [&](const Json &item) { return item.key == wanted; });
    return found == items.end() ? nullptr : &*found;
}

Json parse_json(const std::string &text) {
    Builder builder;
    nlohmann::json::sax_parse(text, &builder);
    return std::move(builder.root);
}

std::string below(const std::string &place, const std::string &key) {
    std::string escaped;
    for (const char letter : key) {
        if (letter == '~') {
            escaped += "~0";
        } else if (letter == '/') {
            escaped += "~1";
        } else {
            escaped += letter;
        }
    }
    return place + "/" + escaped;
}

void fail_at(const std::string &place, const std::string &what) {
    fail((place.empty() ? "the top level" : place) + " " + what);
}

}  // namespace sepflow::host
