#include "tests/soak/session.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/soak/judge.h"

namespace soak {

namespace {

using oracle::Layout;
using oracle::Pixels;

struct FreeGraph {
    void operator()(sepflow_graph *graph) const { sepflow_graph_free(graph); }
};

[[noreturn]] void fail(const std::string &what) {
    throw std::runtime_error(what);
}

// Cancels at a poll, if set to.
struct Poll {
    std::atomic<int> left{-1};
    static int32_t is_cancelled(void *ctx) {
        auto *poll = static_cast<Poll *>(ctx);
        return poll->left >= 0 && poll->left-- == 0;
    }
};

// An input that hands out its pixels on demand.
struct Source {
    const sepflow_image *image;
    static sepflow_status read(void *ctx, const sepflow_image *into, sepflow_error *) {
        const sepflow_image &from = *static_cast<Source *>(ctx)->image;
        const int64_t size = (from.type & 0xff) / 8;
        const sepflow_rect &area = into->bounds;
        const auto at = [](const sepflow_image &image, int64_t x, int64_t y, int32_t c) {
            return static_cast<char *>(image.data) + (x - image.bounds.x) * image.stride_x +
                   (y - image.bounds.y) * image.stride_y + c * image.stride_c;
        };
        for (int64_t y = area.y; y < area.y + area.h; ++y) {
            for (int64_t x = area.x; x < area.x + area.w; ++x) {
                for (int32_t c = 0; c < from.channels; ++c)
                    std::memcpy(at(*into, x, y, c), at(from, x, y, c), static_cast<size_t>(size));
            }
        }
        return SEPFLOW_OK;
    }
};

class Session {
  public:
    Session(const sepflow_registry *registry, uint64_t seed, Totals &totals)
        : graph_(random_graph(seed)), random_(seed ^ 0x50a4), totals_(totals) {
        error_.struct_size = sizeof error_;
        sepflow_graph *made = nullptr;
        ok(sepflow_graph_create(registry, &made, &error_));
        host_.reset(made);
        add_inputs();
        for (Node &node : graph_.nodes) add_node(node);
        for (size_t i = graph_.inputs; i < graph_.places.size(); ++i) {
            const char *name = graph_.places[i].name.c_str();
            ok(sepflow_graph_add_output(host_.get(), name, name, &error_));
        }
    }

    void run() {
        prepare();
        compute_all();
        judge_all();
        recompute();
        for (int64_t i = random_.within(0, 2); i > 0; --i) {
            if (!change_one()) continue;
            prepare();
            compute_all();
            judge_all();
        }
        ++totals_.graphs;
        totals_.nodes += static_cast<int64_t>(graph_.nodes.size());
    }

  private:
    void ok(sepflow_status status) const {
        if (status != SEPFLOW_OK) fail(error_.message);
    }

    void add_inputs() {
        sources_.reserve(graph_.inputs);
        inputs_.reserve(graph_.inputs);
        for (size_t i = 0; i < graph_.inputs; ++i) {
            const Place &place = graph_.places[i];
            inputs_.emplace_back(place.type, graph_.w, graph_.h, place.channels,
                                 random_.any_of(oracle::kLayouts));
            inputs_.back().write(picture(place));
            ok(sepflow_graph_add_input(host_.get(), place.name.c_str(), &error_));
            bind(i);
        }
    }

    oracle::Image picture(const Place &place) {
        oracle::Image image(graph_.w, graph_.h, place.channels);
        const double low = place.type == SEPFLOW_U8 || place.type == SEPFLOW_U16 ? 0 : -place.reach;
        const bool is_flat = random_.once_in(8);
        const double level = random_.real(low, place.reach);
        for (double &sample : image.samples)
            sample = oracle::to_type(is_flat ? level : random_.real(low, place.reach), place.type);
        return image;
    }

    void bind(size_t i) {
        const sepflow_image &image = inputs_[i].image();
        const char *name = graph_.places[i].name.c_str();
        if (random_.once_in(2))
            return ok(sepflow_graph_bind_image(host_.get(), name, &image, &error_));
        sources_.push_back({&image});
        sepflow_source source = {};
        source.struct_size = sizeof source;
        source.type = image.type;
        source.channels = image.channels;
        source.domain = image.bounds;
        source.ctx = &sources_.back();
        source.read = Source::read;
        ok(sepflow_graph_bind_source(host_.get(), name, &source, &error_));
    }

