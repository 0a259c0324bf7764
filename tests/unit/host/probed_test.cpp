// Plugins that were bad when they were tried are remembered, in a file of the user's cache.
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/unit/host/fixture.h"
#include "tests/unit/host/folder.h"
#include "tests/unit/host/variable.h"

namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// A folder with one faulty plugin, and a cache of its own.
struct Shelf : Folder {
    const fs::path plugins = path / "plugins", cache = path / "cache", loaded = path / "loaded";
    const Variable cache_variable{"XDG_CACHE_HOME", cache.c_str()};
    const Variable loaded_variable{"SEPFLOW_TEST_LOADED", loaded.c_str()};

    explicit Shelf(const std::string &fault) {
        fs::create_directory(plugins);
        fs::copy_file(std::string(SEPFLOW_FAULTY_DIR) + "/" + fault + "/" + fault + ".sepflow.so",
                      plugin());
    }
    fs::path plugin() const { return plugins / "plugin.sepflow.so"; }
    // Why it was skipped; "" if it was not.
    std::string scan() const {
        std::string reason;
        sepflow_registry *registry = nullptr;
        REQUIRE(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK);
        const auto note = [](void *ctx, const char *, const char *why) {
            *static_cast<std::string *>(ctx) = why;
        };
        REQUIRE(sepflow_registry_scan(registry, plugins.c_str(), note, &reason) == SEPFLOW_OK);
        sepflow_registry_free(registry);
        return reason;
    }
    size_t times_loaded() const { return text_of(loaded).size(); }
    // The only file in the cache.
    fs::path verdicts() const {
        for (const auto &entry : fs::recursive_directory_iterator(cache)) {
            if (!entry.is_directory()) return entry.path();
        }
        return {};
    }
    // Lets every verdict be `seconds` older.
    void age(int64_t seconds) const {
        const fs::path file = verdicts();
        std::ifstream lines(file);
        std::string aged;
        for (std::string line; std::getline(lines, line);) {
            if (line.empty()) continue;
            const size_t space = line.find(' ');
            aged += std::to_string(std::stoll(line.substr(0, space)) - seconds) +
                    line.substr(space) + "\n";
        }
        lines.close();
        std::ofstream(file, std::ios::trunc) << aged;
    }
};

}  // namespace

// Under an emulator the program that tries plugins does not run.
TEST_SUITE_BEGIN("probed" * doctest::skip(SEPFLOW_IS_EMULATED));

TEST_CASE(
    "a plugin that hangs, crashes or ends the process is not tried again while it is the same") {
    for (const std::string fault : {"crash_entry", "exit_entry", "hang_entry"}) {
        CAPTURE(fault);
        const Shelf shelf(fault);
        const std::string first = shelf.scan();
        CHECK(!first.empty());
        CHECK(shelf.times_loaded() == 1);
        const std::string second = shelf.scan();
        CHECK(shelf.times_loaded() == 1);
        CHECK(second == first + "; this result is cached: to try again, touch the file or delete " +
                            shelf.verdicts().string());
        if (fault == "hang_entry") continue;  // each trial takes ten seconds
        fs::last_write_time(shelf.plugin(), fs::file_time_type::clock::now());
        CHECK(shelf.scan() == first);
        CHECK(shelf.times_loaded() == 2);
        CHECK(shelf.scan() == second);
        CHECK(shelf.times_loaded() == 2);
        fs::remove(shelf.verdicts());
        CHECK(shelf.scan() == first);
        CHECK(shelf.times_loaded() == 3);
    }
}

TEST_CASE("a bad verdict counts for an hour, and for good once a later trial confirms it") {
    const Shelf shelf("crash_entry");
    shelf.scan();
    shelf.age(3500);
    shelf.scan();
    CHECK(shelf.times_loaded() == 1);
    shelf.age(200);
    const std::string said = shelf.scan();
    CHECK(said.find("before") == std::string::npos);
    CHECK(shelf.times_loaded() == 2);
    shelf.age(1000000000);
    shelf.scan();
    CHECK(shelf.times_loaded() == 2);
}

TEST_CASE("two trials within an hour confirm nothing") {
    const Shelf shelf("crash_entry");
    shelf.scan();
    const std::string once = text_of(shelf.verdicts());
    std::ofstream(shelf.verdicts(), std::ios::app) << once << once;
    shelf.age(3700);
    shelf.scan();
    CHECK(shelf.times_loaded() == 2);
}

TEST_CASE("a verdict from the future is not believed") {
    const Shelf shelf("crash_entry");
    shelf.scan();
    shelf.age(-1000000);
    shelf.scan();
    CHECK(shelf.times_loaded() == 2);
}

TEST_CASE("what was mended without a change of the file counts from then on") {
    const Shelf shelf("crash_entry");
    shelf.scan();
    shelf.age(3700);
    const Variable well("SEPFLOW_TEST_WELL", "1");
    CHECK(shelf.scan() == "");
    CHECK(shelf.scan() == "");
    shelf.age(1000000);
    CHECK(shelf.scan() == "");
}

TEST_CASE("what does not lie in the plugin's file is not remembered") {
    for (const std::string fault : {"illegal_entry", "interrupt_entry", "throw_entry"}) {
        CAPTURE(fault);
        const Shelf shelf(fault);
        const std::string first = shelf.scan();
        CHECK(!first.empty());
        CHECK(shelf.scan() == first);
        CHECK(shelf.times_loaded() == 2);
    }
}

