// Structs of other sizes, hosts that offer little, flags and ids that nobody knows.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/check/check.h"
#include "runtime/check/process_state.h"
#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

constexpr int64_t kW = 23, kH = 14;

// A configure that must fail, with a record of any size, or with none.
void refuse_no_channels(const Subject &subject, const Node &node, const Format &format,
                        sepflow_error *error) {
    sepflow_config config = config_for(format, kW, kH);
    config.channels = 0;
    sepflow_plan *none = nullptr;
    require(subject.desc().configure(node.get(), &config, &none, error) < 0,
            "configure makes a plan for 0 channels");
}

// A node's whole life with a host, or with none.
Bytes life(Subject &subject, const sepflow_host *host, int32_t threads) {
    const Format format = subject.any_format();
    Node node = subject.node(host);
    const Plan plan = node.configure(config_for(format, kW, kH));
    const Scene scene(subject, plan, format, {0, 0, kW, kH});
    How how;
    how.threads = threads;
    return scene.compute(scene.out_domain(), how);
}

// Standard output and standard error go where they can be looked at, while it lives.
class Silence {
  public:
    Silence() : kept_(memfd_create("printed", MFD_CLOEXEC)), out_(dup(1)), error_(dup(2)) {
        dup2(kept_, 1);
        dup2(kept_, 2);
    }
    Silence(const Silence &) = delete;
    ~Silence() {
        dup2(out_, 1);
        dup2(error_, 2);
        for (const int file : {kept_, out_, error_}) close(file);
    }
    bool is_kept() const {
        std::fflush(stdout);
        return kept_ < 0 || lseek(kept_, 0, SEEK_END) == 0;
    }

  private:
    int kept_, out_, error_;
};

// From before the plugin was loaded, through init and a node's life.
void state(Subject &subject) {
    std::string what = changed(subject.before(), process_state());
    require(what.empty(), "to load it, with init, changes " + what);
    const Silence silence;
    const ProcessState before = process_state();
    life(subject, subject.host().get(), 1);
    what = changed(before, process_state());
    require(what.empty(),
            "a node that was made, run and destroyed leaves behind a change of " + what);
    require(silence.is_kept(), "it prints");
}

void hosts(Subject &subject) {
    const Bytes wanted = life(subject, subject.host().get(), 1);
    const auto check_alike = [&](const std::string &what, const sepflow_host *host) {
        const Bytes got = life(subject, host, 1);
        require(got == wanted || !subject.promises(SEPFLOW_NODE_PURE),
                what + " it computes other pixels");
        life(subject, host, 0);
    };
    check_alike("without a host", nullptr);
    sepflow_host bare = *subject.host().get();
    bare.log = nullptr;
    bare.alloc = nullptr;
    bare.free = nullptr;
    bare.parallel_for = nullptr;
    bare.is_cancelled = nullptr;
    bare.get_extension = nullptr;
    check_alike("with a host whose callbacks are NULL", &bare);
    Later<sepflow_host> later(*subject.host().get(), 0xff);
    later.known.abi_minor = 99;
    check_alike("with a host of a later version", &later.known);
}

// What `fill` writes into a struct that ends where its page does, for each size that one may have. The
// fields from `pointers` on may point elsewhere each time.
template <typename Struct, typename Fill>
void written_within(const std::string &what, size_t pointers, Fill fill) {
    Struct whole = {};
    whole.struct_size = sizeof whole;
    const sepflow_status whole_status = fill(&whole);
    for (size_t size = 8; size < sizeof(Struct); size += 8) {
        const Guarded memory(size, true);
        std::memset(memory.data(), 0, size);
        auto *part = reinterpret_cast<Struct *>(memory.data());
        part->struct_size = static_cast<uint32_t>(size);
        now_doing(what + " of " + std::to_string(size) + " bytes");
        const sepflow_status status = fill(part);
        require(status == whole_status || status == SEPFLOW_E_ABI,
                what + " of " + std::to_string(size) + " bytes: " + std::to_string(status));
        require(part->struct_size == size, what + ": it changes struct_size");
        const auto *written = reinterpret_cast<const char *>(part);
        const size_t known = std::min(size, pointers);
        require(
            status != SEPFLOW_OK || std::equal(written + 4, written + known,
                                               reinterpret_cast<const char *>(&whole) + 4),
            what + " of " + std::to_string(size) + " bytes is filled otherwise than a whole one");
    }
    Later<Struct> later({}, 0x77);
    require(fill(&later.known) == whole_status, what + ": one of a later version is refused");
    for (const unsigned char byte : later.fields)
        require(byte == 0x77, what + ": it writes to fields that it cannot know");
}

