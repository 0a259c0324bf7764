#include <algorithm>
#include <atomic>
#include <clocale>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <thread>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "tests/check/faulty_plugin.h"

namespace faulty {

namespace {

const Values &values_of(const Plan *plan) {
    return has("follows_node") ? plan->node->values : plan->values;
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
        *reinterpret_cast<uint8_t *>(sample) = static_cast<uint8_t>(
            std::isnan(value) ? 0 : std::clamp(std::nearbyint(value), 0., 255.));
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
            if (is_outside && values.edge == "zero") {
                sum += tap * values.outside;
                continue;
            }
            const int64_t nx = std::clamp(sx, d.x, d.x + d.w - 1),
                          ny = std::clamp(sy, d.y, d.y + d.h - 1);
            sum += tap * read(in, nx, ny, c);
        }
    }
    if (has("spreads_nan"))
        sum += 0 * read(in, in.bounds.x, in.bounds.y, c) +
               0 * read(in, in.bounds.x + in.bounds.w / 2, in.bounds.y + in.bounds.h / 2, c);
    return sum * values.gain * (has("gains") ? 1.01 : 1) + static_cast<double>(values.offset);
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
    if (has("fpu")) change_fpu();
    if (has("programs_halide")) {
        void *const found = dlsym(RTLD_DEFAULT, "halide_malloc");
        if (found != nullptr) reinterpret_cast<void *(*)(void *, size_t)>(found)(nullptr, 8);
    }
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
            host->is_cancelled(host->ctx, has("other_context") ? host->ctx : call->call_ctx) != 0) {
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
                double &result = results[(i * r.w + x) * out.channels + c];
                result = has("old_scratch") && call->scratch != nullptr ? result + value : value;
                if (has("works_on_input")) write(out, r.x + x, r.y + i, c, value);
            }
        }
    }
};

sepflow_status check_images(const Plan *plan, const sepflow_process &call, sepflow_error *error) {
    if (call.input_count < 1 || call.output_count < 1 || call.inputs == nullptr ||
        call.outputs == nullptr)
        return fail(error, SEPFLOW_E_NOT_READY, "no images");
    if (call.inputs->struct_size < sizeof(sepflow_image) ||
        call.outputs->struct_size < sizeof(sepflow_image))
        return fail(error, SEPFLOW_E_ABI, "images are cut short");
    if (call.inputs->data == nullptr || call.outputs->data == nullptr)
        return fail(error, SEPFLOW_E_NOT_READY, "no images");
    const sepflow_image mask = call.input_count > 1 ? image_at(call.inputs, 1) : sepflow_image{};
    const bool has_flag =
        call.flags != 0 || call.inputs->flags != 0 || call.outputs->flags != 0 || mask.flags != 0;
    if (has("no_domain") && call.inputs->domain.w == 0)
        return fail(error, SEPFLOW_E_INVALID, "no domain");
    if (call.input_count > 1 && has("no_mask") && call.inputs[1].data != nullptr)
        return fail(error, SEPFLOW_E_INTERNAL, "what is this mask?");
    if (call.input_count > 1 && has("wide_array") &&
        reinterpret_cast<const WideImage *>(call.inputs)[1].known.flags != 0)
        return fail(error, SEPFLOW_E_UNSUPPORTED, "unknown flags");
    if (has("u8_mask") && call.input_count > 1 && call.inputs[1].data != nullptr &&
        call.inputs[1].type != SEPFLOW_U8)
        return fail(error, SEPFLOW_E_FORMAT, "a mask is of u8");
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
        constexpr uint64_t kAlign = sizeof(double);
        const uint64_t before = -reinterpret_cast<uintptr_t>(call.scratch) % kAlign;
        const bool fits = call.scratch != nullptr && call.scratch_size >= before + bytes;
        if (fits || (call.scratch != nullptr && has("small_scratch"))) {
            data_ = static_cast<char *>(call.scratch) + before;
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

}  // namespace

// To flush what is denormal to zero.
void change_fpu() {
#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | 0x8040);
#elif defined(__aarch64__)
    uint64_t modes = 0;
    asm volatile("mrs %0, fpcr" : "=r"(modes));
    asm volatile("msr fpcr, %0" ::"r"(modes | (uint64_t{1} << 24)));
#endif
}

sepflow_status process(const sepflow_plan *opaque, const sepflow_process *given,
                       sepflow_error *error) {
    const auto *plan = reinterpret_cast<const Plan *>(opaque);
    if (given == nullptr) return fail(error, SEPFLOW_E_INVALID, "call is NULL");
    if (given->struct_size < SEPFLOW_PROCESS_FIRST_SIZE)
        return fail(error, SEPFLOW_E_ABI, "call is cut short");
    const sepflow_process call = known(given);
    sepflow_status status = check_images(plan, call, error);
    if (status != SEPFLOW_OK) return status;
    if (call.region.w <= 0 || call.region.h <= 0) return SEPFLOW_OK;
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
    if (has("corner")) {  // takes it that the input is what input_region says
        const Halo halo = halo_of(plan->values);
        job.in.bounds.x = std::max(call.region.x - halo.left, job.in.domain.x);
        job.in.bounds.y = std::max(call.region.y - halo.top, job.in.domain.y);
    }
    const sepflow_rect r = has("whole_bounds") ? job.out.bounds : call.region;
    if (has("dense_only")) job.in.stride_x = job.in.stride_c * job.in.channels;
    if (has("reads_around")) job.in.domain.w += 1;
    sepflow_process whole = call;
    whole.region = r;
    job.call = &whole;
    misbehave(call, job.in, job.out);
    if (has("logs_nothing") && job.host != nullptr && job.host->log != nullptr)
        job.host->log(job.host->ctx, SEPFLOW_LOG_INFO, "test.faulty/1", nullptr);
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
        status = job.host->parallel_for(job.host->ctx, call.call_ctx, r.h, run, &job);
    } else {
        for (int64_t i = 0; i < r.h; ++i) job.run_row(i);
    }
    if (job.is_cancelled) return fail(error, SEPFLOW_E_CANCELLED, "cancelled");
    if (status != SEPFLOW_OK) return fail(error, status, "the host runs no tasks");
    for (int64_t y = 0; y < r.h; ++y) {
        for (int64_t x = 0; x < r.w; ++x) {
            for (int32_t c = 0; c < job.out.channels; ++c)
                write(job.out, r.x + x, r.y + y, c,
                      job.results[(y * r.w + x) * job.out.channels + c]);
        }
    }
    return SEPFLOW_OK;
}

}  // namespace faulty
