#include "runtime/host/tile.h"

#include <algorithm>
#include <new>

#include "runtime/base/error.h"
#include "runtime/base/image.h"

namespace sepflow::host {

namespace {

constexpr int64_t kAlignment = 64;
constexpr size_t kNoSlot = static_cast<size_t>(-1);

[[noreturn]] void fail_for_size() {
    throw Error(SEPFLOW_E_MEMORY, "a tile's buffers are larger than any memory");
}

// a * b rounded up to the alignment
int64_t aligned_product(int64_t a, int64_t b) {
    int64_t product, sum;
    if (__builtin_mul_overflow(a, b, &product) ||
        __builtin_add_overflow(product, kAlignment - 1, &sum)) {
        fail_for_size();
    }
    return sum / kAlignment * kAlignment;
}

int64_t checked_sum(int64_t a, int64_t b) {
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) fail_for_size();
    return sum;
}

int64_t pixel_bytes(const Place &place) {
    return int64_t{place.channels} * type_bytes(place.type);
}

int64_t row_bytes(const Place &place, const sepflow_rect &bounds) {
    return aligned_product(bounds.w, pixel_bytes(place));
}

// A dense image of a place's pixels over `bounds`, its rows aligned.
sepflow_image buffer_image(const Place &place, const sepflow_rect &bounds, void *memory) {
    sepflow_image image = {};
    image.struct_size = sizeof image;
    image.type = place.type;
    image.channels = place.channels;
    image.data = memory;
    image.bounds = bounds;
    image.domain = place.domain;
    image.stride_c = type_bytes(place.type);
    image.stride_x = pixel_bytes(place);
    image.stride_y = row_bytes(place, bounds);
    return image;
}

sepflow_image no_image() {
    sepflow_image none = {};
    none.struct_size = sizeof none;
    return none;
}

[[noreturn]] void fail(const Place &place, sepflow_status status, const sepflow_error &error) {
    throw Error(status,
                (place.is_input() ? "input '" : "node '") + place.name + "': " + error.message);
}

}  // namespace

size_t TileJob::readers(const Outlet &outlet) const {
    return static_cast<size_t>(std::count_if(steps.begin(), steps.end(), [&](size_t step) {
        const std::vector<Outlet> &feeds = graph.places[step].feeds;
        return std::find(feeds.begin(), feeds.end(), outlet) != feeds.end();
    }));
}

bool TileJob::is_computed(const Outlet &outlet) const {
    const Place &place = graph.places[outlet.place];
    if (place.is_input()) return true;
    const bool optional = (place.output_port(outlet.output).flags & SEPFLOW_PORT_OPTIONAL) != 0;
    return !optional || outlet == target || readers(outlet) > 0;
}

bool TileJob::has_buffer(const Outlet &outlet) const {
    const Place &place = graph.places[outlet.place];
    const bool is_bound = place.is_input() && place.source.read == nullptr;
    return !is_bound && !(outlet == target) && is_computed(outlet);
}

std::optional<Outlet> TileJob::in_place_of(size_t step) const {
    const Place &place = graph.places[step];
    if (place.is_input() || (place.desc->flags & SEPFLOW_NODE_IN_PLACE) == 0 ||
        place.output_count() != 1) {
        return std::nullopt;
    }
    for (const Outlet &feed : place.feeds) {
        if (!feed.is_connected()) continue;
        const Place &fed_by = graph.places[feed.place];
        const bool same_format = fed_by.type == place.type && fed_by.channels == place.channels;
        if (has_buffer(feed) && same_format && readers(feed) == 1) return feed;
    }
    return std::nullopt;
}

void find_regions(const TileJob &job, const sepflow_rect &tile, std::vector<sepflow_rect> &needed) {
    const std::vector<Place> &places = job.graph.places;
    needed.assign(places.size(), {0, 0, 0, 0});
    needed[job.target.place] = tile;
    for (auto step = job.steps.rbegin(); step != job.steps.rend(); ++step) {
        const Place &place = places[*step];
        if (is_empty(needed[*step])) continue;
        for (size_t port = 0; port < place.feeds.size(); ++port) {
            const Outlet &feed = place.feeds[port];
            if (!feed.is_connected()) continue;
            const sepflow_rect &domain = places[feed.place].domain;
            sepflow_rect in = {};
            const sepflow_status status = job.graph.call_node(place, "input_region", [&] {
                return place.desc->input_region(place.plan.get(), static_cast<uint32_t>(port),
                                                &needed[*step], &domain, &in);
            });
            if (status != SEPFLOW_OK || !is_sane(in) || (!is_empty(in) && !contains(domain, in))) {
                throw Error(SEPFLOW_E_INTERNAL,
                            "node '" + place.name + "' asks for an impossible region");
            }
            needed[feed.place] = united(needed[feed.place], in);
        }
    }
}

TileRunner::TileRunner(TileJob &job) : job_(job) {
    for (const size_t step : job.steps) {
        const uint64_t scratch = job.graph.places[step].info.scratch_bytes;
        if (scratch > static_cast<uint64_t>(INT64_MAX)) fail_for_size();
        scratch_size_ = std::max(scratch_size_, static_cast<int64_t>(scratch));
    }
    const size_t count = job.graph.places.size();
    needed_.reserve(count);
    images_.resize(count);
    slots_.resize(count);
    in_place_of_.resize(count);
    for (const size_t step : job.steps) {
        in_place_of_[step] = job.in_place_of(step);
        const Place &place = job.graph.places[step];
        for (size_t output = 0; output < place.output_count(); ++output) {
            const bool is_target = job.target == Outlet{step, output};
            images_[step].push_back(is_target          ? job.out
                                    : place.is_input() ? place.image
                                                       : no_image());
            slots_[step].push_back(job.has_buffer({step, output}) ? 0 : kNoSlot);
        }
    }
    share_slots();
}

