// Structs of other sizes, hosts that offer little, flags and ids that are unknown.
#include <algorithm>
#include <cstring>

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

// A node's whole life with a host, or with none. Where neither gives it memory, the call's scratch
// must do.
Bytes life(Subject &subject, const sepflow_host *host, int32_t threads) {
    const Format format = subject.any_format();
    Node node = subject.node(host);
    const Plan plan = node.configure(config_for(format, kW, kH));
    const Scene scene(subject, plan, format, {0, 0, kW, kH});
    How how;
    how.threads = threads;
    Bytes result;
    const Reply reply = scene.try_compute(scene.out_domain(), how, &result);
    const bool may_lack_memory = host == nullptr || host->alloc == nullptr || host->free == nullptr;
    if (may_lack_memory && reply.status == SEPFLOW_E_MEMORY) {
        how.scratch_bytes = plan.info().scratch_bytes;
        return scene.compute(scene.out_domain(), how);
    }
    require_ok("process", reply);
    return result;
}

// Names the function after which the process is another.
class Watch {
  public:
    void check(const std::string &function) {
        const ProcessState now = process_state();
        const std::string what = changed(before_, now);
        require(what.empty(), function + " changes " + what);
        require(silence_.is_kept(), "it prints in " + function);
    }

  private:
    const Silence silence_;
    const ProcessState before_ = process_state();
};

// From before the plugin was loaded, through init and a node's life, with refusals.
void state(Subject &subject) {
    const std::string what = changed(subject.before(), process_state());
    require(what.empty(), "to load it, with init, changes " + what);
    Watch watch;
    {
        Node node = subject.node();
        watch.check("create, or set_param,");
        const Format format = subject.any_format();
        watch.check("query_formats, or configure,");
        node.try_set(UINT32_MAX, int_value(1));
        watch.check("set_param that refuses");
        Reply reply = {};
        node.try_configure(config_for({format.in, format.out, 0}, kW, kH), &reply);
        watch.check("configure that refuses");
        const Plan plan = node.configure(config_for(format, kW, kH));
        watch.check("configure");
        const Scene scene(subject, plan, format, {0, 0, kW, kH});
        scene.compute(scene.out_domain());
        watch.check("process");
        How how;
        how.call_flags = 1u << 31;
        Bytes ignored;
        scene.try_compute(scene.out_domain(), how, &ignored);
        watch.check("process that refuses");
    }
    watch.check("destroy, or plan_release,");
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
    const auto check_without = [&](const char *name, auto callback) {
        sepflow_host host = *subject.host().get();
        host.*callback = nullptr;
        check_alike(std::string("with a host whose ") + name + " is NULL", &host);
    };
    check_without("log", &sepflow_host::log);
    check_without("alloc", &sepflow_host::alloc);
    check_without("free", &sepflow_host::free);
    check_without("parallel_for", &sepflow_host::parallel_for);
    check_without("is_cancelled", &sepflow_host::is_cancelled);
    check_without("get_extension", &sepflow_host::get_extension);
    Later<sepflow_host> later(*subject.host().get(), 0xff);
    later.known.abi_minor = 99;
    check_alike("with a host of a later version", &later.known);
}

// Checks what `fill` writes into a struct at the end of a page, for each size that the struct may
// have. The fields from `pointers` on may point elsewhere each time.
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
    for (uint32_t i = 0; i < desc.param_count; ++i) {
        sepflow_value value = {};
        if (!node.try_get(i, &value) || !subject.node().try_set(i, value).ok()) continue;
        const Later<sepflow_value> later(value, 0xff);
        node.set(i, later.known);
    }
    Later<sepflow_error> later({}, 0x77);
    now_doing("configure with an error record of a later version");
    refuse_no_channels(subject, node, format, &later.known);
    require(later.known.code < 0 && later.known.message[0] != '\0',
            "configure leaves an error record of a later version unchanged");
    for (const unsigned char byte : later.fields)
        require(byte == 0x77, "configure writes to fields of an error record that it cannot know");
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
    require(!reply.ok(), "configure takes an unknown flag");

    const Plan plan = node.configure(config_for(format, kW, kH));
    const Scene scene(subject, plan, format, {0, 0, kW, kH});
    scene.compute(scene.out_domain());
    const auto refuse = [&](const char *place, uint32_t How::*flags) {
        How how;
        how.*flags = kUnknown;
        Bytes ignored;
        require(!scene.try_compute(scene.out_domain(), how, &ignored).ok(),
                std::string("process takes a flag of the ") + place + " that is not defined");
    };
    refuse("call", &How::call_flags);
    refuse("input", &How::input_flags);
    refuse("output", &How::output_flags);
    for (uint32_t port = 1; port < subject.inputs(); ++port) {
        How how;
        how.optional_port = subject.is_optional(port) ? port : kNoPort;
        how.optional_type = format.in;
        Bytes ignored;
        if (!scene.try_compute(scene.out_domain(), how, &ignored).ok()) continue;
        how.change = [&](sepflow_process &call) { image_of(call.inputs, port).flags = kUnknown; };
        require(!scene.try_compute(scene.out_domain(), how, &ignored).ok(),
                std::string("process takes a flag of '") + subject.port(port).name +
                    "' that is not defined");
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
    const sepflow_config config = config_for(format, kW, kH);
    const Plan plan = node.configure(config);
    refuses("configure", ask("configure by NULL", [&](sepflow_error *e) {
                sepflow_plan *made = nullptr;
                return desc.configure(node.get(), nullptr, &made, e);
            }));
    refuses("configure", ask("configure with no place for the plan", [&](sepflow_error *e) {
                return desc.configure(node.get(), &config, nullptr, e);
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
         "leaves the FPU, locale, signals, files and threads unchanged, and prints nothing",
         "Restore what the named function changes before it returns. Send messages to the host's "
         "log.",
         state},
        {"hosts", "works with any host: none, one without callbacks, a later one",
         "Test each callback for NULL before its call and do without it. Read the host as far as "
         "its struct_size.",
         hosts},
        {"records", "fills records as far as their struct_size, and no further",
         "Fill records by sepflow_write_struct. Leave an error record alone that is smaller than "
         "SEPFLOW_ERROR_FIRST_SIZE.",
         records},
        {"structs", "takes structs of later versions, and images of the one that it needs",
         "Read structs by sepflow_read_struct, and images by sepflow_image_at.", structs},
        {"flags", "refuses flags that it does not know",
         "Return SEPFLOW_E_UNSUPPORTED for each bit of flags that you do not know, in the config, "
         "the call and every image.",
         flags},
        {"nulls",
         "refuses NULL as value, config, call or place of a result, and needs no error record",
         "Test the pointer and return SEPFLOW_E_INVALID. destroy ignores NULL.", nulls},
    };
}

}  // namespace sepflow::check
