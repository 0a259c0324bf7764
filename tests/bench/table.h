// Rows that are printed as they come and kept for JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/turns.h"
#include "tests/bench/workload.h"

namespace bench {

using Row = nlohmann::ordered_json;

class Table {
  public:
    // Prints `title` and the names of the columns, keys of the rows to come.
    Table(const std::string &title, std::vector<std::string> columns);
    void add(const Row &row);  // what is in no column is only kept
    const Row &rows() const { return rows_; }

  private:
    std::vector<std::string> columns_;
    Row rows_ = Row::array();
};

Row row_of(const Workload &workload);
// Medians and least times, in milliseconds, under "median_ms" and "least_ms".
void keep_times(Row &row, const std::vector<Times> &times);

}  // namespace bench
