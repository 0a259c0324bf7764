#include "runtime/command/plan_options.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "runtime/command/command.h"
#include "runtime/command/image_file.h"

namespace sepflow {

namespace {

// In the order of the constants in sepflow.h.
const std::vector<std::string> kBorders = {"reflect101", "reflect",  "replicate",
                                           "wrap",       "constant", "truncate"};
const std::vector<std::string> kExtents = {"same", "valid", "full"};
const std::vector<std::string> kSchedules = {"auto", "plain", "transposed"};

struct TypeName {
    const char *name;
    sepflow_type type;
};
constexpr TypeName kTypes[] = {{"u8", SEPFLOW_U8},   {"u16", SEPFLOW_U16}, {"s16", SEPFLOW_S16},
                               {"f16", SEPFLOW_F16}, {"f32", SEPFLOW_F32}, {"f64", SEPFLOW_F64}};

int32_t place_of(const std::string &word, const std::vector<std::string> &words) {
    return static_cast<int32_t>(std::find(words.begin(), words.end(), word) - words.begin());
}

// "a,b" -> a, b; "a" -> a, a
std::pair<std::string, std::string> both(const std::string &text) {
    const size_t comma = text.find(',');
    if (comma == std::string::npos) return {text, text};
    return {text.substr(0, comma), text.substr(comma + 1)};
}

std::string check_borders(const std::string &text) {
    const auto [x, y] = both(text);
    for (const std::string &mode : {x, y}) {
        if (place_of(mode, kBorders) == static_cast<int32_t>(kBorders.size())) {
            return "'" + mode + "' is no border; there are " + CLI::detail::join(kBorders, ", ");
        }
    }
    return {};
}

std::optional<int64_t> whole_number(const std::string &text) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::string check_anchor(const std::string &text) {
    const size_t comma = text.find(',');
    if (comma != std::string::npos && whole_number(text.substr(0, comma)) &&
        whole_number(text.substr(comma + 1))) {
        return {};
    }
    return "'" + text +
           "' is no anchor; give X,Y in pixels from the kernel's top left, such as 1,1";
}

std::string check_type(const std::string &text) {
    for (const TypeName &type : kTypes) {
        if (text == type.name) return {};
    }
    return "'" + text + "' is no pixel type; there are u8, u16, s16, f16, f32 and f64";
}

}  // namespace

void PlanOptions::add_to(CLI::App &verb) {
    verb.add_option("-k,--kernel", kernel,
                    "Kernel text, such as \"gaussian 3\", \"sobel x\", \"3x3 0 1 0 1 4 1 0 1 0 "
                    "norm\", \"file k.csv\"")
        ->required();
    verb.add_option("--border", border,
                    "What lies outside: constant, replicate, reflect, reflect101, wrap or "
                    "truncate; X,Y for one each")
        ->check(check_borders)
        ->capture_default_str();
    verb.add_option("--border-value", border_value, "Pixel value of border 'constant'")
        ->capture_default_str();
    verb.add_option("--extent", extent, "Size of the output")
        ->check(CLI::IsMember(kExtents))
        ->capture_default_str();
    verb.add_flag("--convolve", convolve, "Flip the kernel (convolution) instead of correlating");
    verb.add_option("--anchor", anchor,
                    "X,Y of the kernel's pixel that lies on the output pixel (default: the middle)")
        ->check(check_anchor);
    verb.add_option("--tolerance", tolerance,
                    "Sum of |kernel - factors| allowed, as a part of the sum of |kernel| (default: "
                    "the pixel type's "
                    "precision)");
    verb.add_option("--rank", rank, "Use exactly this many pairs of 1-D passes");
    verb.add_option("--scale", scale, "Multiplies the kernel")->capture_default_str();
    verb.add_option("--delta", delta, "Added to every result")->capture_default_str();
    verb.add_option("--type", type,
                    "Pixel type of the output: u8, u16, s16, f16, f32, f64 (default: the input's)")
        ->check(check_type);
    verb.add_option("--variant", variant, "Instruction set to run on (default: the best)");
    verb.add_option("--schedule", schedule, "Form of the passes")
        ->check(CLI::IsMember(kSchedules))
        ->capture_default_str();
}

std::string PlanOptions::border_x() const {
    return both(border).first;
}
std::string PlanOptions::border_y() const {
    return both(border).second;
}
int64_t PlanOptions::anchor_x() const {
    return anchor.empty() ? -1 : *whole_number(both(anchor).first);
}
int64_t PlanOptions::anchor_y() const {
    return anchor.empty() ? -1 : *whole_number(both(anchor).second);
}

std::optional<Matrix> PlanOptions::kernel_image() const {
    const std::string prefix = kernel.substr(0, 5);
    if (prefix != "file " && prefix != "file_") return std::nullopt;
    const std::string path = kernel.substr(5);
    std::string suffix = path.substr(std::min(path.rfind('.'), path.size()));
    for (char &c : suffix) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const char *known : {".png", ".tif", ".tiff", ".jpg", ".jpeg", ".webp", ".exr"}) {
        if (suffix == known) return read_grey_matrix(path);
    }
    return std::nullopt;
}

sepflow_options PlanOptions::direct(sepflow_type in_type, int32_t channels) const {
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = in_type;
    options.out_type = type.empty() ? in_type : type_of_name(type);
    options.channels = channels;
    options.border_x = place_of(border_x(), kBorders);
    options.border_y = place_of(border_y(), kBorders);
    options.border_value = border_value;
    options.extent = place_of(extent, kExtents);
    if (convolve) options.flags |= SEPFLOW_OPTION_CONVOLVE;
    if (!anchor.empty()) {
        options.flags |= SEPFLOW_OPTION_ANCHOR;
        options.anchor_x = anchor_x();
        options.anchor_y = anchor_y();
    }
    options.tolerance = tolerance;
    options.rank = rank;
    options.schedule = place_of(schedule, kSchedules);
    if (scale == 0) throw Failure("scale must not be 0");
    options.scale = scale;
    options.delta = delta;
    options.variant = variant.c_str();
    return options;
}

sepflow_type type_of_name(const std::string &name) {
    for (const TypeName &type : kTypes) {
        if (name == type.name) return type.type;
    }
    throw Failure(check_type(name));
}

const char *name_of_type(sepflow_type type) {
    for (const TypeName &known : kTypes) {
        if (known.type == type) return known.name;
    }
    return "unknown";
}

}  // namespace sepflow
