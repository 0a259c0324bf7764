#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <new>
#include <thread>

#include "tests/check/mistakes.h"

namespace faulty {

namespace {

// Fills the caller's record as plan_info does, with one field changed.
template <typename Change>
sepflow_status changed_info(const sepflow_plan *plan, sepflow_plan_info *info, Change change) {
    const sepflow_status status = correct().plan_info(plan, info);
    if (status == SEPFLOW_OK && info->struct_size >= sizeof *info) change(*info);
    return status;
}

std::vector<Mistake> in_info() {
    return {
        {"info_changes", "plan_info",
         "its plan_info, regions or pixels change from one look to the",
         [](auto &node) {
             node.plan_info = [](auto *plan, auto *info) {
                 static std::atomic<int> calls;
                 return changed_info(plan, info, [](auto &i) { i.cost_per_pixel = ++calls; });
             };
         }},
        {"negative_tile", "plan_info", "its tiles are negative",
         [](auto &node) {
             node.plan_info = [](auto *plan, auto *info) {
                 return changed_info(plan, info, [](auto &i) { i.preferred_tile_w = -1; });
             };
         }},
        {"negative_rank", "plan_info", "its rank is negative",
         [](auto &node) {
             node.plan_info = [](auto *plan, auto *info) {
                 return changed_info(plan, info, [](auto &i) { i.rank = -1; });
             };
         }},
        {"nan_bound", "plan_info", "its error bound is no number, or negative",
         [](auto &node) {
             node.plan_info = [](auto *plan, auto *info) {
                 return changed_info(plan, info, [](auto &i) { i.error_bound = NAN; });
             };
         }},
        {"endless_cost", "plan_info", "its cost is no number",
         [](auto &node) {
             node.plan_info = [](auto *plan, auto *info) {
                 return changed_info(plan, info, [](auto &i) { i.cost_per_pixel = HUGE_VAL; });
             };
         }},
        {"no_variant", "plan_info", "it does not say which code runs",
         [](auto &node) {
             node.plan_info = [](auto *plan, auto *info) {
                 return changed_info(plan, info, [](auto &i) { i.variant = nullptr; });
             };
         }},
        {"huge_scratch", "plan_info", "it wants more than a terabyte of scratch for a small image",
         [](auto &node) {
             node.plan_info = [](auto *plan, auto *info) {
                 return changed_info(plan, info,
                                     [](auto &i) { i.scratch_bytes = uint64_t{1} << 62; });
             };
         }},
        {"little_scratch", "scratch", "it allocates, with all the scratch that it wants",
         [](auto &node) {
             node.plan_info = [](auto *plan, auto *info) {
                 return changed_info(plan, info, [](auto &i) { i.scratch_bytes /= 2; });
             };
         }},
    };
}

std::vector<Mistake> in_regions() {
    return {
        {"region_changes", "regions", "input_region of 6 x 5 at (-3, 5) changes",
         [](auto &node) {
             node.input_region = [](auto *plan, auto port, auto *out, auto *domain, auto *in) {
                 static std::atomic<int> calls;
                 const sepflow_status status = correct().input_region(plan, port, out, domain, in);
                 if (status == SEPFLOW_OK && ++calls % 2 == 0) *in = *domain;
                 return status;
             };
         }},
        {"domain_changes", "regions", "output_domain changes",
         [](auto &node) {
             node.output_domain = [](auto *plan, auto *in, auto *out) {
                 static std::atomic<int> calls;
                 const sepflow_status status = correct().output_domain(plan, in, out);
                 if (status == SEPFLOW_OK && ++calls > 1 && out->w > 1) --out->w;
                 return status;
             };
         }},
        {"needs_for_nothing", "empty", "though no pixel is needed",
         [](auto &node) {
             node.input_region = [](auto *plan, auto port, auto *out, auto *domain, auto *in) {
                 if (out == nullptr || domain == nullptr || in == nullptr || domain->w < 1 ||
                     domain->h < 1 || (out->w > 0 && out->h > 0))
                     return correct().input_region(plan, port, out, domain, in);
                 *in = {domain->x, domain->y, 1, 1};
                 return SEPFLOW_OK + 0;
             };
         }},
        {"refuses_empty_domain", "empty", "output_domain fails: -1",
         [](auto &node) {
             node.output_domain = [](auto *plan, auto *in, auto *out) {
                 if (in != nullptr && (in->w == 0 || in->h == 0)) return SEPFLOW_E_INVALID + 0;
                 return correct().output_domain(plan, in, out);
             };
         }},
        {"small_coordinates", "far", "input_region leaves the input's domain",
         [](auto &node) {
             node.input_region = [](auto *plan, auto port, auto *out, auto *domain, auto *in) {
                 const sepflow_status status = correct().input_region(plan, port, out, domain, in);
                 if (status == SEPFLOW_OK) {
                     in->x = static_cast<int32_t>(in->x);
                     in->y = static_cast<int32_t>(in->y);
                 }
                 return status;
             };
         }},
        {"float_coordinates", "far", "input_region leaves the input's domain",
         [](auto &node) {
             node.input_region = [](auto *plan, auto port, auto *out, auto *domain, auto *in) {
                 const sepflow_status status = correct().input_region(plan, port, out, domain, in);
                 if (status == SEPFLOW_OK && in->w > 0)
                     in->x = static_cast<int64_t>(static_cast<float>(in->x));
                 return status;
             };
         }},
        {"all_of_the_domain", "scratch", "it allocates, with all the scratch that it wants",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (!has_pixels(call) || call->host == nullptr || call->host->alloc == nullptr)
                     return correct().process(plan, call, error);
                 const sepflow_rect &domain = call->inputs->domain;
                 const auto bytes =
                     static_cast<uint64_t>(domain.w) * static_cast<uint64_t>(domain.h);
                 void *const copy = call->host->alloc(call->host->ctx, bytes, 8);
                 if (copy == nullptr) return fail(error, SEPFLOW_E_MEMORY, "no memory");
                 call->host->free(call->host->ctx, copy);
                 return correct().process(plan, call, error);
             };
         }},
        {"negative_size", "odd_regions", "in process of",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 if (is_whole(call) && call->region.w < 0) {
                     volatile char *to = static_cast<char *>(call->outputs->data);
                     for (uint64_t i = 0; i < static_cast<uint64_t>(call->region.w); ++i) to[i] = 0;
                 }
                 return correct().process(plan, call, error);
             };
         }},
    };
}

