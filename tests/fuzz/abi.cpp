// Structs of arbitrary size and content through the functions of node.h, sepflow.h and host.h. Each
// lies in memory of exactly struct_size bytes, so that the address sanitizer sees a reader or
// writer that goes beyond. Pointers in them are NULL or good, and images hold what they say: a
// caller who lies about those cannot be caught.
#include <algorithm>
#include <memory>
#include <vector>

#include <sepflow/host.h>
#include <sepflow/sepflow.h>

#include "tests/fuzz/input.h"
#include "tests/fuzz/nodes.h"

namespace {

using fuzz::Input;
using fuzz::require;

constexpr int64_t kW = 7, kH = 5;
constexpr uint64_t kScratch = 1 << 20;

// `count` structs, struct_size apart: what the struct holds, as far as there is room, then
// anything.
template <typename Struct>
class Block {
  public:
    Block(Input &input, const Struct &content, uint32_t count = 1) : size_(any_size(input)) {
        memory_ = static_cast<char *>(std::malloc(size_ * count));
        for (uint32_t i = 0; i < count; ++i) {
            char *at = memory_ + size_ * i;
            std::memset(at, input.take<uint8_t>(), size_);
            std::memcpy(at, &content, std::min(size_, sizeof content));
            const auto stated = static_cast<uint32_t>(size_);
            std::memcpy(at, &stated, sizeof stated);
        }
    }
    ~Block() { std::free(memory_); }
    Block(const Block &) = delete;
    Struct *get() { return reinterpret_cast<Struct *>(memory_); }
    bool holds(size_t bytes) const { return size_ >= bytes; }
    // Readers leave the size, and whoever fills it, too.
    void check() const {
        uint32_t stated;
        std::memcpy(&stated, memory_, sizeof stated);
        require(stated == size_, "struct_size is the caller's");
    }

  private:
    static size_t any_size(Input &input) {
        const auto byte = input.take<uint8_t>();
        if (byte < 128) return sizeof(Struct);
        // Elements of an array lie struct_size apart, so it keeps pointers aligned.
        return 8 + byte % 128 * 8 % (sizeof(Struct) + 64);
    }
    size_t size_;
    char *memory_;
};

// A record of any size, which no one may take for larger.
class AnyError {
  public:
    explicit AnyError(Input &input) : block_(input, {}) {}
    sepflow_error *get() { return block_.get(); }
    void check(sepflow_status status) {
        block_.check();
        require(status <= 0 && status >= SEPFLOW_E_IO && status != SEPFLOW_E_INTERNAL, "a status");
        if (status == SEPFLOW_OK || !block_.holds(SEPFLOW_ERROR_FIRST_SIZE)) return;
        const sepflow_error &error = *block_.get();
        require(error.code == status, "the record holds the status");
        require(std::memchr(error.message, 0, sizeof error.message) != nullptr, "a whole message");
    }

