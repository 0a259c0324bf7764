#include "tests/check/mistakes.h"

namespace faulty {

namespace {

sepflow_node_desc mistaken() {
    sepflow_node_desc node = correct();
    for (const Mistake &mistake : mistakes()) {
        if (has(mistake.name)) mistake.make(node);
    }
    return node;
}

}  // namespace

std::vector<Mistake> mistakes() {
    std::vector<Mistake> all;
    for (const auto &some :
         {mistakes_in_answers(), mistakes_in_values(), mistakes_in_effects(), mistakes_in_plans(),
          mistakes_in_pixels(), mistakes_with_the_host(), mistakes_in_the_process()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

const sepflow_node_desc &descriptor() {
    static const sepflow_node_desc desc = mistaken();
    return desc;
}

}  // namespace faulty
