// Checks of how a node uses the host that serves a call, and that it keeps nothing of the call
// afterwards.
#include <cstring>
#include <ctime>
#include <memory>

#include "runtime/base/image.h"
#include "runtime/check/check.h"
#include "runtime/check/scene.h"

namespace sepflow::check {

namespace {

constexpr sepflow_rect kDomain = {0, 0, 203, 131};

// Which callbacks a host saw.
struct Seen {
    int64_t allocations, polls, parallel_fors;
    explicit Seen(const CheckingHost &host)
        : allocations(host.allocations()),
          polls(host.polls()),
          parallel_fors(host.parallel_fors()) {}
    bool operator==(const Seen &other) const {
        return allocations == other.allocations && polls == other.polls &&
               parallel_fors == other.parallel_fors;
    }
};

// Each node has the host that it was made with.
void check_other_node(Subject &subject, const Scene &scene, const Bytes &wanted) {
    const sepflow_rect out = scene.out_domain();
    auto other_host = std::make_unique<CheckingHost>();
    {
        Node other = subject.node(other_host->get());
        const Plan plan = other.configure(config_for(scene.format(), kDomain.w, kDomain.h));
        Scene(subject, plan, scene.format(), kDomain).compute(out);
    }
    require(other_host->blocks_kept() == 0 && other_host->mistake().empty(),
            "a node that is gone leaves memory of its host behind");
    other_host.reset();
    const std::string where = scene.difference(scene.compute(out), wanted, out);
    require(where.empty(), "after a node with another host, it computes other pixels " + where);
}

// A call that names a host is served by that host, which may be gone after it.
void callers_host(Subject &subject) {
    Prepared p(subject, kDomain);
    const sepflow_rect out = p.scene.out_domain();
    const Bytes wanted = p.scene.compute(out);
    for (const int32_t threads : {1, 4}) {
        auto caller = std::make_unique<CheckingHost>();
        How how;
        how.threads = threads;
        how.host = caller.get();
        const Seen before(subject.host());
        p.scene.compute(out, how);
        require(Seen(subject.host()) == before,
                "process calls the host that create was given, where the call names another");
        require(caller->blocks_kept() == 0,
                "process returns and keeps memory of the call's host, which may go");
        require(caller->mistake().empty(), caller->mistake());
        caller.reset();
        how.host = nullptr;
        const std::string where = p.scene.difference(p.scene.compute(out, how), wanted, out);
        require(where.empty(), "after a call that named a host, it computes other pixels " + where);
    }
    check_other_node(subject, p.scene, wanted);
}

// Where the host runs no tasks, the call fails.
void pool(Subject &subject) {
    Prepared p(subject, kDomain);
    CheckingHost &host = subject.caller();
    const sepflow_rect out = p.scene.out_domain();
    How how;
    how.host = &host;
    how.threads = 4;
    const Bytes wanted = p.scene.compute(out, how);
    if (host.parallel_fors() == 0) throw Skipped{"it never calls parallel_for"};
    for (const sepflow_status status : {SEPFLOW_E_MEMORY, SEPFLOW_E_CANCELLED}) {
        host.fail_parallel_for(status);
        Bytes result;
        const Reply reply = p.scene.try_compute(out, how, &result);
        require(!reply.ok(),
                "parallel_for fails with " + std::to_string(status) + ", and process succeeds");
        host.fail_parallel_for(SEPFLOW_OK);
        const std::string where = p.scene.difference(p.scene.compute(out, how), wanted, out);
        require(where.empty(), "once parallel_for failed, it computes other pixels " + where);
    }
}

int64_t nanoseconds(clockid_t clock) {
    timespec now = {};
    clock_gettime(clock, &now);
    return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

// Processor time of threads other than this one, those that have ended included.
int64_t time_of_others() {
    return nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - nanoseconds(CLOCK_THREAD_CPUTIME_ID);
}

// With max_threads 1 nobody else works. A thread costs some ten thousand nanoseconds to begin and
// end, the clocks a few hundred to read.
void serial(Subject &subject) {
    constexpr int kCalls = 100;
    constexpr int64_t kMost = 1000;  // nanoseconds for each call
    Prepared p(subject, kDomain);
    const sepflow_rect out = p.scene.out_domain();
    const sepflow_rect tile = {out.x, out.y, std::min<int64_t>(out.w, 64),
                               std::min<int64_t>(out.h, 48)};
    p.scene.compute(tile);
    int64_t others = 0;
    How how;
    how.change = [&](sepflow_process &call) {
        const int64_t before = time_of_others();
        for (int i = 0; i < kCalls; ++i) {
            ask("process with max_threads 1",
                [&](sepflow_error *e) { return p.plan.desc().process(p.plan.get(), &call, e); });
        }
        others = time_of_others() - before;
    };
    p.scene.compute(tile, how);
    require(others < kCalls * kMost, "with max_threads 1, other threads work for " +
                                         std::to_string(others / kCalls) + " ns in each call");
}

// The same memory with other pixels is another image.
void afterwards(Subject &subject) {
    Prepared p(subject, kDomain);
    Scene other(subject, p.plan, p.format, kDomain, 99);
    const sepflow_rect out = p.scene.out_domain();
    How how;
    how.has_whole_bounds = true;
    Bytes wanted;
    how.change = [&](sepflow_process &call) {
        wanted = other.compute(out);  // in other memory, as the call has its own already
        ask("process",
            [&](sepflow_error *e) { return p.plan.desc().process(p.plan.get(), &call, e); });
        size_t input = 0;
        for (uint32_t port = 0; port < call.input_count; ++port) {
            if (subject.is_optional(port)) continue;
            const Bytes &pixels = other.input(input++);
            std::memcpy(image_of(call.inputs, port).data, pixels.data(), pixels.size());
        }
    };
    const Bytes got = p.scene.compute(out, how);
    const std::string where = other.difference(got, wanted, out);
    require(where.empty(), "new pixels in the same memory give the old result " + where);
}

}  // namespace

std::vector<Check> service_checks() {
    return {
        {"callers_host", "is served by the host that a call names, and keeps nothing of it",
         "Use call->host where it is not NULL, for this call only, and free what its alloc gave "
         "before you return.",
         callers_host},
        {"pool", "fails where the host's parallel_for does",
         "Look at what parallel_for returns, and return a failure yourself.", pool},
        {"serial", "works on the calling thread alone where max_threads is 1",
         "Where max_threads is 1, start no thread and leave parallel_for alone.", serial},
        {"afterwards", "keeps nothing of a call that the next one could mistake for its own",
         "Take all that you compute from this call's pixels. Cache nothing by address.",
         afterwards},
    };
}

}  // namespace sepflow::check