    void add_node(const Node &node) {
        ok(sepflow_graph_add_node(host_.get(), node.name.c_str(), id_of(node.kind), node.out_type,
                                  &error_));
        for (const auto &[param, text] : node.params) set(node, param);
        const bool is_pair = node.feeds.size() == 2 && node.missing == Missing::kNone;
        const char *const ports[] = {is_pair ? "a" : "in", is_pair ? "b" : "mask"};
        for (size_t i = 0; i < node.feeds.size(); ++i) {
            ok(sepflow_graph_connect(host_.get(), graph_.places[node.feeds[i]].name.c_str(),
                                     node.name.c_str(), ports[i], &error_));
        }
    }

    void set(const Node &node, const std::string &param) {
        ok(sepflow_graph_set_text(host_.get(), node.name.c_str(), param.c_str(),
                                  node.params.at(param).c_str(), &error_));
    }

    void prepare() { ok(sepflow_graph_prepare(host_.get(), &error_)); }

    // Memory for a place, of any layout.
    Pixels blank(const Place &place) {
        sepflow_image described = {};
        described.struct_size = sizeof described;
        ok(sepflow_graph_describe_output(host_.get(), place.name.c_str(), &described, &error_));
        if (described.type != place.type || described.channels != place.channels)
            fail(place.name + " has another type or channels than was asked for");
        Pixels pixels(place.type, described.domain.w, described.domain.h, place.channels,
                      random_.any_of(oracle::kLayouts));
        pixels.image().bounds = pixels.image().domain = described.domain;
        return pixels;
    }

    sepflow_run random_run() {
        sepflow_run run = {};
        run.struct_size = sizeof run;
        run.max_threads = static_cast<int32_t>(random_.within(0, 5));
        if (random_.once_in(2)) {
            run.tile_w = random_.within(1 + graph_.w / 8, graph_.w + 3);
            run.tile_h = random_.within(1 + graph_.h / 8, graph_.h + 3);
        }
        return run;
    }

    void compute(const Place &place, const Pixels &out, const sepflow_run &run) {
        const sepflow_status status =
            sepflow_graph_compute(host_.get(), place.name.c_str(), &out.image(), &run, &error_);
        if (status != SEPFLOW_OK) fail(place.name + ": " + error_.message);
        if (!out.canaries_intact()) fail(place.name + ": wrote outside the output");
        ++totals_.computations;
    }

    void compute_all() {
        results_.clear();
        for (size_t i = 0; i < graph_.inputs; ++i) {
            const sepflow_image &image = inputs_[i].image();
            results_.push_back({image.bounds, image.type, inputs_[i].read()});
        }
        for (size_t i = graph_.inputs; i < graph_.places.size(); ++i) {
            const Place &place = graph_.places[i];
            const Pixels out = blank(place);
            compute(place, out, random_run());
            results_.push_back({out.image().bounds, place.type, out.read()});
        }
    }

    void judge_all() {
        for (const Node &node : graph_.nodes) {
            sepflow_plan_info info = {};
            info.struct_size = sizeof info;
            ok(sepflow_graph_node_plan_info(host_.get(), node.name.c_str(), &info, &error_));
            std::vector<const Picture *> inputs;
            for (const size_t feed : node.feeds) inputs.push_back(&results_[feed]);
            const size_t outputs = std::max<size_t>(node.kernels.size(), 1);
            for (size_t i = 0; i < outputs; ++i) {
                const Verdict verdict = judge(node, i, inputs, results_[node.first_result + i],
                                              info.error_bound, kSamples, random_);
                if (!verdict.mistake.empty())
                    fail(graph_.places[node.first_result + i].name + ": " + verdict.mistake);
                totals_.pixels += verdict.pixels;
                totals_.worst = std::max(totals_.worst, verdict.worst);
            }
        }
    }

    // One place again: cancelled, then a part of it, then several at once; the bytes are the same.
    void recompute() {
        const auto last = static_cast<int64_t>(graph_.places.size()) - 1;
        const auto i =
            static_cast<size_t>(random_.within(static_cast<int64_t>(graph_.inputs), last));
        const Place &place = graph_.places[i];
        if (random_.once_in(3)) cancel(place);
        compute_part(i);
        if (random_.once_in(3)) compute_at_once(i);
    }