std::vector<Mistake> in_configs() {
    return {
        {"depends_on_threads", "same_plan", "which are hints, gives other pixels",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 if (!is_whole(config)) return correct().configure(n, config, plan, error);
                 const double gain = node_at(n).values.gain;
                 if (config->threads_hint > 1) node_at(n).values.gain *= 0.5;
                 const sepflow_status status = correct().configure(n, config, plan, error);
                 node_at(n).values.gain = gain;
                 return status;
             };
         }},
        {"depends_on_size", "same_plan", "which are hints, gives other pixels",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 if (!is_whole(config)) return correct().configure(n, config, plan, error);
                 const double gain = node_at(n).values.gain;
                 if (config->domain_w > 0 && config->domain_w < 12) node_at(n).values.gain *= 0.5;
                 const sepflow_status status = correct().configure(n, config, plan, error);
                 node_at(n).values.gain = gain;
                 return status;
             };
         }},
        {"needs_out_type", "formats", "configure: no out_type (-3)",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 if (is_whole(config) && config->out_type == SEPFLOW_TYPE_NONE)
                     return fail(error, SEPFLOW_E_FORMAT, "no out_type");
                 return correct().configure(n, config, plan, error);
             };
         }},
        {"four_channels", "formats", "configure: at most four channels (-3)",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 if (is_whole(config) && config->channels > 4)
                     return fail(error, SEPFLOW_E_FORMAT, "at most four channels");
                 return correct().configure(n, config, plan, error);
             };
         }},
        {"huge_size", "huge", "configure",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 if (is_whole(config) && config->domain_w > 1 << 20) {
                     std::vector<char> map(static_cast<size_t>(config->domain_w * 1024));
                     if (map[0] != 0) return fail(error, SEPFLOW_E_INTERNAL, "an odd map");
                 }
                 return correct().configure(n, config, plan, error);
             };
         }},
        {"keeps_config", "plan_info", "in plan_info",
         [](auto &node) {
             static const sepflow_config *kept = nullptr;
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 const sepflow_status status = correct().configure(n, config, plan, error);
                 if (status == SEPFLOW_OK) kept = config;
                 return status;
             };
             node.plan_info = [](auto *plan, auto *info) {
                 return changed_info(plan, info,
                                     [](auto &i) { i.cost_per_pixel = kept->channels; });
             };
         }},
    };
}

