#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tests/soak/graph.h"

namespace soak {

namespace {

constexpr sepflow_type kTypes[] = {SEPFLOW_U8,  SEPFLOW_U16, SEPFLOW_S16,
                                   SEPFLOW_F16, SEPFLOW_F32, SEPFLOW_F64};
constexpr const char *kBorders[] = {"reflect101", "reflect",  "replicate",
                                    "wrap",       "constant", "truncate"};

bool is_float(sepflow_type type) {
    return type >> 8 == 3;
}

// The largest |pixel| of integers; floats are kept well below what they hold, so that nothing
// becomes infinite.
double most(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return 255;
        case SEPFLOW_U16:
            return 65535;
        case SEPFLOW_S16:
            return 32768;
        case SEPFLOW_F16:
            return 16384;
        default:
            return 1e6;
    }
}

class Maker {
  public:
    explicit Maker(uint64_t seed) : random_(seed) { graph_.seed = seed; }

    Graph make() {
        const bool is_large = random_.once_in(12);
        graph_.w = random_.within(1, is_large ? 300 : 60);
        graph_.h = random_.within(1, is_large ? 200 : 40);
        graph_.inputs = static_cast<size_t>(random_.within(1, 3));
        const int channels = random_.any_of(std::vector<int>{1, 1, 1, 2, 3, 3, 4});
        for (size_t i = 0; i < graph_.inputs; ++i) {
            const sepflow_type type = random_.any_of(kTypes);
            graph_.places.push_back({"photo " + std::to_string(i + 1), type, channels,
                                     is_float(type) ? 1 : most(type), 0, true});
        }
        const int64_t nodes = random_.within(1, 8);
        while (static_cast<int64_t>(graph_.nodes.size()) < nodes) add_node();
        return std::move(graph_);
    }

  private:
    size_t any_place() {
        return static_cast<size_t>(
            random_.within(0, static_cast<int64_t>(graph_.places.size()) - 1));
    }

    Node &begin(Kind kind, std::vector<size_t> feeds) {
        Node node;
        node.kind = kind;
        node.name = "node " + std::to_string(graph_.nodes.size() + 1);
        node.feeds = std::move(feeds);
        node.first_result = graph_.places.size();
        graph_.nodes.push_back(std::move(node));
        return graph_.nodes.back();
    }

    // Alike to what feeds it, but for the type, reach and shape.
    void result(const std::string &name, sepflow_type type, double reach, int shape) {
        const Place &feed = graph_.places[graph_.nodes.back().feeds[0]];
        graph_.places.push_back({name, type, feed.channels, is_float(type) ? reach : most(type),
                                 shape, feed.has_all_pixels && shape == feed.shape});
    }

    void add_node() {
        const int64_t dice = random_.within(0, 15);
        if (dice < 6) return add_separable();
        if (dice < 8) return add_bank();
        if (dice < 11) return add_pair();
        if (dice < 14) return add_single();
        if (dice < 15) return convert(any_place(), random_.any_of(kTypes));
        add_decimate();
    }

    void convert(size_t from, sepflow_type type) {
        const double reach = graph_.places[from].reach;
        if (type == SEPFLOW_F16 && reach > most(type)) type = SEPFLOW_F32;
        Node &node = begin(Kind::kConvert, {from});
        node.out_type = type;
        result(node.name, type, reach, graph_.places[from].shape);
    }

    void add_single() {
        const size_t from = any_place();
        const Place feed = graph_.places[from];
        if (random_.once_in(2)) {
            Node &node = begin(Kind::kAbsolute, {from});
            return result(node.name, feed.type, feed.reach, feed.shape);
        }
        Node &node = begin(Kind::kScaleOffset, {from});
        node.scale = random_.real(-1, 1);
        node.offset = random_.real(0, 0.5) * feed.reach;
        node.params = {{"scale", text_of(node.scale)}, {"offset", text_of(node.offset)}};
        result(node.name, feed.type, 2 * feed.reach, feed.shape);
    }

