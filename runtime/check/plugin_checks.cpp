// Checks of the plugin as a whole: its exports, its loading and its unloading.
#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

#include "runtime/check/check.h"
#include "runtime/check/elf.h"
#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

void exports(Subject &subject) {
    for (const std::string &name : exported_symbols(subject.target().file))
        require(name == SEPFLOW_ENTRY_SYMBOL, "it exports " + name);
}

double cpu_milliseconds() {
    timespec now = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Processor time, best of three: what a scan of many plugins costs. Others on the machine do not
// count.
void scan(Subject &subject) {
    constexpr double kMost = 100;
    double best = 1e9;
    subject.unload();
    for (int i = 0; i < 3; ++i) {
        const double before = cpu_milliseconds();
        const Library again(subject.target().file);
        for (uint32_t n = 0; n < again.entry()->node_count; ++n)
            require(again.entry()->node(n) != nullptr, "it counts more nodes than it has");
        best = std::min(best, cpu_milliseconds() - before);
    }
    require(best < kMost, "to load it takes " + std::to_string(best) + " ms, not less than 100");
}

bool is_mapped(const std::string &file) {
    std::ifstream maps("/proc/self/maps");
    const std::string name = std::filesystem::canonical(file).string();
    for (std::string line; std::getline(maps, line);) {
        if (line.size() >= name.size() &&
            line.compare(line.size() - name.size(), name.size(), name) == 0)
            return true;
    }
    return false;
}

Target target_of(const Subject &subject, uint32_t node) {
    Target target = subject.target();
    target.node_id = subject.entry().node(node)->id;
    return target;
}

Bytes small_result(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, 13, 9));
    const Scene scene(subject, plan, format, {0, 0, 13, 9});
    return scene.compute(scene.out_domain());
}

// A thread that used the plugin may outlive it, and must find none of its code to run when it ends.
void end_after_unload(const Target &target) {
    std::mutex mutex;
    std::condition_variable changed;
    enum { kBegun, kUsed, kUnloaded } state = kBegun;
    const auto wait_for = [&](auto wanted) {
        std::unique_lock<std::mutex> lock(mutex);
        changed.wait(lock, [&] { return state == wanted; });
    };
    const auto reach = [&](auto next) {
        const std::lock_guard<std::mutex> lock(mutex);
        state = next;
        changed.notify_all();
    };
    auto subject = std::make_unique<Subject>(target);
    std::thread user([&] {
        try {
            Subject own(target);
            small_result(own);
        } catch (...) {
        }
        reach(kUsed);
        wait_for(kUnloaded);
    });
    wait_for(kUsed);
    subject.reset();
    now_doing("the end of a thread that used the plugin before it was unloaded");
    reach(kUnloaded);
    user.join();
}

void unload(Subject &subject) {
    std::vector<Target> targets;
    for (uint32_t i = 0; i < subject.entry().node_count; ++i)
        targets.push_back(target_of(subject, i));
    const std::string file = subject.target().file;
    subject.unload();
    require(!is_mapped(file), "it stays in memory after dlclose");
    for (int i = 0; i < 3; ++i) {
        Library again(file);
        again.close();
        require(!is_mapped(file), "it stays in memory when loaded once more");
    }
    for (const Target &target : targets) {
        try {
            Subject again(target);
            small_result(again);
        } catch (const Skipped &) {
        }
        end_after_unload(target);
    }
    if (is_mapped(file))
        throw Skipped{
            "unused it goes; once it has worked, it or a library of its own keeps it loaded"};
}

void entry(Subject &subject) {
    const sepflow_entry &entry = subject.entry();
    const auto is_text = [](const char *text) { return text != nullptr && *text != '\0'; };
    require(is_text(entry.id) && is_text(entry.version), "its entry has no id or no version");
    require(entry.node_count > 0, "it has no nodes");
    std::set<std::string> ids;
    for (uint32_t i = 0; i < entry.node_count; ++i) {
        require(entry.node(i) == entry.node(i), "node(" + std::to_string(i) + ") changes");
        const std::string id = entry.node(i)->id;
        require(ids.insert(id).second, "it has two nodes '" + id + "'");
    }
    constexpr uint32_t kMinor1Size = SEPFLOW_SIZE_TO(sepflow_entry, reserved);
    require(entry.struct_size < kMinor1Size || entry.image_size != 0,
            "its entry does not state image_size; set it to sizeof(sepflow_image)");
    for (const uint32_t index : {entry.node_count, UINT32_MAX}) {
        require(entry.node(index) == nullptr,
                "node(" + std::to_string(index) + ") is not NULL, but past the last");
    }
    const bool has_extensions = entry.get_extension != nullptr;
    for (const char *id : {"", "org.sepflow.no-such-extension/1", "sepflow.files/1 and more"}) {
        require(!has_extensions || entry.get_extension(id) == nullptr,
                std::string("it has the extension '") + id + "'");
    }
}

