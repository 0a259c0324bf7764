#include "runtime/plan/bank.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/factor/bounds.h"
#include "runtime/factor/certificate.h"
#include "runtime/factor/norms.h"
#include "runtime/plan/budget.h"
#include "runtime/plan/chosen_passes.h"

namespace sepflow {

namespace {

// NaN is a value for missing pixels like another.
bool are_alike(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

void check_alike(const Plan &a, const Plan &b) {
    const Options &p = a.options, &q = b.options;
    if (p.in_type != q.in_type || p.channels != q.channels)
        throw Error(SEPFLOW_E_FORMAT, "the plans of a bank must take the same type and channels");
    if (p.border_x != q.border_x || p.border_y != q.border_y || p.border_value != q.border_value ||
        p.missing != q.missing || !are_alike(p.missing_value, q.missing_value) ||
        p.keeps_missing != q.keeps_missing || p.extent != SEPFLOW_EXTENT_SAME ||
        q.extent != SEPFLOW_EXTENT_SAME) {
        throw Error(
            SEPFLOW_E_PARAM,
            "the plans of a bank must have the same border, missing pixels and extent 'same'");
    }
}

// What plans must agree in for their column passes to be shared.
auto group_of(const Plan &plan) {
    return std::make_tuple(plan.kernel.rows, plan.kernel.columns, plan.anchor_x, plan.anchor_y,
                           plan.precision, plan.column_form, plan.row_form,
                           static_cast<const void *>(&plan.passes()), plan.options.is_unfused());
}

bool may_share(const Plan &plan) {
    return plan.method == Method::kSeparable && !plan.fixed && !plan.truncates() &&
           !plan.has_missing();
}

// a = factor * b but for the rounding of stored taps; nothing if not.
std::optional<double> multiple_of(const std::vector<double> &a, const std::vector<double> &b) {
    const auto largest = std::max_element(
        b.begin(), b.end(), [](double x, double y) { return std::fabs(x) < std::fabs(y); });
    if (*largest == 0) return std::nullopt;
    const double factor = a[static_cast<size_t>(largest - b.begin())] / *largest;
    const double allowed = 0x1p-21 * std::fabs(factor * *largest);
    for (size_t i = 0; i < a.size(); ++i) {
        if (!(std::fabs(a[i] - factor * b[i]) <= allowed)) return std::nullopt;
    }
    return factor == 0 ? std::nullopt : std::optional<double>(factor);
}

// Terms of a group, each once.
class Terms {
  public:
    explicit Terms(Precision precision) : precision_(precision) {}

    // The place of a factor's term, and what it is multiplied by.
    std::pair<size_t, double> add(Factor factor) {
        for (size_t i = 0; i < terms_.size(); ++i) {
            const auto column = multiple_of(factor.column, terms_[i].column),
                       row = multiple_of(factor.row, terms_[i].row);
            if (column && row) return {i, *column * *row};
        }
        for (const Factor &term : terms_) {
            const auto column = multiple_of(factor.column, term.column);
            if (!column) continue;
            factor.column = term.column;
            for (double &tap : factor.row) tap = rounded(tap * *column);
            break;
        }
        terms_.push_back(std::move(factor));
        return {terms_.size() - 1, 1.0};
    }
    const std::vector<Factor> &all() const { return terms_; }

  private:
    double rounded(double tap) const {
        return precision_ == Precision::kSingle ? static_cast<float>(tap) : tap;
    }

    Precision precision_;
    std::vector<Factor> terms_;
};

Taps joined(const std::vector<std::vector<double>> &filters) {
    Taps taps;
    taps.length = static_cast<int32_t>(filters.front().size());
    taps.terms = static_cast<int32_t>(filters.size());
    for (const auto &filter : filters)
        taps.f64.insert(taps.f64.end(), filter.begin(), filter.end());
    return taps;
}

// A plan whose terms stay apart.
Plan plan_of_terms(const Plan &like, const std::vector<Factor> &terms) {
    Plan plan = like;
    std::vector<std::vector<double>> columns, rows;
    for (const Factor &term : terms) {
        const auto same = std::find(columns.begin(), columns.end(), term.column);
        plan.column_of.push_back(static_cast<int32_t>(same - columns.begin()));
        if (same == columns.end()) columns.push_back(term.column);
        rows.push_back(term.row);
    }
    plan.column_taps = joined(columns);
    plan.row_taps = joined(rows);
    pass_taps(plan);
    return plan;
}

// From the first weight that is not zero to the last.
struct Span {
    size_t first, end;
};

Span span_of(const std::vector<double> &weights) {
    const auto is_used = [](double weight) { return weight != 0; };
    const auto first = std::find_if(weights.begin(), weights.end(), is_used);
    const auto end = std::find_if(weights.rbegin(), weights.rend(), is_used).base();
    if (first == weights.end()) return {0, 0};
    return {static_cast<size_t>(first - weights.begin()),
            static_cast<size_t>(end - weights.begin())};
}

// `is_term`: no other output reads its only term.
Combination make_combination(size_t output, const Plan &member, const std::vector<double> &weights,
                             bool is_term) {
    const Span span = span_of(weights);
    Combination combination = {};
    combination.output = output;
    combination.first = static_cast<int32_t>(span.first);
    combination.is_term = is_term;
    combination.delta = member.options.delta;
    combination.type = member.result_type();
    combination.pass =
        row_pass_to(member, is_term ? member.row_form : Form::kPlain, combination.type);
    Taps &taps = combination.weights;
    taps.length = 1;
    taps.terms = static_cast<int32_t>(span.end - span.first);
    const auto first = weights.begin() + static_cast<ptrdiff_t>(span.first),
               end = weights.begin() + static_cast<ptrdiff_t>(span.end);
    taps.f64.assign(first, end);
    if (member.precision == Precision::kDouble) {
        taps.passed = taps.f64;
    } else {
        taps.passed = std::vector<float>(first, end);
    }
    return combination;
}

// A member's certificate as the sum of shared terms: what they differ by from its own, and the additions.
double error_as_sum(const Plan &member, const std::vector<Factor> &terms,
                    const std::vector<double> &weights) {
    Plan plan = member;
    std::vector<Factor> &factors = plan.factoring.factors;
    factors.clear();
    double magnitude = std::fabs(member.options.delta) / pixel_range(member.options).largest();
    for (size_t t = 0; t < terms.size(); ++t) {
        if (weights[t] == 0) continue;
        factors.push_back(terms[t]);
        for (double &tap : factors.back().column) tap *= weights[t];
        magnitude += sum_abs(factors.back().column) * sum_abs(factors.back().row);
    }
    plan.factoring.exact_integers = false;
    certify(plan.kernel, summation_of(plan.options, plan.precision), plan.factoring);
    plan.certificate = plan.factoring;
    const long double u = plan.precision == Precision::kSingle ? 0x1p-24L : 0x1p-53L;
    const auto additions = static_cast<long double>(2 * factors.size() + 1);
    plan.certificate.rounding_bound += upwards(magnitude * gamma(additions, u));
    plan.exact = false;
    return output_error(plan);
}

double own_cost(const Plan &plan) {
    return plan.row_taps.terms * static_cast<double>(plan.row_taps.length) +
           plan.column_taps.terms * static_cast<double>(plan.column_taps.length);
}

// Multiply-adds a sample; what is stored and read again for an output costs about as much as three.
double shared_cost(const SharedTerms &shared) {
    double cost = own_cost(shared.plan);
    for (const Combination &combination : shared.combinations) {
        if (!combination.is_term) cost += 3 * combination.weights.terms;
    }
    return cost;
}

// Outputs that read each term: all of a span, as those in between are multiplied by zero.
std::vector<int> readers_of(const std::vector<std::vector<double>> &weights, size_t terms) {
    std::vector<int> readers(terms);
    for (const auto &of_output : weights) {
        const Span span = span_of(of_output);
        for (size_t t = span.first; t < span.end; ++t) ++readers[t];
    }
    return readers;
}

// Whether the weights are those of one term alone, as it stands.
std::optional<size_t> only_term(const std::vector<double> &weights) {
    std::optional<size_t> only;
    for (size_t t = 0; t < weights.size(); ++t) {
        if (weights[t] == 0) continue;
        if (only || weights[t] != 1) return std::nullopt;
        only = t;
    }
    return only;
}

// Nothing if sharing gains too little, or costs accuracy.
std::optional<SharedTerms> shared_by(const Bank &bank, const std::vector<size_t> &outputs) {
    const Plan &first = *bank.members[outputs.front()];
    Terms terms(first.precision);
    std::vector<std::vector<double>> weights(outputs.size());
    double apart = 0;
    for (size_t i = 0; i < outputs.size(); ++i) {
        const Plan &member = *bank.members[outputs[i]];
        for (const Factor &factor : member.factoring.factors) {
            const auto [term, weight] = terms.add(factor);
            weights[i].resize(std::max(weights[i].size(), term + 1));
            weights[i][term] += weight;
        }
        apart += own_cost(member);
    }
    SharedTerms shared;
    shared.plan = plan_of_terms(first, terms.all());
    const std::vector<int> readers = readers_of(weights, terms.all().size());
    std::vector<bool> is_kept(terms.all().size(), true);
    for (size_t i = 0; i < outputs.size(); ++i) {
        const Plan &member = *bank.members[outputs[i]];
        weights[i].resize(terms.all().size());
        if (span_of(weights[i]).end == 0) return std::nullopt;  // its terms cancel
        if (error_as_sum(member, terms.all(), weights[i]) > 2 * output_error(member))
            return std::nullopt;
        const std::optional<size_t> only = only_term(weights[i]);
        const bool is_term = only && readers[*only] == 1;
        if (is_term) is_kept[*only] = false;
        shared.combinations.push_back(make_combination(outputs[i], member, weights[i], is_term));
    }
    for (size_t t = 0; t < is_kept.size(); ++t) {
        if (is_kept[t]) shared.summed.push_back(static_cast<int32_t>(t));
    }
    if (shared_cost(shared) >= 0.9 * apart) return std::nullopt;
    return shared;
}

}  // namespace

Bank make_bank(std::vector<std::shared_ptr<const Plan>> members) {
    Bank bank;
    for (const auto &member : members) check_alike(*members.front(), *member);
    bank.members = std::move(members);
    std::map<decltype(group_of(*bank.members.front())), std::vector<size_t>> groups;
    for (size_t i = 0; i < bank.members.size(); ++i) {
        if (may_share(*bank.members[i])) {
            groups[group_of(*bank.members[i])].push_back(i);
        } else {
            bank.alone.push_back(i);
        }
    }
    for (const auto &[key, outputs] : groups) {
        auto shared = outputs.size() > 1 ? shared_by(bank, outputs) : std::nullopt;
        if (shared) {
            bank.shared.push_back(std::move(*shared));
        } else {
            bank.alone.insert(bank.alone.end(), outputs.begin(), outputs.end());
        }
    }
    return bank;
}

sepflow_rect input_region(const Bank &bank, const sepflow_rect &out, const sepflow_rect &domain) {
    sepflow_rect all = {0, 0, 0, 0};
    for (const auto &member : bank.members) {
        const sepflow_rect one = input_region(*member, out, domain);
        if (all.w == 0) {
            all = one;
        } else if (one.w != 0) {
            const int64_t right = std::max(all.x + all.w, one.x + one.w),
                          bottom = std::max(all.y + all.h, one.y + one.h);
            all.x = std::min(all.x, one.x);
            all.y = std::min(all.y, one.y);
            all.w = right - all.x;
            all.h = bottom - all.y;
        }
    }
    return all;
}

sepflow_plan_info bank_info(const Bank &bank, uint64_t scratch_bytes) {
    sepflow_plan_info info = plan_info(*bank.members.front(), scratch_bytes);
    info.flags = 0;
    for (const auto &member : bank.members) {
        const sepflow_plan_info one = plan_info(*member, 0);
        info.left = std::max(info.left, one.left);
        info.right = std::max(info.right, one.right);
        info.top = std::max(info.top, one.top);
        info.bottom = std::max(info.bottom, one.bottom);
    }
    info.rank = 0;
    info.cost_per_pixel = 0;
    info.error_bound = 0;
    const auto add = [&](double cost, int32_t rank) {
        info.cost_per_pixel += cost;
        info.rank += rank;
    };
    for (const size_t i : bank.alone) {
        const sepflow_plan_info one = plan_info(*bank.members[i], 0);
        add(one.cost_per_pixel, one.rank);
    }
    for (const SharedTerms &shared : bank.shared)
        add(shared_cost(shared), shared.plan.row_taps.terms);
    for (const auto &member : bank.members)
        info.error_bound = std::max(info.error_bound, 2 * member->error_bound());
    info.method = "bank";
    return info;
}

}  // namespace sepflow