TileRunner::~TileRunner() {
    ::operator delete(memory_, std::align_val_t(kAlignment));
}

void TileRunner::run(const sepflow_rect &tile) {
    find_regions(job_, tile, needed_);
    lay_out();
    for (const size_t step : job_.steps) {
        if (is_empty(needed_[step])) continue;
        const Place &place = job_.graph.places[step];
        if (place.is_input()) {
            read(place, images_[step].front());
        } else {
            process(place, step);
        }
    }
}

// A slot is free for others when the last step that reads it is done, so that a long chain runs in
// two.
void TileRunner::share_slots() {
    const std::vector<size_t> &steps = job_.steps;
    std::vector<std::vector<size_t>> last_use(job_.graph.places.size());  // by place and output
    for (size_t i = 0; i < steps.size(); ++i) {
        last_use[steps[i]].assign(images_[steps[i]].size(), i);
        for (const Outlet &feed : job_.graph.places[steps[i]].feeds) {
            if (feed.is_connected()) last_use[feed.place][feed.output] = i;
        }
    }
    // A result that is computed in place lives on in the slot of its feed.
    for (size_t i = steps.size(); i-- > 0;) {
        const std::optional<Outlet> &own = in_place_of_[steps[i]];
        if (own) last_use[own->place][own->output] = last_use[steps[i]].front();
    }
    std::vector<std::vector<size_t>> freed_after(steps.size());
    std::vector<size_t> unused;
    size_t count = 0;
    for (size_t i = 0; i < steps.size(); ++i) {
        for (size_t output = 0; output < slots_[steps[i]].size(); ++output) {
            size_t &slot = slots_[steps[i]][output];
            if (slot == kNoSlot) continue;
            if (unused.empty()) unused.push_back(count++);
            slot = unused.back();
            unused.pop_back();
            freed_after[last_use[steps[i]][output]].push_back(slot);
        }
        unused.insert(unused.end(), freed_after[i].begin(), freed_after[i].end());
    }
    slot_sizes_.resize(count);
    slot_offsets_.resize(count);
}

bool TileRunner::is_in_place(size_t step) const {
    const std::optional<Outlet> &own = in_place_of_[step];
    return own && same(needed_[own->place], needed_[step]);
}

void TileRunner::lay_out() {
    std::fill(slot_sizes_.begin(), slot_sizes_.end(), 0);
    for (const size_t step : job_.steps) {
        if (is_in_place(step)) continue;
        const Place &place = job_.graph.places[step];
        for (const size_t slot : slots_[step]) {
            if (slot == kNoSlot) continue;
            slot_sizes_[slot] =
                std::max(slot_sizes_[slot],
                         aligned_product(row_bytes(place, needed_[step]), needed_[step].h));
        }
    }
    int64_t bytes = 0;
    for (size_t slot = 0; slot < slot_sizes_.size(); ++slot) {
        slot_offsets_[slot] = bytes;
        bytes = checked_sum(bytes, slot_sizes_[slot]);
    }
    reserve(checked_sum(bytes, scratch_size_));
    char *memory = static_cast<char *>(memory_);
    scratch_ = memory + bytes;
    for (const size_t step : job_.steps) {
        const std::optional<Outlet> &own = in_place_of_[step];
        for (size_t output = 0; output < images_[step].size(); ++output) {
            const size_t slot = slots_[step][output];
            if (slot == kNoSlot) continue;
            void *pixels = is_in_place(step) ? images_[own->place][own->output].data
                                             : memory + slot_offsets_[slot];
            images_[step][output] = buffer_image(job_.graph.places[step], needed_[step], pixels);
        }
    }
}

void TileRunner::reserve(int64_t bytes) {
    if (bytes <= size_ && memory_ != nullptr) return;
    ::operator delete(memory_, std::align_val_t(kAlignment));
    memory_ = nullptr;
    memory_ = ::operator new(static_cast<size_t>(std::max(bytes, kAlignment)),
                             std::align_val_t(kAlignment));
    size_ = bytes;
}

void TileRunner::read(const Place &place, const sepflow_image &into) const {
    if (place.source.read == nullptr) return;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_status status = place.source.read(place.source.ctx, &into, &error);
    if (status != SEPFLOW_OK) fail(place, status, error);
}

void TileRunner::process(const Place &place, size_t index) {
    inputs_.clear(place.image_size);
    outputs_.clear(place.image_size);
    for (const Outlet &feed : place.feeds)
        inputs_.add(feed.is_connected() ? images_[feed.place][feed.output] : no_image());
    for (const sepflow_image &output : images_[index]) outputs_.add(output);
    sepflow_process call = {};
    call.struct_size = sizeof call;
    call.inputs = inputs_.data();
    call.input_count = inputs_.count();
    call.outputs = outputs_.data();
    call.output_count = outputs_.count();
    call.region = needed_[index];
    call.max_threads = 1;
    call.scratch = scratch_;
    call.scratch_size = static_cast<uint64_t>(scratch_size_);
    call.host = &job_.graph.host;
    call.call_ctx = &job_.context;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    const sepflow_status status = job_.graph.call_node(
        place, "process", [&] { return place.desc->process(place.plan.get(), &call, &error); });
    if (status != SEPFLOW_OK) fail(place, status, error);
}

}  // namespace sepflow::host
