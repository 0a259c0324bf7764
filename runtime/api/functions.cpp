// The functions of sepflow.h, each a few lines over the plan and execute rooms.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>

#include <sepflow/sepflow.h>

#include "runtime/base/error.h"
#include "runtime/base/structs.h"
#include "runtime/execute/execute.h"
#include "runtime/plan/bank.h"
#include "runtime/plan/plan.h"

// Plan of one kernel or of a bank.
struct sepflow_plan {
    explicit sepflow_plan(sepflow::Plan made)
        : plan(std::make_shared<const sepflow::Plan>(std::move(made))) {}
    explicit sepflow_plan(sepflow::Bank made)
        : bank(std::make_unique<const sepflow::Bank>(std::move(made))) {}
    const std::shared_ptr<const sepflow::Plan> plan;
    const std::unique_ptr<const sepflow::Bank> bank;
    std::atomic<int64_t> owners{1};
};

namespace sepflow {

namespace {

// `make_kernel` is given the options' flags and runs inside the boundary; it may throw.
template <typename MakeKernel>
sepflow_status create(const sepflow_options *options, sepflow_plan **plan, sepflow_error *error,
                      MakeKernel make_kernel) {
    return guarded(error, [&] {
        if (plan == nullptr) throw Error(SEPFLOW_E_INVALID, "plan is NULL");
        *plan = nullptr;
        const Options checked = check_options(options);
        *plan = new sepflow_plan(make_plan(make_kernel(options->flags), checked));
    });
}

size_t checked_length(int64_t length, const char *name) {
    if (length < 1) throw Error(SEPFLOW_E_INVALID, std::string(name) + " must be at least 1");
    return static_cast<size_t>(length);
}

void run(const sepflow_plan *plan, const sepflow_process &call) {
    if (plan == nullptr) throw Error(SEPFLOW_E_INVALID, "plan is NULL");
    if (plan->bank) {
        process(*plan->bank, call, call.host);
    } else {
        process(*plan->plan, call, call.host);
    }
}

std::vector<double> checked_vector(const double *taps, int64_t length, const char *name) {
    if (taps == nullptr) throw Error(SEPFLOW_E_INVALID, std::string(name) + " is NULL");
    const size_t count = checked_length(length, name);
    if (count > kMaxKernelLength) {
        throw Error(SEPFLOW_E_PARAM, std::string(name) + " has more than " +
                                         std::to_string(kMaxKernelLength) + " taps");
    }
    return std::vector<double>(taps, taps + count);
}

}  // namespace

}  // namespace sepflow

using sepflow::Error;

