// Kernel files: the first byte says the suffix, the rest is what the file holds. A matrix comes
// back the same when it is written as CSV, in brackets or as libvips has it; the taps of a picture
// are weights, whose sum is 1. No error quotes a file.
#include <charconv>
#include <cmath>
#include <fcntl.h>
#include <unistd.h>

#include "runtime/base/error.h"
#include "runtime/kernel/kernel.h"
#include "tests/fuzz/directory.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/kernel.h"

namespace {

std::string number(double value) {
    char digits[40];
    return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

std::string written(const sepflow::Kernel &kernel, const char *between, const char *row_end) {
    std::string text;
    for (size_t i = 0; i < kernel.taps.size(); ++i) {
        text += number(kernel.taps[i]);
        if (i + 1 == kernel.taps.size()) break;
        text += (i + 1) % kernel.columns == 0 ? row_end : between;
    }
    return text;
}

void reads_as_written(const sepflow::Kernel &kernel, const fuzz::Directory &directory,
                      const std::string &name, const std::string &text) {
    const auto again = sepflow::kernel_from_file(directory.write(name, text));
    fuzz::require(again.rows == kernel.rows && again.taps == kernel.taps, "it reads as written");
}

// Four letters in a row that no sentence of ours has.
bool quotes(const std::string &message, const std::string &content) {
    const size_t at = content.find("qzqz");
    return at != std::string::npos && message.find("qzqz") != std::string::npos;
}

void check_weights(const sepflow::Kernel &kernel) {
    double sum = 0;
    for (const double tap : kernel.taps) {
        fuzz::require(tap >= 0 && tap <= 1, "a picture's taps are parts of a whole");
        sum += tap;
    }
    fuzz::require(std::fabs(sum - 1) < 1e-12, "which is 1");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const fuzz::Directory directory;
    fuzz::Input input(data, size);
    const char *const suffixes[] = {"",     ".csv", ".txt", ".dat",   ".pgm",
                                    ".pfm", ".png", ".mat", ".kernel"};
    const std::string suffix = input.one_of(suffixes), content = input.rest();
    const std::string path = directory.write("kernel" + suffix, content);
    sepflow::Kernel kernel;
    try {
        kernel = sepflow::kernel_from_file(path);
    } catch (const sepflow::Error &error) {
        const bool may_be_image = suffix == ".png" || suffix == ".kernel";
        fuzz::require(error.code() == SEPFLOW_E_PARAM ||
                          (may_be_image && error.code() == SEPFLOW_E_UNSUPPORTED),
                      "a file that is there holds no kernel");
        fuzz::require(std::string(error.what()).find(path) != std::string::npos, "it is named");
        fuzz::require(!quotes(error.what(), content), "and not quoted");
        return 0;
    }
    fuzz::check_kernel(kernel);
    if (content.size() > 2 && content[0] == 'P' && content[1] != 'f') check_weights(kernel);
    reads_as_written(kernel, directory, "again.csv", written(kernel, ", ", "\r"));
    reads_as_written(kernel, directory, "again", written(kernel, ";", "\r\n"));
    reads_as_written(kernel, directory, "again.k", "[" + written(kernel, " ", "; ") + "]");
    reads_as_written(kernel, directory, "again.k", "[[" + written(kernel, ", ", "],\n [") + "]]");
    const std::string header =
        std::to_string(kernel.columns) + " " + std::to_string(kernel.rows) + " 1 0\n";
    reads_as_written(kernel, directory, "again.mat", header + written(kernel, " ", "\n"));
    return 0;
}