    // Two places of one shape and type, by way of a conversion if need be.
    void add_pair() {
        const size_t a = any_place();
        size_t b = any_place();
        if (graph_.places[b].shape != graph_.places[a].shape) b = a;
        if (graph_.places[b].type != graph_.places[a].type) {
            convert(b, graph_.places[a].type);
            b = graph_.places.size() - 1;
        }
        const Place left = graph_.places[a], right = graph_.places[b];
        if (left.type != right.type) return;  // what halves could not hold
        const Kind kinds[] = {Kind::kAdd, Kind::kSubtract, Kind::kMultiply, Kind::kMagnitude};
        Kind kind = random_.any_of(kinds);
        const double sum = left.reach + right.reach, product = left.reach * right.reach;
        // Halves square in floats, which hold it; what comes out must fit.
        if (is_float(left.type) && (kind == Kind::kMultiply ? product : sum) > most(left.type))
            return;
        Node &node = begin(kind, {a, b});
        result(node.name, left.type, kind == Kind::kMultiply ? product : sum, left.shape);
    }

    void add_decimate() {
        const size_t from = any_place();
        if (!graph_.places[from].has_all_pixels || graph_.w < 12 || graph_.h < 12) return;
        const Place feed = graph_.places[from];
        Node &node = begin(Kind::kDecimate, {from});
        node.factor_x = random_.within(1, 3);
        node.factor_y = random_.within(1, 3);
        node.phase_x = random_.within(0, node.factor_x - 1);
        node.phase_y = random_.within(0, node.factor_y - 1);
        node.params = {{"factor_x", std::to_string(node.factor_x)},
                       {"factor_y", std::to_string(node.factor_y)},
                       {"phase_x", std::to_string(node.phase_x)},
                       {"phase_y", std::to_string(node.phase_y)}};
        result(node.name, feed.type, feed.reach, ++shapes_);
    }

    // Whole taps, most of them positive; sometimes a sum of a few separable kernels, or one with
    // zeros.
    oracle::Kernel kernel(int64_t rows, int64_t columns, bool is_positive) {
        oracle::Kernel made{rows, columns,
                            std::vector<double>(static_cast<size_t>(rows * columns))};
        const int64_t rank = random_.once_in(3) ? random_.within(2, 4) : 1;
        for (int64_t t = 0; t < rank; ++t) {
            std::vector<int64_t> column, row;
            for (int64_t j = 0; j < rows; ++j)
                column.push_back(random_.within(is_positive ? 1 : -4, 9));
            for (int64_t i = 0; i < columns; ++i)
                row.push_back(random_.within(is_positive ? 1 : -4, 9));
            if (random_.once_in(3)) mirror(column);
            if (random_.once_in(3)) mirror(row);
            for (int64_t j = 0; j < rows; ++j) {
                for (int64_t i = 0; i < columns; ++i)
                    made.taps[static_cast<size_t>(j * columns + i)] += static_cast<double>(
                        column[static_cast<size_t>(j)] * row[static_cast<size_t>(i)]);
            }
        }
        if (std::all_of(made.taps.begin(), made.taps.end(), [](double tap) { return tap == 0; }))
            made.taps[0] = 1;
        return made;
    }

    static void mirror(std::vector<int64_t> &filter) {
        std::copy(filter.begin(), filter.begin() + static_cast<int64_t>(filter.size()) / 2,
                  filter.rbegin());
    }

    static std::string text_of_kernel(const oracle::Kernel &kernel) {
        std::string text = std::to_string(kernel.rows) + "x" + std::to_string(kernel.columns);
        for (const double tap : kernel.taps)
            text += " " + std::to_string(static_cast<int64_t>(tap));
        return text;
    }

    static double norm(const oracle::Kernel &kernel) {
        double sum = 0;
        for (const double tap : kernel.taps) sum += std::fabs(tap);
        return sum;
    }

