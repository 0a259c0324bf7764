// Parameters that change: each reaches the plans, at once, and those of its own node only.
#include <algorithm>
#include <cmath>

#include "runtime/check/appearance.h"
#include "runtime/check/check.h"
#include "runtime/check/picture.h"

namespace sepflow::check {

namespace {

bool is_set_by_user(const Subject &subject) {
    for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
        for (const Setting &setting : subject.target().settings) {
            if (setting.param == subject.param(i).id) return true;
        }
    }
    return false;
}

// Values of a parameter that should not all do the same. Of texts none is known to be sound.
std::vector<Variation> values_to_try(const Subject &subject, uint32_t index) {
    std::vector<Variation> values;
    for (const Variation &variation : subject.variations()) {
        if (variation.index == static_cast<int32_t>(index)) values.push_back(variation);
    }
    const sepflow_param_desc desc = subject.param(index);
    for (size_t i = 0; desc.type == SEPFLOW_VALUE_MATRIX && i < matrices().size(); ++i) {
        values.push_back(values.front());
        values.back().matrix = i;
    }
    const bool is_int = desc.type == SEPFLOW_VALUE_INT;
    if (!is_int && desc.type != SEPFLOW_VALUE_FLOAT) return values;
    const double middle = has_limits(desc) ? desc.min / 2 + desc.max / 2 : 0;
    for (const double number : {0., 1., 2., 3., -1., 0.5, 10., 100., middle, desc.def}) {
        const bool is_inside = !has_limits(desc) || (desc.min <= number && number <= desc.max);
        if (!is_inside || !std::isfinite(number) || std::fabs(number) > 9e15) continue;
        Variation variation;
        variation.index = static_cast<int32_t>(index);
        variation.type = desc.type;
        variation.i = static_cast<int64_t>(number);
        variation.f = number;
        values.push_back(variation);
    }
    return values;
}

// A few formats of different kinds: the first, one of floats, one of integers, one with four
// channels.
std::vector<Format> formats_to_try(Subject &subject) {
    const std::vector<Format> all = subject.formats();
    std::vector<Format> chosen = {subject.any_format()};
    const auto choose = [&](auto &&is_wanted) {
        const auto found = std::find_if(all.begin(), all.end(), is_wanted);
        if (found != all.end()) chosen.push_back(*found);
    };
    choose([](const Format &f) { return f.in == SEPFLOW_F32 && f.out == SEPFLOW_F32; });
    choose([](const Format &f) { return f.in == SEPFLOW_U8 && f.out == SEPFLOW_F32; });
    choose([](const Format &f) { return !is_float(f.in) && !is_float(f.out); });
    choose([](const Format &f) { return f.channels == 4; });
    return chosen;
}

// Whether two of the values look different, with another parameter set to `base`.
bool shows(Subject &subject, const std::vector<Variation> &values, const Variation &base,
           const Format &format) {
    std::string first;
    for (const Variation &value : values) {
        Node node = subject.node();
        if (base.index >= 0 && !node.try_set(base).ok()) return false;
        if (!node.try_set(value).ok()) continue;
        const std::string look = appearance(subject, node, format, Pixels::kIncluded);
        if (!first.empty() && look != first) return true;
        first = look;
    }
    return false;
}

bool shows(Subject &subject, uint32_t index) {
    const std::vector<Variation> values = values_to_try(subject, index);
    const std::vector<Format> formats = formats_to_try(subject);
    for (const Variation &base : subject.variations()) {
        if (base.index == static_cast<int32_t>(index)) continue;
        for (const Format &format : formats) {
            if (shows(subject, values, base, format)) return true;
        }
    }
    return false;
}

void effect(Subject &subject) {
    subject.any_format();
    bool is_tried = false;
    for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
        const sepflow_param_desc desc = subject.param(i);
        if ((desc.flags & SEPFLOW_PARAM_HINT) != 0 || values_to_try(subject, i).size() < 2)
            continue;
        is_tried = true;
        if (shows(subject, i)) continue;
        const std::string why = std::string("'") + desc.id +
                                "' is set and got, and no value of it changes a plan or a pixel, "
                                "whatever else is set";
        // A kernel that the user chose may be why, as a symmetric one does not show that it is
        // flipped.
        if (is_set_by_user(subject)) throw Skipped{why + ", as the node is set"};
        throw Failed{why};
    }
    if (!is_tried) throw Skipped{"it has no parameter whose values are known"};
}

// A node that has made a plan gives, after a change, the plan that a new node with that value
// gives.
void change(Subject &subject) {
    const Format format = subject.any_format();
    Node untouched = subject.node();
    const std::string by_default = appearance(subject, untouched, format);
    int tried = 0;
    for (const Variation &variation : subject.variations()) {
        if (variation.index < 0) continue;
        const auto index = static_cast<uint32_t>(variation.index);
        Node fresh = subject.node(), used = subject.node();
        if (!fresh.try_set(variation).ok()) continue;
        ++tried;
        const std::string wanted = appearance(subject, fresh, format);
        appearance(subject, used, format);
        used.set(index, variation.value());
        require(appearance(subject, used, format) == wanted,
                subject.described(variation) +
                    ", set after a plan was made, does not reach the next plan");
        used.set(index, untouched.value(index));
        require(appearance(subject, used, format) == by_default,
                subject.described(variation) + ", set back, does not reach the next plan");
    }
    if (tried == 0) throw Skipped{"it has no parameter whose values are known"};
}

// Two nodes, of which one is changed.
void apart(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const std::string wanted = appearance(subject, node, format);
    const Plan plan = node.configure(config_for(format, 19, 13));
    const std::string of_plan = appearance(subject, plan, format);
    for (const Variation &variation : subject.variations()) {
        Node other = subject.node();
        if (variation.index < 0 || !other.try_set(variation).ok()) continue;
        const std::string by = "another node that is set to " + subject.described(variation);
        appearance(subject, other, format);
        require(appearance(subject, plan, format) == of_plan, "a plan changes by " + by);
        const auto index = static_cast<uint32_t>(variation.index);
        node.try_set(index, node.value(index));  // so that it makes a new plan
        require(appearance(subject, node, format) == wanted, "a node changes by " + by);
        const Node third = subject.node();
        for (uint32_t i = 0; i < subject.desc().param_count; ++i) {
            sepflow_value own = {}, new_one = {};
            if (!node.try_get(i, &own) || !third.try_get(i, &new_one)) continue;
            require(same_value(own, new_one),
                    "a node's '" + std::string(subject.param(i).id) + "' changes by " + by);
        }
    }
}

}  // namespace

std::vector<Check> change_checks() {
    return {
        {"effect", "has no parameter without effect",
         "Use the parameter in configure or remove it. Set SEPFLOW_PARAM_HINT where a change may "
         "show nowhere.",
         effect},
        {"change", "lets a changed parameter reach the next plan",
         "Drop the node's cached plan in set_param, whichever parameter is set.", change},
        {"apart", "keeps its nodes apart: no node sees the values of another",
         "Keep values and plans in the node and the plan, not in static variables.", apart},
    };
}

}  // namespace sepflow::check