// init is counted: what is used works until the last deinit, and after that all begins anew.
void init(Subject &subject) {
    const auto begin = [&] {
        require_ok("init", ask("init", [&](sepflow_error *e) {
                       return subject.entry().init(subject.host().get(), e);
                   }));
    };
    const auto end = [&] { ask_plainly("deinit", [&] { subject.entry().deinit(); }); };
    require_ok("init", ask("init with no host",
                           [&](sepflow_error *e) { return subject.entry().init(nullptr, e); }));
    end();
    for (int round = 0; round < 2; ++round) {
        {
            Subject user(target_of(subject, 0));
            begin();
            end();
            try {
                small_result(user);
            } catch (const Skipped &) {
            }
        }
        end();  // the last
        begin();
    }
}

// Loaded, begun, ended and unloaded once more, from its first byte on.
void silence(Subject &subject) {
    subject.unload();
    const Silence silence;
    Library again(subject.target().file);
    require(silence.is_kept(), "it prints when it is loaded");
    for (uint32_t i = 0; i < again.entry()->node_count; ++i) again.entry()->node(i);
    require(silence.is_kept(), "its entry prints");
    require_ok("init", ask("init", [&](sepflow_error *e) {
                   return again.entry()->init(subject.host().get(), e);
               }));
    require(silence.is_kept(), "its init prints");
    ask_plainly("deinit", [&] { again.entry()->deinit(); });
    require(silence.is_kept(), "its deinit prints");
    again.close();
    require(silence.is_kept(), "it prints when it is unloaded");
}

// The file's content in memory of its own, under a name by which it can be loaded.
class CopyOfFile {
  public:
    explicit CopyOfFile(const std::string &file) : copy_(memfd_create("copy", MFD_CLOEXEC)) {
        std::ifstream stream(file, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
        for (size_t done = 0; done < bytes.size();) {
            const ssize_t written = ::write(copy_, bytes.data() + done, bytes.size() - done);
            if (written <= 0) throw Skipped{"no memory for a copy"};
            done += static_cast<size_t>(written);
        }
    }
    CopyOfFile(const CopyOfFile &) = delete;
    ~CopyOfFile() { close(copy_); }
    std::string path() const { return "/proc/self/fd/" + std::to_string(copy_); }

  private:
    int copy_;
};

// Two builds of a plugin may be on the path at once; neither may find the other's symbols.
void copies(Subject &subject) {
    const CopyOfFile copy(subject.target().file);
    for (uint32_t i = 0; i < subject.entry().node_count; ++i) {
        const Target target = target_of(subject, i);
        Target other = target;
        other.file = copy.path();
        Subject first(target), second(other);
        require(&second.entry() != &first.entry(), "two copies share one entry");
        try {
            const Bytes one = small_result(first), two = small_result(second);
            require(one == two || !first.promises(SEPFLOW_NODE_PURE),
                    "two copies compute different pixels by " + target.node_id);
        } catch (const Skipped &) {
        }
    }
}

}  // namespace

const std::vector<Check> &plugin_checks() {
    static const std::vector<Check> all = {
        {"exports", "exports sepflow_entry_v1 and nothing else",
         "Link with -fvisibility=hidden or a version script.", exports},
        {"silence", "prints nothing when it is loaded, initialised, deinitialised and unloaded",
         "Send messages to the host's log.", silence},
        {"scan", "is loaded and described within 100 ms of processor time",
         "Move what takes time from static constructors and the entry to configure.", scan},
        {"unload", "leaves memory on dlclose, however often",
         "Compile with -fno-gnu-unique, and undo in deinit what would keep or call the code: "
         "thread keys, threads, handlers.",
         unload},
        {"entry", "has a complete entry whose node list has an end",
         "Fill in the entry once. node(index) is NULL from node_count on, get_extension for ids "
         "that are not known.",
         entry},
        {"init", "counts init and deinit, and works again after the last",
         "Count init and deinit, and need no host in init.", init},
        {"copies", "works next to a copy of itself",
         "Hide all symbols but the entry, so that neither copy finds the other's.", copies},
    };
    return all;
}

const std::vector<Check> &node_checks() {
    static const std::vector<Check> all = [] {
        std::vector<Check> checks;
        for (const auto &part :
             {abi_checks(), call_checks(), param_checks(), value_checks(), change_checks(),
              plan_checks(), pixel_checks(), extent_checks(), tile_checks(), filter_checks(),
              service_checks(), trouble_checks(), count_checks()})
            checks.insert(checks.end(), part.begin(), part.end());
        return checks;
    }();
    return all;
}

}  // namespace sepflow::check
