#include "tests/bench/table.h"

#include <algorithm>
#include <cstdio>

namespace bench {

namespace {

std::string text_of(const Row &row, const std::string &column) {
    if (!row.contains(column)) return "-";
    const Row &value = row[column];
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_number_float()) return value.dump();
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value.get<double>());
    return text;
}

int width_of(const std::string &column) {
    const int least = column == "size" ? 11 : column == "chosen" ? 15 : column == "kernel" ? 26 : 5;
    return std::max(least, static_cast<int>(column.size())) + 2;
}

}  // namespace

Table::Table(const std::string &title, std::vector<std::string> columns)
    : columns_(std::move(columns)) {
    std::printf("%s\n\n", title.c_str());
    for (const std::string &column : columns_) std::printf("%*s", width_of(column), column.c_str());
    std::printf("\n");
}

void Table::add(const Row &row) {
    for (const std::string &column : columns_)
        std::printf("%*s", width_of(column), text_of(row, column).c_str());
    std::printf("\n");
    std::fflush(stdout);
    rows_.push_back(row);
}

Row row_of(const Workload &w) {
    return {{"type", w.type.name},     {"size", w.size_text()},
            {"width", w.width},        {"height", w.height},
            {"channels", w.channels},  {"taps", w.length},
            {"kind", name_of(w.kind)}, {"threads", w.threads},
            {"rank", w.rank},          {"variant", w.variant.empty() ? "best" : w.variant}};
}

void keep_times(Row &row, const std::vector<Times> &times) {
    for (const Times &t : times) {
        row["median_ms"][t.name] = t.median() * 1e3;
        row["least_ms"][t.name] = t.least() * 1e3;
    }
}

}  // namespace bench
