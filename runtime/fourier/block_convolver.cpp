// Compiled once for each instruction set; SEPFLOW_BLOCK_FUNCTIONS names what the object file shows.
// It must show nothing else, or the linker might take an inline function compiled for a newer
// processor to stand for all: -fno-weak.
#include "runtime/fourier/block_convolver.h"

#include <algorithm>
#include <complex>
#include <kissfft/kissfft.hh>
#include <vector>

#include "runtime/fourier/lanes.h"

namespace sepflow {
namespace {

using Complex = std::complex<Lanes>;
constexpr int kLanes = Lanes::kCount;

// Both directions of one length.
struct Transform {
    explicit Transform(int n)
        : forward(static_cast<size_t>(n), false), inverse(static_cast<size_t>(n), true) {}
    kissfft<Lanes> forward, inverse;
};

class KissConvolver {
  public:
    KissConvolver(int nx, int ny, const double *block)
        : nx_(nx), ny_(ny), along_x_(nx), along_y_(ny) {
        std::vector<Complex> samples(blocks()), columns(blocks()), line(longest());
        std::copy_n(block, nx * ny, reinterpret_cast<double *>(samples.data()));
        std::fill_n(reinterpret_cast<double *>(samples.data()) + nx * ny, nx * ny, 0.0);
        load(reinterpret_cast<const double *>(samples.data()), ny, columns.data());
        forward_columns(columns.data(), samples.data(), line.data());
        spectrum_.resize(blocks());
        const double scale = 1.0 / (static_cast<double>(nx) * ny);
        for (int64_t row = 0; row < ny_ / kLanes; ++row) {
            Complex *result = spectrum_.data() + row * nx_;
            along_x_.forward.transform(samples.data() + row * nx_, result);
            // Conjugated: correlation, not convolution.
            for (int64_t x = 0; x < nx_; ++x) result[x] = std::conj(result[x]) * Lanes(scale);
        }
    }

    uint64_t scratch_bytes() const { return (blocks() + 2 * longest()) * sizeof(Complex); }

    void run(double *samples, int64_t second, double delta, void *scratch) const {
        auto *columns = static_cast<Complex *>(scratch), *line = columns + blocks();
        auto *rows = reinterpret_cast<Complex *>(samples);
        load(samples, second, columns);
        forward_columns(columns, rows, line);
        filter_rows(rows, columns, line);
        inverse_columns(columns, samples, delta, line);
    }

  private:
    // Complex vectors of a block, held as bands of kLanes columns (lanes along x) or of rows (lanes
    // along y).
    size_t blocks() const { return static_cast<size_t>(nx_ * ny_ / kLanes); }
    size_t longest() const { return static_cast<size_t>(std::max(nx_, ny_)); }

    void load(const double *samples, int64_t second, Complex *columns) const {
        for (int64_t x = 0; x < nx_; x += kLanes) {
            for (int64_t y = 0; y < ny_; ++y) {
                const double *sample = samples + y * nx_ + x;
                *columns++ = {Lanes::load(sample), Lanes::load(sample + second * nx_)};
            }
        }
    }

    void forward_columns(const Complex *columns, Complex *rows, Complex *line) const {
        for (int64_t x = 0; x < nx_; x += kLanes) {
            along_y_.forward.transform(columns + x / kLanes * ny_, line);
            for (int64_t y = 0; y < ny_; y += kLanes)
                transpose(line + y, rows + y / kLanes * nx_ + x);
        }
    }

    void filter_rows(const Complex *rows, Complex *columns, Complex *line) const {
        Complex *filtered = line + longest();
        for (int64_t y = 0; y < ny_; y += kLanes) {
            const Complex *spectrum = spectrum_.data() + y / kLanes * nx_;
            along_x_.forward.transform(rows + y / kLanes * nx_, line);
            for (int64_t x = 0; x < nx_; ++x) line[x] *= spectrum[x];
            along_x_.inverse.transform(line, filtered);
            for (int64_t x = 0; x < nx_; x += kLanes)
                transpose(filtered + x, columns + x / kLanes * ny_ + y);
        }
    }

    void inverse_columns(const Complex *columns, double *results, const Lanes &delta,
                         Complex *line) const {
        for (int64_t x = 0; x < nx_; x += kLanes) {
            along_y_.inverse.transform(columns + x / kLanes * ny_, line);
            for (int64_t y = 0; y < ny_; ++y) {
                (line[y].real() + delta).store(results + y * nx_ + x);
                (line[y].imag() + delta).store(results + (ny_ + y) * nx_ + x);
            }
        }
    }

    static void transpose(const Complex *from, Complex *to) {
        Lanes real[kLanes], imaginary[kLanes];
        for (int i = 0; i < kLanes; ++i) {
            real[i] = from[i].real();
            imaginary[i] = from[i].imag();
        }
        Lanes::transpose(real);
        Lanes::transpose(imaginary);
        for (int i = 0; i < kLanes; ++i) to[i] = {real[i], imaginary[i]};
    }

    int64_t nx_, ny_;
    Transform along_x_, along_y_;
    std::vector<Complex> spectrum_;  // as rows
};

const KissConvolver &convolver(const void *state) {
    return *static_cast<const KissConvolver *>(state);
}

void *make(int nx, int ny, const double *block) {
    return new KissConvolver(nx, ny, block);
}

void destroy(void *state) {
    delete static_cast<KissConvolver *>(state);
}

uint64_t scratch_bytes(const void *state) {
    return convolver(state).scratch_bytes();
}

void run(const void *state, double *samples, int64_t second, double delta, void *scratch) {
    convolver(state).run(samples, second, delta, scratch);
}

}  // namespace

extern const BlockFunctions SEPFLOW_BLOCK_FUNCTIONS;
const BlockFunctions SEPFLOW_BLOCK_FUNCTIONS = {make, destroy, scratch_bytes, run};

}  // namespace sepflow
