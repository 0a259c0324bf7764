// A C++ program that uses the containers and algorithms that libsepflow.a uses inside, so that the
// linker meets two copies of their code. Passes if it links, and if a constant stays a constant.
#include <algorithm>
#include <functional>
#include <vector>

#include <sepflow/sepflow.h>

int main(int argc, char **) {
    // Sizes that the compiler cannot know, or it would fold the containers away.
    const std::vector<double> third(static_cast<size_t>(argc) * 3, 1.0 / 3);
    std::vector<double> taps;
    for (const double tap : third) taps.push_back(tap);
    taps.insert(taps.end(), third.begin(), third.begin());
    const auto length = static_cast<int32_t>(taps.size());
    const std::function<sepflow_status(sepflow_plan **)> make = [&](sepflow_plan **plan) {
        sepflow_options options = {};
        options.struct_size = sizeof options;
        options.in_type = SEPFLOW_F32;
        return sepflow_plan_from_vectors(taps.data(), length, taps.data(), length, &options, plan,
                                         nullptr);
    };
    sepflow_plan *plan = nullptr;
    if (make(&plan) != SEPFLOW_OK) return 1;

    std::vector<float> in(64 * 48, 7.0f), out(in.size());
    const sepflow_image from = sepflow_image_dense(in.data(), SEPFLOW_F32, 64, 48, 1);
    const sepflow_image to = sepflow_image_dense(out.data(), SEPFLOW_F32, 64, 48, 1);
    const sepflow_status status = sepflow_apply(plan, &from, &to, nullptr, 1, nullptr);
    sepflow_plan_free(plan);
    const bool constant =
        std::all_of(out.begin(), out.end(), [](float v) { return v > 6.999f && v < 7.001f; });
    return status == SEPFLOW_OK && constant ? 0 : 1;
}