extern "C" {

#define SEPFLOW_TEXT_OF(number) #number
#define SEPFLOW_TEXT(number) SEPFLOW_TEXT_OF(number)

const char *sepflow_version(void) {
    return SEPFLOW_TEXT(SEPFLOW_VERSION_MAJOR) "." SEPFLOW_TEXT(
        SEPFLOW_VERSION_MINOR) "." SEPFLOW_TEXT(SEPFLOW_VERSION_PATCH);
}

const char *sepflow_status_text(sepflow_status status) {
    switch (status) {
        case SEPFLOW_OK:
            return "success";
        case SEPFLOW_E_INVALID:
            return "invalid argument";
        case SEPFLOW_E_UNSUPPORTED:
            return "not supported";
        case SEPFLOW_E_FORMAT:
            return "pixel format does not fit";
        case SEPFLOW_E_PARAM:
            return "bad parameter";
        case SEPFLOW_E_MEMORY:
            return "out of memory";
        case SEPFLOW_E_CANCELLED:
            return "cancelled";
        case SEPFLOW_E_ABI:
            return "version or struct size does not fit";
        case SEPFLOW_E_INTERNAL:
            return "internal error";
        case SEPFLOW_E_NOT_READY:
            return "a step is missing";
        case SEPFLOW_E_IO:
            return "a file could not be read or written";
        default:
            return "unknown status";
    }
}

sepflow_status sepflow_plan_create(const double *taps, int64_t rows, int64_t columns,
                                   int64_t row_stride, const sepflow_options *options,
                                   sepflow_plan **plan, sepflow_error *error) {
    return sepflow::create(options, plan, error, [&](uint32_t) {
        return sepflow::kernel_from_matrix(taps, sepflow::checked_length(rows, "rows"),
                                           sepflow::checked_length(columns, "columns"), row_stride);
    });
}

sepflow_status sepflow_plan_from_vectors(const double *column, int64_t rows, const double *row,
                                         int64_t columns, const sepflow_options *options,
                                         sepflow_plan **plan, sepflow_error *error) {
    return sepflow::create(options, plan, error, [&](uint32_t) {
        return sepflow::kernel_from_vectors(sepflow::checked_vector(column, rows, "column"),
                                            sepflow::checked_vector(row, columns, "row"));
    });
}

sepflow_status sepflow_plan_from_text(const char *text, const sepflow_options *options,
                                      sepflow_plan **plan, sepflow_error *error) {
    return sepflow::create(options, plan, error, [&](uint32_t flags) {
        if (text == nullptr) throw Error(SEPFLOW_E_INVALID, "the kernel text is NULL");
        return flags & SEPFLOW_OPTION_NO_FILES ? sepflow::kernel_from_text(text)
                                               : sepflow::kernel_from_trusted_text(text);
    });
}

sepflow_status sepflow_plan_bank(const sepflow_plan *const *plans, int32_t count,
                                 sepflow_plan **bank, sepflow_error *error) {
    return sepflow::guarded(error, [&] {
        if (bank == nullptr) throw Error(SEPFLOW_E_INVALID, "bank is NULL");
        *bank = nullptr;
        if (plans == nullptr) throw Error(SEPFLOW_E_INVALID, "plans is NULL");
        if (count < 1) throw Error(SEPFLOW_E_INVALID, "a bank has one plan or more");
        std::vector<std::shared_ptr<const sepflow::Plan>> members;
        for (int32_t i = 0; i < count; ++i) {
            if (plans[i] == nullptr) throw Error(SEPFLOW_E_INVALID, "a plan of the bank is NULL");
            if (plans[i]->bank)
                throw Error(SEPFLOW_E_INVALID, "a plan of the bank is a bank itself");
            members.push_back(plans[i]->plan);
        }
        *bank = new sepflow_plan(sepflow::make_bank(std::move(members)));
    });
}

void sepflow_plan_retain(sepflow_plan *plan) {
    if (plan != nullptr) plan->owners.fetch_add(1, std::memory_order_relaxed);
}

void sepflow_plan_free(sepflow_plan *plan) {
    if (plan != nullptr && plan->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete plan;
}

sepflow_status sepflow_plan_query(const sepflow_plan *plan, sepflow_plan_info *info) {
    if (plan == nullptr) return SEPFLOW_E_INVALID;
    return sepflow::guarded(nullptr, [&] {
        sepflow::fill(info,
                      plan->bank
                          ? sepflow::bank_info(*plan->bank, sepflow::scratch_bytes(*plan->bank))
                          : sepflow::plan_info(*plan->plan, sepflow::scratch_bytes(*plan->plan)),
                      "info");
    });
}

sepflow_status sepflow_plan_describe(const sepflow_plan *plan,
                                     sepflow_plan_description *description) {
    if (plan == nullptr) return SEPFLOW_E_INVALID;
    return sepflow::guarded(nullptr, [&] {
        if (plan->bank)
            throw Error(
                SEPFLOW_E_UNSUPPORTED,
                "the plan is a bank, which has no description; describe the plans it was made of");
        sepflow::fill(description, sepflow::describe_plan(*plan->plan), "description");
    });
}

sepflow_status sepflow_plan_output_domain(const sepflow_plan *plan, const sepflow_rect *in,
                                          sepflow_rect *out) {
    if (plan == nullptr || in == nullptr || out == nullptr) return SEPFLOW_E_INVALID;
    return sepflow::guarded(nullptr, [&] {
        *out = sepflow::output_domain(plan->bank ? *plan->bank->members.front() : *plan->plan, *in);
    });
}

sepflow_status sepflow_plan_input_region(const sepflow_plan *plan, const sepflow_rect *out,
                                         const sepflow_rect *domain, sepflow_rect *in) {
    if (plan == nullptr || out == nullptr || domain == nullptr || in == nullptr)
        return SEPFLOW_E_INVALID;
    return sepflow::guarded(nullptr, [&] {
        *in = plan->bank ? sepflow::input_region(*plan->bank, *out, *domain)
                         : sepflow::input_region(*plan->plan, *out, *domain);
    });
}

sepflow_status sepflow_process_plan(const sepflow_plan *plan, const sepflow_process *call,
                                    sepflow_error *error) {
    return sepflow::guarded(error, [&] { sepflow::run(plan, sepflow::known_part(call, "call")); });
}

sepflow_status sepflow_apply(const sepflow_plan *plan, const sepflow_image *in,
                             const sepflow_image *out, const sepflow_rect *region,
                             int32_t max_threads, sepflow_error *error) {
    return sepflow::guarded(error, [&] {
        sepflow_process call = {};
        call.struct_size = sizeof call;
        call.inputs = in;
        call.input_count = 1;
        call.outputs = out;
        call.output_count = 1;
        call.region = region != nullptr ? *region : sepflow::known_part(out, "out").bounds;
        call.max_threads = max_threads;
        sepflow::run(plan, call);
    });
}

}  // extern "C"
