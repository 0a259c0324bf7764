// The options that filter and explain share: how a kernel becomes a plan.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include <sepflow/host.h>
#include <sepflow/sepflow.h>

namespace sepflow {

struct Matrix {
    int64_t rows = 0, columns = 0;
    std::vector<double> taps;
};

struct PlanOptions {
    std::string kernel;
    std::string border = "reflect101";
    double border_value = 0;
    std::string extent = "same";
    bool convolve = false;
    std::string anchor;
    double tolerance = 0;
    int rank = 0;
    double scale = 1, delta = 0;
    std::string type;
    std::string variant;
    std::string schedule = "auto";

    void add_to(CLI::App &verb);

    std::string border_x() const, border_y() const;
    // Pixels, -1 for the middle.
    int64_t anchor_x() const, anchor_y() const;
    // If the kernel is an image that the library does not read itself.
    std::optional<Matrix> kernel_image() const;

    // For the direct calls; throws Failure for a word that is none of the choices.
    sepflow_options direct(sepflow_type in_type, int32_t channels) const;
};

sepflow_type type_of_name(const std::string &name);  // throws Failure
const char *name_of_type(sepflow_type type);

}  // namespace sepflow
