// Every allocation of the plugin fails once, from its load to the end of an instance.
#include <doctest/doctest.h>
#include <iterator>
#include <optional>

#include "tests/faults/allocations.h"
#include "tests/faults/every_allocation.h"
#include "tests/hosts/openfx/mini_host.h"
#include "tests/hosts/openfx/picture.h"

namespace {

constexpr int kOk = 0, kMemory = 8, kReplyDefault = 14;
const Kind kFloat = {SEPFLOW_F32, 4, "OfxBitDepthFloat", "OfxImageComponentRGBA"};
const mini::Rect kWhole = {0, 0, 30, 20};
const char *const kKernels[] = {"gaussian 1.5", "2x3 1 2 0 1 0 4 norm", "row 1 2 1 col 1 2 norm"};

// All that a host does with an effect.
class Life {
  public:
    Life() {
        suites_.threads = false;
        source_.put(in_, 0, 0);
        for (const char *kernel : kKernels) wanted_.push_back(filtered(in_, kernel));
    }

    sepflow_status run(sepflow_error *error) {
        failures_ = 0;
        std::optional<mini::Host> host;
        succeeds([&] { return host.emplace(suites_).status; });
        succeeds([&] {
            const int status = host->describe();
            if (status != kOk) begin_anew(*host);
            return status;
        });
        std::optional<mini::Instance> instance;
        succeeds([&] { return instance.emplace(*host, depth_, components_).created; });
        {
            const faults::Aside aside;
            instance->source().images = {{1.0, source_.image}};
            instance->source().definition = {0, 0, 30, 20};
            instance->output().images = {{1.0, output_.image}};
        }
        succeeds([&] { return asked(*instance); });
        for (size_t i = 0; i < std::size(kKernels); ++i) {
            set_kernel(*instance, i);
            succeeds([&] { return rendered(*host, *instance, i); });
        }
        instance.reset();
        host.reset();
        if (failures_ == 0) return SEPFLOW_OK;
        error->code = SEPFLOW_E_MEMORY;
        std::strcpy(error->message, "reported to the host");
        return error->code;
    }

  private:
    // Where it fails, for lack of memory, the next call has it and succeeds.
    template <typename Call>
    void succeeds(const Call &call) {
        const int status = call();
        if (status == kOk) return;
        CHECK(status == kMemory);
        ++failures_;
        const faults::Aside aside;
        REQUIRE(call() == kOk);
    }

    static void begin_anew(mini::Host &host) {
        const faults::Aside aside;
        host.descriptor = {};
        host.descriptor.host = &host;
    }

    static void set_kernel(mini::Instance &instance, size_t i) {
        const faults::Aside aside;
        instance.param("kernel").text = kKernels[i];
    }

    bool is_right(size_t i) {
        const faults::Aside aside;
        Picture out(kFloat, 30, 20);
        output_.get(out, 0, 0);
        return out == wanted_[i];
    }

    int rendered(mini::Host &host, mini::Instance &instance, size_t i) {
        const int status = instance.render(1, kWhole);
        if (status == kOk) {
            CHECK(is_right(i));
            CHECK(host.persistent.empty());
            return kOk;
        }
        const faults::Aside aside;
        CHECK(host.persistent.find("memory") != std::string::npos);
        if (i == 0) return status;
        // The host may as well go back.
        set_kernel(instance, i - 1);
        CHECK(instance.render(1, kWhole) == kOk);
        CHECK(is_right(i - 1));
        set_kernel(instance, i);
        return status;
    }

    static int asked(mini::Instance &instance) {
        mini::Area interest = {4, 5, 10, 12}, definition = {};
        std::string clip;
        const int statuses[] = {instance.region_of_interest(1, interest),
                                instance.region_of_definition(1, definition),
                                instance.is_identity(1, clip)};
        for (const int status : statuses) {
            if (status != kOk && status != kReplyDefault) return status;
        }
        CHECK(interest.x1 < 4);
        return kOk;
    }

    mini::Suites suites_;
    const std::string depth_ = kFloat.depth, components_ = kFloat.components;
    Picture in_ = noise(kFloat, 30, 20);
    std::vector<Picture> wanted_;
    Buffer source_{kFloat, kWhole, kWhole, false}, output_{kFloat, kWhole, kWhole, false};
    int failures_ = 0;
};

}  // namespace

TEST_CASE("every allocation fails once while the plugin is loaded") {
    faults::every_allocation_of_loading_fails(SEPFLOW_OFX);
}

TEST_CASE("every allocation fails once, from the action Load to the end of an instance") {
    faults::every_allocation_of_a_life_fails<Life>("an effect");
}