    // Everything that is said of a filter but its kernels, whose largest has `rows` x `columns`
    // taps and `largest_norm`.
    void set_filter(Node &node, int64_t rows, int64_t columns, bool may_truncate,
                    double largest_norm) {
        const Place &feed = graph_.places[node.feeds[0]];
        oracle::Options &o = node.options;
        o.border_x = static_cast<int>(random_.within(0, may_truncate ? 5 : 4));
        o.border_y = static_cast<int>(random_.within(0, may_truncate ? 5 : 4));
        o.border_value = is_float(feed.type) ? random_.real(-1, 1) * std::min(feed.reach, 1.0)
                                             : static_cast<double>(random_.within(0, 200));
        if (feed.type == SEPFLOW_F16) o.border_value = oracle::to_type(o.border_value, feed.type);
        if (feed.type == SEPFLOW_F32) o.border_value = static_cast<float>(o.border_value);
        o.convolve = random_.once_in(3);
        if (random_.once_in(4)) {
            o.anchor_x = random_.within(0, columns - 1);
            o.anchor_y = random_.within(0, rows - 1);
        }
        // So large that results fill the type, or nearly.
        const double reach =
            is_float(node.out_type) ? std::max(feed.reach, 1.0) : most(node.out_type);
        const double fitting = std::min(reach, most(node.out_type)) / std::max(feed.reach, 1.0);
        o.scale = random_.real(0.3, 1.5) * std::min(fitting, 300.0) / largest_norm;
        o.delta =
            random_.once_in(2) ? 0 : random_.real(-0.3, 0.7) * std::min(reach, most(node.out_type));
        node.params["border_x"] = kBorders[o.border_x];
        node.params["border_y"] = kBorders[o.border_y];
        node.params["border_value"] = text_of(o.border_value);
        node.params["convolve"] = o.convolve ? "1" : "0";
        node.params["anchor_x"] = std::to_string(o.anchor_x);
        node.params["anchor_y"] = std::to_string(o.anchor_y);
        node.params["scale"] = text_of(o.scale);
        node.params["delta"] = text_of(o.delta);
        node.params["method"] =
            random_.any_of(std::vector<const char *>{"auto", "auto", "separable", "direct", "fft"});
        node.params["schedule"] =
            random_.any_of(std::vector<const char *>{"auto", "auto", "plain", "transposed"});
        node.params["strict"] = random_.once_in(3) ? "1" : "0";
        if (random_.once_in(4))
            node.params["tolerance"] = text_of(std::pow(10, -random_.real(1, 7)));
#if defined(__x86_64__)
        if (random_.once_in(4)) node.params["variant"] = "sse2";
#endif
    }

    double reach_of(const Node &node) const {
        const double in =
            std::max({graph_.places[node.feeds[0]].reach, std::fabs(node.options.border_value),
                      std::fabs(node.missing_value)});
        double largest = 0;
        for (const oracle::Kernel &kernel : node.kernels) largest = std::max(largest, norm(kernel));
        // A rank that is asked for may leave out as much as is there.
        const double outside = node.params.count("rank") > 0 ? 2 : 1;
        const double sum =
            std::fabs(node.options.scale) * largest * in * outside + std::fabs(node.options.delta);
        return std::max(sum, std::fabs(node.missing_value));
    }

    sepflow_type filtered_type(const Place &feed) {
        if (random_.once_in(2)) return feed.type;
        const sepflow_type type = random_.any_of(kTypes);
        return type == SEPFLOW_F16 && feed.reach > 4096 ? SEPFLOW_F32 : type;
    }

    // Its values are weights within 0 .. 1, or nearly: negative ones count as 0.
    static bool is_mask(const Place &place, const Place &feed) {
        return place.shape == feed.shape && (!is_float(place.type) || place.reach <= 1);
    }

    // Sets a mask. Division makes up for missing pixels, which takes a kernel whose sum is far from
    // zero.
    void set_mask(Node &node, size_t mask, bool is_positive) {
        node.feeds.push_back(mask);
        node.missing = is_positive && random_.once_in(2) ? Missing::kIgnore : Missing::kFill;
        const bool is_integer = !is_float(graph_.places[node.feeds[0]].type);
        node.missing_value =
            is_integer ? static_cast<double>(random_.within(0, 100)) : random_.within(-8, 8) / 8.0;
        node.params["missing"] = node.missing == Missing::kIgnore ? "ignore" : "fill";
        node.params["missing_value"] = text_of(node.missing_value);
        if (node.params["method"] == "fft") node.params["method"] = "auto";
    }

