// Descriptors, and parameters at and beyond their limits.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <set>

#include "runtime/base/value.h"
#include "runtime/check/check.h"

namespace sepflow::check {

namespace {

bool is_number(const sepflow_param_desc &desc) {
    return desc.type == SEPFLOW_VALUE_INT || desc.type == SEPFLOW_VALUE_FLOAT;
}

// Whether all whole numbers up to it are doubles.
bool is_countable(double value) {
    return std::fabs(value) < 9e15;
}

sepflow_value number(const sepflow_param_desc &desc, double value) {
    return desc.type == SEPFLOW_VALUE_INT ? int_value(static_cast<int64_t>(value))
                                          : float_value(value);
}

bool has_choice(const sepflow_param_desc &desc, const std::string &text) {
    for (uint32_t i = 0; i < desc.choice_count; ++i) {
        if (text == desc.choices[i]) return true;
    }
    return false;
}

void check_param(const sepflow_param_desc &desc) {
    const std::string id = std::string("parameter '") + desc.id + "'";
    require(desc.name != nullptr && desc.doc != nullptr, id + " has no name or no doc");
    for (const char *c = desc.id; *c != '\0'; ++c) {
        require((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_' || *c == '-',
                id + ": an id is of lower-case letters, digits, _ and -");
    }
    require(desc.type >= SEPFLOW_VALUE_INT && desc.type <= SEPFLOW_VALUE_MATRIX,
            id + " is of no known type");
    const bool is_nan = std::isnan(desc.def) && (desc.flags & SEPFLOW_PARAM_NAN) != 0;
    require(!has_limits(desc) || is_nan || (desc.min <= desc.def && desc.def <= desc.max),
            id + ": its default is outside of its limits");
    require(!(desc.min > desc.max), id + ": its min is above its max");
    require((desc.type == SEPFLOW_VALUE_CHOICE) == (desc.choice_count > 0),
            id + " has choices and is of another type, or the other way round");
    require(desc.type != SEPFLOW_VALUE_CHOICE || desc.text_default == nullptr ||
                has_choice(desc, desc.text_default),
            id + ": its default is none of its choices");
    std::set<std::string> choices;
    for (uint32_t i = 0; i < desc.choice_count; ++i)
        require(choices.insert(desc.choices[i]).second,
                id + " has the choice '" + desc.choices[i] + "' twice");
}

// All of the descriptor's text, to see whether it changes.
std::string image_of(const Subject &subject) {
    const sepflow_node_desc desc = known_part(&subject.desc(), "its descriptor");
    std::string all(reinterpret_cast<const char *>(&desc), sizeof desc);
    for (const char *text : {desc.id, desc.name, desc.summary, desc.version})
        all += text != nullptr ? text : "";
    for (uint32_t i = 0; i < desc.param_count; ++i) {
        const sepflow_param_desc param = subject.param(i);
        all.append(reinterpret_cast<const char *>(&param), sizeof param);
        all += std::string(param.id) + param.name + param.doc;
    }
    for (uint32_t i = 0; i < desc.port_count; ++i) {
        const sepflow_port_desc port = subject.port(i);
        all.append(reinterpret_cast<const char *>(&port), sizeof port);
    }
    return all;
}

void descriptor(Subject &subject) {
    const sepflow_node_desc &desc = subject.desc();
    const std::string id = desc.id;
    const size_t slash = id.rfind('/');
    require(slash != id.npos && slash + 1 < id.size() &&
                id.find_first_not_of("0123456789", slash + 1) == id.npos,
            "its id does not end in /N");
    require(desc.summary != nullptr && desc.version != nullptr, "it has no summary or version");
    std::set<std::string> names;
    for (uint32_t i = 0; i < desc.port_count; ++i) {
        require(names.insert(subject.port(i).name).second,
                std::string("two ports are named '") + subject.port(i).name + "'");
        require(subject.port(i).type_count > 0, "a port has no types");
    }
    require(subject.inputs() > 0, "it has no input");
    require(subject.inputs() < desc.port_count, "it has no output");
    const auto [least, most] = subject.channels();
    require(least <= most, "no count of channels suits all of its ports");
    names.clear();
    for (uint32_t i = 0; i < desc.param_count; ++i) {
        const sepflow_param_desc param = subject.param(i);
        check_param(param);
        require(names.insert(param.id).second,
                std::string("two parameters have the id '") + param.id + "'");
    }
    const std::string before = image_of(subject);
    const Format format = subject.any_format();
    for (const Variation &variation : subject.variations()) {
        Node node = subject.node();
        Reply reply = {};
        if (variation.index >= 0) node.try_set(variation);
        node.try_configure(config_for(format, 16, 12), &reply);
    }
    require(image_of(subject) == before, "its descriptor changes while nodes live");
}

void defaults(Subject &subject) {
    const Node node(subject.desc(), subject.host().get());
    for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
        const sepflow_param_desc desc = subject.param(i);
        if (!is_number(desc) && desc.text_default == nullptr) continue;  // must be set
        const sepflow_value value = node.value(i);
        const std::string id = std::string("'") + desc.id + "'";
        require(value.type == desc.type, id + ": its value is of another type");
        if (desc.type == SEPFLOW_VALUE_INT)
            require(static_cast<double>(value.i) == desc.def,
                    id + " does not start at its default");
        if (desc.type == SEPFLOW_VALUE_FLOAT)
            require(value.f == desc.def || (std::isnan(value.f) && std::isnan(desc.def)),
                    id + " does not start at its default");
        if (desc.type == SEPFLOW_VALUE_TEXT || desc.type == SEPFLOW_VALUE_CHOICE)
            require(value.s != nullptr && std::string(value.s) == desc.text_default,
                    id + " does not start at its default");
    }
}

bool is_same(const sepflow_value &a, const sepflow_value &b) {
    if (a.type != b.type || a.i != b.i || a.rows != b.rows || a.columns != b.columns) return false;
    return std::memcmp(&a.f, &b.f, sizeof a.f) == 0;
}

// A value that must be refused: the parameter is named, and keeps what it had.
void refuse(Node &node, const Subject &subject, uint32_t index, const sepflow_value &value,
            const std::string &what) {
    const std::string id = std::string("'") + subject.param(index).id + "'";
    sepflow_value before = {}, after = {};
    const bool was_set = node.try_get(index, &before);
    const std::string text_before = before.s != nullptr ? before.s : "";
    const Reply reply = node.try_set(index, value);
    require(!reply.ok(), id + " takes " + what);
    require(reply.param_index == static_cast<int32_t>(index),
            id + " refuses " + what + ", and names parameter " + std::to_string(reply.param_index) +
                " instead of " + std::to_string(index));
    const bool is_set = node.try_get(index, &after);
    const std::string text_after = after.s != nullptr ? after.s : "";
    require(was_set == is_set && is_same(before, after) && text_before == text_after,
            id + " refuses " + what + ", and still changes");
}

void check_limit(Node &node, const Subject &subject, uint32_t index, double limit, int beyond) {
    const sepflow_param_desc desc = subject.param(index);
    const std::string what = beyond > 0 ? "more than its most" : "less than its least";
    if (desc.type == SEPFLOW_VALUE_INT && is_countable(limit)) {
        node.set(index, number(desc, limit));
        refuse(node, subject, index, number(desc, limit + beyond), what);
    } else if (desc.type == SEPFLOW_VALUE_FLOAT && std::isfinite(limit)) {
        node.set(index, number(desc, limit));
        const double next = std::nextafter(limit, beyond * HUGE_VAL);
        if (std::isfinite(next)) refuse(node, subject, index, number(desc, next), what);
    }
}

void check_number(Node &node, const Subject &subject, uint32_t index) {
    const sepflow_param_desc desc = subject.param(index);
    if (has_limits(desc)) {
        check_limit(node, subject, index, desc.max, 1);
        check_limit(node, subject, index, desc.min, -1);
        if (is_countable(desc.def)) node.set(index, number(desc, desc.def));
    }
    if (desc.type == SEPFLOW_VALUE_FLOAT) {
        for (const double odd : {HUGE_VAL, -HUGE_VAL})
            refuse(node, subject, index, float_value(odd), std::to_string(odd));
        if ((desc.flags & SEPFLOW_PARAM_NAN) == 0)
            refuse(node, subject, index, float_value(NAN), "NaN");
        else
            node.set(index, float_value(NAN));
    }
    refuse(node, subject, index, text_value(SEPFLOW_VALUE_TEXT, "1"), "text instead of a number");
}

void check_matrix(Node &node, const Subject &subject, uint32_t index) {
    const sepflow_param_desc desc = subject.param(index);
    const double tap = 1;
    const int64_t most = std::numeric_limits<int64_t>::max();
    const int64_t bad[][2] = {
        {0, 0},    {0, 1},   {1, 0},       {-1, 1},
        {1, -1},   {-1, -1}, {most, most}, {int64_t{1} << 32, int64_t{1} << 32},
        {most, 1}, {1, most}};
    for (const auto &size : bad) {
        sepflow_value value = value_of(SEPFLOW_VALUE_MATRIX);
        value.rows = size[0];
        value.columns = size[1];
        value.a = &tap;
        // Without a limit it may read as many as there are said to be.
        const bool is_huge = size[0] > 1 || size[1] > 1;
        const bool overflows = size[0] > 1 && size[1] > 1;
        if (is_huge && !overflows && desc.max_elements == 0) continue;
        refuse(node, subject, index, value,
               "a matrix of " + std::to_string(size[0]) + " x " + std::to_string(size[1]));
    }
    sepflow_value value = value_of(SEPFLOW_VALUE_MATRIX);
    value.rows = value.columns = 1;
    for (const double odd : {double{NAN}, HUGE_VAL, -HUGE_VAL}) {
        value.a = &odd;
        refuse(node, subject, index, value,
               std::string("a matrix that holds ") + (std::isnan(odd) ? "NaN" : "an infinity"));
    }
    value.a = nullptr;
    refuse(node, subject, index, value, "a matrix without numbers or text");
    constexpr int64_t kManyTaps = int64_t{1} << 24;
    if (desc.max_elements <= 0 || desc.max_elements >= kManyTaps) return;
    const std::vector<double> taps(static_cast<size_t>(desc.max_elements) + 1, 0.5);
    value.a = taps.data();
    for (const bool is_row : {false, true}) {
        value.rows = is_row ? 1 : desc.max_elements + 1;
        value.columns = is_row ? desc.max_elements + 1 : 1;
        refuse(node, subject, index, value, "more than its max_elements");
    }
}

std::string in_capitals(std::string text) {
    for (char &c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

// Only the choices themselves are taken: no part of one, no more than one, no other case.
void check_choice(Node &node, const Subject &subject, uint32_t index) {
    const sepflow_param_desc desc = subject.param(index);
    std::string long_text = "\u00f6";  // what quotes it must not cut a character
    while (long_text.size() < 400) long_text += "\u2211";
    std::vector<std::string> others = {"no such choice", "", "no\nsuch", long_text, "\xff"};
    for (uint32_t i = 0; i < desc.choice_count; ++i) {
        const std::string choice = desc.choices[i];
        node.set(index, text_value(SEPFLOW_VALUE_CHOICE, desc.choices[i]));
        others.push_back(choice + "x");
        if (!choice.empty()) others.push_back(choice.substr(0, choice.size() - 1));
        others.push_back(in_capitals(choice));
    }
    for (const std::string &text : others) {
        if (has_choice(desc, text)) continue;
        refuse(node, subject, index, text_value(SEPFLOW_VALUE_CHOICE, text.c_str()),
               "'" + text.substr(0, 20) + "', which is none of its choices");
    }
}

void limits(Subject &subject) {
    Node node = subject.node();
    for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
        const sepflow_param_desc desc = subject.param(i);
        if (is_number(desc)) check_number(node, subject, i);
        if (desc.type == SEPFLOW_VALUE_MATRIX) check_matrix(node, subject, i);
        if (desc.type == SEPFLOW_VALUE_CHOICE) check_choice(node, subject, i);
        if (desc.type == SEPFLOW_VALUE_CHOICE || desc.type == SEPFLOW_VALUE_TEXT) {
            sepflow_value none = text_value(desc.type, "");
            none.s = nullptr;
            refuse(node, subject, i, none, "NULL");
        }
        sepflow_value unknown = int_value(1);
        unknown.type = 99;
        refuse(node, subject, i, unknown, "a value of no known type");
    }
    for (const uint32_t index : {subject.desc().param_count, UINT32_MAX}) {
        require(!node.try_set(index, int_value(1)).ok(),
                "set_param takes the index " + std::to_string(index));
        sepflow_value value = {};
        require(!node.try_get(index, &value), "get_param takes the index " + std::to_string(index));
    }
}

// Values as hosts write them that have only text.
std::vector<std::string> texts_of(const sepflow_param_desc &desc) {
    std::vector<std::string> texts(desc.choices, desc.choices + desc.choice_count);
    if (!is_number(desc) && desc.text_default != nullptr) texts.push_back(desc.text_default);
    if (desc.type == SEPFLOW_VALUE_INT && is_countable(desc.def))
        texts.push_back(std::to_string(static_cast<int64_t>(desc.def)));
    // With more digits than a float has.
    const double some =
        has_limits(desc) ? desc.min + (desc.max - desc.min) * 0.12345678901234 : 0.1;
    if (desc.type == SEPFLOW_VALUE_FLOAT && std::isfinite(some)) {
        char written[40];
        std::snprintf(written, sizeof written, "%.17g", some);
        texts.push_back(written);
    }
    return texts;
}

// Values beyond what hosts usually write, which a node may refuse, but not change.
void check_odd_values(Node &node, const sepflow_param_desc &desc, uint32_t index) {
    std::vector<sepflow_value> odd;
    const std::string texts[] = {"", std::string(10000, 'k'), "gr\u00f6\u00dfer \u2211", " a  b ",
                                 "=1;"};
    if (desc.type == SEPFLOW_VALUE_TEXT) {
        for (const std::string &text : texts)
            odd.push_back(text_value(SEPFLOW_VALUE_TEXT, text.c_str()));
    }
    for (const int64_t number : {int64_t{1} << 40, -(int64_t{1} << 40), INT64_MAX, INT64_MIN}) {
        if (desc.type == SEPFLOW_VALUE_INT) odd.push_back(int_value(number));
    }
    for (const double number : {1e300, -1e300, 1e-300, -0.0, 1. / 3}) {
        if (desc.type == SEPFLOW_VALUE_FLOAT) odd.push_back(float_value(number));
    }
    for (const sepflow_value &value : odd) {
        if (!node.try_set(index, value).ok()) continue;
        const std::string what =
            value.s != nullptr && std::strlen(value.s) > 20 ? "a long text" : "an odd value";
        require(same_value(node.value(index), value),
                std::string("'") + desc.id + "': " + what + " is accepted and comes back changed");
    }
}

// Requires that a value comes back as it was written, or as its number.
void check_text(Node &node, const sepflow_param_desc &desc, uint32_t index,
                const std::string &written) {
    node.set(index, value_from_text(desc, written));
    const sepflow_value read = node.value(index);
    bool is_back = read.a != nullptr || (read.s != nullptr && written == read.s);
    if (desc.type == SEPFLOW_VALUE_INT) is_back = std::to_string(read.i) == written;
    if (desc.type == SEPFLOW_VALUE_FLOAT) is_back = read.f == std::strtod(written.c_str(), nullptr);
    require(is_back, std::string("'") + desc.id + "': '" + written + "' comes back changed");
}

void check_matrix_text(Node &node, const sepflow_param_desc &desc, uint32_t index) {
    for (const sepflow_value &matrix : matrices()) {
        if (!node.try_set(index, matrix).ok()) continue;
        const sepflow_value read = node.value(index);
        const int64_t count = matrix.rows * matrix.columns;
        require(read.a != nullptr && read.rows == matrix.rows && read.columns == matrix.columns &&
                    std::equal(read.a, read.a + count, matrix.a),
                std::string("'") + desc.id + "': a matrix comes back changed");
        require(read.a != matrix.a, std::string("'") + desc.id + "': the matrix is not copied");
    }
}

void text(Subject &subject) {
    Node node = subject.node();
    for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
        const sepflow_param_desc desc = subject.param(i);
        for (const std::string &written : texts_of(desc)) check_text(node, desc, i, written);
        check_odd_values(node, desc, i);
        if (desc.type == SEPFLOW_VALUE_MATRIX) check_matrix_text(node, desc, i);
    }
}

}  // namespace

std::vector<Check> param_checks() {
    return {
        {"descriptor", "has a complete, valid descriptor that never changes",
         "Fill in every descriptor once, before the entry returns it, and change nothing "
         "afterwards.",
         descriptor},
        {"defaults", "starts with the defaults that its descriptor states",
         "Start each value at def or text_default of its descriptor.", defaults},
        {"limits", "accepts values within its limits, refuses others and names the parameter",
         "Check a value against its descriptor before you store it. Return SEPFLOW_E_PARAM with "
         "its index in param_index.",
         limits},
        {"text", "returns the values that it was set to",
         "Store numbers as int64_t and double, and texts in full length.", text},
    };
}

}  // namespace sepflow::check
