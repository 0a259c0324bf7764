// Parameters of a node, checked against their descriptors.
#pragma once

#include <string>
#include <vector>

#include <sepflow/node.h>

namespace sepflow {

// The values of a node's parameters, in the order of its descriptors; they start at the defaults.
class Parameters {
  public:
    Parameters(const sepflow_param_desc *descs, uint32_t count);

    void set(uint32_t index, const sepflow_value &value);  // throws Error{PARAM}
    sepflow_value get(uint32_t index) const;               // points into this object

    // Take an id. Throw Error{INTERNAL} if there is no such parameter.
    int64_t integer(const char *id) const { return of(id).i; }
    double number(const char *id) const { return of(id).f; }
    const std::string &text(const char *id) const { return of(id).s; }
    int32_t choice(const char *id) const;  // its place among the choices

    struct Value {
        sepflow_value_type type = SEPFLOW_VALUE_NONE;
        bool is_set = false;
        int64_t rows = 0, columns = 0, i = 0;
        double f = 0;
        std::string s;
        std::vector<double> a;  // of a matrix that was not given as text
    };
    const Value &of(const char *id) const;

  private:
    uint32_t checked(uint32_t index) const;
    size_t index_of(const char *id) const;

    const sepflow_param_desc *descs_;
    std::vector<Value> values_;
};

}  // namespace sepflow
