#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/bench/peers.h"

namespace bench {

namespace {

constexpr int kLongestFilter2D = 101;

int depth_of(sepflow_type type) {
    switch (type) {
        case SEPFLOW_U8:
            return CV_8U;
        case SEPFLOW_U16:
            return CV_16U;
        case SEPFLOW_S16:
            return CV_16S;
        case SEPFLOW_F32:
            return CV_32F;
        default:
            return CV_64F;
    }
}

}  // namespace

std::vector<Contender> opencv_contenders(const Buffers &buffers) {
    const Workload &w = buffers.workload;
    if (w.type.type == SEPFLOW_F16 || w.rank != 1) return {};
    const int width = static_cast<int>(w.width), height = static_cast<int>(w.height);
    const int type = CV_MAKETYPE(depth_of(w.type.type), w.channels);
    const cv::Mat in(height, width, type, buffers.in.data()),
        out(height, width, type, buffers.theirs.data());
    const int tap_depth = w.type.type == SEPFLOW_F64 ? CV_64F : CV_32F;
    cv::Mat column, row;
    cv::Mat(w.column(), true).convertTo(column, tap_depth);
    cv::Mat(w.row(), true).reshape(1, 1).convertTo(row, tap_depth);
    const double delta = w.delta();
    const auto contender = [&, threads = w.threads](const char *name,
                                                    std::function<void(const cv::Mat &)> work) {
        return timed(name, w, [work = std::move(work), out, threads] {
            cv::setNumThreads(threads);
            work(out);
        });
    };
    const cv::Point middle(-1, -1);
    std::vector<Contender> contenders{contender("sepFilter2D", [=](const cv::Mat &to) {
        cv::sepFilter2D(in, to, -1, row, column, middle, delta, cv::BORDER_REFLECT_101);
    })};
    if (w.kind == Taps::kSymmetric) {
        contenders.push_back(contender("GaussianBlur", [=](const cv::Mat &to) {
            cv::GaussianBlur(in, to, cv::Size(row.cols, row.cols), sigma_of(row.cols), 0,
                             cv::BORDER_REFLECT_101);
        }));
    }
    if (w.length <= kLongestFilter2D) {
        const cv::Mat kernel = column * row;
        contenders.push_back(contender("filter2D", [=](const cv::Mat &to) {
            cv::filter2D(in, to, -1, kernel, middle, delta, cv::BORDER_REFLECT_101);
        }));
    }
    return contenders;
}

}  // namespace bench
