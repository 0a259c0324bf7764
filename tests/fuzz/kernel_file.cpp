// Kernel files: the first byte says the suffix, the rest is what the file holds. A matrix comes back the same when it is
// written as CSV; the taps of a picture are weights, whose sum is 1.
#include <charconv>
#include <cmath>
#include <fcntl.h>
#include <unistd.h>

#include "runtime/error.h"
#include "runtime/kernel/kernel.h"
#include "tests/fuzz/directory.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/kernel.h"

namespace {

std::string as_csv(const sepflow::Kernel &kernel) {
    std::string text;
    for (size_t i = 0; i < kernel.taps.size(); ++i) {
        char digits[40];
        text.append(digits, std::to_chars(digits, digits + sizeof digits, kernel.taps[i]).ptr);
        text += (i + 1) % kernel.columns == 0 ? '\n' : ',';
    }
    return text;
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
    const char *const suffixes[] = {"", ".csv", ".txt", ".dat", ".pgm", ".pfm", ".png"};
    const std::string suffix = input.one_of(suffixes), content = input.rest();
    const std::string path = directory.write("kernel" + suffix, content);
    sepflow::Kernel kernel;
    try {
        kernel = sepflow::kernel_from_file(path);
    } catch (const sepflow::Error &error) {
        const auto wanted = suffix == ".png" ? SEPFLOW_E_UNSUPPORTED : SEPFLOW_E_PARAM;
        fuzz::require(error.code() == wanted, "a file that is there holds no kernel");
        fuzz::require(std::string(error.what()).find(path) != std::string::npos, "it is named");
        return 0;
    }
    fuzz::check_kernel(kernel);
    if (content.size() > 2 && content[0] == 'P' && content[1] != 'f') check_weights(kernel);
    const auto again = sepflow::kernel_from_file(directory.write("again.csv", as_csv(kernel)));
    fuzz::require(again.rows == kernel.rows && again.taps == kernel.taps, "it reads as written");
    return 0;
}
