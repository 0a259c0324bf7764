#include "plugins/hosted/hosted_filter.h"

#include <algorithm>
#include <cstring>

#include "plugins/kit/descriptors.h"
#include "plugins/separable/kernel_text.h"
#include "plugins/separable/nodes.h"
#include "runtime/base/error.h"
#include "runtime/base/number_text.h"
#include "runtime/base/value.h"

namespace sepflow {

namespace {

// Planes of one video format at most; a host that goes on to other formats makes its plans anew.
constexpr size_t kMostPlans = 4;

std::vector<sepflow_param_desc> make_params() {
    const sepflow_node_desc &desc = HostedFilter::desc();
    std::vector<sepflow_param_desc> params(desc.params, desc.params + desc.param_count);
    params.push_back(
        integer_param({"no_files", "No files",
                       "1: refuse kernels from files, whatever the kernel's text says", nullptr},
                      0, 0, 1));
    return params;
}

uint32_t index_of(const std::string &id) {
    const std::vector<sepflow_param_desc> &params = HostedFilter::params();
    for (uint32_t i = 0; i < params.size(); ++i) {
        if (id == params[i].id) return i;
    }
    throw Error(SEPFLOW_E_PARAM, "there is no parameter '" + id + "'");
}

sepflow_value value_of_type(sepflow_value_type type) {
    sepflow_value value = {};
    value.struct_size = sizeof value;
    value.type = type;
    return value;
}

// In these hosts a kernel's text comes from the application or its user, who may name any file.
sepflow_status same_path(void *, const char *name, char *path, uint64_t size,
                         sepflow_error *error) {
    const size_t length = std::strlen(name);
    if (length >= size) return report(error, SEPFLOW_E_IO, "the file's name is too long");
    std::memcpy(path, name, length + 1);
    return SEPFLOW_OK;
}

const sepflow_host *trusting_host() {
    static const sepflow_files files = [] {
        sepflow_files made = {};
        made.struct_size = sizeof made;
        made.path_of = same_path;
        return made;
    }();
    static const sepflow_host host = [] {
        sepflow_host made = {};
        made.struct_size = sizeof made;
        made.abi_major = SEPFLOW_ABI_MAJOR;
        made.abi_minor = SEPFLOW_ABI_MINOR_SHOWN;
        made.get_extension = [](void *, const char *id) -> const void * {
            return std::strcmp(id, SEPFLOW_FILES) == 0 ? &files : nullptr;
        };
        return made;
    }();
    return &host;
}

const sepflow_host *host_for(const Parameters &parameters) {
    return parameters.integer("no_files") != 0 ? nullptr : trusting_host();
}

}  // namespace

HostedFilter::HostedFilter()
    : parameters_(params().data(), static_cast<uint32_t>(params().size())) {}

const sepflow_node_desc &HostedFilter::desc() {
    return separable_node().desc;
}

const std::vector<sepflow_param_desc> &HostedFilter::params() {
    static const std::vector<sepflow_param_desc> all = make_params();
    return all;
}

const sepflow_param_desc &HostedFilter::param(const std::string &id) {
    return params()[index_of(id)];
}

void HostedFilter::set(const std::string &id, const std::string &text) {
    set_value(id, value_from_text(param(id), text));
}

void HostedFilter::set_in_turn(const std::vector<std::pair<std::string, std::string>> &texts) {
    const std::lock_guard<std::mutex> lock(mutex_);
    Parameters changed = parameters_;
    for (const auto &[id, text] : texts)
        changed.set(index_of(id), value_from_text(param(id), text));
    parameters_ = std::move(changed);
    plans_.clear();
}

void HostedFilter::set(const std::string &id, double number) {
    sepflow_value value = value_of_type(param(id).type);
    value.f = number;
    value.i = static_cast<int64_t>(number);
    set_value(id, value);
}

void HostedFilter::set_kernel(const double *taps, int64_t rows, int64_t columns) {
    sepflow_value value = value_of_type(SEPFLOW_VALUE_MATRIX);
    value.a = taps;
    value.rows = rows;
    value.columns = columns;
    set_value("kernel", value);
}

void HostedFilter::set_value(const std::string &id, const sepflow_value &value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    parameters_.set(index_of(id), value);
    plans_.clear();
}

std::string HostedFilter::text(const std::string &id) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    const Parameters::Value &value = parameters_.of(id.c_str());
    if (value.type == SEPFLOW_VALUE_INT) return std::to_string(value.i);
    if (value.type == SEPFLOW_VALUE_FLOAT) return number_text(value.f);
    if (!value.a.empty()) return std::to_string(value.rows) + "x" + std::to_string(value.columns);
    return value.s;
}

Kernel HostedFilter::kernel() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return kernel_of(parameters_, host_for(parameters_));
}

std::shared_ptr<const NodePlan> HostedFilter::plan(sepflow_type in, sepflow_type out,
                                                   int32_t channels) {
    const PlanFormat format = {in, out, channels};
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto known = std::find_if(plans_.begin(), plans_.end(),
                                    [&](const auto &entry) { return entry.first == format; });
    if (known != plans_.end()) return known->second;
    std::shared_ptr<const NodePlan> made =
        separable_node().make_plan(parameters_, format, host_for(parameters_));
    if (plans_.size() == kMostPlans) plans_.erase(plans_.begin());
    plans_.emplace_back(format, made);
    return made;
}

std::string explained(const sepflow_param_desc &desc) {
    std::string text = desc.doc;
    for (uint32_t i = 0; i < desc.choice_count; ++i)
        text += (i == 0 ? ": " : ", ") + std::string(desc.choices[i]);
    if (desc.min != 0 || desc.max != 0)
        text += " (" + number_text(desc.min) + " .. " + number_text(desc.max) + ")";
    return text;
}

bool is_switch(const sepflow_param_desc &desc) {
    return desc.type == SEPFLOW_VALUE_INT && desc.min == 0 && desc.max == 1;
}

int32_t choice_index(const sepflow_param_desc &desc, const std::string &choice) {
    for (uint32_t i = 0; i < desc.choice_count; ++i) {
        if (choice == desc.choices[i]) return static_cast<int32_t>(i);
    }
    throw Error(SEPFLOW_E_INTERNAL, std::string(desc.id) + " has no choice '" + choice + "'");
}

void filter_image(const NodePlan &plan, const sepflow_image &in, const sepflow_image &out,
                  int32_t max_threads) {
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = &in;
    call.input_count = 1;
    call.outputs = &out;
    call.output_count = 1;
    call.region = out.bounds;
    call.max_threads = max_threads;
    plan.process(call, nullptr);
}

}  // namespace sepflow
