// Structs of other sizes, hosts that offer little, flags and ids that nobody knows.
#include <cstdio>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/check/check.h"
#include "runtime/check/picture.h"
#include "runtime/check/process_state.h"

namespace sepflow::check {

namespace {

constexpr int64_t kW = 23, kH = 14;

// A node's whole life with a host, or with none.
Bytes life(Subject &subject, const sepflow_host *host, int32_t threads) {
    const Format format = subject.any_format();
    Node node = subject.node(host);
    const Plan plan = node.configure(config_for(format, kW, kH));
    const Scene scene(subject, plan, format, {0, 0, kW, kH});
    Scene::How how;
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

// Loading is a part of it: the parent never loads the plugin, so what it looks at is fresh.
void state(Subject &subject) {
    const Silence silence;
    const ProcessState before = process_state();
    Subject again(subject.target());
    std::string what = changed(before, process_state());
    require(what.empty(), "to load it, with init, changes " + what);
    life(again, again.host().get(), 1);
    what = changed(before, process_state());
    require(what.empty(),
            "a node that was made, run and destroyed leaves behind a change of " + what);
    require(silence.is_kept(), "it prints");
}

void hosts(Subject &subject) {
    const Bytes wanted = life(subject, subject.host().get(), 1);
    require(life(subject, nullptr, 0) == wanted, "without a host it computes other pixels");
    // Of every length: what the host does not have, nobody may call. It lies at the end of its page.
    const size_t sizes[] = {
        offsetof(sepflow_host, name),         offsetof(sepflow_host, log),
        offsetof(sepflow_host, alloc),        offsetof(sepflow_host, free),
        offsetof(sepflow_host, parallel_for), offsetof(sepflow_host, is_cancelled),
        offsetof(sepflow_host, get_extension)};
    for (const size_t size : sizes) {
        const Guarded memory(size, true);
        std::memcpy(memory.data(), subject.host().get(), size);
        auto *host = reinterpret_cast<sepflow_host *>(memory.data());
        host->struct_size = static_cast<uint32_t>(size);
        require(life(subject, host, 0) == wanted,
                "with a host of " + std::to_string(size) + " bytes it computes other pixels");
    }
    sepflow_host bare = *subject.host().get();
    bare.log = nullptr;
    bare.alloc = nullptr;
    bare.free = nullptr;
    bare.parallel_for = nullptr;
    bare.is_cancelled = nullptr;
    bare.get_extension = nullptr;
    require(life(subject, &bare, 0) == wanted,
            "with a host whose callbacks are NULL it computes other pixels");
    struct {
        sepflow_host known;
        unsigned char later[64];
    } newer = {*subject.host().get(), {}};
    std::memset(newer.later, 0xff, sizeof newer.later);
    newer.known.struct_size = sizeof newer;
    newer.known.abi_minor = 99;
    require(life(subject, &newer.known, 0) == wanted,
            "with a host of a later version it computes other pixels");
}

// What `fill` writes into a struct that ends where its page does, for each size that one may have.
template <typename Struct, typename Fill>
void written_within(const std::string &what, Fill fill) {
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
        require(
            status != SEPFLOW_OK ||
                std::memcmp(memory.data() + 4, reinterpret_cast<char *>(&whole) + 4, size - 4) == 0,
            what + " of " + std::to_string(size) + " bytes is filled otherwise than a whole one");
    }
    struct {
        Struct known;
        unsigned char later[64];
    } newer = {};
    std::memset(newer.later, 0x77, sizeof newer.later);
    newer.known.struct_size = sizeof newer;
    require(fill(&newer.known) == whole_status, what + ": one of a later version is refused");
    for (const unsigned char byte : newer.later)
        require(byte == 0x77, what + ": it writes to fields that it cannot know");
}

void records(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    const Plan plan = node.configure(config_for(format, kW, kH));
    const sepflow_node_desc &desc = subject.desc();
    written_within<sepflow_plan_info>(
        "plan_info", [&](sepflow_plan_info *info) { return desc.plan_info(plan.get(), info); });
    written_within<sepflow_format_pair>("query_formats", [&](sepflow_format_pair *pair) {
        return desc.query_formats(node.get(), 0, pair, nullptr);
    });
    for (uint32_t i = 0; i < desc.param_count; ++i) {
        written_within<sepflow_value>("get_param", [&](sepflow_value *value) {
            return desc.get_param(node.get(), i, value, nullptr);
        });
    }
    // A record of an error that has room for nothing but its size.
    const Guarded memory(8, true);
    std::memset(memory.data(), 0, 8);
    auto *error = reinterpret_cast<sepflow_error *>(memory.data());
    error->struct_size = 8;
    now_doing("configure with an error record of 8 bytes");
    sepflow_config config = config_for(format, kW, kH);
    config.channels = 0;
    sepflow_plan *none = nullptr;
    require(desc.configure(node.get(), &config, &none, error) < 0,
            "configure makes a plan for 0 channels");
}

// Structs that are read: one of a later version works, one that is cut short works or is refused.
void structs(Subject &subject) {
    const Format format = subject.any_format();
    Node node = subject.node();
    struct {
        sepflow_config known;
        unsigned char later[64];
    } newer = {config_for(format, kW, kH), {}};
    std::memset(newer.later, 0xff, sizeof newer.later);
    newer.known.struct_size = sizeof newer;
    node.configure(newer.known);
    for (size_t size = 0; size < sizeof(sepflow_config); size += 8) {
        const Guarded memory(size < 8 ? 8 : size, true);
        const sepflow_config whole = config_for(format, 0, 0);
        std::memcpy(memory.data(), &whole, memory.size());
        auto *part = reinterpret_cast<sepflow_config *>(memory.data());
        part->struct_size = static_cast<uint32_t>(size);
        Reply reply = {};
        node.try_configure(*part, &reply);
    }
    const Plan plan = node.configure(config_for(format, kW, kH));
    const sepflow_rect domain = {0, 0, kW, kH};
    const Picture in(format.in, format.channels, domain, domain, Layout::kDense, true, 1);
    for (size_t size = 0; size < sizeof(sepflow_process); size += 8) {
        const Guarded memory(size < 8 ? 8 : size, true);
        sepflow_process whole = {};
        whole.input_count = 1;
        whole.inputs = &in.image();
        std::memcpy(memory.data(), &whole, memory.size());
        auto *part = reinterpret_cast<sepflow_process *>(memory.data());
        part->struct_size = static_cast<uint32_t>(size);
        ask("process with a call of " + std::to_string(size) + " bytes",
            [&](sepflow_error *e) { return subject.desc().process(plan.get(), part, e); });
    }
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
    const sepflow_rect domain = {0, 0, kW, kH}, out_domain = plan.output_domain(domain);
    const Scene scene(subject, plan, format, domain);
    scene.compute(out_domain);
    const Picture in(format.in, format.channels, domain, domain, Layout::kDense, true, 1);
    const Picture out(format.out, format.channels, out_domain, out_domain, Layout::kDense, true, 1);
    for (const char *const where : {"call", "input", "output"}) {
        std::vector<sepflow_image> inputs(subject.inputs(), no_image());
        for (uint32_t i = 0; i < subject.inputs(); ++i) {
            if ((subject.port(i).flags & SEPFLOW_PORT_OPTIONAL) == 0) inputs[i] = in.image();
        }
        std::vector<sepflow_image> outputs(subject.desc().port_count - subject.inputs(),
                                           no_image());
        outputs[0] = out.image();
        sepflow_process call = call_of(inputs, outputs, out_domain);
        const std::string place = where;
        if (place == "call") call.flags = kUnknown;
        if (place == "input") inputs[0].flags = kUnknown;
        if (place == "output") outputs[0].flags = kUnknown;
        const Reply refused =
            ask("process with an unknown flag of the " + place,
                [&](sepflow_error *e) { return subject.desc().process(plan.get(), &call, e); });
        require(!refused.ok(), "process takes a flag of the " + place + " that nobody knows");
    }
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
    sepflow_config config = config_for(format, kW, kH);
    config.channels = 0;
    sepflow_plan *none = nullptr;
    require(desc.configure(node.get(), &config, &none, nullptr) < 0,
            "configure makes a plan for 0 channels");
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
        {"hosts", "works with any host: none, a smaller or later one, no callbacks", hosts},
        {"records", "fills records as far as their struct_size, and no further", records},
        {"structs", "reads structs as far as their struct_size, and no further", structs},
        {"flags", "refuses flags that it does not know", flags},
        {"nulls", "refuses NULL where something must be, and needs no error record", nulls},
    };
}

}  // namespace sepflow::check
