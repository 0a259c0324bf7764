#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vips/vips.h>

#include <sepflow/sepflow.h>

#include "runtime/command/command.h"

namespace {

constexpr const char *kFooter =
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.\n"
    "Plugins are looked for in SEPFLOW_PLUGIN_PATH, beside this program, in the user's and the "
    "system's\n"
    "sepflow-1 directories.";

// One line: CLI11 and libvips like to write several.
int fail(int code, const std::string &message) {
    std::string line = message.substr(0, message.find_last_not_of(" \n") + 1);
    for (char &c : line) c = c == '\n' ? ' ' : c;
    std::fprintf(stderr, "sepflow: %s\n", line.c_str());
    return code;
}

}  // namespace

int main(int argc, char **argv) {
    if (VIPS_INIT(argv[0]) != 0) return fail(1, "libvips does not start");
    CLI::App app("Separable convolution of images with any kernel");
    app.set_version_flag("--version", std::string("sepflow ") + sepflow_version());
    app.footer(kFooter);
    app.require_subcommand(1);
    sepflow::add_filter(app);
    sepflow::add_explain(app);
    sepflow::add_run(app);
    sepflow::add_list(app);
    sepflow::add_info(app);
    sepflow::add_chart(app);
    int code = 0;
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success &e) {
        app.exit(e);  // --help, --version
    } catch (const CLI::ParseError &e) {
        code = fail(2, std::string(e.what()) + "; see sepflow --help");
    } catch (const sepflow::Interrupted &e) {
        code = fail(130, e.what());
    } catch (const std::exception &e) {
        code = fail(1, e.what());
    }
    vips_shutdown();
    return code;
}