// Counts without atomic operations. Now and then another thread has its turn between the steps, as
// it may at any time.
void count(const sepflow_plan *plan, int by) {
    auto &owners =
        *const_cast<volatile int *>(reinterpret_cast<const volatile int *>(&plan_at(plan).owners));
    static thread_local int turns = 0;
    const int before = owners;
    if (++turns % 1000 == 0) std::this_thread::sleep_for(std::chrono::microseconds(20));
    owners = before + by;
}

std::vector<Mistake> in_lives() {
    static_assert(sizeof(std::atomic<int>) == sizeof(int), "an int within");
    return {
        {"plain_count", "count", "plan_retain and plan_release of one plan",
         [](auto &node) {
             node.plan_retain = [](auto *plan) {
                 if (plan != nullptr) count(plan, 1);
             };
             node.plan_release = [](auto *plan) {
                 if (plan == nullptr) return;
                 if (plan_at(plan).owners.load() == 1) return correct().plan_release(plan);
                 count(plan, -1);
             };
         }},
        {"plain_retain", "count", "plan_retain and plan_release of one plan",
         [](auto &node) {
             node.plan_retain = [](auto *plan) {
                 if (plan != nullptr) count(plan, 1);
             };
         }},
        {"unowned_plan", "outlive", "process of 37 x 29",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 const sepflow_status status = correct().configure(n, config, plan, error);
                 if (status == SEPFLOW_OK) correct().plan_release(*plan);
                 return status;
             };
         }},
        {"owned_twice", "count", "after plan_retain and plan_release of one plan on 8 threads at",
         [](auto &node) {
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 const sepflow_status status = correct().configure(n, config, plan, error);
                 if (status == SEPFLOW_OK) correct().plan_retain(*plan);
                 return status;
             };
         }},
        {"plan_dies_with_node", "outlive", "process of 37 x 29",
         [](auto &node) {
             node.destroy = [](auto *n) {
                 if (n == nullptr) return;
                 delete node_at(n).plan;
                 node_at(n).plan = nullptr;
                 correct().destroy(n);
             };
         }},
        {"lazy_table", "first_use", "on 16 threads at once, give other pixels",
         [](auto &node) {
             node.process = [](auto *plan, auto *call, auto *error) {
                 static volatile int is_made = 0;
                 static volatile double table[1 << 16];
                 if (is_made == 0) {
                     is_made = 1;
                     std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a slow one
                     for (volatile double &entry : table) entry = 1;
                 }
                 const Plan &own = plan_at(plan);
                 Plan other{own.values, own.node, own.host, own.config};
                 other.values.gain *= table[(1 << 16) - 1];
                 return correct().process(opaque(&other), call, error);
             };
         }},
        {"pool_of_nodes", "nodes_at_once", "nodes on 16 threads at once",
         [](auto &node) {
             static void *volatile spare = nullptr;  // one block of memory, kept for the next node
             node.create = [](auto *desc, auto *host, auto **made, auto *error) {
                 void *const memory = spare;
                 if (memory == nullptr) return correct().create(desc, host, made, error);
                 std::this_thread::sleep_for(std::chrono::microseconds(100));
                 spare = nullptr;
                 *made = reinterpret_cast<sepflow_node *>(new (memory) Node{host, {}});
                 return SEPFLOW_OK + 0;
             };
             node.destroy = [](auto *n) {
                 if (n == nullptr || spare != nullptr) return correct().destroy(n);
                 forget_plan(&node_at(n));
                 node_at(n).~Node();
                 spare = n;
             };
         }},
        {"bound_to_its_thread", "any_thread", "different threads gives another plan",
         [](auto &node) {
             static thread_local double gain = 1;
             node.set_param = [](auto *n, auto index, auto *value, auto *error) {
                 const sepflow_status status = correct().set_param(n, index, value, error);
                 if (status == SEPFLOW_OK && index == kGain) gain = node_at(n).values.gain;
                 return status;
             };
             node.configure = [](auto *n, auto *config, auto **plan, auto *error) {
                 if (node_at(n).values.gain != 1) node_at(n).values.gain = gain;
                 return correct().configure(n, config, plan, error);
             };
         }},
    };
}

}  // namespace

std::vector<Mistake> mistakes_in_plans() {
    std::vector<Mistake> all;
    for (const auto &some : {in_info(), in_regions(), in_configs(), in_lives()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

}  // namespace faulty
