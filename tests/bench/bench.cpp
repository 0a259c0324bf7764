// Times Sepflow beside memcpy and OpenCV's sepFilter2D: the same buffers, one run, taking turns; prints the
// median of the rounds and ratios, never a lone time. `./dev bench` runs it and keeps JSON beside the table.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

namespace {

double seconds() {
    using Clock = std::chrono::steady_clock;
    return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

// Medians of `rounds` turns of each contender, after one turn to warm up.
std::vector<double> medians(const std::vector<std::function<void()>> &contenders, int rounds) {
    std::vector<std::vector<double>> times(contenders.size());
    for (int round = -1; round < rounds; ++round) {
        for (size_t i = 0; i < contenders.size(); ++i) {
            const double start = seconds();
            contenders[i]();
            if (round >= 0) times[i].push_back(seconds() - start);
        }
    }
    std::vector<double> result;
    for (auto &t : times) {
        std::nth_element(t.begin(), t.begin() + static_cast<int>(t.size() / 2), t.end());
        result.push_back(t[t.size() / 2]);
    }
    return result;
}

struct Type {
    const char *name;
    sepflow_type type;
    int depth;
};

constexpr Type kTypes[] = {
    {"f32", SEPFLOW_F32, CV_32F}, {"u8", SEPFLOW_U8, CV_8U}, {"u16", SEPFLOW_U16, CV_16U}};

std::vector<double> make_taps(int count, bool symmetric) {
    std::vector<double> taps(static_cast<size_t>(count));
    double sum = 0;
    for (int i = 0; i < count; ++i) {
        const int mirrored = symmetric ? std::min(i, count - 1 - i) : i;
        sum += taps[static_cast<size_t>(i)] = 1 + mirrored * 0.37;
    }
    for (double &tap : taps) tap = static_cast<float>(tap / sum);
    return taps;
}

struct Case {
    Type type;
    int width, height, taps, threads;
    bool symmetric;
};

nlohmann::json measure(const Case &c, int rounds) {
    const cv::Mat in(c.height, c.width, CV_MAKETYPE(c.type.depth, 1));
    cv::Mat ours(in.size(), in.type()), theirs(in.size(), in.type());
    cv::randu(in, 0, 255);
    const std::vector<double> taps = make_taps(c.taps, c.symmetric);
    sepflow_options options = {};
    options.struct_size = sizeof options;
    options.in_type = c.type.type;
    sepflow_plan *plan = nullptr;
    sepflow_error error = {};
    error.struct_size = sizeof error;
    if (sepflow_plan_from_vectors(taps.data(), c.taps, taps.data(), c.taps, &options, &plan,
                                  &error) != 0) {
        std::fprintf(stderr, "bench: %s\n", error.message);
        std::exit(1);
    }
    const auto image = [&](const cv::Mat &m) {
        return sepflow_image_dense(m.data, c.type.type, c.width, c.height, 1);
    };
    const sepflow_image from = image(in), to = image(ours);
    const cv::Mat kernel(taps, true);
    cv::setNumThreads(c.threads);
    const auto times =
        medians({[&] { std::memcpy(ours.data, in.data, in.total() * in.elemSize()); },
                 [&] { sepflow_apply(plan, &from, &to, nullptr, c.threads, nullptr); },
                 [&] {
                     cv::sepFilter2D(in, theirs, -1, kernel, kernel, cv::Point(-1, -1), 0,
                                     cv::BORDER_REFLECT_101);
                 }},
                rounds);
    sepflow_plan_free(plan);
    cv::Mat difference;
    cv::absdiff(ours, theirs, difference);
    double worst = 0;
    cv::minMaxLoc(difference, nullptr, &worst);
    return {{"type", c.type.name},         {"width", c.width},
            {"height", c.height},          {"taps", c.taps},
            {"symmetric", c.symmetric},    {"threads", c.threads},
            {"memcpy_ms", times[0] * 1e3}, {"sepflow_ms", times[1] * 1e3},
            {"opencv_ms", times[2] * 1e3}, {"largest_difference", worst}};
}

}  // namespace

int main(int argc, char **argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
    const char *json_file = argc > 2 ? argv[2] : nullptr;
    nlohmann::json all = nlohmann::json::array();
    std::printf(
        "type  size       taps  kind  threads | Sepflow/memcpy  OpenCV/Sepflow  difference\n");
    for (const Type &type : kTypes) {
        for (const int taps : {3, 5, 9, 21, 63}) {
            for (const bool symmetric : {true, false}) {
                for (const int threads : {1, 2}) {
                    const auto r = measure({type, 4096, 4096, taps, threads, symmetric}, rounds);
                    std::printf("%-5s %dx%d  %4d  %-4s  %7d | %14.2f  %14.2f  %10.3g\n", type.name,
                                4096, 4096, taps, symmetric ? "sym" : "any", threads,
                                r["sepflow_ms"].get<double>() / r["memcpy_ms"].get<double>(),
                                r["opencv_ms"].get<double>() / r["sepflow_ms"].get<double>(),
                                r["largest_difference"].get<double>());
                    std::fflush(stdout);
                    all.push_back(r);
                }
            }
        }
    }
    if (json_file != nullptr) {
        std::FILE *file = std::fopen(json_file, "w");
        if (file == nullptr) return 1;
        const std::string text = all.dump(2) + "\n";
        std::fwrite(text.data(), 1, text.size(), file);
        std::fclose(file);
    }
    return 0;
}