TEST_CASE("a plugin whose library was missing loads once that is there") {
    const Shelf shelf("none");
    fs::copy_file(SEPFLOW_NEEDY_PLUGIN, shelf.plugin(), fs::copy_options::overwrite_existing);
    const fs::path library = fs::path(SEPFLOW_NEEDED_LIBRARY).filename();
    const std::string said = shelf.scan();
    CHECK_MESSAGE(said.find(library.string()) != std::string::npos, said);
    CHECK(shelf.scan() == said);
    fs::copy_file(SEPFLOW_NEEDED_LIBRARY, shelf.plugins / library);
    CHECK(shelf.scan() == "");
}

TEST_CASE("a cache that is damaged, or not this user's alone, is not believed and not written to") {
    struct Damage {
        const char *what;
        void (*act)(const fs::path &file);
        bool may_be_mended;
    };
    const Damage damages[] = {
        {"garbage", [](const fs::path &file) { std::ofstream(file) << "\xff\xfe\0garbage"; }, true},
        {"half a line",
         [](const fs::path &file) { fs::resize_file(file, fs::file_size(file) / 2); }, true},
        {"no bytes", [](const fs::path &file) { fs::resize_file(file, 0); }, true},
        {"far too long",
         [](const fs::path &file) { std::ofstream(file) << std::string(1 << 20, '\n'); }, true},
        {"other words",
         [](const fs::path &file) {
             const std::string text = text_of(file), word = "crashes-11";
             std::string lines;
             for (const char *other :
                  {"crashes-", "crashes-x", "crashes", "sounds", "", "ends now"})
                 lines += std::string(text).replace(text.find(word), word.size(), other);
             std::ofstream(file) << lines;
         },
         true},
        {"a folder",
         [](const fs::path &file) {
             fs::remove(file);
             fs::create_directory(file);
         },
         false},
        {"a pipe",
         [](const fs::path &file) {
             fs::remove(file);
             REQUIRE(mkfifo(file.c_str(), 0600) == 0);
         },
         false},
        {"a link",
         [](const fs::path &file) {
             fs::rename(file, file.string() + ".real");
             fs::create_symlink(file.string() + ".real", file);
         },
         false},
        {"a second name",
         [](const fs::path &file) { fs::create_hard_link(file, file.string() + ".real"); }, false},
        {"others may write", [](const fs::path &file) { chmod(file.c_str(), 0622); }, false},
    };
    for (const Damage &damage : damages) {
        CAPTURE(std::string(damage.what));
        const Shelf shelf("crash_entry");
        shelf.scan();
        const fs::path file = shelf.verdicts();
        damage.act(file);
        const bool is_file = fs::is_regular_file(file);
        const std::string before = is_file ? text_of(file) : "";
        CHECK(shelf.scan().find("crashes") != std::string::npos);
        CHECK(shelf.times_loaded() == 2);
        shelf.scan();
        CHECK(shelf.times_loaded() == (damage.may_be_mended ? 2 : 3));
        if (is_file && !damage.may_be_mended) CHECK(text_of(file) == before);
    }
}

TEST_CASE("without a place of the user's own nothing is remembered, and plugins are still tried") {
    const Folder home;
    const Shelf shelf("crash_entry");
    const Variable no_home("HOME", nullptr);
    for (const char *place :
         {static_cast<const char *>(nullptr), "", "relative/path", "/proc/none"}) {
        const Variable cache("XDG_CACHE_HOME", place);
        const size_t before = shelf.times_loaded();
        shelf.scan();
        shelf.scan();
        CHECK(shelf.times_loaded() == before + 2);
    }
    CHECK(!fs::exists("relative"));
    if (geteuid() == 0) {  // as by sudo in a user's home
        REQUIRE(chown(home.path.c_str(), 12345, 12345) == 0);
        const Variable not_ours("HOME", home.path.c_str()), no_cache("XDG_CACHE_HOME", nullptr);
        const size_t before = shelf.times_loaded();
        shelf.scan();
        shelf.scan();
        CHECK(shelf.times_loaded() == before + 2);
        CHECK(fs::is_empty(home.path));
    }
    const Variable ours("HOME", shelf.path.c_str()), no_cache("XDG_CACHE_HOME", nullptr);
    const size_t before = shelf.times_loaded();
    shelf.scan();
    shelf.scan();
    CHECK(shelf.times_loaded() == before + 1);
    CHECK(fs::exists(shelf.path / ".cache/sepflow-1"));
}

TEST_CASE("many that scan at once write whole lines") {
    const Shelf shelf("crash_entry");
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int scan = 0; scan < 5; ++scan) {
                sepflow_registry *registry = nullptr;
                if (sepflow_registry_create(&registry, nullptr) != SEPFLOW_OK) std::abort();
                fs::last_write_time(shelf.plugin(), fs::file_time_type::clock::now());
                sepflow_registry_scan(registry, shelf.plugins.c_str(), nullptr, nullptr);
                sepflow_registry_free(registry);
            }
        });
    }
    for (std::thread &thread : threads) thread.join();
    std::ifstream lines(shelf.verdicts());
    const std::string end = " " + fs::canonical(shelf.plugin()).string();
    size_t count = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) continue;
        ++count;
        CAPTURE(line);
        CHECK(std::count(line.begin(), line.end(), ' ') == 7);
        CHECK(line.find("crashes-11 ") != std::string::npos);
        CHECK(line.substr(line.size() - std::min(line.size(), end.size())) == end);
    }
    CHECK(count > 0);
}

TEST_SUITE_END();
