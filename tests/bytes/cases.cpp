#include "tests/bytes/cases.h"

#include <cmath>
#include <utility>

#include "tests/bytes/numbers.h"

namespace bytes {

namespace {

using oracle::Layout;

const char *const kBorders[] = {"reflect101", "reflect",  "replicate",
                                "wrap",       "constant", "truncate"};

bool is_float(sepflow_type type) {
    return type >> 8 == 3;
}

// Taps of `columns` by `rows`, mirrored along both axes if `mirrored` is not 0.
std::string separable(int columns, int rows, int mirrored, uint64_t seed) {
    Numbers numbers(seed);
    const std::string row = taps("row", columns, mirrored, numbers);
    return row + " " + taps("col", rows, mirrored < 0 ? 1 : mirrored, numbers);
}

// A kernel of exactly `rank`: blocks along the diagonal, [1 2 1]^T [1 2 1] times a power of two,
// whose factors are dyadic however the decomposition rounds.
std::string of_rank(int rank) {
    const int size = 3 * rank;
    std::string text = std::to_string(size) + "x" + std::to_string(size);
    const int smooth[] = {1, 2, 1};
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            const int tap =
                x / 3 == y / 3 ? (64 >> 2 * (y / 3)) * smooth[x % 3] * smooth[y % 3] : 0;
            text += " " + std::to_string(tap);
        }
    }
    return text;
}

class List {
  public:
    Case &add(const std::string &name, std::string kernel, const sepflow_options &options) {
        Case c;
        c.name = name;
        c.kernels = {std::move(kernel)};
        c.options = options;
        cases_.push_back(std::move(c));
        return cases_.back();
    }
    std::vector<Case> take() { return std::move(cases_); }

  private:
    std::vector<Case> cases_;
};

// Scale that brings the kernels' sums near one; not a power of two, so that taps are rounded.
constexpr double kScale = 1.0 / 9000000;

sepflow_options options_of(const Way &way, sepflow_type in, sepflow_type out = SEPFLOW_TYPE_NONE,
                           int channels = 1) {
    sepflow_options options = options_for(in, out, channels);
    options.method = way.method;
    options.schedule = way.schedule;
    options.scale = kScale;
    return options;
}

void add_types(List &list) {
    for (const Way &way : kWays) {
        for (const sepflow_type in : kTypes) {
            for (const sepflow_type out : kTypes) {
                const std::string name =
                    std::string("types ") + name_of(in) + " " + name_of(out) + " " + way.name;
                list.add(name, separable(10, 7, 0, 1), options_of(way, in, out));
            }
        }
    }
}

void add_borders(List &list) {
    for (const Way &way : kWays) {
        for (int x = 0; x < 6; ++x) {
            for (int y = 0; y < 6; ++y) {
                if (x != y && way.schedule != SEPFLOW_SCHEDULE_PLAIN) continue;
                for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_F32, SEPFLOW_F64}) {
                    sepflow_options options = options_of(way, type);
                    options.border_x = x;
                    options.border_y = y;
                    options.border_value = type == SEPFLOW_U8 ? 200 : -0.75;
                    const std::string name = std::string("border ") + name_of(type) + " " +
                                             kBorders[x] + "," + kBorders[y] + " " + way.name;
                    Case &c = list.add(name, separable(9, 6, 0, 2), options);
                    c.w = 31;
                    c.h = 22;
                }
            }
        }
    }
}

void add_extents(List &list) {
    const char *const names[] = {"same", "valid", "full"};
    for (int extent = 0; extent < 3; ++extent) {
        for (const Way &way : kWays) {
            for (const sepflow_type type : {SEPFLOW_U16, SEPFLOW_F16, SEPFLOW_F32}) {
                sepflow_options options = options_of(way, type);
                options.extent = extent;
                options.border_y = SEPFLOW_BORDER_REFLECT;
                list.add(
                    std::string("extent ") + names[extent] + " " + name_of(type) + " " + way.name,
                    separable(8, 5, 0, 3), options);
            }
        }
    }
}

void add_ranks(List &list) {
    for (int rank = 1; rank <= 4; ++rank) {
        for (const Way &way : kWays) {
            for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32}) {
                sepflow_options options = options_of(way, type);
                options.scale = 1.0 / 2048;
                list.add("rank " + std::to_string(rank) + " " + name_of(type) + " " + way.name,
                         of_rank(rank), options);
            }
        }
    }
}

// Filters that fold and those that do not, of lengths on both sides of what has code of its own.
void add_filters(List &list) {
    const std::pair<const char *, int> parities[] = {{"plain", 0}, {"even", 1}, {"odd", -1}};
    for (const auto &[parity, mirrored] : parities) {
        for (const int length : {2, 3, 5, 8, 9, 15, 16, 31}) {
            for (const Way &way : {kWays[0], kWays[1]}) {
                for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_F32, SEPFLOW_F64}) {
                    list.add("filter " + std::to_string(length) + " " + parity + " " +
                                 name_of(type) + " " + way.name,
                             separable(length, length + 2, mirrored, 4), options_of(way, type));
                }
            }
        }
    }
}