    void cancel(const Place &place) {
        const Pixels out = blank(place);
        Poll poll;
        poll.left = static_cast<int>(random_.within(0, 6));
        sepflow_run run = random_run();
        run.ctx = &poll;
        run.is_cancelled = Poll::is_cancelled;
        const sepflow_status status =
            sepflow_graph_compute(host_.get(), place.name.c_str(), &out.image(), &run, &error_);
        if (status != SEPFLOW_OK && status != SEPFLOW_E_CANCELLED) fail(error_.message);
        if (!out.canaries_intact()) fail(place.name + ": cancelled, wrote outside the output");
        totals_.cancelled += status == SEPFLOW_E_CANCELLED;
    }

    // Computes one rectangle of the output.
    void compute_part(size_t i) {
        const Picture &whole = results_[i];
        const sepflow_rect &domain = whole.domain;
        if (domain.w == 0 || domain.h == 0) return;
        sepflow_rect part = {random_.within(0, domain.w - 1), random_.within(0, domain.h - 1), 0,
                             0};
        part.w = random_.within(1, domain.w - part.x);
        part.h = random_.within(1, domain.h - part.y);
        part.x += domain.x;
        part.y += domain.y;
        Pixels out(whole.type, part.w, part.h, whole.image.channels,
                   random_.any_of(oracle::kLayouts));
        out.image().bounds = part;
        out.image().domain = domain;
        compute(graph_.places[i], out, random_run());
        require_same(i, out);
    }

    void compute_at_once(size_t i) {
        std::vector<Pixels> outs;
        std::vector<sepflow_run> runs;
        for (int64_t n = random_.within(2, 4); n > 0; --n) {
            outs.push_back(blank(graph_.places[i]));
            runs.push_back(random_run());
        }
        std::vector<sepflow_status> statuses(outs.size(), SEPFLOW_E_INTERNAL);
        std::vector<std::thread> threads;
        for (size_t n = 0; n < outs.size(); ++n) {
            threads.emplace_back([&, n] {
                statuses[n] = sepflow_graph_compute(host_.get(), graph_.places[i].name.c_str(),
                                                    &outs[n].image(), &runs[n], nullptr);
            });
        }
        for (std::thread &thread : threads) thread.join();
        for (size_t n = 0; n < outs.size(); ++n) {
            if (statuses[n] != SEPFLOW_OK) fail(graph_.places[i].name + ": fails among others");
            require_same(i, outs[n]);
            ++totals_.computations;
        }
    }

    void require_same(size_t i, const Pixels &out) const {
        const oracle::Image got = out.read();
        const sepflow_rect &part = out.image().bounds;
        for (int64_t y = 0; y < part.h; ++y) {
            for (int64_t x = 0; x < part.w; ++x) {
                for (int c = 0; c < got.channels; ++c) {
                    const double wanted = results_[i].at(part.x + x, part.y + y, c);
                    if (std::memcmp(
                            &wanted,
                            &got.samples[static_cast<size_t>((y * part.w + x) * got.channels + c)],
                            sizeof wanted) != 0)
                        fail(graph_.places[i].name + ": another time, other bytes at (" +
                             std::to_string(part.x + x) + ", " + std::to_string(part.y + y) + ")");
                }
            }
        }
    }

    bool change_one() {
        const auto last = static_cast<int64_t>(graph_.nodes.size()) - 1;
        Node &node = graph_.nodes[static_cast<size_t>(random_.within(0, last))];
        if (!change(node, random_)) return false;
        for (const auto &[param, text] : node.params) set(node, param);
        ++totals_.changes;
        return true;
    }

    static constexpr int64_t kSamples = 1000;

    Graph graph_;
    Random random_;
    Totals &totals_;
    std::unique_ptr<sepflow_graph, FreeGraph> host_;
    mutable sepflow_error error_ = {};
    std::vector<Pixels> inputs_;
    std::vector<Source> sources_;
    std::vector<Picture> results_;
};

}  // namespace

void run_graph(const sepflow_registry *registry, uint64_t seed, Totals &totals) {
    Session(registry, seed, totals).run();
}

std::string described(uint64_t seed) {
    const Graph graph = random_graph(seed);
    std::ostringstream text;
    text << graph.w << " x " << graph.h << "\n";
    for (const Place &place : graph.places)
        text << "  " << place.name << ": type " << std::hex << place.type << std::dec << ", "
             << place.channels << " channels\n";
    for (const Node &node : graph.nodes) {
        text << "  " << node.name << ": " << id_of(node.kind) << " of";
        for (const size_t feed : node.feeds) text << " '" << graph.places[feed].name << "'";
        for (const auto &[param, value] : node.params) text << ", " << param << " = " << value;
        text << "\n";
    }
    return text.str();
}

}  // namespace soak