    void add_separable() {
        const size_t from = any_place();
        const Place feed = graph_.places[from];
        const sepflow_type type = filtered_type(feed);
        if (type == SEPFLOW_F16 && feed.reach > 4096) return;
        Node &node = begin(Kind::kSeparable, {from});
        node.out_type = type;
        const int64_t longest = random_.once_in(6) ? 25 : 9;
        const int64_t rows = random_.within(1, longest), columns = random_.within(1, longest);
        const bool is_positive = random_.once_in(2);
        node.kernels = {kernel(rows, columns, is_positive)};
        node.params["kernel"] = text_of_kernel(node.kernels[0]);
        const bool fits = feed.has_all_pixels && rows <= graph_.h && columns <= graph_.w;
        const size_t mask = any_place();
        const bool has_mask = is_mask(graph_.places[mask], feed) && random_.once_in(2);
        set_filter(node, rows, columns, is_positive && fits && !has_mask, norm(node.kernels[0]));
        if (has_mask) set_mask(node, mask, is_positive);
        if (random_.once_in(6) && node.params.count("tolerance") == 0)
            node.params["rank"] = std::to_string(random_.within(1, std::min(rows, columns)));
        const char *const extents[] = {"same", "full", "valid"};
        // Whole images only shrink once, so that nothing becomes empty.
        const int64_t extent =
            !feed.has_all_pixels || random_.once_in(2) ? 0 : random_.within(1, fits ? 2 : 1);
        node.params["extent"] = extents[extent];
        result(node.name, type, reach_of(node), extent == 0 ? feed.shape : ++shapes_);
    }

    void add_bank() {
        const size_t from = any_place();
        const Place feed = graph_.places[from];
        const sepflow_type type = filtered_type(feed);
        if (type == SEPFLOW_F16 && feed.reach > 4096) return;
        Node &node = begin(Kind::kBank, {from});
        node.out_type = type;
        const int64_t rows = random_.within(1, 7), columns = random_.within(1, 7);
        const bool is_positive = random_.once_in(2);
        const int64_t count = random_.within(1, 4);
        double largest = 0;
        for (int64_t i = 0; i < count; ++i) {
            // Some of them another's multiple, so that terms are shared.
            node.kernels.push_back(i > 0 && random_.once_in(2)
                                       ? node.kernels.back()
                                       : kernel(rows, columns, is_positive));
            if (i > 0 && random_.once_in(2))
                for (double &tap : node.kernels.back().taps) tap *= 2;
            largest = std::max(largest, norm(node.kernels.back()));
            node.params["kernels"] += (i > 0 ? "; " : "") + text_of_kernel(node.kernels.back());
        }
        const bool fits = feed.has_all_pixels && rows <= graph_.h && columns <= graph_.w;
        set_filter(node, rows, columns, is_positive && fits, largest);
        const double reach = reach_of(node);
        const std::string name = node.name;
        for (int64_t i = 0; i < count; ++i)
            result(name + ".out" + std::to_string(i + 1), type, reach, feed.shape);
    }

    Random random_;
    Graph graph_;
    int shapes_ = 0;
};

}  // namespace

Graph random_graph(uint64_t seed) {
    return Maker(seed).make();
}

bool change(Node &node, Random &random) {
    if (node.kind == Kind::kScaleOffset) {
        node.scale *= random.real(-1, 1);
        node.params["scale"] = text_of(node.scale);
        return true;
    }
    if (node.kind != Kind::kSeparable && node.kind != Kind::kBank) return false;
    if (random.once_in(2)) {
        node.options.scale *= random.real(0.2, 1) * (random.once_in(2) ? 1 : -1);
        node.params["scale"] = text_of(node.options.scale);
    } else {
        node.options.border_x = static_cast<int>(random.within(0, 4));
        node.params["border_x"] = kBorders[node.options.border_x];
    }
    return true;
}

const char *id_of(Kind kind) {
    constexpr const char *ids[] = {"org.sepflow.separable", "org.sepflow.bank",
                                   "org.sepflow.add",       "org.sepflow.subtract",
                                   "org.sepflow.multiply",  "org.sepflow.magnitude",
                                   "org.sepflow.absolute",  "org.sepflow.scale_offset",
                                   "org.sepflow.convert",   "org.sepflow.decimate"};
    return ids[static_cast<int>(kind)];
}

std::string text_of(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
}

}  // namespace soak