void add_fixed_point(List &list) {
    const char *const kernels[] = {"row 1 2 1 col 1 2 1 norm", "row 1 4 6 4 1 col 1 1 1 norm",
                                   "row 1 1 1 1 1 1 1 1 1 col 1 1 1 1 1 norm",
                                   "row 3 14 29 39 29 14 3 col 5 31 61 31 5 norm",
                                   "row -1 0 1 col 1 2 1"};
    for (const char *kernel : kernels) {
        for (const double delta : {0.0, 11.25}) {
            sepflow_options options = options_for(SEPFLOW_U8);
            options.delta = delta;
            list.add(std::string("fixed point ") + (delta != 0 ? "with delta " : "") + kernel,
                     kernel, options);
        }
    }
}

void add_layouts(List &list) {
    const char *const names[] = {"interleaved", "planar",   "padded",
                                 "bottom up",   "mirrored", "sparse"};
    for (const Layout layout : oracle::kLayouts) {
        for (const int channels : {1, 2, 3, 4, 5, 7}) {
            for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_F32}) {
                for (const Way &way : {kWays[0], kWays[1], kWays[2]}) {
                    Case &c = list.add(std::string("layout ") + names[static_cast<int>(layout)] +
                                           " " + std::to_string(channels) + " channels " +
                                           name_of(type) + " " + way.name,
                                       separable(5, 4, 0, 5),
                                       options_of(way, type, SEPFLOW_TYPE_NONE, channels));
                    c.layout = layout;
                }
            }
        }
    }
}

void add_missing(List &list) {
    const std::pair<const char *, int> policies[] = {{"ignore", SEPFLOW_MISSING_IGNORE},
                                                     {"fill", SEPFLOW_MISSING_FILL}};
    for (const auto &[policy, missing] : policies) {
        for (const Way &way : {kWays[0], kWays[1], kWays[2]}) {
            for (const sepflow_type type : kTypes) {
                for (const int border : {SEPFLOW_BORDER_REFLECT101, SEPFLOW_BORDER_TRUNCATE}) {
                    sepflow_options options = options_of(way, type);
                    options.missing = missing;
                    options.missing_value = 0.25;
                    options.border_x = options.border_y = border;
                    Case &c = list.add(std::string("missing ") + policy + " " + name_of(type) +
                                           " " + kBorders[border] + " " + way.name,
                                       separable(6, 5, 0, 6), options);
                    c.has_mask = true;
                    c.has_nan = is_float(type);
                }
            }
        }
    }
}

// Kernels of one size whose terms are shared, and some of which are alone.
void add_banks(List &list) {
    const std::vector<std::string> kernels = {
        "row 1 4 6 4 1 col 2 7 2", "row -1 -2 0 2 1 col 2 7 2", "row 1 4 6 4 1 col -1 0 1",
        "row 3 12 18 12 3 col 2 7 2", "row 5 3 1 col 1 1 1 1"};
    for (const sepflow_type in : kTypes) {
        for (const int channels : {1, 3}) {
            sepflow_options options = options_for(in, SEPFLOW_TYPE_NONE, channels);
            options.scale = 1.0 / 300;
            Case &c = list.add(std::string("bank ") + name_of(in) + " " + std::to_string(channels),
                               "", options);
            c.kernels = kernels;
        }
    }
}

// Integer images in f64, since f32 would round by more than is allowed; images large enough to be
// read where they lie; a kernel turned round about an anchor of its own.
void add_others(List &list) {
    for (const sepflow_type type : {SEPFLOW_U8, SEPFLOW_U16, SEPFLOW_S16, SEPFLOW_F32}) {
        for (const Way &way : kWays) {
            sepflow_options options = options_of(way, type);
            options.tolerance = 1e-11;
            list.add(std::string("tolerance ") + name_of(type) + " " + way.name,
                     separable(11, 12, 0, 7), options);
            options = options_of(way, type);
            options.flags |= SEPFLOW_OPTION_CONVOLVE | SEPFLOW_OPTION_ANCHOR;
            options.anchor_x = 1;
            options.anchor_y = 5;
            options.delta = type == SEPFLOW_F32 ? 0.3 : 40.3;
            list.add(std::string("convolve ") + name_of(type) + " " + way.name,
                     separable(4, 6, 0, 8), options);
        }
    }
    for (const sepflow_type type : kTypes) {
        for (const Way &way : kWays) {
            Case &c = list.add(std::string("large ") + name_of(type) + " " + way.name,
                               separable(13, 8, 0, 9), options_of(way, type));
            c.w = 613;
            c.h = 531;
        }
    }
}

}  // namespace

const char *name_of(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return "u8";
        case SEPFLOW_U16:
            return "u16";
        case SEPFLOW_S16:
            return "s16";
        case SEPFLOW_F16:
            return "f16";
        case SEPFLOW_F32:
            return "f32";
        default:
            return "f64";
    }
}

sepflow_options options_for(sepflow_type in, sepflow_type out, int channels) {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = in;
    options.out_type = out;
    options.channels = channels;
    if (is_float(in)) options.flags = SEPFLOW_OPTION_STRICT;
    return options;
}

std::vector<Case> all_cases() {
    List list;
    add_types(list);
    add_borders(list);
    add_extents(list);
    add_ranks(list);
    add_filters(list);
    add_fixed_point(list);
    add_layouts(list);
    add_missing(list);
    add_banks(list);
    add_others(list);
    return list.take();
}

}  // namespace bytes