  private:
    Block<sepflow_error> block_;
};

sepflow_rect any_rect(Input &input) {
    sepflow_rect rect;
    for (int64_t *value : {&rect.x, &rect.y, &rect.w, &rect.h}) *value = input.coordinate();
    return rect;
}

struct Images {
    alignas(8) unsigned char in[kW * kH * 8] = {}, mask[kW * kH * 8] = {}, out[kW * kH * 8] = {};
};

sepflow_image dense(void *data, sepflow_type type) {
    return sepflow_image_dense(data, type, kW, kH, 1);
}

void log(void *, int32_t, const char *, const char *) {}
void *allocate(void *, uint64_t bytes, uint64_t align) {
    return std::aligned_alloc(align, (bytes + align - 1) / align * align);
}
void release(void *, void *memory) {
    std::free(memory);
}
sepflow_status parallel_for(void *, void *, int64_t count, sepflow_task task, void *arg) {
    for (int64_t i = 0; i < count; ++i) task(arg, i);
    return SEPFLOW_OK;
}
int32_t is_cancelled(void *, void *) {
    return 0;
}
const void *get_extension(void *, const char *) {
    return nullptr;
}

sepflow_host any_host(Input &input) {
    sepflow_host host = {};
    host.abi_major = SEPFLOW_ABI_MAJOR;
    host.flags = input.below(4) == 3 ? input.take<uint32_t>() : 0;
    const auto wanted = input.take<uint8_t>();
    if (wanted & 1) host.log = log;
    if (wanted & 2) host.alloc = allocate;
    if (wanted & 4) host.free = release;
    if (wanted & 8) host.parallel_for = parallel_for;
    if (wanted & 16) host.is_cancelled = is_cancelled;
    if (wanted & 32) host.get_extension = get_extension;
    // Memory is freed by whom it came from.
    if (host.alloc == nullptr || host.free == nullptr) host.alloc = nullptr, host.free = nullptr;
    return host;
}

// A process call whose arrays are as long as it says; `run` gets it.
template <typename Run>
void any_process(Input &input, sepflow_type in_type, sepflow_type out_type, Run run) {
    Images memory;
    Block<sepflow_host> host(input, any_host(input));
    const uint32_t inputs = input.below(3), outputs = input.below(3);
    sepflow_image in = dense(memory.in, in_type), out = dense(memory.out, out_type);
    in.flags = input.below(32) == 31;
    out.channels = input.below(32) == 31 ? input.take<int32_t>() : 1;
    Block<sepflow_image> ins(input, in, inputs), outs(input, out, outputs);
    sepflow_process call = {};
    call.flags = input.below(16) == 15 ? input.take<uint32_t>() : 0;
    call.input_count = inputs;
    call.output_count = outputs;
    call.inputs = inputs > 0 ? ins.get() : nullptr;
    call.outputs = outputs > 0 ? outs.get() : nullptr;
    call.region = input.below(4) == 3 ? any_rect(input) : sepflow_rect{0, 0, kW, kH};
    call.max_threads = input.below(8) == 7 ? input.take<int8_t>() : 1;
    static char *const scratch = new char[kScratch];
    const uint64_t sizes[] = {kScratch, kScratch, kScratch, input.take<uint16_t>()};
    call.scratch_size = input.one_of(sizes);
    call.scratch = call.scratch_size == 0 ? nullptr : scratch;
    if (input.flip()) call.host = host.get();
    Block<sepflow_process> block(input, call);
    AnyError error(input);
    error.check(run(block.get(), error.get()));
    block.check();
}

sepflow_plan *any_plan(Input &input, sepflow_options &o) {
    o.flags = input.below(8) == 7 ? input.take<uint32_t>() : 0;
    o.in_type = input.one_of(fuzz::kTypes);
    o.out_type = input.flip() ? SEPFLOW_TYPE_NONE : input.one_of(fuzz::kTypes);
    o.channels = input.below(16) == 15 ? input.take<int32_t>() : 1;
    o.border_x = static_cast<int32_t>(input.below(7));
    o.border_y = static_cast<int32_t>(input.below(7));
    o.extent = static_cast<int32_t>(input.below(4));
    o.rank = static_cast<int32_t>(input.below(4));
    o.method = static_cast<int32_t>(input.below(3));
    o.missing = static_cast<int32_t>(input.below(4));
    const char *const variants[] = {nullptr, nullptr, "sse2", "avx2", "none"};
    o.variant = input.one_of(variants);
    Block<sepflow_options> options(input, o);
    const double taps[] = {1, 2, 1, 2, 4, 2.5};
    AnyError error(input);
    sepflow_plan *plan = nullptr;
    const sepflow_status status =
        sepflow_plan_create(taps, 2, 3, 3, options.get(), &plan, error.get());
    error.check(status);
    options.check();
    require((plan == nullptr) == (status != SEPFLOW_OK), "a plan, or a failure");
    const bool is_short = !options.holds(SEPFLOW_OPTIONS_FIRST_SIZE);
    require(is_short == (status == SEPFLOW_E_ABI), "short options, and no others, are too short");
    return plan;
}

void check_rects(Input &input,
                 sepflow_status (*ask)(const void *, const sepflow_rect *, const sepflow_rect *,
                                       sepflow_rect *),
                 const void *plan) {
    const sepflow_rect out = any_rect(input), domain = any_rect(input);
    sepflow_rect in = {1, 2, 3, 4};
    const sepflow_status status = ask(plan, &out, &domain, &in);
    require(status <= 0 && status != SEPFLOW_E_INTERNAL, "a status");
    if (status == SEPFLOW_OK) require(in.w >= 0 && in.h >= 0, "a region is not negative");
}

void direct_calls(Input &input) {
    sepflow_options o = {};
    sepflow_plan *plan = any_plan(input, o);
    if (plan == nullptr) return;
    Block<sepflow_plan_info> info(input, {});
    require(sepflow_plan_query(plan, info.get()) == SEPFLOW_OK, "any size is filled");
    info.check();
    Block<sepflow_plan_description> description(input, {});
    require(sepflow_plan_describe(plan, description.get()) == SEPFLOW_OK, "any size is filled");
    description.check();
    check_rects(
        input,
        [](const void *p, const sepflow_rect *out, const sepflow_rect *domain, sepflow_rect *in) {
            const auto *of = static_cast<const sepflow_plan *>(p);
            (void)sepflow_plan_output_domain(of, domain, in);
            return sepflow_plan_input_region(of, out, domain, in);
        },
        plan);
    any_process(input, o.in_type, o.out_type == 0 ? o.in_type : o.out_type,
                [&](const sepflow_process *call, sepflow_error *error) {
                    return sepflow_process_plan(plan, call, error);
                });
    sepflow_plan_free(plan);
}

void any_parameters(Input &input, const sepflow_node_desc &desc, sepflow_node *node) {
    const double taps[] = {1, 2, 3, 4, 5, 6};
    const char *const texts[] = {"gaussian 1", "sobel x", "same", "full", "constant", "box 3", ""};
    for (uint32_t i = input.below(4); i > 0; --i) {
        sepflow_value value = {};
        const uint32_t index = input.below(desc.param_count + 1);
        value.type = index < desc.param_count && input.below(8) != 7
                         ? desc.params[index].type
                         : static_cast<int32_t>(input.below(7));
        value.i = input.coordinate();
        value.f = input.flip() ? input.take<int8_t>() : input.take<double>();
        value.s = input.flip() ? input.one_of(texts) : nullptr;
        value.rows = input.below(8) == 7 ? input.coordinate() : input.below(4);
        value.columns = 6 / std::max<int64_t>(1, std::min<int64_t>(value.rows, 6));
        value.a = input.flip() ? taps : nullptr;
        // More rows than there are only where they must be too many.
        if (value.rows > 6 && value.rows < int64_t{1} << 30) value.rows = 6, value.columns = 1;
        Block<sepflow_value> block(input, value);
        AnyError error(input);
        error.check(desc.set_param(node, index, block.get(), error.get()));
        Block<sepflow_value> got(input, {});
        AnyError again(input);
        again.check(desc.get_param(node, index, got.get(), again.get()));
        got.check();
    }
    Block<sepflow_format_pair> pair(input, {});
    AnyError error(input);
    error.check(desc.query_formats(node, input.take<uint8_t>(), pair.get(), error.get()));
    pair.check();
}

void node_calls(Input &input) {
    const sepflow_registry *registry = fuzz::registry_of_nodes();
    const sepflow_node_desc &desc = *sepflow_registry_node(
        registry, input.below(sepflow_registry_count(registry)), nullptr, nullptr);
    Block<sepflow_host> host(input, any_host(input));
    AnyError error(input);
    sepflow_node *node = nullptr;
    const bool has_host = input.flip();
    const bool is_short = has_host && !host.holds(SEPFLOW_HOST_FIRST_SIZE);
    const sepflow_status created =
        desc.create(&desc, has_host ? host.get() : nullptr, &node, error.get());
    error.check(created);
    require(created == (is_short ? SEPFLOW_E_ABI : SEPFLOW_OK), "only a short host is refused");
    if (is_short) return;
    any_parameters(input, desc, node);
    sepflow_config config = {};
    config.in_type = input.one_of(fuzz::kTypes);
    config.out_type = input.flip() ? SEPFLOW_TYPE_NONE : input.one_of(fuzz::kTypes);
    config.channels = input.below(16) == 15 ? input.take<int32_t>() : 1;
    config.flags = input.below(16) == 15 ? input.take<uint32_t>() : 0;
    config.domain_w = input.coordinate();
    Block<sepflow_config> block(input, config);
    sepflow_plan *plan = nullptr;
    const sepflow_status status = desc.configure(node, block.get(), &plan, error.get());
    error.check(status);
    block.check();
    if (status == SEPFLOW_OK) {
        Block<sepflow_plan_info> info(input, {});
        require(desc.plan_info(plan, info.get()) == SEPFLOW_OK, "any size is filled");
        info.check();
        struct Asked {
            const sepflow_node_desc &desc;
            const sepflow_plan *plan;
        } asked = {desc, plan};
        check_rects(
            input,
            [](const void *p, const sepflow_rect *out, const sepflow_rect *domain,
               sepflow_rect *in) {
                const auto &[of, its] = *static_cast<const Asked *>(p);
                (void)of.output_domain(its, domain, in);
                return of.input_region(its, 0, out, domain, in);
            },
            &asked);
        any_process(input, config.in_type, config.out_type == 0 ? config.in_type : config.out_type,
                    [&](const sepflow_process *call, sepflow_error *failure) {
                        return desc.process(plan, call, failure);
                    });
        desc.plan_release(plan);
    }
    desc.destroy(node);
}

sepflow_status read_nothing(void *, const sepflow_image *into, sepflow_error *) {
    require(into->bounds.w > 0 && into->bounds.h > 0, "a source is asked for pixels");
    for (int64_t y = 0; y < into->bounds.h; ++y) {
        std::memset(static_cast<char *>(into->data) + y * into->stride_y, 1,
                    static_cast<size_t>(into->bounds.w * into->stride_x));
    }
    return SEPFLOW_OK;
}

void graph_calls(Input &input) {
    sepflow_graph *graph = nullptr;
    require(sepflow_graph_create(fuzz::registry_of_nodes(), &graph, nullptr) == SEPFLOW_OK, "one");
    sepflow_graph_add_input(graph, "in", nullptr);
    sepflow_graph_add_node(graph, "f", "org.sepflow.separable", SEPFLOW_TYPE_NONE, nullptr);
    sepflow_graph_set_text(graph, "f", "kernel", "box 3", nullptr);
    sepflow_graph_connect(graph, "in", "f", "in", nullptr);
    sepflow_graph_add_output(graph, "out", "f", nullptr);
    Images memory;
    const sepflow_type type = input.one_of(fuzz::kTypes);
    AnyError error(input);
    if (input.flip()) {
        Block<sepflow_image> image(input, dense(memory.in, type));
        error.check(sepflow_graph_bind_image(graph, "in", image.get(), error.get()));
        image.check();
    } else {
        sepflow_source source = {};
        source.type = type;
        source.channels = input.below(16) == 15 ? input.take<int32_t>() : 1;
        source.flags = input.below(16) == 15 ? input.take<uint32_t>() : 0;
        source.domain = input.below(8) == 7 ? any_rect(input) : sepflow_rect{0, 0, kW, kH};
        source.read = input.below(8) == 7 ? nullptr : read_nothing;
        Block<sepflow_source> block(input, source);
        error.check(sepflow_graph_bind_source(graph, "in", block.get(), error.get()));
        block.check();
    }
    const sepflow_status prepared = sepflow_graph_prepare(graph, error.get());
    error.check(prepared);
    Block<sepflow_image> described(input, {});
    error.check(sepflow_graph_describe_output(graph, "out", described.get(), error.get()));
    described.check();
    Block<sepflow_plan_info> info(input, {});
    error.check(sepflow_graph_node_plan_info(graph, "f", info.get(), error.get()));
    info.check();
    sepflow_run run = {};
    run.max_threads = input.below(8) == 7 ? input.take<int32_t>() % 2 : 1;
    run.tile_w = input.coordinate();
    run.tile_h = input.coordinate();
    Block<sepflow_run> block(input, run);
    Block<sepflow_image> out(input, dense(memory.out, type));
    error.check(sepflow_graph_compute(graph, "out", out.get(), block.get(), error.get()));
    block.check();
    out.check();
    sepflow_graph_free(graph);
}

const sepflow_entry *entry_to_add = nullptr;

// A plugin's own structs, as another version of the header may have made them.
void plugin_calls(Input &input) {
    const sepflow_entry *entry = nullptr;
    (void)sepflow_registry_node(fuzz::registry_of_nodes(), 0, nullptr, &entry);
    sepflow_entry changed = *entry;
    changed.abi_major = input.below(8) == 7 ? input.take<int32_t>() : changed.abi_major;
    changed.abi_minor_needed = input.below(8) == 7 ? input.take<int32_t>() : 0;
    if (input.below(8) == 7) changed.id = nullptr;
    if (input.below(8) == 7) changed.node = nullptr;
    if (input.below(8) == 7) changed.init = nullptr;
    if (input.below(8) == 7) changed.deinit = nullptr;
    if (input.below(8) == 7) changed.node_count = input.take<uint8_t>();
    if (input.below(8) == 7) changed.image_size = input.take<uint32_t>();
    Block<sepflow_entry> block(input, changed);
    entry_to_add = block.get();
    sepflow_registry *registry = nullptr;
    require(sepflow_registry_create(&registry, nullptr) == SEPFLOW_OK, "a registry");
    AnyError error(input);
    error.check(sepflow_host_add_static(
        registry, []() -> const sepflow_entry * { return entry_to_add; }, error.get()));
    (void)sepflow_registry_find(registry, "org.sepflow.separable");
    sepflow_registry_free(registry);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input input(data, size);
    void (*const calls[])(Input &) = {direct_calls, node_calls, graph_calls, plugin_calls};
    calls[input.below(4)](input);
    return 0;
}
