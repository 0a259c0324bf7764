#include "runtime/plan/bank.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/base/rect.h"
#include "runtime/factor/bounds.h"
#include "runtime/factor/certificate.h"
#include "runtime/factor/norms.h"
#include "runtime/plan/budget.h"

namespace sepflow {

namespace {

// Two NaN missing values are alike.
bool are_alike(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

void check_alike(const Plan &a, const Plan &b) {
    const Options &p = a.request.options, &q = b.request.options;
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

// Returns all that plans of pass pairs must agree in for their column passes to be shared.
auto group_of(const Plan &plan) {
    const Request &request = plan.request;
    const auto &pairs = std::get<PassPairs>(plan.way);
    return std::make_tuple(request.kernel.rows, request.kernel.columns, request.anchor_x,
                           request.anchor_y, pairs.arithmetic.precision, pairs.column_form,
                           pairs.row_form, static_cast<const void *>(pairs.arithmetic.passes),
                           pairs.arithmetic.unfused);
}

bool may_share(const Plan &plan) {
    const Options &options = plan.request.options;
    const auto *pairs = std::get_if<PassPairs>(&plan.way);
    return pairs != nullptr && !pairs->fixed && !options.truncates() && !options.has_missing();
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

// Terms that stay apart.
void take_terms(const std::vector<Factor> &terms, const PassPairs &like, SharedTerms &shared) {
    std::vector<std::vector<double>> columns, rows;
    for (const Factor &term : terms) {
        const auto same = std::find(columns.begin(), columns.end(), term.column);
        shared.column_of.push_back(static_cast<int32_t>(same - columns.begin()));
        if (same == columns.end()) columns.push_back(term.column);
        rows.push_back(term.row);
    }
    shared.pairs = make_pairs_like(like, joined(columns), joined(rows));
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
Combination make_combination(size_t output, std::shared_ptr<const Plan> member,
                             const std::vector<double> &weights, bool is_term) {
    const Span span = span_of(weights);
    Combination combination = {};
    combination.output = output;
    combination.first = static_cast<int32_t>(span.first);
    combination.is_term = is_term;
    combination.member = std::move(member);
    Taps &taps = combination.weights;
    taps.length = 1;
    taps.terms = static_cast<int32_t>(span.end - span.first);
    const auto first = weights.begin() + static_cast<ptrdiff_t>(span.first),
               end = weights.begin() + static_cast<ptrdiff_t>(span.end);
    taps.f64.assign(first, end);
    const auto &pairs = std::get<PassPairs>(combination.member->way);
    if (pairs.arithmetic.precision == Precision::kDouble) {
        taps.passed = taps.f64;
    } else {
        taps.passed = std::vector<float>(first, end);
    }
    return combination;
}

// The output error of a member as the sum of shared terms: what they differ by from its own, and
// the additions.
double error_as_sum(const Plan &member, const std::vector<Factor> &terms,
                    const std::vector<double> &weights) {
    const Request &request = member.request;
    const Precision precision = std::get<PassPairs>(member.way).arithmetic.precision;
    const double largest = pixel_range(request.options).largest();
    Factoring sum;
    sum.kernel_norm_1 = member.factoring.kernel_norm_1;
    double magnitude = std::fabs(request.options.delta) / largest;
    for (size_t t = 0; t < terms.size(); ++t) {
        if (weights[t] == 0) continue;
        sum.factors.push_back(terms[t]);
        for (double &tap : sum.factors.back().column) tap *= weights[t];
        magnitude += sum_abs(sum.factors.back().column) * sum_abs(sum.factors.back().row);
    }
    certify(request.kernel, summation_of(request.options, precision), sum);
    const long double u = precision == Precision::kSingle ? 0x1p-24L : 0x1p-53L;
    const auto additions = static_cast<long double>(2 * sum.factors.size() + 1);
    const double rounding =
        sum.certificate.rounding_bound + upwards(magnitude * gamma(additions, u));
    return remainder_error(sum.certificate, request.options) + largest * rounding;
}

double cost_of_passes(const PassPairs &pairs) {
    return pairs.row_taps.terms * static_cast<double>(pairs.row_taps.length) +
           pairs.column_taps.terms * static_cast<double>(pairs.column_taps.length);
}

// Multiply-adds a sample; what is stored and read again for an output costs about as much as three.
double shared_cost(const SharedTerms &shared) {
    double cost = cost_of_passes(shared.pairs);
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

// Returns no terms if sharing gains too little, or costs accuracy.
std::optional<SharedTerms> shared_by(const Bank &bank, const std::vector<size_t> &outputs) {
    const auto &like = std::get<PassPairs>(bank.members[outputs.front()]->way);
    Terms terms(like.arithmetic.precision);
    std::vector<std::vector<double>> weights(outputs.size());
    double apart = 0;
    for (size_t i = 0; i < outputs.size(); ++i) {
        const Plan &member = *bank.members[outputs[i]];
        for (const Factor &factor : member.factoring.factors) {
            const auto [term, weight] = terms.add(factor);
            weights[i].resize(std::max(weights[i].size(), term + 1));
            weights[i][term] += weight;
        }
        apart += cost_of_passes(std::get<PassPairs>(member.way));
    }
    SharedTerms shared;
    take_terms(terms.all(), like, shared);
    const std::vector<int> readers = readers_of(weights, terms.all().size());
    std::vector<bool> is_kept(terms.all().size(), true);
    for (size_t i = 0; i < outputs.size(); ++i) {
        const Plan &member = *bank.members[outputs[i]];
        weights[i].resize(terms.all().size());
        if (span_of(weights[i]).end == 0) return std::nullopt;  // its terms cancel
        if (error_as_sum(member, terms.all(), weights[i]) > 2 * member.bounds.output)
            return std::nullopt;
        const std::optional<size_t> only = only_term(weights[i]);
        const bool is_term = only && readers[*only] == 1;
        if (is_term) is_kept[*only] = false;
        shared.combinations.push_back(
            make_combination(outputs[i], bank.members[outputs[i]], weights[i], is_term));
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
    for (const auto &member : bank.members) all = united(all, input_region(*member, out, domain));
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
        add(shared_cost(shared), shared.pairs.row_taps.terms);
    for (const auto &member : bank.members)
        info.error_bound = std::max(info.error_bound, 2 * member->bounds.error);
    info.method = "bank";
    return info;
}

}  // namespace sepflow
