#include "plugins/frei0r/parameters.h"

#include <algorithm>
#include <array>

#include "plugins/hosted/hosted_filter.h"

namespace sepflow::frei0r {

namespace {

// Frames keep their size, and no pixel of theirs is missing.
bool is_of_frames(const std::string &id) {
    constexpr std::array<const char *, 4> others = {"extent", "missing", "missing_value",
                                                    "keep_missing"};
    return std::find(others.begin(), others.end(), id) == others.end();
}

std::vector<Parameter> all() {
    const HostedFilter fresh;
    // An effect shows something as soon as it is there, so this kernel stands where the node has
    // none.
    std::vector<Parameter> list = {
        {"kernel", explained(HostedFilter::param("kernel")), "gaussian 3"},
        {"border", "Pixels outside the frame; border_x and border_y override it",
         fresh.text("border_x")},
        {"alpha",
         "keep: alpha stays unchanged; straight: alpha is filtered and weights the colours",
         "keep"}};
    const auto add = [&](const std::string &id) {
        const bool is_axis = id == "border_x" || id == "border_y";
        list.push_back(
            {id, explained(HostedFilter::param(id)), is_axis ? std::string() : fresh.text(id)});
    };
    for (const char *id : {"tolerance", "delta", "scale"}) add(id);
    list.push_back({"max_threads", "Threads that filter a frame; 0: one per CPU", "0"});

    const sepflow_node_desc &desc = HostedFilter::desc();
    for (uint32_t i = 0; i < desc.param_count; ++i) {
        const std::string id = desc.params[i].id;
        const bool is_there = std::any_of(list.begin(), list.end(),
                                          [&](const Parameter &known) { return known.name == id; });
        if (!is_there && is_of_frames(id)) add(id);
    }
    return list;
}

}  // namespace

const std::vector<Parameter> &parameters() {
    static const std::vector<Parameter> list = all();
    return list;
}

}  // namespace sepflow::frei0r