void records(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kW, kH));
    const sepflow_node_desc &desc = subject.desc();
    written_within<sepflow_plan_info>(
        "plan_info", offsetof(sepflow_plan_info, variant),
        [&](sepflow_plan_info *info) { return desc.plan_info(plan.get(), info); });
    written_within<sepflow_format_pair>("query_formats", sizeof(sepflow_format_pair),
                                        [&](sepflow_format_pair *pair) {
                                            return desc.query_formats(node.get(), 0, pair, nullptr);
                                        });
    for (uint32_t i = 0; i < desc.param_count; ++i) {
        written_within<sepflow_value>(
            "get_param", offsetof(sepflow_value, s),
            [&](sepflow_value *value) { return desc.get_param(node.get(), i, value, nullptr); });
    }
    // A record of an error that has room for nothing but its size.
    const Guarded memory(8, true);
    std::memset(memory.data(), 0, 8);
    auto *error = reinterpret_cast<sepflow_error *>(memory.data());
    error->struct_size = 8;
    now_doing("configure with an error record of 8 bytes");
    refuse_no_channels(subject, node, format, error);
}

void structs(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const Later<sepflow_config> later(config_for(format, kW, kH), 0xff);
    const Plan plan = node.configure(later.known);
    const Scene scene(subject, plan, format, {0, 0, kW, kH});
    How how;
    const Bytes wanted = scene.compute(scene.out_domain(), how);
    const auto check_alike = [&](const std::string &what) {
        const std::string where =
            scene.difference(scene.compute(scene.out_domain(), how), wanted, scene.out_domain());
        require(where.empty(), what + " give other pixels " + where);
    };
    how.has_later_call = true;
    check_alike("structs of a later version");
    // A host of minor version 0 knows no image_size.
    if (subject.entry().abi_minor_needed > 0) return;
    how.image_size = SEPFLOW_IMAGE_FIRST_SIZE;
    check_alike("images of minor version 0");
}

void flags(Subject &subject) {
    constexpr uint32_t kUnknown = 1u << 31;
    const Format format = subject.any_format();
    Node node = subject.node();
    sepflow_config config = config_for(format, kW, kH);
    config.flags = kUnknown;
    Reply reply = {};
    node.try_configure(config, &reply);
    require(!reply.ok(), "configure takes a flag that nobody knows");

    const Plan plan = node.configure(config_for(format, kW, kH));
    const Scene scene(subject, plan, format, {0, 0, kW, kH});
    scene.compute(scene.out_domain());
    const auto refuse = [&](const char *place, uint32_t How::*flags) {
        How how;
        how.*flags = kUnknown;
        Bytes ignored;
        require(!scene.try_compute(scene.out_domain(), how, &ignored).ok(),
                std::string("process takes a flag of the ") + place + " that nobody knows");
    };
    refuse("call", &How::call_flags);
    refuse("input", &How::input_flags);
    refuse("output", &How::output_flags);
}

void nulls(Subject &subject) {
    const Format format = subject.any_format();
    const sepflow_node_desc &desc = subject.desc();
    const auto refuses = [](const std::string &what, const Reply &reply) {
        require(!reply.ok(), what + " takes NULL");
    };
    refuses("create", ask("create with no place for the node", [&](sepflow_error *e) {
                return desc.create(&desc, subject.host().get(), nullptr, e);
            }));
    ask_plainly("destroy of NULL", [&] { desc.destroy(nullptr); });
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kW, kH));
    refuses("configure", ask("configure by NULL", [&](sepflow_error *e) {
                sepflow_plan *made = nullptr;
                return desc.configure(node.get(), nullptr, &made, e);
            }));
    refuses("process", ask("process of NULL",
                           [&](sepflow_error *e) { return desc.process(plan.get(), nullptr, e); }));
    if (desc.param_count > 0) {
        refuses("set_param", ask("set_param of NULL", [&](sepflow_error *e) {
                    return desc.set_param(node.get(), 0, nullptr, e);
                }));
    }
    // Every error argument may be NULL.
    now_doing("calls that fail, with no error record");
    refuse_no_channels(subject, node, format, nullptr);
    sepflow_process empty = {};
    empty.struct_size = sizeof empty;
    empty.region = {0, 0, kW, kH};
    require(desc.process(plan.get(), &empty, nullptr) < 0, "process runs without images");
}

}  // namespace

std::vector<Check> abi_checks() {
    return {
        {"state",
         "leaves the FPU, locale, signals, files and threads as they were, and prints nothing",
         state},
        {"hosts", "works with any host: none, one without callbacks, a later one", hosts},
        {"records", "fills records as far as their struct_size, and no further", records},
        {"structs", "takes structs of later versions, and images of the one that it needs",
         structs},
        {"flags", "refuses flags that it does not know", flags},
        {"nulls", "refuses NULL where something must be, and needs no error record", nulls},
    };
}

}  // namespace sepflow::check
