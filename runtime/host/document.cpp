#include "runtime/host/document.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/error.h"

namespace sepflow {

namespace {

[[noreturn]] void fail(const std::string &what) {
    throw Error(SEPFLOW_E_PARAM, "graph: " + what);
}

// Behind one, C functions would not see the rest.
void check_no_zero(const std::string &text) {
    if (text.find('\0') != std::string::npos) fail("a text holds a zero character");
}

// Takes the parser's events. Its functions return whether to go on.
class Builder {
  public:
    bool null() { return add({}); }
    bool boolean(bool value) {
        Json json;
        json.kind = Json::kBoolean;
        json.text = value ? "1" : "0";
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
        check_no_zero(value);
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
        check_no_zero(name);
        if (!keys_.back().insert(name).second) fail("the key '" + name + "' is there twice");
        key_ = name;
        return true;
    }

    // Reports "[json.exception.parse_error.101] parse error at line 3, column 4: ...; last read: 'x'"
    // without what was read: the text may be that of a file that is no graph.
    bool parse_error(size_t position, const std::string &, const nlohmann::json::exception &error) {
        const std::string what = error.what();
        if (dynamic_cast<const nlohmann::json::parse_error *>(&error) == nullptr)
            fail("the number that ends at byte " + std::to_string(position) + " is too large");
        const size_t start = std::min(what.find(']') + 2, what.size());
        fail(what.substr(start, what.find("; last read: ", start) - start));
    }

    Json root;

  private:
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
        add(std::move(json));
        // It stays where it is: nothing comes behind it before it is closed.
        open_.push_back(open_.empty() ? &root : &open_.back()->items.back());
        keys_.emplace_back();
        return true;
    }

    bool close() {
        open_.pop_back();
        keys_.pop_back();
        return true;
    }

    std::string key_;                          // of the value to come
    std::vector<Json *> open_;                 // lists and objects
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

}  // namespace sepflow
