// A small filter that keeps to node.h, but for the one fault that the variable SEPFLOW_TEST_FAULT names.
#include <algorithm>
#include <atomic>
#include <clocale>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include <sepflow/node.h>

// Exported by a second build of this file, FAULTY_EXPORTS.
#ifdef FAULTY_EXPORTS
extern "C" __attribute__((visibility("default"))) int sepflow_faulty_extra() {
    return 1;
}
#endif

namespace {

bool has(const char *fault) {
    static const char *const wanted = std::getenv("SEPFLOW_TEST_FAULT");
    return wanted != nullptr && std::strcmp(wanted, fault) == 0;
}

sepflow_status fail(sepflow_error *error, sepflow_status code, const char *message,
                    int32_t param = -1) {
    if (has("null_error")) error->code = code;
    if (error == nullptr) return code;
    if (!has("long_error") && error->struct_size < sizeof *error) return code;
    if (has("no_message")) return code;
    error->code = code;
    error->param_index = param;
    std::snprintf(error->message, sizeof error->message, "%s", message);
    return code;
}

template <typename Struct>
void fill(Struct *to, const Struct &from) {
    const uint32_t size = to->struct_size;
    std::memcpy(to, &from, has("long_records") ? sizeof from : std::min<size_t>(size, sizeof from));
    to->struct_size = size;
}

template <typename Struct>
Struct known(const Struct *given) {
    Struct result = {};
    const size_t size = has("reads_past") ? sizeof result : given->struct_size;
    std::memcpy(&result, given, std::min(size, sizeof result));
    return result;
}

struct Values {
    std::vector<double> kernel;
    std::string kernel_text, edge = "replicate", label = "a";
    int64_t rows = 0, columns = 0;
    double gain = 1;
};

constexpr sepflow_type kTypes[] = {SEPFLOW_U8, SEPFLOW_F32};
const char *const kEdges[] = {"replicate", "zero"};

struct Node {
    const sepflow_host *host;
    Values values;
    struct Plan *plan = nullptr;
};

struct Plan {
    Values values;
    const Node *node;
    const sepflow_host *host;
    sepflow_config config;
    std::atomic<int> owners{1};
};

const Values &values_of(const Plan *plan) {
    return has("follows_node") ? plan->node->values : plan->values;
}

void release(sepflow_plan *opaque) {
    auto *plan = reinterpret_cast<Plan *>(opaque);
    if (plan != nullptr && plan->owners.fetch_sub(1) == 1 && !has("leaks_plan")) delete plan;
}

void retain(sepflow_plan *plan) {
    ++reinterpret_cast<Plan *>(plan)->owners;
}

void forget_plan(Node *node) {
    release(reinterpret_cast<sepflow_plan *>(node->plan));
    node->plan = nullptr;
}

sepflow_status create(const sepflow_node_desc *, const sepflow_host *host, sepflow_node **node,
                      sepflow_error *error) {
    if (node == nullptr) return fail(error, SEPFLOW_E_INVALID, "no place for the node");
    if (has("throws")) throw std::runtime_error("a fault");
    if (has("calls_null")) host->log(host->ctx, SEPFLOW_LOG_INFO, "test.faulty/1", "made");
    *node = reinterpret_cast<sepflow_node *>(new Node{host, {}});
    return SEPFLOW_OK;
}

void destroy(sepflow_node *opaque) {
    auto *node = reinterpret_cast<Node *>(opaque);
    if (node == nullptr) return;
    forget_plan(node);
    delete node;
}

enum Param : uint32_t { kKernel, kGain, kEdge, kLabel, kParamCount };

sepflow_status set_kernel(Values &to, const sepflow_value &value, sepflow_error *error) {
    if (value.type != SEPFLOW_VALUE_MATRIX || (value.a == nullptr && value.s == nullptr))
        return fail(error, SEPFLOW_E_PARAM, "the kernel is a matrix", kKernel);
    if (value.a == nullptr) return fail(error, SEPFLOW_E_PARAM, "no kernel text", kKernel);
    if (value.rows < 1 || value.columns < 1 || value.rows > 6 || value.columns > 6)
        return fail(error, SEPFLOW_E_PARAM, "at most 6 by 6", kKernel);
    const std::vector<double> taps(value.a, value.a + value.rows * value.columns);
    for (const double tap : taps) {
        if (!std::isfinite(tap) && !has("takes_nan"))
            return fail(error, SEPFLOW_E_PARAM, "taps are finite", kKernel);
    }
    to.kernel = taps;
    to.rows = value.rows;
    to.columns = value.columns;
    return SEPFLOW_OK;
}

sepflow_status set_param(sepflow_node *opaque, uint32_t index, const sepflow_value *given,
                         sepflow_error *error) {
    auto *node = reinterpret_cast<Node *>(opaque);
    if (given == nullptr) return fail(error, SEPFLOW_E_INVALID, "value is NULL");
    if (index >= kParamCount) return fail(error, SEPFLOW_E_INVALID, "no such parameter");
    const sepflow_value value = known(given);
    const auto refuse = [&](const char *why) {
        return fail(error, SEPFLOW_E_PARAM, why,
                    has("names_no_param") ? -1 : static_cast<int32_t>(index));
    };
    Values changed = node->values;
    if (index == kKernel) {
        const sepflow_status status = set_kernel(changed, value, error);
        if (status != SEPFLOW_OK) return status;
    } else if (index == kGain) {
        if (value.type != SEPFLOW_VALUE_FLOAT) return refuse("gain is a number");
        if (!(value.f >= 0 && value.f <= 4) && !has("no_limits")) return refuse("0 .. 4");
        changed.gain = value.f;
    } else {
        const bool is_text = value.type == SEPFLOW_VALUE_TEXT || value.type == SEPFLOW_VALUE_CHOICE;
        if (!is_text || value.s == nullptr) return refuse("text");
        const bool is_edge =
            std::strcmp(value.s, kEdges[0]) == 0 || std::strcmp(value.s, kEdges[1]) == 0;
        if (index == kEdge && !is_edge) return refuse("replicate or zero");
        (index == kEdge ? changed.edge : changed.label) = has("forgets") ? "zero" : value.s;
    }
    node->values = changed;
    forget_plan(node);
    return SEPFLOW_OK;
}

sepflow_status get_param(const sepflow_node *opaque, uint32_t index, sepflow_value *value,
                         sepflow_error *error) {
    const auto *node = reinterpret_cast<const Node *>(opaque);
    if (index >= kParamCount) return fail(error, SEPFLOW_E_INVALID, "no such parameter");
    const sepflow_value_type types[] = {SEPFLOW_VALUE_MATRIX, SEPFLOW_VALUE_FLOAT,
                                        SEPFLOW_VALUE_CHOICE, SEPFLOW_VALUE_TEXT};
    const Values &values = node->values;
    sepflow_value found = {};
    found.type = types[index];
    if (index == kKernel) {
        found.a = values.kernel.empty() ? nullptr : values.kernel.data();
        found.rows = values.rows;
        found.columns = values.columns;
    }
    if (index == kGain) found.f = has("other_default") ? values.gain + 1 : values.gain;
    if (index == kEdge) found.s = values.edge.c_str();
    if (index == kLabel) found.s = values.label.c_str();
    fill(value, found);
    return SEPFLOW_OK;
}

sepflow_status query_formats(const sepflow_node *, uint32_t index, sepflow_format_pair *pair,
                             sepflow_error *error) {
    if (index >= 2 && !has("endless_formats"))
        return fail(error, SEPFLOW_E_INVALID, "past the last");
    sepflow_format_pair found = {};
    found.in_type = found.out_type = kTypes[index % 2];
    fill(pair, found);
    return SEPFLOW_OK;
}

sepflow_status configure(sepflow_node *opaque, const sepflow_config *given, sepflow_plan **plan,
                         sepflow_error *error) {
    auto *node = reinterpret_cast<Node *>(opaque);
    if (given == nullptr || plan == nullptr) return fail(error, SEPFLOW_E_INVALID, "NULL");
    *plan = nullptr;
    if (given->struct_size < offsetof(sepflow_config, flags) && !has("reads_past"))
        return fail(error, SEPFLOW_E_ABI, "config is cut short");
    sepflow_config config = known(given);
    if (config.flags != 0 && !has("any_flag"))
        return fail(error, SEPFLOW_E_UNSUPPORTED, "a flag of a later version");
    if (config.out_type == 0) config.out_type = config.in_type;
    const bool is_offered = config.in_type == config.out_type &&
                            (config.in_type == kTypes[0] || config.in_type == kTypes[1]);
    if (config.channels < 1 || (!is_offered && !has("any_format")))
        return fail(error, SEPFLOW_E_FORMAT, "u8 or f32, to itself");
    if (has("one_format") && config.in_type == SEPFLOW_F32)
        return fail(error, SEPFLOW_E_FORMAT, "u8 only");
    if (node->values.kernel.empty()) return fail(error, SEPFLOW_E_NOT_READY, "no kernel");
    if (has("hangs")) pause();
    if (node->plan == nullptr || has("new_plan") ||
        std::memcmp(&config, &node->plan->config, sizeof config) != 0) {
        forget_plan(node);
        node->plan = new Plan{node->values, node, node->host, config};
    }
    ++node->plan->owners;
    *plan = reinterpret_cast<sepflow_plan *>(node->plan);
    return SEPFLOW_OK;
}

struct Halo {
    int64_t left, right, top, bottom;
};

Halo halo_of(const Values &values) {
    const int64_t left = (values.columns - 1) / 2, top = (values.rows - 1) / 2;
    return {left, values.columns - 1 - left, top, values.rows - 1 - top};
}

sepflow_status plan_info(const sepflow_plan *opaque, sepflow_plan_info *info) {
    const auto *plan = reinterpret_cast<const Plan *>(opaque);
    const Halo halo = halo_of(plan->values);
    sepflow_plan_info found = {};
    found.left = has("negative_halo") ? -1 : halo.left;
    found.right = halo.right;
    found.top = halo.top;
    found.bottom = has("short_halo") ? halo.bottom - 1 : halo.bottom;
    found.flags = has("no_identity") ? SEPFLOW_PLAN_IDENTITY : 0;
    found.error_bound = 1e-6;
    const int64_t pixels = std::max<int64_t>(plan->config.domain_w * plan->config.domain_h, 1);
    found.scratch_bytes = static_cast<uint64_t>(pixels * plan->config.channels) * sizeof(double);
    found.variant = "generic";
    fill(info, found);
    return SEPFLOW_OK;
}

sepflow_status output_domain(const sepflow_plan *, const sepflow_rect *in, sepflow_rect *out) {
    *out = *in;
    return SEPFLOW_OK;
}

sepflow_status input_region(const sepflow_plan *opaque, uint32_t, const sepflow_rect *out,
                            const sepflow_rect *domain, sepflow_rect *in) {
    const auto *plan = reinterpret_cast<const Plan *>(opaque);
    Halo halo = halo_of(plan->values);
    if (has("short_region")) halo.right = 0;
    const sepflow_rect &d = *domain;
    if (out->w == 0 || out->h == 0) {
        *in = {d.x, d.y, 0, 0};
        return SEPFLOW_OK;
    }
    const int64_t reach = has("region_outside") ? 1 : 0;
    const int64_t x = std::max(out->x - halo.left, d.x),
                  y = std::max(out->y - halo.top, d.y - reach),
                  end_x = std::min(out->x + out->w + halo.right, d.x + d.w),
                  end_y = std::min(out->y + out->h + halo.bottom, d.y + d.h);
    *in = {x, y, end_x - x, end_y - y};
    return SEPFLOW_OK;
}

char *address(const sepflow_image &image, int64_t x, int64_t y, int32_t channel) {
    return static_cast<char *>(image.data) + (x - image.bounds.x) * image.stride_x +
           (y - image.bounds.y) * image.stride_y + channel * image.stride_c;
}

double read(const sepflow_image &image, int64_t x, int64_t y, int32_t channel) {
    const char *sample = address(image, x, y, channel);
    if (image.type == SEPFLOW_U8) return *reinterpret_cast<const uint8_t *>(sample);
    return *reinterpret_cast<const float *>(sample);
}

void write(const sepflow_image &image, int64_t x, int64_t y, int32_t channel, double value) {
    char *sample = address(image, x, y, channel);
    if (image.type == SEPFLOW_U8)
        *reinterpret_cast<uint8_t *>(sample) =
            static_cast<uint8_t>(std::clamp(std::nearbyint(value), 0., 255.));
    else
        *reinterpret_cast<float *>(sample) = static_cast<float>(value);
}

double filtered(const Values &values, const sepflow_image &in, int64_t x, int64_t y, int32_t c) {
    const Halo halo = halo_of(values);
    const sepflow_rect &d = in.domain;
    double sum = 0;
    for (int64_t row = 0; row < values.rows; ++row) {
        for (int64_t column = 0; column < values.columns; ++column) {
            const int64_t tap_column = has("mirrors") ? values.columns - 1 - column : column;
            const double tap =
                values.kernel[static_cast<size_t>(row * values.columns + tap_column)];
            const int64_t sx = x + column - halo.left, sy = y + row - halo.top;
            const bool is_outside = sx < d.x || sy < d.y || sx >= d.x + d.w || sy >= d.y + d.h;
            if (is_outside && values.edge == "zero") continue;
            const int64_t nx = std::clamp(sx, d.x, d.x + d.w - 1),
                          ny = std::clamp(sy, d.y, d.y + d.h - 1);
            sum += tap * read(in, nx, ny, c);
        }
    }
    if (has("spreads_nan"))
        sum += 0 * read(in, in.bounds.x, in.bounds.y, c) +
               0 * read(in, in.bounds.x + in.bounds.w / 2, in.bounds.y + in.bounds.h / 2, c);
    return sum * values.gain * (has("gains") ? 1.01 : 1);
}

// Faults of a process call that are not about its sums.
void misbehave(const sepflow_process &call, const sepflow_image &in, const sepflow_image &out) {
    const sepflow_rect &r = call.region;
    if (has("crashes")) std::raise(SIGSEGV);
    if (has("exits")) _exit(0);
    if (has("small") && in.domain.w < 3) std::raise(SIGFPE);
    if (has("writes_input")) ++*address(in, in.bounds.x, in.bounds.y, 0);
    if (has("writes_around") && out.stride_x > out.stride_c * out.channels)
        ++*(address(out, r.x, r.y, 0) + out.stride_c * out.channels);
    if (has("locale")) std::setlocale(LC_ALL, "C.UTF-8");
    if (has("signal")) std::signal(SIGUSR2, SIG_IGN);
    if (has("environment")) setenv("SEPFLOW_FAULTY", "1", 1);
    if (has("open_file")) (void)!open("/dev/null", O_RDONLY);
    if (has("prints")) std::puts("working");
    if (has("directory")) (void)!chdir("/");
    if (has("thread")) std::thread([] { pause(); }).detach();
#if defined(__x86_64__)
    if (has("fpu")) _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

struct Job {
    const Plan *plan;
    const sepflow_process *call;
    const sepflow_host *host;
    sepflow_image in, out;
    double *results;
    std::atomic<bool> is_cancelled{false};

    void run_row(int64_t i) {
        if (host != nullptr && host->is_cancelled != nullptr &&
            host->is_cancelled(host->ctx, call->call_ctx) != 0) {
            is_cancelled = !has("deaf");
            if (!has("deaf")) return;
        }
        const sepflow_rect &r = call->region;
        static std::atomic<int> calls;
        for (int64_t x = 0; x < r.w; ++x) {
            for (int32_t c = 0; c < out.channels; ++c) {
                double value = filtered(values_of(plan), in, r.x + x, r.y + i, c);
                if (has("random")) value += ++calls % 7;
                if (has("per_tile") && x == 0) value += 3;
                if (has("per_thread") && call->max_threads != 1) value += 3;
                results[(i * r.w + x) * out.channels + c] = value;
                if (has("works_on_input")) write(out, r.x + x, r.y + i, c, value);
            }
        }
    }
};

sepflow_status check_images(const Plan *plan, const sepflow_process &call, sepflow_error *error) {
    if (call.input_count < 1 || call.output_count < 1 || call.inputs == nullptr ||
        call.outputs == nullptr || call.inputs->data == nullptr || call.outputs->data == nullptr)
        return fail(error, SEPFLOW_E_NOT_READY, "no images");
    const bool has_flag = call.flags != 0 || call.inputs->flags != 0 || call.outputs->flags != 0;
    if (has_flag && !has("any_flag")) return fail(error, SEPFLOW_E_UNSUPPORTED, "unknown flags");
    const sepflow_config &config = plan->config;
    const bool fits =
        call.inputs->type == config.in_type && call.outputs->type == config.out_type &&
        call.inputs->channels == config.channels && call.outputs->channels == config.channels;
    if (!fits && !has("any_image")) return fail(error, SEPFLOW_E_FORMAT, "images of other types");
    return SEPFLOW_OK;
}

// Scratch of the call, or memory of the host, or our own.
class Memory {
  public:
    Memory(const sepflow_process &call, const sepflow_host *host, uint64_t bytes) : host_(host) {
        const bool fits = call.scratch != nullptr && call.scratch_size >= bytes;
        if (fits || (call.scratch != nullptr && has("small_scratch"))) {
            data_ = call.scratch;
            if (has("long_scratch")) static_cast<char *>(call.scratch)[call.scratch_size] = 1;
            return;
        }
        is_hosts_ = host != nullptr && host->alloc != nullptr && host->free != nullptr;
        owned_ = is_hosts_ ? host->alloc(host->ctx, bytes, has("odd_alignment") ? 3 : 8)
                           : std::malloc(bytes);
        data_ = owned_;
    }
    Memory(const Memory &) = delete;
    ~Memory() {
        if (!is_hosts_) std::free(owned_);
        if (!is_hosts_ || owned_ == nullptr) return;
        if (!has("keeps_memory")) host_->free(host_->ctx, owned_);
        if (has("frees_twice")) host_->free(host_->ctx, owned_);
    }
    void *data() const { return data_; }

  private:
    const sepflow_host *host_;
    bool is_hosts_ = false;
    void *owned_ = nullptr, *data_ = nullptr;
};

sepflow_status process(const sepflow_plan *opaque, const sepflow_process *given,
                       sepflow_error *error) {
    const auto *plan = reinterpret_cast<const Plan *>(opaque);
    if (given == nullptr) return fail(error, SEPFLOW_E_INVALID, "call is NULL");
    if (given->struct_size < sizeof *given && !has("reads_past"))
        return fail(error, SEPFLOW_E_ABI, "call is cut short");
    const sepflow_process call = known(given);
    const sepflow_status status = check_images(plan, call, error);
    if (status != SEPFLOW_OK) return status;
    Job job;
    job.plan = plan;
    job.call = &call;
    job.host = call.host != nullptr ? call.host : plan->host;
    sepflow_host host = {};
    if (job.host != nullptr) {
        host = known(job.host);
        job.host = &host;
    }
    job.in = *call.inputs;
    job.out = *call.outputs;
    if (job.in.domain.w == 0) job.in.domain = job.in.bounds;
    const sepflow_rect r = has("whole_bounds") ? job.out.bounds : call.region;
    if (has("dense_only")) job.in.stride_x = job.in.stride_c * job.in.channels;
    if (has("reads_around")) job.in.domain.w += 1;
    sepflow_process whole = call;
    whole.region = r;
    job.call = &whole;
    misbehave(call, job.in, job.out);
    const auto samples = static_cast<uint64_t>(r.w * r.h * job.out.channels);
    static std::vector<double> shared;
    const Memory memory(call, job.host, samples * sizeof(double));
    job.results = static_cast<double *>(memory.data());
    if (has("shared_buffer")) {
        shared.resize(std::max<size_t>(samples, 100000));
        job.results = shared.data();
    }
    if (job.results == nullptr && !has("no_memory_check"))
        return fail(error, SEPFLOW_E_MEMORY, "no memory");
    const auto run = [](void *arg, int64_t i) { static_cast<Job *>(arg)->run_row(i); };
    if (call.max_threads != 1 && job.host != nullptr && job.host->parallel_for != nullptr) {
        job.host->parallel_for(job.host->ctx, call.call_ctx, r.h, run, &job);
    } else {
        for (int64_t i = 0; i < r.h; ++i) job.run_row(i);
    }
    if (job.is_cancelled) return fail(error, SEPFLOW_E_CANCELLED, "cancelled");
    for (int64_t y = 0; y < r.h; ++y) {
        for (int64_t x = 0; x < r.w; ++x) {
            for (int32_t c = 0; c < job.out.channels; ++c)
                write(job.out, r.x + x, r.y + y, c,
                      job.results[(y * r.w + x) * job.out.channels + c]);
        }
    }
    return SEPFLOW_OK;
}

sepflow_port_desc port(const char *name, int32_t direction, uint32_t flags = 0) {
    return {sizeof(sepflow_port_desc), direction, flags, 2, name, 1, 0, kTypes};
}

sepflow_param_desc param(sepflow_value_type type, const char *id, const char *text_default) {
    sepflow_param_desc desc = {};
    desc.struct_size = sizeof desc;
    desc.type = type;
    desc.id = desc.name = id;
    desc.doc = "";
    desc.text_default = text_default;
    return desc;
}

sepflow_node_desc make_desc() {
    static const sepflow_port_desc ports[] = {
        port("in", SEPFLOW_INPUT),
        port("mask", SEPFLOW_INPUT, SEPFLOW_PORT_OPTIONAL | SEPFLOW_PORT_OWN_FORMAT),
        port("out", SEPFLOW_OUTPUT)};
    static sepflow_param_desc params[] = {
        param(SEPFLOW_VALUE_MATRIX, "kernel", nullptr), param(SEPFLOW_VALUE_FLOAT, "gain", nullptr),
        param(SEPFLOW_VALUE_CHOICE, "edge", "replicate"), param(SEPFLOW_VALUE_TEXT, "label", "a")};
    params[kKernel].max_elements = 36;
    params[kGain].max = 4;
    params[kGain].def = has("default_outside") ? 5 : 1;
    params[kEdge].choices = kEdges;
    params[kEdge].choice_count = 2;
    sepflow_node_desc desc = {};
    desc.struct_size = has("short_descriptor") ? offsetof(sepflow_node_desc, process) : sizeof desc;
    desc.flags = SEPFLOW_NODE_PURE | SEPFLOW_NODE_TILE_EXACT | SEPFLOW_NODE_THREAD_EXACT |
                 SEPFLOW_NODE_IN_PLACE;
    desc.id = has("no_generation") ? "test.faulty" : "test.faulty/1";
    desc.name = desc.summary = "Faulty";
    desc.version = "1";
    desc.port_count = 3;
    desc.ports = ports;
    desc.param_count = kParamCount;
    desc.params = params;
    desc.create = create;
    desc.destroy = destroy;
    desc.set_param = set_param;
    desc.get_param = get_param;
    desc.query_formats = query_formats;
    desc.configure = configure;
    desc.plan_retain = retain;
    desc.plan_release = release;
    desc.plan_info = plan_info;
    desc.output_domain = output_domain;
    desc.input_region = input_region;
    desc.process = process;
    return desc;
}

const sepflow_node_desc *node(uint32_t index) {
    static const sepflow_node_desc desc = make_desc();
    return index == 0 || has("endless_nodes") ? &desc : nullptr;
}

int inits = 0;

sepflow_status init(const sepflow_host *, sepflow_error *error) {
    if (has("init_once") && inits > 0) return fail(error, SEPFLOW_E_INTERNAL, "only once");
    ++inits;
    return SEPFLOW_OK;
}

void burn_processor_time() {
    const std::clock_t end = std::clock() + CLOCKS_PER_SEC / 5;
    while (std::clock() < end) {
    }
}

void stay_loaded() {
    Dl_info own = {};
    dladdr(reinterpret_cast<void *>(&stay_loaded), &own);
    dlopen(own.dli_fname, RTLD_NOW | RTLD_NODELETE);
}

}  // namespace

extern "C" SEPFLOW_EXPORT const sepflow_entry *sepflow_entry_v1() {
    if (has("crash_entry")) std::raise(SIGSEGV);
    if (has("slow_scan")) burn_processor_time();
    if (has("stays")) stay_loaded();
    static sepflow_entry entry = {};
    entry.struct_size = sizeof entry;
    entry.abi_major = has("wrong_major") ? SEPFLOW_ABI_MAJOR + 1 : SEPFLOW_ABI_MAJOR;
    entry.node_count = 1;
    entry.id = "test.faulty";
    entry.version = "1";
    entry.license = has("no_license") ? "" : "MIT";
    entry.node = node;
    entry.init = init;
    entry.deinit = [] { --inits; };
    if (has("any_extension"))
        entry.get_extension = [](const char *) -> const void * { return &entry; };
    return &entry;
}
